package crash

import (
	"errors"
	"fmt"
	"testing/synctest"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
)

// resident is everybody in front of the machine: one resident, who may go away while the machine is off, and a clerk
// who comes when all has come to rest.
type resident struct {
	w      *World
	coins  []int
	others int // certificates that are still wanted after the one under way
	begun  bool
	ended  bool // did what the script says when no coin was left
	away   bool
	tray   int  // yen in the return tray when the machine was switched on again
	turned bool // the clerk has turned the key at a machine that is out of service
	spoke  bool // the clerk has decided about a visit
	next   bool // the next resident has come, whom the machine must serve whatever happened to the one before
	waited int  // rounds without anything to do

	codes   map[string]string // that a screen showed, by the slip's number
	refunds int               // how often the clerk came for open slips
}

// Bounds of a visit. A round is one look at the screen.
const (
	maxRounds = 1200
	round     = time.Second + 1009*time.Nanosecond
	tries     = 3   // of a clerk, with a jam cleared before each
	patience  = 180 // rounds until a machine must have come to rest (liveness)
)

var errRestless = errors.New("crash: the machine does not come to rest")

// attend acts until the machine has come to rest, the clerk has come and gone, and nothing is left to do. over is false
// where the process ended before.
func (r *resident) attend(p *process) (over bool, err error) {
	r.waited, r.turned, r.spoke = 0, false, false
	for range maxRounds {
		synctest.Wait()
		select {
		case <-p.ended:
			return false, nil
		case <-p.died:
			return false, nil
		default:
		}
		if now := r.w.machine.Trays().Return.Total(); r.away && !r.turned && !r.spoke && now != r.tray {
			r.w.result.fault("X-01: ¥%d fell into the tray of an empty room", now-r.tray)
			r.tray = now
		}
		v := p.panel.shown()
		r.remember(v)
		if rests(v.State) {
			over, err := r.rest(p, v)
			if over || err != nil {
				return over, err
			}
			continue
		}
		if r.act(p, v) {
			r.waited = 0
		} else if r.waited++; r.waited > patience+limitOf(v) {
			return false, fmt.Errorf("%w: %s", errRestless, v.Screen)
		}
		r.pass(p, round)
	}
	return false, errRestless
}

// limitOf is what a screen may wait for a person beyond the liveness of the machine itself.
func limitOf(v session.View) int {
	if v.State == session.StaffNeeded || v.State == session.SlipWaits {
		return 3600
	}
	return 0
}

func rests(s session.State) bool { return s.Phase() == session.PhaseIdle }

// rest is a machine at which nobody is served. First comes the resident; then, when the machine is out of service, a
// clerk with both keys.
func (r *resident) rest(p *process, v session.View) (over bool, err error) {
	switch {
	case v.State == session.Attract && !r.begun && !r.away:
		r.begun, r.turned = true, false
		r.touch(p, session.VerbBegin, "")
		return false, nil
	case v.State == session.OutOfService && !r.turned:
		r.turned = true
		var err error
		for range tries {
			r.pass(p, time.Minute)
			r.w.machine.ClearJams()
			if err = r.turn(p, hand.Nothing); err == nil {
				break
			}
		}
		r.pass(p, 25*time.Second) // two looks at the printer: one that is gone is opened anew
		return false, err
	case v.State == session.OutOfService:
		return false, fmt.Errorf("crash: out of service after a clerk had come: %v", v.Faults)
	}
	r.pass(p, 5*time.Second) // coins in flight come to rest
	if p.panel.shown().State != v.State {
		return false, nil // a device went away meanwhile
	}
	if v.State == session.Attract && r.w.script.Refund != "" {
		if again, err := r.refund(p); again || err != nil {
			return false, err
		}
	}
	if v.State == session.Attract && !r.next && r.w.follows() {
		r.next, r.begun, r.away, r.ended, r.turned = true, true, false, true, false
		r.coins = []int{500, 500, 500}
		r.touch(p, session.VerbBegin, "")
		return false, nil
	}
	return true, nil
}

// turn lets the clerk turn the service key.
func (r *resident) turn(p *process, says hand.Says) error { return r.say(p, hand.Turn{Says: says}) }

