package crash

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// openKinds are the kinds after which the books owe, or count as unknown, more than is right until a person has
// counted: see docs/roadmap.md.
var openKinds = map[string]bool{trouble.OnString: true, trouble.StickEscrow: true}

// TestTheKioskUnderEveryFaultOfTheCoinVendor plays three stories under each kind of fault of
// the desk's table, without a death: the kiosk comes to rest, and ledger and trays agree.
func TestTheKioskUnderEveryFaultOfTheCoinVendor(t *testing.T) {
	for _, k := range trouble.Kinds {
		takes := map[string]bool{}
		for _, p := range k.Takes {
			takes[p.Name] = true
		}
		f := trouble.Fault{Do: k.Do}
		switch {
		case openKinds[k.Do], k.Do == trouble.Refill: // that is a clerk's act
			continue
		case k.Do == trouble.Unplug, k.Do == trouble.HoldInterface: // gates pull the cable
			continue
		case k.Do == trouble.Foreign:
			f.Hex = "41540D"
		case k.Do == trouble.Astray:
			f.Code = 16
		case k.Do == trouble.LateCoin:
			f.Ms = 20_000
		}
		if takes["yen"] {
			f.Yen = 100
		} else if takes["header"] && k.Do != trouble.PullLever {
			f.Header = 107
		}
		if k.Do == trouble.SwapDevice || k.Do == trouble.WindCounter {
			f.Device = 2
		}
		for _, s := range Scripts {
			if s.Name != "change" && s.Name != "cancel" && s.Name != "exact" {
				continue
			}
			s.Faults = append(s.Faults, f)
			t.Run(fmt.Sprintf("%s/%s", k.Do, s.Name), func(t *testing.T) {
				r := play(t, s, nil, Options{})
				if len(r.Faults) > 0 {
					t.Errorf("%s (%v)", strings.Join(r.Faults, "; "), r.Closed)
				}
			})
		}
	}
}
