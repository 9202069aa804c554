package crash

import (
	"testing"
	"testing/synctest"
)

func play(t *testing.T, s Script, plan Plan, o Options) (r Result) {
	t.Helper()
	keys()
	synctest.Test(t, func(*testing.T) { r = Run(s, plan, o) })
	return r
}

// TestEachScriptEndsItsOwnWay: where nobody dies, the stories are what their names say.
func TestEachScriptEndsItsOwnWay(t *testing.T) {
	want := map[string]string{
		"exact": "printed_paid", "change": "printed_paid", "free": "printed_paid", "another": "printed_paid",
		"cancel": "refunded",
		"lever":  "refunded", "part paid": "part_paid", "unfed": "refunded", "unproved, none": "refunded",
		"unproved, good": "part_paid", "flap jams": "owed", "hopper jams": "owed",
		"refund": "owed", "refund by hand": "owed",
	}
	for _, s := range Scripts {
		t.Run(s.Name, func(t *testing.T) {
			r := play(t, s, nil, Options{})
			if len(r.Faults) > 0 || len(r.Closed) != 1+s.Others || r.Closed[0] != want[s.Name] {
				t.Errorf("%v, want %s; %v", r.Closed, want[s.Name], r.Faults)
			}
			if (s.Refund == "") != (len(r.Refunds) == 0) {
				t.Errorf("refunds: %v", r.Refunds)
			}
		})
	}
}