func (r *resident) say(p *process, u hand.Turn) error {
	answer := make(chan hand.Answer, 1)
	u.Key, u.Answer = health.Service, answer
	select {
	case p.clerk <- u:
	case <-p.ended:
		return nil
	}
	select {
	case a := <-answer:
		return a.Err
	case <-p.ended:
		return nil
	}
}

func (r *resident) pass(p *process, d time.Duration) {
	select {
	case <-time.After(d):
	case <-p.ended:
	}
}

func (r *resident) touch(p *process, verb, arg string) {
	select {
	case p.panel.events <- ui.Event{Action: node.Action{Verb: verb, Arg: arg}}:
	case <-p.ended:
	}
	synctest.Wait()
}

func (r *resident) card(p *process, k card.EventKind) {
	select {
	case p.reader.events <- card.Event{Kind: k, Reader: "r"}:
	case <-p.ended:
	}
}

// plain are the screens with one thing to do.
var plain = map[session.State][2]string{
	session.Consent: {session.VerbAgree}, session.Language: {session.VerbPickLang, "en"},
	session.Scope: {session.VerbPickScope, "home"}, session.Holder: {session.VerbItIsMe},
	session.SelectCertificate: {session.VerbPickKind, string(domain.ResidentRecord)},
	session.Confirm:           {session.VerbConfirm}, session.TakePaper: {session.VerbTaken},
	session.Refused: {session.VerbDone}, session.LastTry: {session.VerbContinue},
	session.GiveBack: {session.VerbReclaim},
}

// act does what is to be done at a screen; it reports whether there was anything.
func (r *resident) act(p *process, v session.View) bool {
	if v.State == session.StaffNeeded || v.State == session.SlipWaits {
		return r.clerk(p, v)
	}
	if v.State == session.Maintenance { // the word before was not heard to its end
		r.w.machine.ClearJams()
		return r.turn(p, hand.Nothing) == nil
	}
	if r.away {
		return false
	}
	if do, ok := plain[v.State]; ok {
		r.touch(p, do[0], do[1])
		return true
	}
	switch v.State {
	case session.Finish:
		verb := session.VerbEnd
		if v.CanAnother && r.others > 0 {
			verb, r.others = session.VerbAnother, r.others-1
		}
		r.touch(p, verb, "")
	case session.PlaceCard, session.PlaceAgain:
		r.card(p, card.CardInserted)
	case session.EnterPIN:
		for _, d := range pin {
			r.touch(p, session.VerbDigit, string(d))
		}
		r.touch(p, session.VerbSubmitPIN, "")
	case session.RemoveCard:
		r.card(p, card.CardRemoved)
	case session.Copies:
		for range r.w.script.Copies - v.Copies {
			r.touch(p, session.VerbMore, "")
		}
		r.touch(p, session.VerbNext, "")
	case session.Pay:
		return r.pay(p, v)
	default:
		return false
	}
	return true
}

func (r *resident) pay(p *process, v session.View) bool {
	switch {
	case v.Overlay == session.OverlayCancel:
		r.touch(p, session.VerbCancel, "")
	case !v.Accepting:
		return false
	case len(r.coins) > 0:
		if err := r.w.machine.Insert(r.coins[0]); err != nil {
			r.w.result.fault("%v", err)
		}
		r.coins = r.coins[1:]
	case r.ended || r.w.script.Then == Wait:
		return false
	case r.w.script.Then == Lever:
		r.ended = true
		r.w.machine.Lever()
	default:
		r.ended = true
		r.touch(p, session.VerbCancel, "")
	}
	return true
}

// clerk says what the script has the clerk say of the sheets that wait, and else that all is clear.
func (r *resident) clerk(p *process, v session.View) bool {
	r.spoke = true
	r.pass(p, 30*time.Second)
	r.w.machine.ClearJams()
	if r.w.script.Says == hand.Good && r.w.printer.fallen() > v.SheetsDone { // who has counted them
		if err := r.turn(p, hand.Good); err == nil {
			return true
		}
	}
	if err := r.turn(p, hand.None); err == nil {
		return true
	}
	return r.turn(p, hand.Nothing) == nil
}
