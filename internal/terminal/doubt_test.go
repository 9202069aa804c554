package terminal

import (
	"errors"
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
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

// TestX06_ADoubtThatNobodyWroteDownIsFoundByTheNextStart: the process dies after the unit has reported a coin on a
// string, or a coin gone astray, and before the journal has it. Where nothing was reported, the code alone pays.
func TestX06_ADoubtThatNobodyWroteDownIsFoundByTheNextStart(t *testing.T) {
	for name, c := range map[string]struct {
		fault *bench.Fault
		state session.State
		then  session.State // when nobody has touched anything
		pays  error         // what the slip's code alone gets: none is the right one here
	}{
		"a coin":            {nil, session.GiveBack, session.SlipWaits, journal.ErrWrongCode},
		"a coin that bolts": {&bench.Fault{Do: bench.Reject}, session.GiveBack, session.SlipWaits, journal.ErrWrongCode},
		"on a string":       {&bench.Fault{Do: trouble.OnString}, session.GiveBack, session.SlipWaits, journal.ErrTwoStaff},
		"astray": {
			&bench.Fault{Do: bench.Astray, Code: 36}, session.OutOfService, session.OutOfService, journal.ErrTwoStaff,
		},
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.toPay()
				r.insert(100)
				app := r.terminal.visit.Application
				r.stop()
				if c.fault != nil {
					if _, err := r.coins.AddFault(*c.fault); err != nil {
						r.t.Fatal(err)
					}
				}
				if err := r.coins.Insert(10); err != nil { // the slot is still open
					r.t.Fatal(err)
				}
				r.wait(3 * time.Second)
				doubted := errors.Is(c.pays, journal.ErrTwoStaff)
				for range 2 { // a second start finds the same
					r.restart()
					r.at(c.state)
					books := r.terminal.Ports.Journal
					if _, noted, err := books.Last(r.t.Context(), app, journal.Doubted); noted != doubted || err != nil {
						r.t.Errorf("the journal knows of a doubt: %v (%v)", noted, err)
					}
					if r.terminal.faults.Has(health.Staff) != doubted {
						r.t.Errorf("faults %q", r.terminal.faults.Text())
					}
				}
				r.wait(3 * time.Minute)
				r.at(c.then)
				books, is := r.terminal.Ports.Journal.(*journal.Journal)
				if !is {
					r.t.Fatalf("the books are a %T", r.terminal.Ports.Journal)
				}
				slips, err := books.Slips(r.t.Context(), true)
				if err != nil || len(slips) != 1 {
					r.t.Fatalf("slips %v (%v)", slips, err)
				}
				refund := journal.Refund{Slip: slips[0].Number, Code: "AAAAAAAAAA", Staff: [2]string{"s1"}}
				if _, err := books.Settle(r.t.Context(), time.Now(), refund); !errors.Is(err, c.pays) {
					r.t.Errorf("paid on the code alone: %v", err)
				}
			}, paying)
		})
	}
}
