package cardpipe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

const slotName = "Test Reader 00 00"

// backend is a reader service with one emulated card.
type backend struct {
	card  *cardtest.Card
	stall chan struct{} // if not nil, commands wait for it, whatever their context says

	mu   sync.Mutex
	apdu []byte // the page's part that held the last command
}

func (b *backend) Watch(ctx context.Context, w card.Watcher) error {
	w.Event(card.Event{Kind: card.ServiceUp})
	w.Event(card.Event{Kind: card.ReaderAdded, Reader: slotName})
	w.Event(card.Event{Kind: card.CardInserted, Reader: slotName})
	for ctx.Err() == nil {
		w.Readers([]string{slotName})
		sleep(ctx, 5*time.Second)
	}
	return ctx.Err()
}

func (b *backend) Connect(_ context.Context, reader string) (card.Card, error) {
	if reader != slotName {
		return nil, card.ErrReaderGone
	}
	b.card.PowerOn()
	return &held{b}, nil
}

type held struct{ *backend }

func (h *held) Transmit(ctx context.Context, apdu []byte) ([]byte, error) {
	h.mu.Lock()
	h.apdu = apdu
	h.mu.Unlock()
	if h.stall != nil {
		<-h.stall
	}
	return h.card.Transmit(ctx, apdu)
}

func (h *held) PowerOff(context.Context) error {
	h.card.PowerOff()
	return nil
}

// rig is both ends, inside a synctest bubble.
type rig struct {
	*Client
	backend *backend
	pipe    net.Conn // the parent's end
	served  chan error
	ran     chan error
}

func newRig(ctx context.Context) *rig {
	here, there := net.Pipe()
	b := &backend{card: cardtest.New(cardtest.Config{})}
	r := &rig{Client: NewClient(here), backend: b, pipe: here, served: make(chan error, 1), ran: make(chan error, 1)}
	go func() {
		err := Serve(ctx, there, there, b)
		_ = there.Close()
		r.served <- err
	}()
	go func() { r.ran <- r.Run(ctx) }()
	return r
}

type digits string

func (d digits) CopyTo(b []byte) int { return copy(b, d) }

func TestPipeCarriesACard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t.Context())
		conn, err := r.Connect(t.Context(), slotName)
		if err != nil {
			t.Fatal(err)
		}
		s := card.NewSession(conn)
		if token, err := s.Probe(t.Context()); err != nil || token.Kind != card.TokenMyNumber {
			t.Fatalf("%+v, %v", token, err)
		}
		err = s.Verify(t.Context(), digits("9999"))
		if wrong, ok := errors.AsType[*card.PINError](err); !ok || wrong.TriesLeft != 2 {
			t.Fatalf("got %v", err)
		}
		if err := s.Verify(t.Context(), digits("1234")); err != nil {
			t.Fatal(err)
		}
		if err := conn.PowerOff(t.Context()); err != nil {
			t.Fatal(err)
		}
		if st := r.backend.card.Stats(); st.Powered || st.Verified || st.PowerDowns != 1 {
			t.Errorf("%+v", st)
		}
		synctest.Wait()
		if d := cmp.Diff([]string{slotName}, r.Readers()); d != "" {
			t.Error(d)
		}
		for _, want := range []card.EventKind{card.ServiceUp, card.ReaderAdded, card.CardInserted} {
			if e := <-r.Events(); e.Kind != want {
				t.Errorf("got %v, want %v", e.Kind, want)
			}
		}
		r.end(t)
	})
}

// end closes the pipe as a dying parent does.
func (r *rig) end(t *testing.T) {
	t.Helper()
	_ = r.pipe.Close()
	if err := <-r.served; err != nil {
		t.Errorf("serve: %v", err)
	}
	if err := <-r.ran; !errors.Is(err, card.ErrServiceDown) {
		t.Errorf("run: %v", err)
	}
}

func TestX24_TheChildWipesThePIN(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t.Context())
		conn, err := r.Connect(t.Context(), slotName)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range [][]byte{
			{0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01},
			{0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18},
			{0x00, 0x20, 0x00, 0x80, 0x04, '7', '3', '9', '1'},
		} {
			if _, err := conn.Transmit(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		r.backend.mu.Lock()
		page := r.backend.apdu
		r.backend.mu.Unlock()
		if len(page) != 9 || !bytes.Equal(page, make([]byte, 9)) {
			t.Errorf("the page still holds %d bytes of the command", len(page))
		}
		r.end(t)
	})
}

func TestLostParentTakesThePowerAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t.Context())
		if _, err := r.Connect(t.Context(), slotName); err != nil {
			t.Fatal(err)
		}
		r.end(t)
		if r.backend.card.Stats().Powered {
			t.Error("the card has power after its parent's end")
		}
	})
}

