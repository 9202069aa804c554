package walk

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/coin"
)

// person is everybody before the machine: one resident after another, and a clerk.
type person struct {
	tries      int  // of the card's PIN
	away       bool // the resident has gone
	card       bool // lies on the reader
	clerkSpoke bool // a clerk has decided about the sheets of this visit
	coming     bool // a clerk is on the way
}

// comes lets a resident think for the first time; from then on there is always a next thought.
func (p *person) comes(w *World) {
	p.tries = 3
	w.later(second, func() { w.think() })
}

// think is one thought of whoever stands there.
func (w *World) think() {
	again := w.between(100, 4*second)
	switch {
	case !w.up:
		again = w.between(minute, 20*minute)
	case w.person.away, w.quiet, w.v.State == session.OutOfService, w.calls():
		again = w.between(5*second, minute)
	}
	w.later(again, func() { w.think() })
	if w.up && w.result.Wrong == "" && !w.quiet {
		w.resident()
	}
	if !w.person.coming && (w.calls() || w.v.State == session.OutOfService) {
		w.person.coming = true
		w.later(w.between(minute, 30*minute), func() {
			w.person.coming = false
			w.clerk()
		})
	}
}

// resident touches what leads on, and sometimes anything.
func (w *World) resident() {
	p := &w.person
	switch {
	case p.away && w.v.State == session.Attract:
		p.away = false // the next one
	case p.away:
		return
	case !w.v.Idle() && w.strikes(WalkOff, 60):
		p.away = true
		return
	case w.strikes(AnyTouch, 5):
		w.anything()
		return
	case w.strikes(ReturnLever, 40):
		w.apply(session.Event{Kind: session.Lever})
		return
	case p.card && w.strikes(CardEarly, 60):
		w.moveCard(false)
		return
	}
	w.sensible()
}

// leads is the one thing to do at a screen.
var leads = [session.NumStates]session.Event{
	session.Consent: {Kind: session.Agree}, session.Language: {Kind: session.PickLanguage, Arg: "en"},
	session.Scope: {Kind: session.PickScope, Arg: "home"}, session.LastTry: {Kind: session.Continue},
	session.Holder: {Kind: session.ItIsMe}, session.SelectDetails: {Kind: session.Next},
	session.SelectMembers: {Kind: session.Next}, session.Confirm: {Kind: session.ConfirmOrder},
	session.HonsekiRegister: {Kind: session.Next}, session.HonsekiRegistered: {Kind: session.Acknowledge},
	session.SlipWaits: {Kind: session.Acknowledge}, session.GiveBack: {Kind: session.Reclaim},
}

// everything is what the site of the walk offers.
const everything = session.OfferRegister | session.OfferAnother

var kinds = [...]domain.Kind{domain.ResidentRecord, domain.SealRegistration, "IncomeTax"}

func (w *World) sensible() {
	p := &w.person
	if w.v.Overlay != session.NoOverlay { // coins may fall while "cancel" is asked: they wait for the answer
		w.apply(session.Event{Kind: [...]session.Kind{session.CloseOverlay, session.Cancel}[w.rnd.IntN(2)]})
		return
	}
	switch s := w.v.State; s {
	case session.Attract:
		if p.card { // it was left on the reader
			w.moveCard(false)
			return
		}
		w.apply(session.Event{Kind: session.SetAid, Arg: [...]string{"", "size=150", "speech=on"}[w.rnd.IntN(3)]})
		w.apply(session.Event{Kind: session.Begin, Application: w.application(), May: everything})
	case session.Refused:
		k := session.Acknowledge
		if w.v.View().CanRegister {
			k = session.Register
		}
		w.apply(session.Event{Kind: k, Application: w.application()})
	case session.PlaceCard:
		w.moveCard(true)
	case session.TakePaper:
		w.apply(session.Event{Kind: session.Taken, N: w.leftForAnother()})
	case session.Finish:
		k := session.End
		if w.v.View().CanAnother && w.rnd.IntN(2) == 0 {
			k = session.Another
		}
		w.apply(session.Event{Kind: k, Application: w.application()})
	case session.PlaceAgain: // a card that lies there must be lifted first
		w.moveCard(!p.card)
	case session.EnterPIN:
		if w.v.PINCount < 4 {
			w.apply(session.Event{Kind: session.PINChanged, N: 4})
			return
		}
		w.apply(session.Event{Kind: session.SubmitPIN})
	case session.RemoveCard:
		w.moveCard(false)
	case session.SelectCertificate:
		w.apply(session.Event{Kind: session.PickKind, Arg: string(kinds[w.rnd.IntN(len(kinds))])})
	case session.Copies:
		w.apply(session.Event{Kind: [...]session.Kind{session.More, session.Next, session.Next}[w.rnd.IntN(3)]})
	case session.Pay:
		if w.v.SlotOpen && w.rnd.IntN(40) == 0 {
			w.apply(session.Event{Kind: session.Cancel})
			return
		}
		w.coin.insert(domain.Denomination(w.rnd.IntN(int(domain.NumDenominations))))
	default:
		if e := leads[s]; e.Kind != session.Begin {
			w.apply(e)
		}
	}
}

