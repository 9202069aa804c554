package session

import (
	"slices"

	"github.com/kioskd/kioskd/internal/terminal/session/times"
)

// same as a branch's next state: the visit stays where it is.
const same = numStates

// guard is a condition of a branch; its name stands in the diagram.
type guard struct {
	name string
	ok   func(s *step) bool
}

// action is one thing that a branch does; its name stands in the diagram.
type action struct {
	name string
	do   func(s *step)
}

// branch is one outcome of a cell; the last branch of a cell has no guard.
type branch struct {
	when guard
	next State
	do   []action
	why  string // required when the visit stays and nothing is done
}

// row says what each event means in one state. A nil cell falls back to every[kind], if that column has a default.
type row [numKinds][]branch

// step is one run of Step.
type step struct {
	v   Visit
	e   Event
	out []Effect
}

// Step applies one event. No I/O, no clock, no goroutine: same input, same output. An answer or timer of a request
// that is not under way changes nothing; Stranger tells.
func Step(v Visit, e Event) (Visit, []Effect) {
	if Stranger(v, e) {
		return v, nil
	}
	s := &step{v: v, e: e}
	if e.Kind.isAnswer() {
		s.v.Await = 0
	}
	if s.countdown() || s.covered() {
		return s.v, s.out
	}
	s.apply(s.choose())
	return s.v, s.out
}

// Stranger reports whether an event belongs to no request or timer of this visit (D-04). terminal counts them.
func Stranger(v Visit, e Event) bool {
	switch {
	case e.Kind.isAnswer():
		return e.ID == 0 || e.ID != v.Await || !slices.Contains(answers[v.Asked], e.Kind)
	case e.Kind == TimedOut:
		return e.ID != v.Timer
	case e.Kind == CapReached:
		return e.ID == 0 || e.ID != v.Cap
	default:
		return false
	}
}

// countdown handles the time-out dialogue, which lies over any screen with an idle time. It reports whether the event
// is used up. A touch anywhere goes on; End in the dialogue ends the visit as the time-out would.
func (s *step) countdown() bool {
	info := states[s.v.State]
	if s.v.Countdown > 0 && s.e.Kind.isTouch() {
		if s.e.Kind == End {
			s.e.Kind, s.v.Countdown = TimedOut, 0
			return false
		}
		s.v.Countdown = 0
		if s.e.Kind == SetAid { // a headphone was put in: that is a touch, and it means itself
			return false
		}
		s.armState()
		return true
	}
	if s.e.Kind != TimedOut || info.idle == 0 {
		return false
	}
	switch s.v.Countdown {
	case 0:
		s.v.Countdown = times.Countdown
	case 1:
		s.v.Countdown = 0
		return false
	default:
		s.v.Countdown--
	}
	s.arm(1)
	return true
}

// choose gives the first branch of the cell whose guard holds.
func (s *step) choose() branch {
	cell := rows[s.v.State][s.e.Kind]
	if cell == nil {
		cell = every[s.e.Kind]
	}
	for _, b := range cell {
		if b.when.ok == nil || b.when.ok(s) {
			return b
		}
	}
	panic("session: a cell without a last branch") // TestTotal walks every cell
}

func (s *step) apply(b branch) {
	before := s.v.State
	for _, a := range b.do {
		a.do(s)
	}
	if b.next != same && b.next != before {
		s.v.State, s.v.Countdown, s.v.Overlay = b.next, 0, NoOverlay
		s.armState()
		return
	}
	// A touch, a coin or a progressing act gives the state its full time again; a refused or ignored event does not.
	if len(b.do) > 0 || s.renews() {
		s.v.Countdown = 0
		s.armState()
	}
}

// renews reports a touch; one that means nothing makes no act longer.
func (s *step) renews() bool {
	return s.e.Kind.isTouch() && (s.e.Kind != Somebody || states[s.v.State].idle > 0)
}

// armState starts the timer of the state now entered.
func (s *step) armState() { s.arm(s.v.limit()) }

// limit is how long the visit may stay where it is, in seconds: what the table says, and in two states what it holds.
func (v Visit) limit() int {
	limit := states[v.State].idle*v.pace() + states[v.State].act
	switch {
	case v.Idle() && v.isSet():
		limit = times.IdleSet
	case v.State == Printing:
		limit += times.PrintPerSheet * v.perCopy()
	case v.State == Finish && v.canAnother():
		limit = times.FinishLimit * v.pace()
	case (v.State == Finish || v.State == Refused) && v.Owed > 0: // an amount to come back for is written down
		limit = times.OwedLimit*v.pace() - times.Countdown*min(1, states[v.State].idle) // with its countdown, if any
	}
	return limit
}

// pace multiplies the times of a resident who uses aids: 1, 2 or 3.
func (v Visit) pace() int { return v.Aids.Pace() }

// payTime is how long payment and printing may take from now on, in seconds.
func (v Visit) payTime() int { return times.Pay(v.Fee, v.Copies, v.perCopy(), v.pace()) }

// anotherTime is how long the slowest rest of a visit with another certificate may take, in seconds, from the moment
// at which it is offered.
func (v Visit) anotherTime() int { return times.Another(v.pace()) }

func (s *step) arm(seconds int) {
	s.v.Timer = s.id()
	s.emit(Effect{Kind: Arm, ID: s.v.Timer, Ms: seconds * 1000})
}

func (s *step) id() uint32 {
	s.v.Last++
	if s.v.Last == 0 { // 0 means none
		s.v.Last = 1
	}
	return s.v.Last
}

// most is as many effects as any branch has; a test holds Step to two allocations.
const most = 10

func (s *step) emit(e Effect) {
	if s.out == nil {
		s.out = make([]Effect, 0, most)
	}
	s.out = append(s.out, e)
}

// ask emits a request; its answer must carry the id.
func (s *step) ask(e Effect) {
	e.ID = s.id()
	s.v.Await, s.v.Asked = e.ID, e.Kind
	s.emit(e)
}
