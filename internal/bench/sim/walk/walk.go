// Package walk plays the pure session a million times: residents who touch anything, coins that fall late or not at
// all, printers that say nothing, a centre that is silent, a clerk, crashes, in virtual time and from one seed.
//
// It drives session.Step, the same recovery code that a start runs, and a ledger: one in memory, the journal's own, or
// both, which must agree on every call. The thin shell between them (acts, effects, counters) is written again here,
// without goroutines, so that one core walks hundreds of thousands of events a second; the real shell is driven by
// package crash. After every event the invariants hold; after the faults end the machine comes to rest.
package walk

import (
	"fmt"
	"math/rand/v2"

	"github.com/kioskd/kioskd/internal/bench/sim/ledger"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// Time is virtual, in milliseconds since the world began.
type Time = ledger.Time

const (
	second Time = 1000
	minute      = 60 * second
	hour        = 60 * minute
)

// Step is the machine that is walked: session.Step, or a broken one that must be found.
type Step func(session.Visit, session.Event) (session.Visit, []session.Effect)

// Options are what a walk is made of. The zero value walks session.Step with a ledger in memory and all faults.
type Options struct {
	Events int          // to apply before the faults end; 0: 500
	Books  ledger.Books // nil: in memory
	Step   Step         // nil: session.Step
	Faults Faults       // which kinds may happen; 0: a subset drawn from the seed (swarm)
}

// Result is what a walk did.
type Result struct {
	Seed    uint64
	Events  int // applied to the session
	Hash    uint64
	Virtual Time
	Faults  Faults // kinds that happened
	Classes [6]int // visits by outcome
	Crashes int
	Another int    // applications that followed another one in the same visit
	Strange int    // late answers that were dropped
	Wrong   string // the invariant that broke; "" is what everybody wants
}

// Run walks one seed.
func Run(seed uint64, o Options) (r Result) {
	if o.Events == 0 {
		o.Events = 500
	}
	if o.Books == nil {
		o.Books = ledger.New()
	}
	if o.Step == nil {
		o.Step = session.Step
	}
	rnd := rand.New(rand.NewPCG(seed, 0x6b696f736b64))
	if o.Faults == 0 {
		o.Faults = swarm(rnd)
	}
	w := newWorld(rnd, o)
	defer func() {
		r = w.result
		r.Seed, r.Hash, r.Virtual = seed, w.hash.Sum(), w.now
	}()
	for n := 0; w.result.Events < o.Events && w.result.Wrong == ""; n++ {
		if w.next(); n > most*o.Events {
			w.wrong("liveness: nothing happens any more in %v", w.v.State)
		}
	}
	w.rest()
	return r
}

// most bounds what happens in the world for one event of the session: thoughts that lead to nothing.
const most = 400

// restLimit is the liveness: so long after the last fault and the last touch the machine is at rest, or waits for a
// person.
const restLimit = 180 * second

// rest ends all faults and touches and lets the machine come to rest; then a clerk looks after it, and nothing may be
// left in doubt that the ledger does not know of.
func (w *World) rest() {
	w.quiet, w.touched = true, w.now
	limit := restLimit * Time(w.v.Aids.Pace()) // a resident with aids is given more time
	for w.result.Wrong == "" && w.now < w.touched+limit && !w.atRest() {
		w.next()
	}
	slip := w.v.Owed > 0 && (w.v.State == session.Finish || w.v.State == session.Refused) // somebody has to read it
	if w.result.Wrong == "" && !w.atRest() && !waits[w.v.State] && !slip {
		w.wrong("liveness: %v after %d s without a fault", w.v.State, limit/second)
	}
	if w.result.Wrong == "" {
		w.finalRest()
	}
}

// waits are the screens at which a person, and nobody else, is waited for.
var waits = [session.NumStates]bool{
	session.StaffNeeded: true, session.Maintenance: true, session.TakePaper: true, session.GiveBack: true,
	session.SlipWaits: true,
}

// atRest reports that nobody is served and that nothing moves.
func (w *World) atRest() bool {
	return w.v.Idle() && w.act == nil && w.coin.flying+w.coin.hanging+w.coin.untold == 0 && w.up
}

// finalRest lets the clerk come, and judges what is left.
func (w *World) finalRest() {
	for until := w.now + 3*hour; w.result.Wrong == "" && w.now < until; {
		if w.atRest() && !w.faulty() {
			break
		}
		w.next()
	}
	if w.result.Wrong != "" {
		return
	}
	if !w.atRest() || w.faulty() {
		w.wrong("liveness: a clerk came and the machine is still %v", w.v.State)
		return
	}
	w.agree()
}

func (w *World) wrong(format string, values ...any) {
	if w.result.Wrong == "" {
		w.result.Wrong = fmt.Sprintf(format, values...)
	}
}

// hash notes a thing of the trace.
func (w *World) note(values ...int64) {
	for _, v := range values {
		w.hash.Number(v)
	}
}
