// Package resident is a scripted person in front of a kiosk. It knows the desk's HTTP API (docs/desk.md) and nothing
// else: it looks at what the screen says, does what its script has for that, and waits for the next screen by long
// poll. It never sleeps and never looks into kioskd.
//
// kioskbench's demo and whole-program tests run its scripts. Whether a visit ended well is judged by whoever runs it,
// from what the simulated devices saw: a [Result] says only what this person did and met.
package resident

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Act is one thing that a person does. Exactly one field is set.
type Act struct {
	Touch     string // id of a node of the screen
	Digits    string // a PIN, touched on the pad digit by digit
	Insert    string // id of a test card
	Remove    bool   // the card
	Accepting bool   // wait until the coin slot is open
	Coin      int    // yen
	Lever     bool
	TakeCoins bool
	TakePaper bool
	Power     [2]string // what, do
	ClockMs   int64     // the wall clock's offset
	Fault     *Fault    // arm it
	Settle    string    // wait until this state has been left, doing nothing
}

// Fault is the body of POST /api/fault.
type Fault struct {
	Part  string `json:"part"`
	Fault any    `json:"fault"`
}

// Script is a person's plan.
type Script struct {
	Name string
	// At says what to do in which state of the session: at the first arrival there, at the second … the last entry
	// serves all later ones. States that are not listed are waited through.
	At map[string][][]Act
	// Patience bounds the time without any change; 0 is a minute.
	Patience time.Duration
	// Hands are what the person has: fingers, where it says nothing, else keys or switches alone.
	Hands Hands
}

// Step is one state that was passed.
type Step struct {
	Name   string        // of the session's state
	Screen string        // its screen
	Wall   time.Duration // spent in it
}

// Result is what a person did and met.
type Result struct {
	Steps      []Step
	Touches    int // beside the PIN pad
	PINTouches int
	Presses    int // of keys and switches
	YenIn      int // dropped into the slot
	YenBack    int // taken from the return tray
	Sheets     []Sheet
	Outcome    string // as kioskd says
	Refusals   []string
}

// Passed lists the names of the states in order.
func (r Result) Passed() []string {
	var names []string
	for _, s := range r.Steps {
		names = append(names, s.Name)
	}
	return names
}

// Met reports whether a state was passed.
func (r Result) Met(state string) bool {
	for _, s := range r.Steps {
		if s.Name == state {
			return true
		}
	}
	return false
}

// Sheet is one sheet that was taken, as PNG.
type Sheet struct {
	ID          string
	Front, Back []byte
}

// Watch is told what happens; every field may be nil. An error ends the visit.
type Watch struct {
	Arrived func(s State) error // a state is reached and its screen is there
	Left    func(Step) error
}

const (
	defaultPatience = time.Minute
	maxArrivals     = 400 // of one visit; more is a loop
	idle            = "Attract"
)

// ErrStuck says that nothing moved for longer than the script's patience.
var ErrStuck = errors.New("resident: nothing moves")

// visit is one run of a script.
type visit struct {
	desk   *Desk
	script Script
	watch  Watch
	result Result
	seen   map[string]int
	last   State
}

// Run does the script once, from the idle screen to the idle screen.
func Run(ctx context.Context, desk *Desk, script Script, watch Watch) (Result, error) {
	if script.Patience == 0 {
		script.Patience = defaultPatience
	}
	v := &visit{desk: desk, script: script, watch: watch, seen: map[string]int{}}
	err := v.run(ctx)
	if err != nil {
		err = fmt.Errorf("resident: %s at %s %s: %w", script.Name, v.last.Screen, v.last.Session, err)
	}
	return v.result, err
}

func (v *visit) run(ctx context.Context) error {
	if err := v.until(ctx, func(s State) bool { return s.Session == idle }); err != nil {
		return err
	}
	started := false
	for range maxArrivals {
		here, since := v.last, time.Now()
		if started && here.Session == idle {
			v.result.Outcome = here.Outcome
			return nil
		}
		started = true
		if err := v.arrive(ctx, here); err != nil {
			return err
		}
		left := func(s State) bool { return !s.sameStay(here) }
		if err := v.until(ctx, left); err != nil {
			return err
		}
		step := Step{here.Session, here.Screen, time.Since(since)}
		v.result.Steps = append(v.result.Steps, step)
		if v.watch.Left != nil {
			if err := v.watch.Left(step); err != nil {
				return err
			}
		}
	}
	return errors.New("a visit of more states than any has; the script goes in circles")
}

