package port

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// panel is a kiosk that remembers what it was told.
type panel struct {
	*Board
	pointers chan Pointer
	keys     chan Key
	clock    chan struct{}
	pace     chan int
}

func (p *panel) State(ctx context.Context, after uint64) State { return p.Wait(ctx, after) }
func (p *panel) Frame() ([]byte, uint64)                       { return []byte("png"), 7 }
func (p *panel) Tree() []byte                                  { return []byte(`{"id":"K01"}`) }
func (p *panel) Pointer(e Pointer)                             { p.pointers <- e }
func (p *panel) Key(k Key)                                     { p.keys <- k }
func (p *panel) ClockMoved()                                   { p.clock <- struct{}{} }
func (p *panel) Pace(n Pace)                                   { p.pace <- n.Times }

// Staff ends what the service key ends; the clerk's key finds somebody here.
func (p *panel) Refund(_ context.Context, r Refund) (Refunded, error) {
	switch r.From {
	case "machine":
		return Refunded{Paid: 20, Left: 80}, errors.New("no coins: " + r.Staff[0] + r.Code)
	case "cash":
		return Refunded{Paid: 100}, nil
	default:
		return Refunded{}, errors.New("settled before")
	}
}

func (p *panel) Staff(_ context.Context, s Staff) ([]string, error) {
	if s.Key == "service" {
		return []string{s.Key + s.Says}, nil
	}
	return nil, errors.New("somebody is being served")
}

var _ interface {
	Kiosk
	ClockWatcher
} = (*panel)(nil)

