package walk

import (
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/coin"
)

// carryOut does one effect, as terminal does.
func (w *World) carryOut(f session.Effect) {
	w.note(int64(f.Kind), int64(f.Yen), int64(f.N))
	switch f.Kind {
	case session.Arm:
		w.idle = alarm{w.now + Time(f.Ms), f.ID, true}
	case session.ArmCap:
		w.limit = alarm{w.now + Time(f.Ms), f.ID, true}
	case session.OpenVisit:
		w.openVisit()
	case session.ForgetDocument:
		w.opened, w.toBox = false, domain.Count{}
		w.printer.visit()
		w.person.clerkSpoke = false
		w.result.Another++
	case session.Abandon:
		if w.asked != nil {
			w.asked.dropped = true
			w.asked = nil
		}
	case session.LateCoin:
		w.lateCoin = true
	case session.Close:
		w.closeVisit(f)
	case session.Alarm:
		w.stop = true
	case session.CallStaff:
		w.staff = true
	case session.PrintCopy:
		w.tray = true // before the first byte; ended when somebody says that all was taken
		w.ask(f)
	default:
		if f.Kind.Asks() != nil {
			w.ask(f)
		}
	}
}

func (w *World) openVisit() {
	o, ok := w.v.Order()
	if !ok || w.opened {
		return
	}
	w.opened = true
	err := w.books.Open(w.now, journal.Visit{Application: w.v.Application, Kind: o.Kind, Fee: o.Fee, Copies: o.Copies})
	if err != nil {
		w.fail("open", err)
	}
}

func (w *World) closeVisit(f session.Effect) {
	if !w.opened {
		return
	}
	w.opened = false
	e := journal.Ending{
		Application: w.v.Application, Outcome: f.Outcome, Good: w.v.CopiesGood, Revenue: w.v.Earned(), Owed: f.Yen,
	}
	if err := w.books.Close(w.now, e); err != nil {
		w.fail("close as "+f.Outcome.String(), err)
	}
}

// leftForAnother is what the shell says when the sheets are taken: how long the card's proof still lives, and nothing
// where something stands against service or coins may lie where no act takes them from.
func (w *World) leftForAnother() int {
	stands := w.standing
	stands.tray = false
	if stands != (standing{}) || w.broken || w.endFailed || !w.late.IsZero() {
		return 0
	}
	return w.rnd.IntN(int(domain.NoteLife / time.Second))
}

// trayLogic keeps in mind that sheets may lie where the next resident would find them.
func (w *World) trayLogic(before session.State, e session.Event) {
	switch {
	case before == session.TakePaper && w.v.State == session.Finish:
		w.tray = false
	case e.Kind == session.CopyFailed && e.Evidence == session.EvidenceNotPrinted && w.v.CopiesGood == 0:
		w.tray = false
	}
}

// app is the visit to which coins are booked; none where no visit is in the journal.
func (w *World) app() domain.ApplicationID {
	if !w.opened {
		return domain.ApplicationID{}
	}
	return w.v.Application
}

// coinIn books a credit before it is shown.
func (w *World) coinIn(d domain.Denomination, late, box bool) {
	var one domain.Count
	one[d] = 1
	err := w.books.Record(w.now, w.app(), "coin.in", journal.Move{From: journal.World, To: journal.Escrow, Coins: one})
	if err != nil {
		w.fail("coin", err)
	}
	w.coin.booked[d]++
	switch {
	case late && w.opened:
		w.late[d]++
	case box:
		w.toBox[d]++
	}
	w.apply(session.Event{Kind: session.CoinIn, Coin: d})
}

// ask starts a request.
func (w *World) ask(f session.Effect) {
	r := &request{id: f.ID, kind: f.Kind, yen: f.Yen, n: f.N, app: w.v.Application}
	w.asked = r
	switch f.Kind {
	case session.OpenDeposit:
		w.alone(r, 15*second, w.openDeposit)
	case session.FixDeposit:
		w.alone(r, 25*second, w.fixDeposit)
	case session.ReturnEscrow:
		late := w.late
		w.late = domain.Count{}
		w.alone(r, 50*second, func(r *request) { w.returnEscrow(r, late) })
	case session.KeepEscrow:
		late, box := w.late, w.toBox
		w.late = domain.Count{}
		w.alone(r, 25*second, func(r *request) { w.keepEscrow(r, box, late) })
	case session.PayChange:
		w.alone(r, 30*second, func(r *request) { w.payChange(r, domain.Count{}, 0) })
	case session.PrintCopy:
		w.alone(r, 75*second+10*second*Time(w.v.Sheets/max(1, w.v.Copies)), w.print)
	case session.Wipe: // also where the slip of what is owed stands until it is read
		w.endFailed = w.endFailed || !w.late.IsZero() || !w.v.Lost.IsZero()
		w.opened, w.toBox, w.late = false, domain.Count{}, domain.Count{}
		w.soon(w.between(5, 200), func() { w.answer(r, session.Event{Kind: session.Wiped}) })
	default:
		w.askPeer(r)
	}
}

