package walk

import (
	"math/rand/v2"

	"github.com/kioskd/kioskd/internal/bench/sim"
	"github.com/kioskd/kioskd/internal/bench/sim/agenda"
	"github.com/kioskd/kioskd/internal/bench/sim/ledger"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// World is one machine, its devices, its peers and the people before it.
type World struct {
	rnd     *rand.Rand
	faults  Faults
	quiet   bool // no fault and no touch any more
	touched Time // when a person last did something to a machine that is quiet
	step    Step
	books   ledger.Books
	now     Time
	queue   agenda.Queue
	hash    sim.Hash
	result  Result

	v         session.Visit
	idle      alarm
	limit     alarm
	up        bool   // the process lives
	life      uint32 // number of the process; what an older one had in mind is forgotten
	asked     *request
	act       *request // moves coins or paper; one at a time
	waiting   func()   // the act that comes after it
	opened    bool     // the journal holds this visit
	late      domain.Count
	toBox     domain.Count
	endFailed bool // the escrow was not emptied as it should
	broken    bool // the journal refused: no more money
	standing

	coin    vendor
	printer printer
	person  person
}

// standing is what keeps the machine out of service; what only a person ends outlives every start.
type standing struct {
	stop, staff, lateCoin, tray  bool // lasting
	coinPart                     bool // lasting
	coinGone, printGone, closed  bool
	paper, reader, center, clock bool // out or wrong; they come back by themselves
}

func (w *World) faulty() bool {
	s := w.standing
	return s != standing{} || w.broken
}

// alarm is a time-out of the session.
type alarm struct {
	at Time
	id uint32
	on bool
}

// request is what the session asked for and nobody has answered yet.
type request struct {
	id      uint32
	kind    session.EffectKind
	yen     domain.Yen
	n       int
	app     domain.ApplicationID
	until   Time // its budget
	dropped bool // abandoned
}

func newWorld(rnd *rand.Rand, o Options) *World {
	w := &World{rnd: rnd, faults: o.Faults, step: o.Step, books: o.Books, up: true}
	w.coin.fill(w)
	w.person.comes(w)
	w.later(minute, w.misfortune)
	return w
}

// between draws a time.
func (w *World) between(from, to Time) Time { return from + w.rnd.Int64N(to-from+1) }

// later does something that needs no process: falling, feeding, walking.
func (w *World) later(d Time, do func()) {
	w.queue.Push(agenda.Thing{At: w.now + d, Tie: w.rnd.Uint32(), Do: do})
}

// soon does something that the process of now has in mind.
func (w *World) soon(d Time, do func()) {
	life := w.life
	w.later(d, func() {
		if w.up && w.life == life {
			do()
		}
	})
}

// next lets the next thing happen: something from the queue, or a time-out. There is always one: the person thinks.
func (w *World) next() {
	at, which := w.queue[0].At, 0
	if w.idle.on && w.idle.at < at {
		at, which = w.idle.at, 1
	}
	if w.limit.on && w.limit.at < at {
		at, which = w.limit.at, 2
	}
	w.now = at
	switch which {
	case 0:
		w.queue.Pop().Do()
	case 1:
		w.idle.on = false
		w.apply(session.Event{Kind: session.TimedOut, ID: w.idle.id})
	default:
		w.limit.on = false
		w.apply(session.Event{Kind: session.CapReached, ID: w.limit.id})
	}
}

// apply gives the session one event, judges what it says, and carries that out.
func (w *World) apply(e session.Event) {
	if !w.up || w.result.Wrong != "" {
		return
	}
	before := w.v
	w.result.Events++
	strange := session.Stranger(before, e)
	var out []session.Effect
	w.v, out = w.step(before, e)
	w.note(int64(e.Kind), int64(e.ID), w.now, int64(w.v.State), int64(len(out)))
	if strange {
		w.result.Strange++
		if w.v != before || len(out) != 0 {
			w.wrong("D-04: %v of another request changed %v", e.Kind, before.State)
		}
		return
	}
	if before.Nobody() && !w.v.Nobody() && e.Kind != session.CutOff {
		w.printer.visit()
		w.person.clerkSpoke = false
	}
	w.judge(before, e, out)
	w.trayLogic(before.State, e)
	for _, f := range out {
		w.carryOut(f)
	}
	w.settled()
}

// settled holds faults and hours against an idle machine, and sends the resident's next thought.
func (w *World) settled() {
	if !w.up || !w.v.Idle() {
		return
	}
	if w.endFailed && w.coin.on {
		w.endFailed = false
		w.staff = w.staff || !w.coin.empty() || !w.balance(journal.Escrow).IsZero()
	}
	switch s := w.v.State; {
	case s == session.OutOfService && !w.faulty():
		w.apply(session.Event{Kind: session.FaultCleared})
	case s != session.OutOfService && w.faulty() && !w.onlyClosed():
		w.apply(session.Event{Kind: session.FaultSet})
	case s == session.Attract && w.closed:
		w.apply(session.Event{Kind: session.Closed})
	case s == session.ServiceClosed && !w.closed:
		w.apply(session.Event{Kind: session.Opened})
	}
	if (w.coinGone || w.printGone) && w.act == nil && w.v.Idle() {
		w.goDown(second) // the run ends; the next one opens the device anew
	}
}

func (w *World) onlyClosed() bool {
	s := w.standing
	s.closed = false
	return s == standing{} && !w.broken
}