// anything is a touch that makes no sense, a coin into a shut slot, or a card that comes and goes.
func (w *World) anything() {
	args := []string{
		"", "speech=off", "home", "en", "ja", string(domain.ResidentRecord), "m1", "m2", "scope=self",
		"scope=part", domain.FaultBadSheet.String(), domain.FaultForeign.String(),
	}
	switch n := w.rnd.IntN(int(session.Acknowledge) + 6); {
	case n <= int(session.Acknowledge):
		e := session.Event{Kind: session.Kind(n), Arg: args[w.rnd.IntN(len(args))], N: w.rnd.IntN(5)}
		switch e.Kind {
		case session.Begin, session.Register, session.Another:
			e.Application = w.application()
		case session.Taken:
			e.N = w.leftForAnother()
		default: // nothing else comes with a touch
		}
		w.apply(e)
	case n < int(session.Acknowledge)+4:
		w.coin.insert(domain.Denomination(w.rnd.IntN(int(domain.NumDenominations))))
	default:
		w.moveCard(!w.person.card)
	}
}

// moveCard puts the card on the reader or takes it away.
func (w *World) moveCard(on bool) {
	w.person.card = on
	k := session.CardOut
	if on {
		k = session.CardIn
	}
	w.apply(session.Event{Kind: k})
}

func (w *World) application() (a domain.ApplicationID) {
	for i := range 2 {
		n := w.rnd.Uint64()
		for b := range 8 {
			a.ID[8*i+b] = byte(n >> (8 * b))
		}
	}
	return a
}

// clerk comes with both keys: decides about sheets that wait, or ends what stands against service.
func (w *World) clerk() {
	waits := w.calls() || w.v.State == session.OutOfService
	if !w.up || w.result.Wrong != "" || !waits {
		return
	}
	w.touched = w.now
	w.coin.clearJams()
	w.printer.cancel() // at its panel
	w.note(int64(w.v.State), w.now)
	if w.v.State == session.StaffNeeded {
		w.decide()
	} else if w.act == nil {
		w.emptyEscrow()
	}
}

// calls reports a visit that waits for a clerk.
func (w *World) calls() bool {
	return w.v.State == session.StaffNeeded || w.v.State == session.SlipWaits
}

// decide is a clerk's word on the sheets of a visit that waits for it.
func (w *World) decide() {
	w.person.clerkSpoke = true
	k := session.StaffNoPrint
	switch {
	case w.strikes(ClerkErrs, 3):
		k = session.StaffGoodPrint + session.Kind(w.rnd.IntN(3))
	case w.v.Escrow.IsZero():
		k = session.StaffClear
	case w.printer.whole >= w.v.Printing && w.v.Printing > 0:
		k = session.StaffGoodPrint
	}
	before := w.v.State
	if w.apply(session.Event{Kind: k}); w.v.State != before {
		w.staff = false
		w.tray = w.tray && k == session.StaffGoodPrint
	}
}

// emptyEscrow gives what stayed in the escrow to the clerk, and then ends what a key ends.
func (w *World) emptyEscrow() {
	c := &w.coin
	before, ok := c.counters()
	held := w.balance(journal.Escrow)
	turn := func() {
		w.stop, w.staff, w.lateCoin, w.tray, w.coinPart, w.late = false, false, false, false, false, domain.Count{}
		w.settled()
		if w.v.State == session.SlipWaits { // the clerk has read the number
			w.apply(session.Event{Kind: session.StaffClear})
		}
	}
	switch {
	case !ok || w.broken:
		return
	case before.Escrow.Empty() && held.IsZero():
		turn()
		return
	case before.Escrow.Empty():
		err := w.books.Record(w.now, domain.ApplicationID{}, "escrow.lost", journal.Move{
			From: journal.Escrow, To: journal.Unknown, Coins: held,
		})
		if err != nil {
			w.fail("escrow", err)
		}
		turn()
		return
	}
	c.in, c.state = coin.Count(held), coin.Fixed
	r := &request{until: w.now + 50*second}
	w.act = r
	w.end(r, "empty", []journal.Move{{From: journal.Escrow, To: journal.Staff, Coins: held}}, func(x journal.Result) {
		w.act = nil
		if x == journal.Done {
			turn()
		}
	})
}
