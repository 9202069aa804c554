package terminal

import (
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// TestACoinVendorThatIsPluggedInAgainNeedsNoRestart pulls the plug while nobody is here.
func TestACoinVendorThatIsPluggedInAgainNeedsNoRestart(t *testing.T) {
	withRig(t, func(r *rig) {
		r.pull(true)
		r.wait(5 * time.Second)
		r.at(session.OutOfService)
		r.wait(time.Hour)
		r.at(session.OutOfService)
		r.pull(false)
		r.wait(3 * time.Second)
		r.at(session.Attract)
		r.toPay()
		r.insert(100, 100)
		r.wait(20 * time.Second)
		r.at(session.TakePaper)
		r.books()
	}, paying)
}

// TestX01_CoinsOfAPulledPlugGoBackWhenItIsIn pulls the plug while the resident pays, for a moment and for long.
func TestX01_CoinsOfAPulledPlugGoBackWhenItIsIn(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100)
		r.pull(true)
		r.wait(5 * time.Second)
		r.at(session.Returning)
		r.pull(false)
		r.wait(20 * time.Second)
		r.returned(100)
		r.books()
		r.wait(time.Minute)
		r.at(session.Attract)
	}, paying)
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100)
		r.pull(true)
		r.wait(40 * time.Second)
		r.at(session.StaffNeeded)
		r.pull(false)
		r.wait(20 * time.Second)
		r.at(session.StaffNeeded) // nothing is given to a room in which nobody may stand any more
		r.returned(0)
		r.books()
		if !r.terminal.faults.Has(health.Staff) || r.terminal.faults.Has(health.Coin) {
			t.Errorf("faults %q", r.terminal.faults.Text())
		}
	}, paying)
}

// TestX05_AMomentWithoutTheCoinVendorDoesNotSpoilASale pulls the plug while the sheet is printed.
func TestX05_AMomentWithoutTheCoinVendorDoesNotSpoilASale(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(500)
		for range 400 { // until it prints
			if r.terminal.visit.State == session.Printing {
				break
			}
			r.wait(50 * time.Millisecond)
		}
		r.pull(true)
		r.wait(200 * time.Millisecond)
		r.pull(false)
		r.wait(30 * time.Second)
		r.at(session.TakePaper)
		if v := r.view(); v.Outcome != domain.OutcomePrintedPaid {
			t.Errorf("%+v", v)
		}
		r.returned(300)
		r.books()
	}, paying)
}

// TestX01_AMomentWithoutTheCoinVendorInAPayoutOwesNothing: the hopper pays on, and its counters say so when it is back.
func TestX01_AMomentWithoutTheCoinVendorInAPayoutOwesNothing(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(500)
		for range 600 { // until the first coin of the change has fallen
			if r.coins.Trays().Return.Total() > 0 {
				break
			}
			r.wait(50 * time.Millisecond)
		}
		r.at(session.GivingChange)
		r.pull(true)
		r.wait(time.Second)
		r.pull(false)
		r.wait(30 * time.Second)
		r.at(session.TakePaper)
		if v := r.view(); v.Owed != 0 || v.Outcome != domain.OutcomePrintedPaid {
			t.Errorf("%+v", v)
		}
		r.returned(300)
		r.books()
	}, paying)
}
