package walk

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/recovery"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/coin"
)

// misfortune is drawn now and then: what strikes a machine and not its people.
func (w *World) misfortune() {
	w.later(w.between(second, 4*minute), w.misfortune)
	if !w.up {
		return
	}
	outages := [...]Time{5 * second, 10 * minute, 24 * hour}
	switch {
	case w.strikes(Crash, 8):
		w.result.Crashes++
		w.goDown(outages[w.rnd.IntN(len(outages))])
	case w.strikes(PowerCut, 10):
		w.result.Crashes++
		w.printer.live = false // a printer forgets its jobs; a sheet stays in the path
		w.goDown(outages[w.rnd.IntN(len(outages))])
	case w.strikes(VendorGone, 10):
		w.coin.on = false
		w.coinGone = true
		w.apply(session.Event{Kind: session.CoinGone})
		w.settled()
	case w.trouble():
		w.settled()
	case w.closed:
		w.closed = false
		w.settled()
	case w.strikes(ClerkOpens, 20):
		w.apply(session.Event{Kind: session.StaffOpen})
		w.soon(w.between(minute, 40*minute), func() { w.apply(session.Event{Kind: session.StaffClose}) })
	case w.strikes(Hours, 10):
		w.closed = true
		w.settled()
	}
}

// trouble is a device or a peer that says of itself that it is not well.
func (w *World) trouble() bool {
	for _, x := range []struct {
		fault      Fault
		flag       *bool
		comes, end session.Kind
	}{
		{NoPaper, &w.paper, session.PrinterFault, session.PrinterMended},
		{ReaderOut, &w.reader, session.ReaderGone, session.ReaderBack},
		{NoPulse, &w.center, session.CenterLost, session.CenterBack},
		{WrongClock, &w.clock, session.ClockDoubt, session.ClockSure},
		{CoinPart, &w.coinPart, session.CoinFault, session.CoinFault},
		{InDoubt, &w.staff, session.CoinDoubt, session.CoinDoubt},
	} {
		if *x.flag || !w.strikes(x.fault, 12) {
			continue
		}
		*x.flag = true
		if x.fault == ReaderOut {
			w.person.card = false
		}
		if looks := w.v.Nobody() || w.v.State == session.Pay; looks || x.fault != NoPaper {
			w.apply(session.Event{Kind: x.comes})
		}
		if x.comes != x.end {
			w.later(w.between(second, 20*minute), func() {
				*x.flag = false
				w.apply(session.Event{Kind: x.end})
				w.settled()
			})
		}
		return true
	}
	return false
}

// goDown ends the process; what moves goes on moving.
func (w *World) goDown(outage Time) {
	w.up, w.life = false, w.life+1
	w.v, w.idle, w.limit = session.Visit{}, alarm{}, alarm{}
	w.asked, w.act, w.waiting = nil, nil, nil
	w.opened, w.late, w.toBox = false, domain.Count{}, domain.Count{}
	w.coin.state, w.coin.in, w.coin.mask, w.coin.full = coin.Closed, coin.Count{}, 0, 0
	w.note(w.now, outage)
	w.later(max(outage, second), func() { w.goUp(outage) })
}

// goUp is a start: recovery before the first screen. A dispense under way is waited for, as the driver does.
func (w *World) goUp(outage Time) {
	if w.coin.paying {
		w.later(second, func() { w.goUp(outage) })
		return
	}
	w.up = true
	w.coinGone, w.printGone = false, false
	c := &w.coin
	c.on, c.state = true, coin.Idle
	if w.person.card { // nobody waits for hours with a card on the reader
		w.person.card = false
	}
	offered := w.recover(outage)
	if w.printer.cancel() {
		w.tray = true
	}
	if !offered && (!c.empty() || !w.balance(journal.Escrow).IsZero()) {
		w.staff = true
	}
	w.settled()
}

// recover ends what was left open, with terminal's own judgement of it; it reports whether coins are offered back.
func (w *World) recover(outage Time) (offered bool) {
	left, ok, err := w.books.Left()
	if err != nil {
		w.fail("left", err)
	}
	if !ok || err != nil {
		// Whatever the acceptor counted in between is of no visit, and no start looks for it.
		w.coin.booked = w.coin.accepts
		return false
	}
	unsure := w.bookUnseen(left.Application)
	now, _ := w.coin.counters()
	for i, u := range left.Acts {
		f := journal.Finding{Result: w.printed()}
		if u.Device == "coin" {
			if f, err = recovery.Coin(u, now, w.balance(journal.Escrow)); err != nil {
				w.fail("recovery", err)
				return false
			}
		}
		if err := w.books.Finish(w.now, left.IDs[i], f.Result, f.Moves...); err != nil {
			w.fail("recovery", err)
			return false
		}
		unsure = unsure || f.Result == journal.Unsure
	}
	if left, _, err = w.books.Left(); err != nil {
		w.fail("left", err)
		return false
	}
	if !unsure && recovery.Returnable(left.Left) && outage <= 2*minute {
		w.opened, w.late = true, left.Held
		w.apply(session.Event{
			Kind: session.CutOff, Application: left.Application, Yen: left.Fee, N: left.Copies, Count: left.Held,
		})
		return true
	}
	e := recovery.Ending(left.Left)
	if unsure || e.Owed > 0 || !left.Held.IsZero() || recovery.Printed(left.Left).Any() {
		w.staff = true
	}
	if err := w.books.Close(w.now, e); err != nil {
		w.fail("recovery closes", err)
	}
	w.result.Classes[e.Outcome]++
	if good := recovery.Printed(left.Left).Good; good > w.printer.whole {
		w.wrong("recovery: %d copies are good and %d came out", good, w.printer.whole)
	}
	return false
}

// printed judges a copy that was cut off: proved not printed where its document had not come whole or is cancelled in
// time, and else not proved.
func (w *World) printed() journal.Result {
	if w.printer.cancel() && w.rnd.IntN(2) == 0 {
		return journal.NotDone
	}
	if w.printer.job == 0 {
		return journal.NotDone
	}
	return journal.Unsure
}

// bookUnseen books coins that the acceptor counted and nobody wrote down; its buffer tells the last five.
func (w *World) bookUnseen(app domain.ApplicationID) (unsure bool) {
	c := &w.coin
	unseen := c.accepts.Minus(c.booked)
	c.booked, c.through = c.accepts, sum(c.accepts)
	for _, n := range unseen {
		if n < 0 {
			w.wrong("more coins are booked than were counted")
		}
	}
	if unseen.IsZero() {
		return false
	}
	if sum(unseen) > 5 {
		c.doubt = c.doubt.Plus(unseen)
		return true
	}
	err := w.books.Record(w.now, app, "coin.in", journal.Move{From: journal.World, To: journal.Escrow, Coins: unseen})
	if err != nil {
		w.fail("unseen", err)
	}
	return false
}
