package terminal

import (
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/restart"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/coin"
)

// covered has a coin of a visit meet a covered light barrier, and brings the visit to its end.
func (r *rig) covered(d time.Duration) {
	r.t.Helper()
	r.toPay()
	if _, err := r.coins.AddFault(bench.Fault{Do: trouble.BlockOpto, Ms: int(d / time.Millisecond)}); err != nil {
		r.t.Fatal(err)
	}
	r.insert(100)
	r.wait(10 * time.Second)
	r.touch(session.VerbEnd, "")
	r.wait(time.Second)
}

// TestACoveredOptoTakesTheKioskOutOfServiceForAWhile: nobody has to come for a coin that rolled on.
func TestACoveredOptoTakesTheKioskOutOfServiceForAWhile(t *testing.T) {
	withRig(t, func(r *rig) {
		r.covered(20 * time.Second)
		r.at(session.OutOfService)
		r.returned(100)
		r.books()
		r.restart() // no start remembers it as one that a person must end
		r.wait(2 * time.Minute)
		r.at(session.Attract)
		r.covered(20 * time.Second)
		r.at(session.OutOfService)
		r.wait(2 * time.Minute)
		r.at(session.Attract)
		if r.terminal.faults.Any() {
			t.Errorf("faults %q", r.terminal.faults.Text())
		}
	}, paying)
}

// TestThreeJamsOfTheAcceptorWaitForAClerk: they come again and again, and a start changes nothing.
func TestThreeJamsOfTheAcceptorWaitForAClerk(t *testing.T) {
	withRig(t, func(r *rig) {
		for range 3 {
			r.covered(time.Second)
			r.wait(time.Minute)
		}
		r.at(session.OutOfService)
		r.restart()
		r.wait(5 * time.Minute)
		r.at(session.OutOfService)
		r.ends(health.Clerk, health.CoinPart)
		r.at(session.Attract)
	}, paying)
}

// TestAHopperThatJammedIsInaccurateAfterEveryStart: until staff have counted.
func TestAHopperThatJammedIsInaccurateAfterEveryStart(t *testing.T) {
	withRig(t, func(r *rig) {
		believed := func() coin.Accuracy {
			all, err := restart.Accuracies(r.t.Context(), r.terminal.Ports.Journal)
			if err != nil {
				r.t.Error(err)
			}
			return all[coin.Hundred]
		}
		if was := believed(); was != coin.AccuracyUnknown {
			r.t.Errorf("believed as %v before anybody has counted", was)
		}
		r.toPay()
		if _, err := r.coins.AddFault(bench.Fault{Do: bench.JamHopper, Yen: 100, After: 1}); err != nil {
			r.t.Fatal(err)
		}
		r.insert(500)
		r.wait(time.Minute)
		r.restart()
		if is := believed(); is != coin.Inaccurate {
			r.t.Errorf("believed as %v after a jam", is)
		}
	}, paying)
}
