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

// toOwed lets all hoppers jam in the middle of the change, so that a part of it is owed, and takes the paper.
func (r *rig) toOwed() {
	r.t.Helper()
	r.toPay()
	for _, yen := range []int{10, 50, 100, 500} {
		if _, err := r.coins.AddFault(bench.Fault{Do: bench.JamHopper, Yen: yen, After: 1}); err != nil {
			r.t.Fatal(err)
		}
	}
	r.insert(500)
	r.wait(90 * time.Second)
	r.at(session.TakePaper)
	r.touch(session.VerbTaken, "")
	r.at(session.Finish)
	if v := r.view(); v.Owed == 0 || v.Slip == "" || len(v.Claim) != 10 {
		r.t.Fatalf("owed %d, slip %q, code of %d characters", v.Owed, v.Slip, len(v.Claim))
	}
}

// open is the one slip that nobody has paid out.
func (r *rig) openSlip() journal.Owed {
	r.t.Helper()
	slips, err := r.terminal.Ports.Journal.(*journal.Journal).Slips(r.t.Context(), true)
	if err != nil || len(slips) != 1 {
		r.t.Fatalf("%d open slips, %v", len(slips), err)
	}
	return slips[0]
}

// TestX06_TheSlipStandsUntilSomebodyHasReadIt, without the code, and without anything of the person.
func TestX06_TheSlipStandsUntilSomebodyHasReadIt(t *testing.T) {
	for name, reads := range map[string]func(*rig){
		"the resident comes back": func(r *rig) { r.touch(session.VerbDone, "") },
		"a clerk":                 func(r *rig) { r.ends(health.Clerk, health.Staff) },
		"nobody for an hour":      func(r *rig) { r.wait(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.toOwed()
				before := r.view()
				wiped := r.panel.wiped
				r.wait(3 * time.Minute)
				r.at(session.SlipWaits)
				v := r.view()
				if v.Owed != before.Owed || v.Slip != before.Slip || v.Claim != "" {
					t.Errorf("owed %d, slip %q, code %q", v.Owed, v.Slip, v.Claim)
				}
				if v.Kinds != nil || !v.Holder.IsZero() || r.terminal.held.arena.Len() != 0 || r.panel.wiped == wiped {
					t.Errorf("something of the person is left: %+v", v)
				}
				if !r.terminal.faults.Has(health.Staff) {
					t.Error("nobody was called")
				}
				r.wait(30 * time.Minute)
				r.at(session.SlipWaits)
				r.openSlip()
				reads(r)
				r.wait(10 * time.Second)
				if got := r.view(); got.Slip != "" || got.Owed != 0 || got.State.Phase() != session.PhaseIdle {
					t.Errorf("after it was read: %v, slip %q", got.State, got.Slip)
				}
				if r.openSlip().Number != before.Slip { // reading pays nobody
					t.Error("the slip is not the one that was shown")
				}
			}, paying)
		})
	}
}

// TestX06_AcknowledgedAtOnceNothingStands: whoever ends the screen has read it.
func TestX06_AcknowledgedAtOnceNothingStands(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toOwed()
		r.touch(session.VerbEnd, "")
		r.wait(10 * time.Second)
		if v := r.view(); v.State != session.OutOfService || v.Slip != "" || v.Outcome != domain.OutcomeOpen {
			t.Errorf("%v, slip %q", v.State, v.Slip)
		}
		r.openSlip()
	}, paying)
}
