package crash

import (
	"context"
	"slices"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

// judge holds what is written against what is physically there: the devices' trays are the truth.
func (w *World) judge(p *process) {
	ctx := context.Background()
	if err := p.journal.Verify(ctx); err != nil {
		w.result.fault("R-10: %v", err)
	}
	b, err := p.journal.Balances(ctx)
	if err != nil {
		w.result.fault("%v", err)
	}
	w.coinsAgree(b)
	if l, open, err := p.journal.Left(ctx); err != nil || open {
		w.result.fault("a visit is open at the end: %v (%v)", l.Application, err)
	}
	w.classes(ctx, p)
	w.refunded(ctx, p)
	w.covered(b)
	w.trace.note("end", int64(b[journal.Escrow].Total()), int64(b[journal.Hopper].Total()),
		int64(b[journal.CashBox].Total()), int64(b[journal.Unknown].Total()), int64(w.printer.sheets))
	w.paper()
}

// coinsAgree compares the ledger with the trays, kind by kind. Pieces of which the ledger says itself that their place
// is not proved may lie anywhere; it must not be more than that.
func (w *World) coinsAgree(b journal.Balances) {
	t := w.machine.Trays()
	lost := b[journal.Unknown]
	for _, place := range []struct {
		name string
		in   domain.Count
		by   domain.Count
	}{
		{"escrow", countOf(t.Escrow), b[journal.Escrow]},
		{"hoppers", countOf(t.Hoppers), b[journal.Hopper]},
		{"cash box", countOf(t.CashBox), b[journal.CashBox]},
	} {
		for d := range domain.NumDenominations {
			if more := place.in[d] - place.by[d]; more < 0 || more > lost[d] {
				w.result.fault("¥%d: %d in the %s, %d by the ledger (%d not proved)", d.Yen(), place.in[d], place.name,
					place.by[d], lost[d])
			}
		}
	}
	inside := countOf(t.Escrow).Plus(countOf(t.Hoppers)).Plus(countOf(t.CashBox))
	booked := b[journal.Escrow].Plus(b[journal.Hopper]).Plus(b[journal.CashBox])
	for d := range domain.NumDenominations {
		if inside[d] < booked[d] || inside[d] > booked[d]+lost[d] {
			w.result.fault("¥%d: %d pieces inside, %d booked and %d not proved", d.Yen(), inside[d], booked[d], lost[d])
		}
	}
}

// covered demands that the machine, and the clerk who emptied it, hold all that was earned and all that is owed: what
// came out of the machine is owed no more.
func (w *World) covered(b journal.Balances) {
	t := w.machine.Trays()
	inside := countOf(t.Escrow).Plus(countOf(t.Hoppers)).Plus(countOf(t.CashBox)).Plus(b[journal.Staff])
	claims := domain.Yen(0)
	for _, yen := range w.claims {
		claims += yen
	}
	switch gained := inside.Total() - w.stocked; {
	case gained < claims:
		w.result.fault("¥%d earned and owed, and only ¥%d came in and stayed", claims, gained)
	case gained > claims && w.script.Refund == hand.Machine && b[journal.Unknown].IsZero():
		w.result.fault("¥%d more stayed than was earned, and no slip is open: one was closed unpaid", gained-claims)
	}
}

// refunded takes what was paid on slips out of the claims, and demands that every slip is closed where a clerk pays.
func (w *World) refunded(ctx context.Context, p *process) {
	all, err := p.journal.Slips(ctx, false)
	if err != nil {
		w.result.fault("%v", err)
	}
	open := domain.Yen(0)
	for _, s := range all {
		open += s.Yen
		w.trace.note("slip", int64(s.Yen))
		if s.How == "code" || s.How == "staff" {
			w.result.Refunds = append(w.result.Refunds, s.How)
		}
	}
	if w.script.Refund == "" {
		return
	}
	if open != 0 {
		w.result.fault("¥%d stay owed, and a clerk has come for it", open)
	}
	for app := range w.claims {
		w.claims[app] = w.earned[app]
	}
}

// classes demands that every visit that was opened was closed once, in one class of reliability §1.5.
func (w *World) classes(ctx context.Context, p *process) {
	for _, app := range w.visits {
		_, opened, err := p.journal.Last(ctx, app, "visit.opened")
		if err == nil && !opened && slices.Contains(w.torn, "after journal.open") {
			continue // the power went in the middle of its first line, and nothing was done yet
		}
		body, ok, err := p.journal.Last(ctx, app, "visit.closed")
		if err != nil || !ok {
			w.result.fault("a visit has no class (%v)", err)
			continue
		}
		o, err := domain.ParseOutcome(string(body))
		if err != nil || o == domain.OutcomeOpen {
			w.result.fault("a visit ended as %q", body)
		}
		w.result.Closed = append(w.result.Closed, o.String())
		w.trace.note("class", int64(o))
	}
}

// paper: no copy is sent twice, whoever paid for a copy has it, and the next resident is served.
func (w *World) paper() {
	copies := w.script.Copies * (1 + w.script.Others)
	if w.person.next {
		copies += w.script.Copies
		if n := len(w.result.Closed); n == 0 || w.result.Closed[n-1] == domain.OutcomeNothing.String() {
			w.result.fault("the next resident was not served: %v", w.result.Closed)
		}
	}
	if w.printer.whole > copies {
		w.result.fault("%d documents were sent for %d copies", w.printer.whole, copies)
	}
	if earned := w.script.Fee * domain.Yen(w.printer.sheets); w.ending.Revenue > earned {
		w.result.fault("¥%d earned and %d sheets in the tray", w.ending.Revenue, w.printer.sheets)
	}
}
