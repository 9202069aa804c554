package coincrash

import (
	"testing"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// TestWhatTheSwarmFound plays again what a swarm once found.
func TestWhatTheSwarmFound(t *testing.T) {
	for name, c := range map[string]struct {
		plan   Plan
		seed   uint64
		faults []trouble.Fault
	}{
		// It hung in the acceptor when the power went, and fell when its visit was long over: only the counts of coins
		// inside, before and after, told of it.
		"a coin that hangs over a power cut and falls without an event": {
			plan: Plan{{Both, 1428}}, seed: 3430724089664217727,
			faults: []trouble.Fault{{Do: trouble.LateCoin, After: 2, Ms: 20_000}, {Do: trouble.Mute, After: 2}},
		},
		// The first coin after its start was credited, the power went, and the next coin was refused: event 1 again.
		"an event counter that began anew and fits": {
			plan: Plan{{Cycle, 660}}, seed: 5111799972874174374, faults: []trouble.Fault{{Do: trouble.EscrowKeeps}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range Stories {
				r := play(t, s, c.plan, Options{Seed: c.seed, Faults: c.faults})
				if len(r.Faults) > 0 {
					t.Errorf("%s: %v (%v)", s.Name, r.Faults, r.Resolved)
				}
			}
		})
	}
}
