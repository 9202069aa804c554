package coincrash

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// headers are the commands whose exchange is disturbed.
var headers = []byte{106, 107, 163, 164, 166, 167, 168, 225, 227, 228, 229, 230, 231}

// faults gives the faults of one kind that fit these stories, with so many occasions that still go well.
func faults(k trouble.Kind, after int) (all []trouble.Fault) {
	takes := map[string]bool{}
	for _, p := range k.Takes {
		takes[p.Name] = true
	}
	f := trouble.Fault{Do: k.Do}
	if takes["after"] {
		f.After = after
	} else if after > 0 {
		return nil
	}
	switch {
	case k.Do == trouble.Refill: // a clerk's act, which a ledger books
		return nil
	case k.Do == trouble.Foreign:
		f.Hex = "41540D"
	case k.Do == trouble.WindCounter:
		for _, device := range []byte{2, 5} {
			all = append(all, trouble.Fault{Do: k.Do, Device: device, Code: 253})
		}
		return all
	case k.Do == trouble.SwapDevice: // it goes with its power, at once
		return []trouble.Fault{{Do: k.Do, Device: 2}, {Do: k.Do, Device: 5}, {Do: k.Do, Device: 85}}
	case k.Do == trouble.Unplug: // the sweep's own
		return nil
	case k.Do == trouble.LateCoin:
		f.Ms = 20_000
	case k.Do == trouble.Astray:
		f.Code = 16
	}
	if takes["yen"] {
		f.Yen = 100
		all = append(all, f)
		f.Yen = 0
	}
	if takes["header"] {
		for _, h := range headers {
			f.Header = h
			all = append(all, f)
		}
		return all
	}
	if takes["yen"] {
		return all
	}
	return append(all, f)
}

// TestEveryFaultLeavesTheLedgerTrue plays each story under each kind of fault: in the end, with a clerk's help where it
// is needed, ledger and trays agree but for coins that the ledger itself calls unknown.
func TestEveryFaultLeavesTheLedgerTrue(t *testing.T) {
	runs, lives, unknown, kinds := 0, 0, 0, map[string]bool{}
	for _, k := range trouble.Kinds {
		for after := range *times {
			for _, f := range faults(k, after) {
				for _, s := range Stories {
					r := play(t, s, nil, Options{Faults: []trouble.Fault{f}})
					kinds[k.Do] = true
					runs++
					lives += r.Lives
					unknown += r.Unknown
					if len(r.Faults) > 0 {
						t.Errorf("%s under %s: %s (%v)", s.Name, describe(f), strings.Join(r.Faults, "; "), r.Resolved)
					}
				}
			}
		}
	}
	t.Logf("coin-faults: %d runs of %d kinds, %d lives, %d coins unknown", runs, len(kinds), lives, unknown)
}

func describe(f trouble.Fault) string {
	return strings.ReplaceAll(fmt.Sprintf("%+v", f), ":0 ", ": ")
}

// TestSwarm plays one or two random faults with a random blow.
func TestSwarm(t *testing.T) {
	rnd := rand.New(rand.NewPCG(*seed, 2))
	var all []trouble.Fault
	for _, k := range trouble.Kinds {
		for after := range 3 {
			all = append(all, faults(k, after)...)
		}
	}
	runs, unknown := 0, 0
	for range *swarm {
		s := Stories[rnd.IntN(len(Stories))]
		o := Options{Seed: rnd.Uint64()}
		for range 1 + rnd.IntN(2) {
			o.Faults = append(o.Faults, all[rnd.IntN(len(all))])
		}
		plan := Plan{{How(rnd.IntN(int(NumHows))), 1 + rnd.IntN(1500)}}
		r := play(t, s, plan, o)
		runs++
		unknown += r.Unknown
		if len(r.Faults) > 0 {
			t.Errorf("%s%v seed %d under %v: %s (%v)", s.Name, plan, o.Seed, o.Faults, strings.Join(r.Faults, "; "),
				r.Resolved)
		}
	}
	t.Logf("coin-swarm: %d runs, %d coins unknown, seed %d", runs, unknown, *seed)
}