func TestBothEndsRefuse(t *testing.T) {
	t.Parallel()
	number := []byte{0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t.Context())
		conn, err := r.Connect(t.Context(), slotName)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Transmit(t.Context(), number); !errors.Is(err, card.ErrRefused) {
			t.Errorf("the parent: %v", err)
		}
		// Past the parent's list, as a parent gone wrong would.
		if _, err := conn.(*connection).far.Transmit(t.Context(), number); !errors.Is(err, card.ErrRefused) {
			t.Errorf("the child: %v", err)
		}
		if n := len(r.backend.card.Stats().Commands); n != 0 {
			t.Errorf("the card saw %d commands", n)
		}
		if _, err := r.Connect(t.Context(), "another"); !errors.Is(err, card.ErrReaderGone) {
			t.Errorf("another reader: %v", err)
		}
		r.end(t)
	})
}

func TestAnOldConnectionReachesNoNewCard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t.Context())
		first, err := r.Connect(t.Context(), slotName)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Connect(t.Context(), slotName); err != nil {
			t.Fatal(err)
		}
		if _, err := card.NewSession(first).Probe(t.Context()); !errors.Is(err, card.ErrRemoved) {
			t.Errorf("got %v", err)
		}
		if err := first.PowerOff(t.Context()); err != nil || !r.backend.card.Stats().Powered {
			t.Errorf("the old connection took the new one's power: %v", err)
		}
		r.end(t)
	})
}

func TestStalledChildIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t.Context())
		r.backend.stall = make(chan struct{})
		conn, err := r.Connect(t.Context(), slotName)
		if err != nil {
			t.Fatal(err)
		}
		// The caller leaves early; the deadline of the command stands all the same.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := card.NewSession(conn).Probe(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the caller: %v", err)
		}
		if err := <-r.ran; !errors.Is(err, card.ErrStalled) {
			t.Errorf("run: %v", err)
		}
		if _, err := r.Connect(t.Context(), slotName); !errors.Is(err, card.ErrStalled) {
			t.Errorf("connect after the stall: %v", err)
		}
		close(r.backend.stall)
		<-r.served
	})
}

func TestD04_LateAnswerIsDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t.Context())
		r.backend.stall = make(chan struct{})
		conn, err := r.Connect(t.Context(), slotName)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := card.NewSession(conn).Probe(ctx); err == nil {
			t.Fatal("a stalled card answered")
		}
		close(r.backend.stall) // the answer to the first command arrives while nobody waits
		token, err := card.NewSession(conn).Probe(t.Context())
		if err != nil || token.Kind != card.TokenMyNumber {
			t.Errorf("%+v, %v", token, err)
		}
		r.end(t)
	})
}

func TestSilentChildIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer there.Close()
		begin := time.Now()
		if err := NewClient(here).Run(t.Context()); !errors.Is(err, card.ErrStalled) {
			t.Errorf("got %v", err)
		}
		if d := time.Since(begin); d != silenceLimit {
			t.Errorf("after %v", d)
		}
	})
}

func TestUnreadEventsEndTheClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		c := NewClient(here)
		ran := make(chan error, 1)
		go func() { ran <- c.Run(t.Context()) }()
		frame, err := putFrame(make([]byte, maxFrame), kindEvent, 0, []byte{byte(card.ServiceUp)})
		if err != nil {
			t.Fatal(err)
		}
		for range maxEvents + 1 {
			if _, err := there.Write(frame); err != nil {
				t.Fatal(err)
			}
		}
		if err := <-ran; err == nil {
			t.Error("no end")
		}
	})
}

func TestChildIsStartedAgainAndAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var starts []time.Duration
		begin := time.Now()
		killed := 0
		start := func(ctx context.Context) (io.ReadWriteCloser, func() error, error) {
			starts = append(starts, time.Since(begin))
			if len(starts) <= 5 {
				return nil, nil, errors.New("no such program")
			}
			here, there := net.Pipe()
			b := &backend{card: cardtest.New(cardtest.Config{})}
			go func() { _ = Serve(ctx, there, there, b) }()
			time.AfterFunc(time.Minute, func() { _ = there.Close() })
			return here, func() error { killed++; return nil }, nil
		}
		c := NewChild(start, slog.New(slog.DiscardHandler))
		ran := make(chan error, 1)
		go func() { ran <- c.Run(ctx) }()
		down := 0
		for e := range c.Events() {
			if e.Kind == card.ServiceDown {
				down++
			}
			if e.Kind == card.CardInserted && down >= 6 {
				break // the second child that lived
			}
		}
		if _, err := c.Connect(ctx, slotName); err != nil {
			t.Error(err)
		}
		cancel()
		for range c.Events() {
		}
		<-ran
		ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
		want := []time.Duration{0, ms(500), ms(1500), ms(3500), ms(7500), ms(12500), ms(12500 + 60000 + 500)}
		if d := cmp.Diff(want, starts); d != "" {
			t.Error(d)
		}
		if killed != 2 {
			t.Errorf("killed %d of 2 children", killed)
		}
		if _, err := c.Connect(t.Context(), slotName); !errors.Is(err, card.ErrServiceDown) {
			t.Errorf("connect after the end: %v", err)
		}
	})
}
