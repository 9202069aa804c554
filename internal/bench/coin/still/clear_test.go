package still

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// jammed lists the hoppers that say so, and 0 for the escrow.
func (r *rig) jammed() (where []int) {
	for _, h := range r.hoppers {
		if h.register()&1 != 0 {
			where = append(where, h.yen)
		}
	}
	if r.escrow.fault != 0 {
		where = append(where, 0)
	}
	return where
}

func TestClearingOneFaultLeavesTheJamsOfOthers(t *testing.T) {
	u := start(t, Defaults())
	first := u.fault(trouble.Fault{Do: trouble.JammedHopper, Yen: 50})
	second := u.fault(trouble.Fault{Do: trouble.JammedHopper, Yen: 100})
	third := u.fault(trouble.Fault{Do: trouble.JamEscrow})
	u.ask(85, 107, 1)
	u.pass(3 * time.Second)
	if got := len(u.Faults()); got != 3 || len(u.jammed()) != 3 {
		t.Errorf("%d faults are told, jammed are %v", got, u.jammed())
	}
	for _, step := range []struct {
		clear int
		was   bool
		left  []int
	}{
		{9, false, []int{50, 100, 0}},
		{0, false, []int{50, 100, 0}},
		{first, true, []int{100, 0}},
		{third, true, []int{100}},
		{first, true, []int{100}},
		{second, true, nil},
	} {
		if was := u.ClearFault(step.clear); was != step.was || !slices.Equal(u.jammed(), step.left) {
			t.Errorf("cleared %d: %v, jammed %v, want %v", step.clear, was, u.jammed(), step.left)
		}
	}
	if got := u.Faults(); len(got) != 0 {
		t.Errorf("still told: %v", got)
	}
}

func TestAFaultThatMakesNoSenseIsRefusedWithWhatWould(t *testing.T) {
	u := start(t, Defaults())
	for _, c := range []struct {
		fault trouble.Fault
		want  string
	}{
		{trouble.Fault{Do: "explode"}, "astray, block-chute"},
		{trouble.Fault{}, "there are astray"},
		{trouble.Fault{Do: trouble.JamHopper, Yen: 7}, "[10 50 100 500]"},
		{trouble.Fault{Do: trouble.JamHopper}, "needs yen"},
		{trouble.Fault{Do: trouble.JamHopper, Yen: 10, Header: 167}, "takes no header"},
		{trouble.Fault{Do: trouble.LoseReply}, "needs header"},
		{trouble.Fault{Do: trouble.LoseReply, Header: 107, Device: 99}, "no device 99"},
		{trouble.Fault{Do: trouble.LoseReply, Header: 107, Yen: 50}, "takes no yen"},
		{trouble.Fault{Do: trouble.PowerCycle}, "one of header, yen, byte"},
		{trouble.Fault{Do: trouble.PowerCycle, Header: 107, Yen: 50}, "one of header, yen, byte"},
		{trouble.Fault{Do: trouble.PowerCycle, Byte: 1 << 21}, "byte is 1 to"},
		{trouble.Fault{Do: trouble.Reject, Code: 3}, `"reject" takes no code; it takes after`},
		{trouble.Fault{Do: trouble.Astray, After: -1}, "after is 0 to"},
		{trouble.Fault{Do: trouble.Foreign, Hex: "4"}, "in hex"},
		{trouble.Fault{Do: trouble.Foreign}, "in hex"},
		{trouble.Fault{Do: trouble.Reject, Hex: "41"}, "takes no hex"},
		{trouble.Fault{Do: trouble.Unplug}, "needs byte"},
		{trouble.Fault{Do: trouble.Refill, Yen: 10, Pieces: 200}, "holds 0 to 200 coins, it has 50"},
		{trouble.Fault{Do: trouble.Rush, After: 1}, "takes no after; it takes nothing"},
	} {
		if _, err := u.AddFault(c.fault); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.fault, err, c.want)
		}
	}
	if got := u.Faults(); len(got) != 0 {
		t.Errorf("a refused fault waits: %v", got)
	}
}
