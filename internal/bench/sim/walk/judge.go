package walk

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// judge holds one step against the promises about money and paper.
func (w *World) judge(before session.Visit, e session.Event, out []session.Effect) {
	v := &w.v
	if v.In != v.Escrow.Plus(v.Kept).Plus(v.Back).Plus(v.Lost) {
		w.wrong("%v × %v: in %v is not escrow %v, kept %v, back %v and lost %v", before.State, e.Kind, v.In, v.Escrow,
			v.Kept, v.Back, v.Lost)
	}
	served := before.State != session.Wiping && before.State != session.SlipWaits && !before.Nobody()
	if e.Kind == session.CoinIn && before.State.Phase() >= session.PhaseObtain && served && v.In == before.In {
		w.wrong("X-02: a credit in %v was ignored", before.State)
	}
	if v.Before != before.Before && !v.Nobody() {
		w.judgeNext(before)
	}
	for _, f := range out {
		switch {
		case f.Kind == session.PrintCopy && f.N != before.Printing+1:
			w.wrong("%v × %v: copy %d is printed after copy %d", before.State, e.Kind, f.N, before.Printing)
		case f.Kind == session.PrintCopy && v.Fee > 0 && v.Escrow.Total() < v.Fee:
			w.wrong("%v × %v: printing begins before the price is in escrow", before.State, e.Kind)
		case f.Kind == session.KeepEscrow && v.CopiesGood == 0:
			w.wrong("%v × %v: money is kept and no copy is good", before.State, e.Kind)
		case f.Kind == session.ReturnEscrow && v.CopiesGood > 0:
			w.wrong("%v × %v: the same coins go back although a copy is good", before.State, e.Kind)
		case f.Kind == session.ReturnEscrow && before.State == session.Printing && e.Kind != session.CopyFailed:
			w.wrong("D-12: %v × %v gives money back while a copy may be printed", before.State, e.Kind)
		case f.Kind == session.CancelAtCenter && v.CopiesGood > 0:
			w.wrong("%v × %v: an application with a good copy is cancelled", before.State, e.Kind)
		case f.Kind == session.Close:
			w.judgeClose(f)
		}
	}
	if v.Nobody() && !before.Nobody() && before.Outcome == domain.OutcomeOpen {
		w.wrong("%v × %v: the visit ended without an outcome", before.State, e.Kind)
	}
}

// judgeNext demands that another application begins when the money of the last is settled, and with nothing of it
//
func (w *World) judgeNext(before session.Visit) {
	v := &w.v
	paid := before.In.Total() - before.Back.Total() - before.PaidOut.Total()
	switch {
	case before.Outcome != domain.OutcomePrintedPaid || before.Owed != 0 || before.Due > 0 || w.opened:
		w.wrong("X-11: another application begins after %v, ¥%d owed, ¥%d due", before.Outcome, before.Owed, before.Due)
	case !before.Escrow.IsZero() || !before.Lost.IsZero() || paid != before.Earned() && before.Due >= 0:
		w.wrong("X-11: another application begins, and the money of the last is not settled")
	case v.Offer != nil || !v.In.IsZero() || v.Copies != 0 || v.Sheets != 0 || v.Application == before.Application:
		w.wrong("X-11: something of the last application is left: %+v", *v)
	case int(v.Before) >= domain.MaxApplications:
		w.wrong("X-11: %d applications under one assertion", v.Before+1)
	}
}

// judgeClose demands one class of reliability §1.5, with what it says true of coins and sheets.
func (w *World) judgeClose(f session.Effect) {
	v := &w.v
	got := v.Back.Total() + v.PaidOut.Total()
	bad := ""
	switch f.Outcome {
	case domain.OutcomeNothing:
		if !v.In.IsZero() || v.CopiesGood != 0 {
			bad = "nothing, but something happened"
		}
	case domain.OutcomeRefunded:
		if got != v.In.Total() || v.CopiesGood != 0 {
			bad = "refunded, but not all came back"
		}
	case domain.OutcomePrintedPaid, domain.OutcomePartPaid:
		if v.In.Total()-got != v.Earned() {
			bad = "printed, but the resident did not pay exactly the good copies"
		}
	case domain.OutcomeOwed:
		if f.Yen <= 0 || v.In.Total()-got-v.Earned() != f.Yen {
			bad = "owed, but that is not what is missing"
		}
	default:
		bad = "no class"
	}
	if bad == "" && v.CopiesGood == 0 && w.printer.fallen > 0 && !w.person.clerkSpoke && f.Outcome != domain.OutcomeOwed {
		bad = "sheets came out for nothing"
	}
	if bad == "" && v.CopiesGood > w.printer.whole && !w.person.clerkSpoke {
		bad = "copies are good that nobody printed"
	}
	if bad != "" {
		w.wrong("%v: %s: in %d, got %d, earned %d, owed %d, %d sheets", f.Outcome, bad, v.In.Total(), got, v.Earned(),
			f.Yen, w.printer.fallen)
	}
	w.result.Classes[f.Outcome]++
}

// agree holds the ledger against what is physically in the machine, at rest. Pieces whose place the ledger calls not
// proved, and pieces that no device ever told of in time, may lie anywhere; not one more.
func (w *World) agree() {
	lost := w.balance(journal.Unknown)
	if w.v.State == session.Attract && !w.coin.empty() && w.coin.doubt.IsZero() {
		w.wrong("in service with coins in the escrow: %v", w.coin.escrow.Plus(w.coin.boxed))
	}
	var booked, inside domain.Count
	for _, place := range []struct {
		account journal.Account
		there   domain.Count
	}{
		{journal.Escrow, w.coin.escrow.Plus(w.coin.boxed)},
		{journal.Hopper, w.coin.hoppers},
		{journal.CashBox, w.coin.cashBox},
	} {
		by := w.balance(place.account)
		booked, inside = booked.Plus(by), inside.Plus(place.there)
		for d := range domain.NumDenominations {
			slack := lost[d] + w.coin.doubt[d]
			if off := place.there[d] - by[d]; off > slack || -off > w.coin.doubt[d] {
				w.wrong("¥%d: %d in %s, %d by the ledger (%d not proved, %d untold)", d.Yen(), place.there[d],
					place.account, by[d], lost[d], w.coin.doubt[d])
			}
		}
	}
	for d := range domain.NumDenominations {
		if n := inside[d] + w.coin.tray[d]; n != w.coin.all[d] {
			w.wrong("the world itself lost a coin of ¥%d: %d of %d", d.Yen(), n, w.coin.all[d])
		}
		if booked[d] > inside[d]+w.coin.doubt[d] {
			w.wrong("¥%d: %d booked, %d inside", d.Yen(), booked[d], inside[d])
		}
	}
}

func (w *World) balance(a journal.Account) domain.Count {
	c, err := w.books.Balance(a)
	if err != nil {
		w.fail("balance", err)
	}
	return c
}

// fail is a book that refused what an honest shell asked: the model is broken, or the shell is.
func (w *World) fail(what string, err error) {
	w.broken = true
	w.wrong("R-10: %s: %v", what, err)
}
