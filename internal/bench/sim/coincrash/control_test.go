package coincrash

import "testing"

// TestTheSweepFindsABrokenShop is the negative control: each shop that is broken on purpose must be found, by yen that
// differ, where the whole one is without fault.
func TestTheSweepFindsABrokenShop(t *testing.T) {
	for name, c := range map[string]struct {
		broken Break
		story  int
		step   int // between the bytes that are struck
	}{
		"a command that is given again blind": {ResendBlind, 2, 17},
		"an intent after the act":             {IntentAfter, 2, 17},
		"credits that are not written down":   {ForgetCredits, 1, 50},
	} {
		t.Run(name, func(t *testing.T) {
			s := Stories[c.story]
			bytes := play(t, s, nil, Options{}).Bytes
			found := 0
			for n := 1; n <= bytes && found == 0; n += c.step {
				plan := Plan{{Kill, n}}
				if r := play(t, s, plan, Options{}); len(r.Faults) > 0 {
					t.Fatalf("the whole shop%v: %v", plan, r.Faults)
				}
				found = play(t, s, plan, Options{Break: c.broken}).Differ
			}
			if found == 0 {
				t.Errorf("struck at every %dth of %d bytes, it was not found", c.step, bytes)
			}
		})
	}
}
