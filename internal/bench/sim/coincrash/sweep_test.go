package coincrash

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The knobs of `make coin-crash`; without them the sweep is reduced to every so-manieth byte.
var (
	every = flag.Int("every", 60, "strike at every so-manieth byte; 1: the whole sweep")
	times = flag.Int("occasions", 1, "at how many occasions each kind of fault happens; 3: the whole gate")
	swarm = flag.Int("swarm", 300, "runs of random faults with a random blow")
	seed  = flag.Uint64("seed", 1, "which bytes a reduced sweep takes, when coins are put in, and which runs are replayed")
)

// play runs one plan in a bubble of its own.
func play(t *testing.T, s Story, plan Plan, o Options) (r Result) {
	t.Helper()
	synctest.Test(t, func(*testing.T) { r = Run(s, plan, o) })
	return r
}

// tally counts what a sweep did.
type tally struct {
	runs, blows, replays, equal, bytes, unknown, differ, bad int
	resolved                                                 map[string]int
}

func (c *tally) add(r Result) {
	c.runs++
	c.blows += r.Blows
	c.unknown += r.Unknown
	c.differ += r.Differ
	if len(r.Faults) > 0 {
		c.bad++
	}
	for how, n := range r.Resolved {
		c.resolved[how] += n
	}
}

// sweep strikes a story at each byte in each way, and now and then the life after it too.
func (c *tally) sweep(t *testing.T, s Story, rnd *rand.Rand) {
	options := Options{Seed: *seed}
	whole := play(t, s, nil, options)
	if len(whole.Faults) > 0 || whole.Unknown > 0 {
		t.Fatalf("%s undisturbed: %v", s.Name, whole.Faults)
	}
	c.bytes += whole.Bytes
	for n := 1; n <= whole.Bytes; n++ {
		for how := range NumHows {
			if rnd.IntN(*every) != 0 {
				continue
			}
			options.Seed = rnd.Uint64()
			r := c.try(t, s, Plan{{how, n}}, options, rnd)
			if r.Mend > 0 && rnd.IntN(4) == 0 {
				c.try(t, s, Plan{{how, n}, {How(rnd.IntN(int(NumHows))), 1 + rnd.IntN(r.Mend)}}, options, rnd)
			}
		}
	}
}

func (c *tally) try(t *testing.T, s Story, plan Plan, o Options, rnd *rand.Rand) Result {
	r := play(t, s, plan, o)
	c.add(r)
	if len(r.Faults) > 0 {
		t.Errorf("%s%v seed %d: %s", s.Name, plan, o.Seed, strings.Join(r.Faults, "; "))
	}
	if rnd.IntN(20) == 0 {
		c.replays++
		if again := play(t, s, plan, o); again.Hash != r.Hash {
			t.Errorf("%s%v seed %d: replayed %x as %x", s.Name, plan, o.Seed, r.Hash, again.Hash)
		} else {
			c.equal++
		}
	}
	return r
}

// TestCoinCrash is the gate: wherever it was struck, ledger and trays agree to the yen in the end.
func TestCoinCrash(t *testing.T) {
	begun := time.Now()
	c := &tally{resolved: map[string]int{}}
	rnd := rand.New(rand.NewPCG(*seed, 0))
	for _, s := range Stories {
		t.Run(s.Name, func(t *testing.T) { c.sweep(t, s, rnd) })
	}
	how := []string{}
	for _, name := range slices.Sorted(maps.Keys(c.resolved)) {
		how = append(how, fmt.Sprintf("%d %s", c.resolved[name], name))
	}
	t.Logf("coin-crash: %d runs with %d blows over %d bytes of %d stories, %d of %d replays equal, %d yen differ, "+
		"%d bad, %d coins unknown, seed %d, %.0f s (%s)", c.runs, c.blows, c.bytes, len(Stories), c.equal, c.replays,
		c.differ, c.bad, c.unknown, *seed, time.Since(begun).Seconds(), strings.Join(how, ", "))
}
