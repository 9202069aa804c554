package terminal

import (
	"errors"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// What happened to others' machines with coins in them.

// until waits for a state.
func (r *rig) until(s session.State) {
	r.t.Helper()
	for range 1200 {
		if r.terminal.visit.State == s {
			return
		}
		r.wait(50 * time.Millisecond)
	}
	r.at(s)
}

// trouble makes something go wrong with the coin vendor.
func (r *rig) trouble(f trouble.Fault) {
	r.t.Helper()
	if _, err := r.coins.AddFault(f); err != nil {
		r.t.Fatal(err)
	}
}

// TestX10_TheLastCoinIsALifeSign: somebody looks for one more coin until the countdown runs, finds one, looks on, and
// the next falls as the time ends.
func TestX10_TheLastCoinIsALifeSign(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100)
		quiet := domain.IdleAfterCard + domain.Countdown
		r.wait(quiet - 10*time.Second)
		if r.view().Countdown == 0 {
			t.Fatal("no countdown")
		}
		r.insert(50)
		if v := r.view(); v.Countdown != 0 || v.Inserted != 150 {
			t.Errorf("a coin is no life sign: %+v", v)
		}
		r.wait(quiet - 5*time.Second)
		for range 4000 {
			if r.view().Countdown == 1 {
				break
			}
			r.wait(time.Millisecond)
		}
		r.wait(890 * time.Millisecond)
		r.at(session.Pay)
		if err := r.coins.Insert(10); err != nil { // it is past the gate when the slot shuts
			t.Fatal(err)
		}
		r.wait(time.Minute)
		r.returned(160)
		r.books()
		r.at(session.Attract)
	}, paying)
}

// TestC032_NothingDisturbsAPayout: touches, the return lever, a card and a key while the change is paid.
func TestC032_NothingDisturbsAPayout(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(500)
		r.until(session.GivingChange)
		for range 10 {
			r.touch(session.VerbCancel, "")
			r.touch(session.VerbBack, "")
		}
		r.coins.Lever()
		r.place()
		if _, err := r.turn(health.Service, hand.Nothing); !errors.Is(err, hand.ErrBusy) {
			t.Errorf("a key was taken in the middle of a payout: %v", err)
		}
		r.take()
		r.until(session.TakePaper)
		if v := r.view(); v.Outcome != domain.OutcomePrintedPaid || v.Owed != 0 {
			t.Errorf("%+v", v)
		}
		r.returned(300)
		r.books()
	}, paying)
}

// TestC037_AHopperThatWasEmptiedByHandOwesNobody: ¥100 were taken out by hand, and nobody said so.
func TestC037_AHopperThatWasEmptiedByHandOwesNobody(t *testing.T) {
	withRig(t, func(r *rig) {
		r.trouble(trouble.Fault{Do: trouble.Refill, Yen: 100, Pieces: -20})
		r.toPay()
		r.insert(500)
		r.until(session.TakePaper)
		if v := r.view(); v.Outcome != domain.OutcomePrintedPaid || v.Owed != 0 {
			t.Errorf("%+v", v)
		}
		r.returned(300) // of ¥50
		b, err := r.terminal.Ports.Journal.Balances(r.t.Context())
		if err != nil || b[journal.Hopper][domain.Yen50] != float[domain.Yen50]-6 {
			t.Errorf("%v, %v", b[journal.Hopper], err)
		}
	}, paying)
}
