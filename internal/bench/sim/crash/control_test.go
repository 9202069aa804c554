package crash

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestTheSweepFindsABrokenKiosk is the negative control: each kiosk that is broken on purpose must be found.
func TestTheSweepFindsABrokenKiosk(t *testing.T) {
	for name, c := range map[string]struct {
		broken Break
		script string
		at     string // the gate at which the process dies; "" for none
		finds  string
	}{
		"a credit that is not written down": {LoseCredit, "cancel", "", "journal"},
		"a payout that is sent twice":       {ResendPayout, "change", "", "hoppers"},
		"a payout that says too little":     {HidePayout, "change", "", "earned and owed"},
		"a document that is sent twice":     {ResendPrint, "exact", "", "documents"},
		"coins given to an empty room":      {GiveToNobody, "exact", "after coin.settle", "X-01"},
		"a drive that lies":                 {LyingDisk, "change", "after coin.payout", "class"},
		"an intent after the act":           {ForgetAnIntent, "change", "after coin.payout", "hopper"},
		"a refund whose intent comes after": {ForgetAnIntent, "refund", "after coin.payout", "hopper"},
		"a refund that is sent twice":       {ResendPayout, "refund", "", "hoppers"},
		"a slip that is closed unpaid":      {CloseUnpaid, "refund", "before coin.payout", "unpaid"},
	} {
		t.Run(name, func(t *testing.T) {
			script := Scripts[slices.IndexFunc(Scripts, func(s Script) bool { return s.Name == c.script })]
			var plan Plan
			if c.at != "" {
				gates := play(t, script, nil, Options{}).Gates[0]
				n := slices.IndexFunc(gates, func(g Gate) bool { return g.Name == c.at })
				for script.Refund != "" && slices.ContainsFunc(gates[n+1:], func(g Gate) bool { return g.Name == c.at }) {
					n += 1 + slices.IndexFunc(gates[n+1:], func(g Gate) bool { return g.Name == c.at }) // the refund's, the last
				}
				plan = Plan{{Gate: n, Outage: 10 * time.Minute}}
				if c.broken == LyingDisk {
					plan[0].How, plan[0].Image = Cut, 1
				}
			}
			if r := play(t, script, plan, Options{}); len(r.Faults) > 0 {
				t.Fatalf("the whole kiosk: %v", r.Faults)
			}
			r := play(t, script, plan, Options{Break: c.broken})
			if !strings.Contains(strings.Join(r.Faults, "\n"), c.finds) {
				t.Errorf("found %q, want something about %s", r.Faults, c.finds)
			}
		})
	}
}
