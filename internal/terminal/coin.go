package terminal

import (
	"context"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/acts"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/restart"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/coin"
)

// coinEvent turns what the vendor says into a word of the session. A credit is written down before it is shown.
func (t *Terminal) coinEvent(ctx context.Context, e coin.Event) (session.Event, bool) {
	switch e := e.(type) {
	case coin.CoinIn:
		return t.coinIn(ctx, e)
	case coin.Rejected:
		return session.Event{Kind: session.CoinRejected}, true
	case coin.Lever:
		return session.Event{Kind: session.Lever}, true
	case coin.Stopped:
		return session.Event{Kind: session.EscrowFull}, e.Reason == coin.StopFull
	case coin.Doubtful:
		t.Log.Error("money in doubt", "evt", "coin.doubt", "reason", int(e.Reason), "code", int(e.Code))
		t.raise(ctx, health.Staff)
		if t.opened { // what it is owed is paid by two of the staff, whatever code is shown
			doubt := journal.Event{Application: t.visit.Application, Type: journal.Doubted}
			if err := t.Ports.Journal.Record(ctx, t.Now(), doubt); err != nil {
				t.broken("doubt", err)
			}
		}
		return session.Event{Kind: session.CoinDoubt}, true
	case coin.Fault:
		t.Log.Warn("coin vendor", "evt", "coin.fault", "part", e.Part.String(), "name", string(e.Name), "code", int(e.Code))
		if e.Part != coin.PartAcceptor { // a hopper is tested before its coins are promised
			return session.Event{}, false
		}
		if e.Passing {
			t.faults.Pass(health.CoinPart)
		} else {
			t.raise(ctx, health.CoinPart)
		}
		return session.Event{Kind: session.CoinFault, Fault: health.CoinPart}, true
	case coin.Counts:
		t.Log.Warn("how far the hoppers' counts are believed", "evt", "coin.counts", "accuracy", e.Accuracy)
		counts := journal.Event{Type: restart.HopperCounts, Body: acts.Encoded(e.Accuracy)}
		if err := t.Ports.Journal.Record(ctx, t.Now(), counts); err != nil {
			t.broken("counts", err)
		}
		return session.Event{}, false
	case coin.Mended:
		t.Log.Info("coin vendor", "evt", "coin.mended", "part", e.Part.String())
		t.faults.Passed(health.CoinPart)
		return session.Event{}, false
	case coin.Gone:
		t.Log.Error("coin vendor is gone", "evt", "coin.gone")
		t.faults.Raise(health.Coin)
		return session.Event{Kind: session.CoinGone, Fault: health.Coin}, true
	case coin.Back:
		t.Log.Info("coin vendor is back", "evt", "coin.back")
		if t.visit.Nobody() {
			t.lookIntoEscrow(ctx)
		}
		t.faults.Clear(health.Coin)
		return session.Event{Kind: session.CoinBack, Fault: health.Coin}, true
	default:
		return session.Event{}, false
	}
}

func (t *Terminal) coinIn(ctx context.Context, e coin.CoinIn) (session.Event, bool) {
	d, ok := domain.DenominationOf(domain.Yen(e.Yen))
	if !ok {
		t.Log.Error("a coin of no kind was credited", "evt", "coin.kind", "yen", e.Yen)
		t.raise(ctx, health.Staff)
		return session.Event{}, false
	}
	if t.restart.Booked(e.Now) {
		return session.Event{}, false
	}
	var one domain.Count
	one[d] = 1
	app := t.visit.Application
	if !t.opened && t.slip.Number == "" { // one that comes after the end adds to what is owed
		app = domain.ApplicationID{} // no visit is in the journal: the coin is nobody's
	}
	err := t.Ports.Journal.Record(ctx, t.Now(), journal.Event{
		Application: app, Type: restart.CoinBooked, Body: acts.Encoded(e.Now),
		Moves: []journal.Move{{From: journal.World, To: journal.Escrow, Coins: one}},
	})
	if err != nil {
		t.broken("coin.in", err)
	}
	switch {
	case e.Late && t.opened: // not of the deposit that the vendor counts, but in the escrow with it
		t.late[d]++
	case e.CashBox:
		t.toCashBox[d]++
	}
	return session.Event{Kind: session.CoinIn, Coin: d}, true
}

// broken says that the journal could not write: no more money is taken until a person has looked.
func (t *Terminal) broken(what string, err error) {
	t.Log.Error("the journal cannot write", "evt", "journal.broken", "at", what, "err", err)
	t.faults.Raise(health.Journal)
}
