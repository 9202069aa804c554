package walk

import (
	"github.com/kioskd/kioskd/internal/bench/sim/ledger"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/coin"
)

// returnEscrow gives the same coins back, with those that came late.
func (w *World) returnEscrow(r *request, late domain.Count) {
	c := &w.coin
	if c.state == coin.Idle || c.state == coin.Settled {
		if late.IsZero() {
			w.done(r, session.Event{Kind: session.CoinsReturned})
			return
		}
		if !c.on {
			w.done(r, session.Event{Kind: session.ReturnFailed})
			return
		}
		c.in, c.state, late = coin.Count(late), coin.Fixed, domain.Count{}
	}
	w.settle(r, func(bool) {
		back := domain.Count(c.in).Plus(late)
		moves := []journal.Move{{From: journal.Escrow, To: journal.World, Coins: back}}
		w.end(r, "repay", moves, func(result journal.Result) {
			if result != journal.Done {
				w.done(r, session.Event{Kind: session.ReturnFailed})
				return
			}
			w.done(r, session.Event{Kind: session.CoinsReturned, Count: back})
		})
	})
}

// keepEscrow moves the coins to hoppers and cash box.
func (w *World) keepEscrow(r *request, box, late domain.Count) {
	in := domain.Count(w.coin.in).Plus(late)
	moves := []journal.Move{
		{From: journal.Escrow, To: journal.Hopper, Coins: in.Minus(box)},
		{From: journal.Escrow, To: journal.CashBox, Coins: box},
	}
	w.end(r, "keep", moves, func(result journal.Result) {
		k := session.EscrowKept
		if result != journal.Done {
			k = session.KeepFailed
		}
		w.done(r, session.Event{Kind: k})
	})
}

// end empties the escrow, once, between two readings of the counters.
func (w *World) end(r *request, verb string, moves []journal.Move, then func(journal.Result)) {
	c := &w.coin
	before, ok := c.counters()
	if !ok || w.ends(r) {
		then(journal.NotDone)
		return
	}
	n, err := w.books.Begin(w.now, ledger.Intent{Application: r.app, Device: "coin", Verb: verb, Before: before})
	if err != nil {
		w.fail(verb, err)
		return
	}
	finish := func(result journal.Result, moves ...journal.Move) {
		if err := w.books.Finish(w.now, n, result, moves...); err != nil {
			w.fail(verb, err)
			return
		}
		w.endFailed = result != journal.Done
		then(result)
	}
	ready := c.state == coin.Fixed || c.state == coin.Paused && verb != "keep"
	if !ready || w.strikes(VendorRefuse, 12) {
		finish(journal.NotDone)
		return
	}
	c.state = coin.Returning
	if verb == "keep" {
		c.state = coin.Keeping
	}
	w.soon(w.between(1, 40), func() {
		c.move(verb != "keep", func(ok bool) {
			c.state = coin.Settled
			if ok {
				c.in = coin.Count{}
				finish(journal.Done, moves...)
				return
			}
			c.state = coin.Unresolved
			var lost []journal.Move
			for _, m := range moves {
				lost = append(lost, journal.Move{From: journal.Escrow, To: journal.Unknown, Coins: m.Coins})
			}
			finish(journal.Unsure, lost...)
		})
	})
}

// payTries bounds the plans of one payout: one hopper after another may run empty.
const payTries = int(coin.NumKinds)

// payChange pays an amount from the hoppers; what one fails to pay is planned anew.
func (w *World) payChange(r *request, total domain.Count, try int) {
	left := r.yen - total.Total()
	answer := func(k session.Kind) { w.done(r, session.Event{Kind: k, Count: total}) }
	if left <= 0 || try == payTries {
		answer(session.ChangePaid)
		return
	}
	c := &w.coin
	plan, ok := coin.Change(int(left), coin.Count(w.balance(journal.Hopper)), coin.Count{})
	before, on := c.counters()
	if !ok || !on || w.ends(r) {
		answer(session.ChangeFailed)
		return
	}
	n, err := w.books.Begin(w.now, ledger.Intent{
		Application: r.app, Device: "coin", Verb: "payout", Plan: plan, Before: before,
	})
	if err != nil {
		w.fail("payout", err)
		return
	}
	c.pay(r, plan, func(paid coin.Count, proved bool) {
		result := journal.Done
		moves := []journal.Move{{From: journal.Hopper, To: journal.World, Coins: domain.Count(paid)}}
		switch {
		case !proved:
			result = journal.Unsure
			moves = append(moves, journal.Move{
				From: journal.Hopper, To: journal.Unknown, Coins: domain.Count(plan.Minus(paid)),
			})
		case paid != plan:
			result = journal.Partial
		}
		if err := w.books.Finish(w.now, n, result, moves...); err != nil {
			w.fail("payout", err)
			return
		}
		total = total.Plus(domain.Count(paid))
		if !proved || paid.IsZero() {
			answer(session.ChangeFailed)
			return
		}
		w.payChange(r, total, try+1)
	})
}

// pay lets the hoppers pay a plan coin by coin, large ones first. What a hopper has been told it pays, whether anybody
// hears it or not; only its own trouble, or the end of the request, stops it.
func (c *vendor) pay(r *request, plan coin.Count, then func(paid coin.Count, proved bool)) {
	const each = 250
	w := c.w
	var paid coin.Count
	k := int(coin.NumKinds) - 1
	stopped, ended := false, false
	left := plan[k]
	var one func()
	begin := func() {
		for ; k >= 0 && plan[k] == 0; k-- {
		}
		if k < 0 {
			return
		}
		if left = plan[k]; c.on && !w.strikes(EmptyHopper, 16) {
			c.events[k] = c.events[k]%255 + 1
			return
		}
		left = 0
	}
	one = func() {
		switch {
		case k < 0:
			ended, c.paying = true, false
		case left > 0 && !c.jams[k] && c.hoppers[k] > 0 && !w.strikes(JamHopper, 30):
			c.hoppers[k]--
			c.tray[k]++
			c.paid[k]++
			paid[k]++
			left--
			w.later(each, one)
		default:
			c.jams[k] = c.jams[k] || left > 0 && w.result.Faults.Has(JamHopper)
			k--
			if stopped || !c.on {
				k = -1 // no next hopper is told to pay
			}
			begin()
			w.later(each, one)
		}
	}
	c.paying = true
	begin()
	w.later(each, one)
	var watch func()
	watch = func() {
		switch {
		case !c.on:
			then(paid, false)
		case ended:
			then(paid, true)
		default:
			if w.ends(r) {
				stopped, left = true, 0
			}
			w.soon(each, watch)
		}
	}
	w.soon(each, watch)
}
