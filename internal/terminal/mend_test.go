package terminal

import (
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
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
