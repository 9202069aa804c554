package resident

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// stage is a desk with a kiosk that is a list of states: the right act leads to the next one.
type stage struct {
	mu       sync.Mutex
	revision uint64
	scenes   []scene
	at       int
	acts     []string
	moved    chan struct{}
}

// scene is a state and what leads on from it. early names are refused that many times before they work.
type scene struct {
	state   string
	on      string
	refuses int
}

func newStage(t *testing.T, scenes ...scene) (*stage, *Desk) {
	t.Helper()
	s := &stage{revision: 1, scenes: append(scenes, scene{state: "Attract"}), moved: make(chan struct{})}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, NewDesk(server.URL)
}

func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/api/state" {
		s.state(w, r)
		return
	}
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body)
	act := strings.TrimPrefix(r.URL.Path, "/api/")
	for _, v := range body {
		act += fmt.Sprint(" ", v)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	here := &s.scenes[s.at]
	if here.refuses > 0 && act == here.on {
		here.refuses--
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"code":"not_on_screen","message":"not yet","hint":"wait"}`)
		return
	}
	s.acts = append(s.acts, act)
	if act == here.on {
		s.at++
		s.revision++
		close(s.moved)
		s.moved = make(chan struct{})
	}
	fmt.Fprint(w, `{"yen":0,"sheets":[]}`)
}

func (s *stage) state(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	var after uint64
	fmt.Sscan(r.FormValue("after"), &after)
	wait, _ := time.ParseDuration(r.FormValue("wait") + "s")
	if s.revision <= after {
		moved := s.moved
		s.mu.Unlock()
		select {
		case <-moved:
		case <-time.After(wait):
		case <-r.Context().Done():
		}
		s.mu.Lock()
	}
	defer s.mu.Unlock()
	state := State{
		Revision: s.revision, Kioskd: "running", Session: s.scenes[s.at].state, Entered: uint64(s.at), Boot: "b",
	}
	if s.at == len(s.scenes)-1 {
		state.Visits, state.Outcome = 1, "nothing"
	}
	_ = json.NewEncoder(w).Encode(state)
}

func TestRun_follows_the_screens_and_counts_touches(t *testing.T) {
	s, desk := newStage(t,
		scene{"Attract", "touch start", 0}, scene{"Consent", "touch agree", 2},
		scene{"PlaceCard", "card/insert hanako", 0},
		scene{"EnterPIN", "touch pin.submit", 0}, scene{"RemoveCard", "card/remove", 0},
		scene{"Confirm", "touch cancel", 0})
	var arrived []string
	got, err := Run(t.Context(), desk, ToConfirm("hanako"), Watch{
		Arrived: func(s State) error { arrived = append(arrived, s.Session); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	passed := []string{"Attract", "Consent", "PlaceCard", "EnterPIN", "RemoveCard", "Confirm"}
	if !slices.Equal(got.Passed(), passed) || !slices.Equal(arrived, passed) {
		t.Errorf("passed %v, arrived %v", got.Passed(), arrived)
	}
	if got.Touches != 3 || got.PINTouches != 5 || got.Outcome != "nothing" {
		t.Errorf("touches %d, on the pad %d, outcome %q", got.Touches, got.PINTouches, got.Outcome)
	}
	if !slices.Contains(s.acts, "touch pin.3") {
		t.Errorf("acts %q", s.acts)
	}
}

func TestRun_a_second_arrival_has_its_own_acts(t *testing.T) {
	// The state between the two is over before anybody looks.
	s, desk := newStage(t,
		scene{"Attract", "touch start", 0}, scene{"EnterPIN", "touch pin.submit", 0},
		scene{"EnterPIN", "touch pin.submit", 0})
	got, err := Run(t.Context(), desk, WrongPIN("hanako", 1), Watch{})
	if err != nil {
		t.Fatal(err)
	}
	digits := slices.DeleteFunc(s.acts, func(a string) bool { return !strings.HasPrefix(a, "touch pin.") })
	want := "9 9 9 9 submit 1 2 3 4 submit"
	if said := strings.ReplaceAll(strings.Join(digits, " "), "touch pin.", ""); said != want {
		t.Errorf("touched %q, want %q", said, want)
	}
	if passed := got.Passed(); !slices.Equal(passed, []string{"Attract", "EnterPIN", "EnterPIN"}) {
		t.Errorf("passed %v", passed)
	}
}

func TestRun_says_where_it_is_stuck(t *testing.T) {
	_, desk := newStage(t, scene{"Attract", "touch start", 0}, scene{"Consent", "touch nothing", 0})
	script := ToConfirm("hanako")
	script.Patience = 50 * time.Millisecond
	_, err := Run(t.Context(), desk, script, Watch{})
	if !errors.Is(err, ErrStuck) || !strings.Contains(err.Error(), "Consent") {
		t.Error(err)
	}
}

func TestRun_a_watcher_can_end_it(t *testing.T) {
	_, desk := newStage(t, scene{"Attract", "touch start", 0})
	enough := errors.New("enough")
	watch := Watch{Arrived: func(State) error { return enough }}
	if _, err := Run(t.Context(), desk, ToConfirm("x"), watch); !errors.Is(err, enough) {
		t.Error(err)
	}
}

func TestScripts_name_states_that_are_left(t *testing.T) {
	for _, s := range []Script{
		ToConfirm("c"), Self("c", 100, 100, 100), Household("c"), WrongPIN("c", 3), NotMe("c"), CancelAt("c", "Copies"),
		RemoveAt("c", "ReadingCard"), RefusedCard("expired"), StandStill("c", "Consent"),
	} {
		for _, state := range []string{"Attract", "PlaceCard", "EnterPIN", "Refused"} {
			if len(s.At[state]) == 0 {
				t.Errorf("%s does nothing in %s", s.Name, state)
			}
		}
	}
}
