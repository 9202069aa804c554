package terminal

import (
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// TestX03_AnEscrowThatFilledGivesEverythingBackAndSaysSo: the unit holds fewer coins than it should, so that the last
// coin rolls out again after it was credited.
func TestX03_AnEscrowThatFilledGivesEverythingBackAndSaysSo(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100, 100)
		r.wait(20 * time.Second)
		r.at(session.Refused)
		if v := r.view(); v.Refusal != domain.EscrowFull {
			t.Errorf("refusal %v", v.Refusal)
		}
		r.returned(200)
		r.books()
		if r.printer.jobs != 0 {
			t.Error("something was printed")
		}
	}, func(r *rig, o *Options) {
		paying(r, o)
		r.unplug()
		machine := bench.Defaults()
		machine.Stock, machine.Slots = bench.Coins{10: 20, 50: 20, 100: 20, 500: 20}, 1
		r.coins = bench.New(machine)
		r.vendor(o)
	})
}

// TestX02_ACoinOnAStringBuysNothing: the unit reports a coin on a string, which may be out again.
func TestX02_ACoinOnAStringBuysNothing(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100)
		if _, err := r.coins.AddFault(bench.Fault{Do: bench.Astray, Code: 20}); err != nil {
			t.Fatal(err)
		}
		r.insert(100)
		app := r.terminal.visit.Application
		r.wait(20 * time.Second)
		r.returned(200)
		r.books()
		if _, noted, err := r.terminal.Ports.Journal.Last(r.t.Context(), app, journal.Doubted); !noted || err != nil {
			t.Errorf("the journal does not know of the doubt (%v)", err)
		}
		if r.printer.jobs != 0 || !r.terminal.faults.Has(health.Staff) {
			t.Errorf("%d jobs, faults %q", r.printer.jobs, r.terminal.faults.Text())
		}
	}, paying)
}