// serve runs a kiosk's socket for the length of the test.
func serve(t *testing.T) (*panel, *Client, string) {
	t.Helper()
	kiosk := &panel{NewBoard(), make(chan Pointer, 9), make(chan Key, 9), make(chan struct{}, 9), make(chan int, 9)}
	path := filepath.Join(t.TempDir(), "k.sock")
	listener, err := listen(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil { // what a killed kioskd leaves: a dead socket file
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, path, kiosk) }()
	client := NewClient(path)
	t.Cleanup(func() {
		client.Close()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	for { // ends when the socket answers, or with the test's deadline
		if _, err := client.State(t.Context(), 0, 0); err == nil {
			return kiosk, client, path
		} else if !errors.Is(err, ErrNoKiosk) {
			t.Fatal(err)
		}
	}
}

func TestSocket_carries_state_frame_tree_and_events(t *testing.T) {
	kiosk, client, path := serve(t)
	if mode := must(os.Stat(path)).Mode().Perm(); mode != 0o600 {
		t.Errorf("the socket's mode is %o", mode)
	}
	kiosk.Publish(State{Screen: "K01", Session: "Attract"})
	state, err := client.State(t.Context(), 0, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(State{Revision: 1, Screen: "K01", Session: "Attract", Entered: 1}, state); diff != "" {
		t.Error(diff)
	}
	png, generation, err := client.Frame(t.Context())
	if string(png) != "png" || generation != 7 || err != nil {
		t.Errorf("frame %q, generation %d, %v", png, generation, err)
	}
	if tree, err := client.Tree(t.Context()); string(tree) != `{"id":"K01"}` || err != nil {
		t.Errorf("tree %s, %v", tree, err)
	}
	touch := Pointer{Device: DeviceFinger, Phase: PhaseDown, Finger: 3, X: 10, Y: 20}
	if err := client.Pointer(t.Context(), touch); err != nil {
		t.Fatal(err)
	}
	if got := <-kiosk.pointers; got != touch {
		t.Errorf("pointer came as %+v", got)
	}
	if err := client.Key(t.Context(), Key{"enter"}); err != nil || (<-kiosk.keys).Name != "enter" {
		t.Error("key did not come through", err)
	}
	if err := client.ClockMoved(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-kiosk.clock
	if err := client.Pace(t.Context(), 20); err != nil || <-kiosk.pace != 20 {
		t.Error("pace did not come through", err)
	}
}

func TestSocket_says_what_a_key_ended_and_why_not(t *testing.T) {
	_, client, _ := serve(t)
	if got, err := client.Staff(t.Context(), Staff{Key: "service", Says: "good"}); err != nil || got[0] != "servicegood" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := client.Staff(t.Context(), Staff{Key: "clerk"}); !errors.Is(err, ErrNotNow) {
		t.Errorf("a kiosk that is busy: %v", err)
	}
	if _, err := client.Staff(t.Context(), Staff{Key: "mayor"}); err == nil || errors.Is(err, ErrNotNow) {
		t.Errorf("a key that does not exist: %v", err)
	}
	for _, n := range []int{0, -1, MaxPace + 1} {
		if client.Pace(t.Context(), n) == nil {
			t.Errorf("pace %d was taken", n)
		}
	}
}

func TestSocket_refuses_events_that_no_panel_makes(t *testing.T) {
	_, client, _ := serve(t)
	for name, event := range map[string]Pointer{
		"strange device": {Device: "nose", Phase: PhaseDown},
		"strange phase":  {Device: DeviceMouse, Phase: "hover"},
		"off the panel":  {Device: DeviceMouse, Phase: PhaseDown, X: -1},
	} {
		if err := client.Pointer(t.Context(), event); err == nil || errors.Is(err, ErrNoKiosk) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := client.Key(t.Context(), Key{"F1"}); err == nil {
		t.Error("a key that no pad has was taken")
	}
}

func TestSocket_nobody_there(t *testing.T) {
	client := NewClient(filepath.Join(t.TempDir(), "none.sock"))
	if _, err := client.State(t.Context(), 0, 0); !errors.Is(err, ErrNoKiosk) {
		t.Error(err)
	}
}

func TestBoard_waits_for_the_next_state(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := NewBoard()
		first := board.Publish(State{Screen: "K01"})
		if again := board.Publish(State{Screen: "K01"}); again != first {
			t.Errorf("an equal state got revision %d after %d", again, first)
		}
		got := make(chan State)
		go func() { got <- board.Wait(t.Context(), first) }()
		synctest.Wait()
		board.Publish(State{Screen: "K02"})
		if s := <-got; s.Screen != "K02" || s.Revision != first+1 {
			t.Errorf("waited for %+v", s)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
		defer cancel()
		start := time.Now()
		if s := board.Wait(ctx, first+1); s.Screen != "K02" || time.Since(start) != 25*time.Second {
			t.Errorf("without a change: %+v after %s", s, time.Since(start))
		}
	})
}

func TestClock_moves_for_everyone_who_holds_it(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock")
	if err := SetClock(path, 0); err != nil {
		t.Fatal(err)
	}
	now, err := Clock(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, offset := range []time.Duration{0, 48 * time.Hour, -time.Hour, 90 * time.Second} {
		if err := SetClock(path, offset); err != nil {
			t.Fatal(err)
		}
		if seen := time.Until(now()).Round(time.Minute / 2); seen != offset {
			t.Errorf("moved by %s, seen %s", offset, seen)
		}
		if read, err := Offset(path); read != offset || err != nil {
			t.Errorf("offset reads as %s, %v", read, err)
		}
	}
}

func TestClock_refuses_what_is_not_a_clock(t *testing.T) {
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("1234"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Clock(short); !errors.Is(err, ErrClock) {
		t.Errorf("short file: %v", err)
	}
	if _, err := Clock(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing file was taken")
	}
	if err := SetClock(short, 200*366*24*time.Hour); err == nil {
		t.Error("two hundred years were taken")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestARefundSaysWhatWasPaidAndWhatIsLeft(t *testing.T) {
	_, client, _ := serve(t)
	ask := Refund{Key: "clerk", Slip: "1", Code: "C", Staff: []string{"s1"}, From: "machine"}
	done, err := client.Refund(t.Context(), ask)
	if err != nil || done != (Refunded{Paid: 20, Left: 80, Why: "no coins: s1C"}) {
		t.Errorf("%+v (%v)", done, err)
	}
	ask.From = "cash"
	if done, err = client.Refund(t.Context(), ask); err != nil || done != (Refunded{Paid: 100}) {
		t.Errorf("%+v (%v)", done, err)
	}
	ask.From = "off"
	if _, err = client.Refund(t.Context(), ask); !errors.Is(err, ErrNotNow) {
		t.Errorf("%v", err)
	}
	ask.Staff = []string{"a", "b", "c"}
	if _, err = client.Refund(t.Context(), ask); err == nil || errors.Is(err, ErrNotNow) {
		t.Errorf("three of the staff: %v", err)
	}
}