// alone lets an act begin when the one before has ended, also one whose request was given up.
func (w *World) alone(r *request, budget Time, do func(*request)) {
	if r.until = w.now + budget; w.strikes(Overdue, 25) {
		r.until += 3 * minute
	}
	start := func() {
		w.act = r
		w.soon(w.between(1, 30), func() { do(r) })
	}
	if w.act == nil {
		start()
		return
	}
	w.waiting = start
}

// done ends an act with its answer.
func (w *World) done(r *request, e session.Event) {
	w.act = nil
	if next := w.waiting; next != nil {
		w.waiting = nil
		next()
	}
	w.answer(r, e)
}

// ends reports that an act must come to its end now: it was given up, or its time is over.
func (w *World) ends(r *request) bool { return r.dropped || w.now >= r.until }

func (w *World) answer(r *request, e session.Event) {
	if w.asked == r {
		w.asked = nil
	}
	e.ID = r.id
	w.apply(e)
}

func refused(r domain.RefusalReason) session.Event {
	return session.Event{Kind: session.DepositRefused, Reason: r}
}

// reserve is what must stay in each hopper for the next resident.
var reserve = coin.Count{5, 5, 5, 5}

const escrowSlots = 40

func (w *World) openDeposit(r *request) {
	c := &w.coin
	stock := coin.Count(w.balance(journal.Hopper))
	l := coin.Limits{Price: int(r.yen), Stock: stock, Reserve: reserve, Slots: escrowSlots}
	l.ExactOnly = !coin.CanChange(l.Price, stock, reserve)
	mask, _ := l.Accepts(coin.Count{})
	switch {
	case w.ends(r), !c.on, w.broken, w.strikes(VendorRefuse, 10), !c.empty(),
		c.state != coin.Idle && c.state != coin.Settled:
		w.done(r, refused(domain.CoinsNotReady))
		return
	case mask == 0:
		w.done(r, refused(domain.EscrowFull))
		return
	}
	if err := w.books.Record(w.now, r.app, "deposit.begin"); err != nil {
		w.fail("deposit", err)
	}
	c.state, c.limits, c.mask, c.in, c.full = coin.Accepting, l, mask, coin.Count{}, 0
	for d, n := range c.hoppers {
		if n >= 180 {
			c.full = c.full.With(coin.Kind(d))
		}
	}
	w.done(r, session.Event{Kind: session.DepositOpen, Flag: l.ExactOnly})
}

// settle waits until no coin is in flight and the counts agree.
func (w *World) settle(r *request, then func(ok bool)) {
	c := &w.coin
	if c.state == coin.Accepting {
		c.state = coin.Paused
	}
	limit := min(w.now+10*second, r.until)
	var look func()
	look = func() {
		switch {
		case !c.on:
			then(false)
		case c.untold == 0 && c.flying == 0 && w.now-c.last >= 1500:
			then(true)
		case w.now >= limit || r.dropped:
			then(false)
		default:
			w.soon(500, look)
		}
	}
	w.soon(1500, look)
}

func (w *World) fixDeposit(r *request) {
	w.settle(r, func(ok bool) {
		c := &w.coin
		in := domain.Count(c.in)
		plan, possible := coin.Change(c.in.Total()-int(r.yen), coin.Count(w.balance(journal.Hopper)).Plus(c.in), coin.Count{})
		fail := session.Event{Kind: session.FixFailed, Reason: domain.CoinsNotReady}
		switch {
		case !ok || w.ends(r) || w.strikes(VendorRefuse, 12):
			w.done(r, fail)
			return
		case !possible || c.jammed(plan):
			fail.Reason = domain.ChangeUnavailable
			w.done(r, fail)
			return
		}
		c.state = coin.Fixed
		w.done(r, session.Event{Kind: session.Fixed, Count: in})
	})
}

func (c *vendor) jammed(plan coin.Count) bool {
	for k, n := range plan {
		if n > 0 && c.jams[k] {
			return true
		}
	}
	return false
}
