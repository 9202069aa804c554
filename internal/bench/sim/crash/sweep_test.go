package crash

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
)

// The knobs of `make sim-crash`; without them the sweep is reduced to every so-manieth plan.
var (
	every = flag.Int("every", 90, "play every so-manieth plan; 1: the whole sweep")
	seed  = flag.Uint64("seed", 1, "which plans a reduced sweep takes, and which runs are replayed")
)

var outages = []time.Duration{5 * time.Second, 10 * time.Minute, 24 * time.Hour}

// tally counts what a sweep did.
type tally struct {
	sync.Mutex
	runs, kills, gates, replays, bad int
	twins                            int // plans whose first death leaves the same as one that was played
	classes                          map[string]int
}

func (c *tally) twin() {
	c.Lock()
	defer c.Unlock()
	c.twins++
}

func (c *tally) add(r Result) {
	c.Lock()
	defer c.Unlock()
	c.runs++
	c.kills += r.Kills
	for _, o := range r.Closed {
		c.classes[o]++
	}
	if len(r.Faults) > 0 {
		c.bad++
	}
}

// sweep plays one script to its end with a death at each gate, and in each second life at each gate once more.
type sweep struct {
	script Script
	rnd    *rand.Rand
	count  *tally
}

func (s sweep) takes() bool { return s.rnd.IntN(*every) == 0 }

// try plays one plan; every twentieth is played twice, and must be the same twice.
func (s sweep) try(t *testing.T, plan Plan) Result {
	r := play(t, s.script, plan, Options{})
	s.count.add(r)
	if len(r.Faults) > 0 {
		t.Errorf("%s%v: %s", s.script.Name, plan, strings.Join(r.Faults, "; "))
	}
	if s.rnd.IntN(20) == 0 {
		s.count.Lock()
		s.count.replays++
		s.count.Unlock()
		if again := play(t, s.script, plan, Options{}); again.Hash != r.Hash {
			t.Errorf("%s%v: replayed %x as %x", s.script.Name, plan, r.Hash, again.Hash)
		}
	}
	return r
}

func (s sweep) run(t *testing.T) {
	whole := s.try(t, nil)
	s.count.Lock()
	s.count.gates += len(whole.Gates[0])
	s.count.Unlock()
	for gate, g := range whole.Gates[0] {
		var cut twins
		for _, d := range deaths(g.Name) {
			if d.How == Cut && d.Image == 0 {
				cut = twins{played: map[[sha256.Size]byte]uint64{}}
			}
			if d.Gate = gate; s.takes() {
				s.once(t, d, &cut)
			}
		}
	}
}

// twins are the images of one cut: those that hold the same bytes, at the same moment beside the same devices, begin
// the same run.
type twins struct {
	left   [][sha256.Size]byte // the sum of each image; none before the first was played
	played map[[sha256.Size]byte]uint64
}

// once plays a death and what follows it, but not again what a twin has shown; every twentieth twin is played and must
// be the same.
func (s sweep) once(t *testing.T, d Death, cut *twins) {
	if d.How != Cut || d.After > 0 || d.Image > 0 && cut.left == nil {
		s.second(t, d)
		return
	}
	if d.Image > 0 {
		if hash, known := cut.played[cut.left[d.Image]]; known {
			s.count.twin()
			if s.rnd.IntN(20) == 0 {
				if r := s.try(t, Plan{d}); r.Hash != hash {
					t.Errorf("%s%v: %x, and its twin %x", s.script.Name, Plan{d}, r.Hash, hash)
				}
			}
			return
		}
	}
	r := s.second(t, d)
	if d.Image == 0 {
		cut.left = r.Left
	}
	if cut.left != nil {
		cut.played[cut.left[d.Image]] = r.Hash
	}
}

// middles are how long after a gate a device is in the middle of what it was told.
var middles = []time.Duration{300 * time.Millisecond, 1100 * time.Millisecond}

// deaths are the ways to die at a gate: for each outage, and in the middle of an act of a device.
func deaths(gate string) (all []Death) {
	for _, how := range []How{Kill, Cut} {
		for _, outage := range outages {
			all = append(all, Death{How: how, Outage: outage})
			if how == Cut { // × 3 of what a disk may keep
				all = append(all, Death{How: how, Outage: outage, Image: 1}, Death{How: how, Outage: outage, Image: 2})
			}
		}
	}
	all = append(all, Death{How: Unplug}, Death{How: Off})
	if !strings.HasPrefix(gate, "before coin.") && !strings.HasPrefix(gate, "before print.") {
		return all
	}
	for _, how := range []How{Kill, Cut, Unplug, Off} {
		for _, after := range middles {
			all = append(all, Death{How: how, After: after, Outage: outages[0]})
		}
	}
	return all
}

// second plays a death, and for the short outage another one at each gate of the start that follows it.
func (s sweep) second(t *testing.T, first Death) Result {
	r := s.try(t, Plan{first})
	if first.Outage != outages[0] || first.After != 0 || len(r.Gates) < 2 {
		return r
	}
	for gate := range r.Gates[1] {
		if *every == 1 || s.rnd.IntN(4) == 0 {
			s.try(t, Plan{first, {
				Gate: gate, How: How(gate & 1), Outage: outages[gate%len(outages)], Image: gate / 2 % 3,
			}})
		}
	}
	return r
}

// TestSimCrash is the gate: every run ends in one class, R-10 holds, and the coins in the machine are those of the
// ledger, wherever the process died.
func TestSimCrash(t *testing.T) {
	begun := time.Now()
	count := &tally{classes: map[string]int{}}
	t.Run("scripts", func(t *testing.T) {
		for n, script := range Scripts {
			t.Run(script.Name, func(t *testing.T) {
				t.Parallel()
				sweep{script, rand.New(rand.NewPCG(*seed, uint64(n))), count}.run(t)
			})
		}
	})
	t.Logf("sim-crash: %d runs, %d deaths, %d scripts, %d gates, %d twins, "+
		"%d of %d replays equal, %d bad, %v, seed %d, %.0f s",
		count.runs, count.kills, len(Scripts), count.gates, count.twins, count.replays, count.replays, count.bad,
		fmt.Sprint(count.classes), *seed, time.Since(begun).Seconds())
}