// arrive does what the script has for this state.
func (v *visit) arrive(ctx context.Context, s State) error {
	if s.Refusal != "" {
		v.result.Refusals = append(v.result.Refusals, s.Refusal)
	}
	if v.watch.Arrived != nil {
		if err := v.watch.Arrived(s); err != nil {
			return err
		}
	}
	plans := v.script.At[s.Session]
	if len(plans) == 0 {
		return nil
	}
	n := min(v.seen[s.Session], len(plans)-1)
	v.seen[s.Session]++
	for _, act := range plans[n] {
		gone, err := v.do(ctx, act, s)
		if err != nil || gone {
			return err
		}
	}
	return nil
}

// until follows the desk's state until it is so.
func (v *visit) until(ctx context.Context, so func(State) bool) error {
	deadline := time.Now().Add(v.script.Patience)
	for { // ends with the patience or ctx
		s, err := v.desk.State(ctx, v.last.Revision, min(time.Until(deadline), maxPoll))
		if err != nil {
			return err
		}
		if s.Session != v.last.Session {
			deadline = time.Now().Add(v.script.Patience)
		}
		v.last = s
		if s.Kioskd == "running" && so(s) {
			return nil
		}
		if time.Now().After(deadline) {
			return ErrStuck
		}
	}
}

// do does one act. gone says that the state was left before the act was possible: what else was planned here falls
// away.
func (v *visit) do(ctx context.Context, act Act, here State) (gone bool, err error) {
	switch {
	case act.Touch != "":
		return v.touch(ctx, act.Touch, here)
	case act.Digits != "":
		return v.digits(ctx, act.Digits, here)
	case act.Accepting:
		return false, v.until(ctx, func(s State) bool { return s.Money.Accepting || s.Session != here.Session })
	case act.Coin != 0:
		v.result.YenIn += act.Coin
		return false, v.desk.InsertCoin(ctx, act.Coin)
	case act.TakeCoins:
		yen, err := v.desk.TakeCoins(ctx)
		v.result.YenBack += yen
		return false, err
	case act.TakePaper:
		sheets, err := v.desk.TakePaper(ctx)
		v.result.Sheets = append(v.result.Sheets, sheets...)
		return false, err
	case act.Settle != "":
		return false, v.until(ctx, func(s State) bool { return s.Session != act.Settle })
	}
	return false, v.desk.plain(ctx, act)
}

// retypes is how often a PIN is cleared and typed again: a person sees that a box stayed empty, because the first touch
// came too soon after the screen.
const retypes = 3

// digits types a PIN and looks whether every box is filled: then the pad can be confirmed.
func (v *visit) digits(ctx context.Context, pin string, here State) (gone bool, err error) {
	for range retypes {
		for _, d := range strings.Split(pin, "") {
			if gone, err := v.touch(ctx, "pin."+d, here); err != nil || gone {
				return gone, err
			}
		}
		dim, err := v.desk.Dim(ctx, "pin.submit")
		if err != nil || !dim || len(pin) < len(PIN) {
			return false, err
		}
		if gone, err := v.touch(ctx, "pin.clear", here); err != nil || gone {
			return gone, err
		}
	}
	return false, fmt.Errorf("%w: the PIN pad does not take the digits", ErrStuck)
}

// touch waits until the node is there and can be touched, and touches it.
func (v *visit) touch(ctx context.Context, id string, here State) (gone bool, err error) {
	deadline := time.Now().Add(v.script.Patience)
	for { // ends with the patience or ctx
		err := v.reach(ctx, id)
		var refused *Refusal
		switch {
		case err == nil && v.script.Hands != Fingers:
			return false, nil
		case err == nil && strings.HasPrefix(id, "pin."):
			v.result.PINTouches++
			return false, nil
		case err == nil:
			v.result.Touches++
			return false, nil
		case !errors.As(err, &refused) || refused.Code != "not_on_screen" && refused.Code != "not_enabled":
			return false, err
		case time.Now().After(deadline):
			return false, fmt.Errorf("%w: %w", ErrStuck, err)
		}
		// The tree may follow without a new revision, so look again soon.
		s, err := v.desk.State(ctx, v.last.Revision, shortPoll)
		if err != nil {
			return false, err
		}
		v.last = s
		if !s.sameStay(here) {
			return true, nil
		}
	}
}
