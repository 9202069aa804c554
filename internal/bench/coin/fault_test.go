package coin

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// until waits until something is so.
func until(t *testing.T, m *Machine, so func(Trays) bool) Trays {
	t.Helper()
	late := time.NewTimer(10 * time.Second)
	defer late.Stop()
	for { // ends with the timer
		moved := m.Changed()
		trays := m.Trays()
		if so(trays) {
			return trays
		}
		select {
		case <-moved:
		case <-late.C:
			t.Fatalf("nothing more moves: %+v", trays)
		}
	}
}

func TestARejectedCoinFallsIntoTheReturnTrayOnce(t *testing.T) {
	m := New(Defaults().Fast())
	m.acceptor.mask = 1<<coinTypes - 1 // every coin is wanted
	if _, err := m.AddFault(Fault{Do: Reject}); err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		if err := m.Insert(100); err != nil {
			t.Fatal(err)
		}
		trays := until(t, m, func(now Trays) bool { return len(now.Flying) == 0 && len(now.Return)+len(now.Escrow) == n+1 })
		if n == 0 && !cmp.Equal(trays.Return, Coins{100: 1}) || n == 1 && !cmp.Equal(trays.Escrow, Coins{100: 1}) {
			t.Errorf("coin %d: %+v", n, trays)
		}
	}
}

func TestAJammedHopperSaysSoUntilItIsFreed(t *testing.T) {
	m := New(Defaults().Fast())
	if _, err := m.AddFault(Fault{Do: JammedHopper, Yen: 50}); err != nil {
		t.Fatal(err)
	}
	for _, h := range m.hoppers {
		if jammed := h.register()&1 != 0; jammed != (h.yen == 50) {
			t.Errorf("hopper of ¥%d jammed: %v", h.yen, jammed)
		}
	}
	m.ClearJams()
	if m.hoppers[1].register()&1 != 0 {
		t.Error("a freed hopper is still jammed")
	}
	if _, err := m.AddFault(Fault{Do: JammedHopper}); err == nil {
		t.Error("a hopper without a kind was jammed")
	}
}

func TestClearingOneFaultLeavesTheJamsOfOthers(t *testing.T) {
	m := New(Defaults().Fast())
	first, err1 := m.AddFault(Fault{Do: JammedHopper, Yen: 50})
	second, err2 := m.AddFault(Fault{Do: JammedHopper, Yen: 100})
	third, err3 := m.AddFault(Fault{Do: JamEscrow})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	m.mu.Lock()
	m.escrow.operate(true)
	m.mu.Unlock()
	jammed := func() (where []int) {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, h := range m.hoppers {
			if h.register()&1 != 0 {
				where = append(where, h.yen)
			}
		}
		if m.escrow.fault != 0 {
			where = append(where, 0)
		}
		return where
	}
	until(t, m, func(Trays) bool { return len(jammed()) == 3 })
	if got := len(m.Faults()); got != 3 {
		t.Errorf("%d faults are told, not 3", got)
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
		if was := m.ClearFault(step.clear); was != step.was || !cmp.Equal(jammed(), step.left) {
			t.Errorf("cleared %d: %v, jammed %v, want %v", step.clear, was, jammed(), step.left)
		}
	}
	if got := m.Faults(); len(got) != 0 {
		t.Errorf("still told: %v", got)
	}
}

func TestAFaultThatMakesNoSenseIsRefusedWithWhatWould(t *testing.T) {
	m := New(Defaults())
	for _, c := range []struct {
		fault Fault
		want  string
	}{
		{Fault{Do: "explode"}, "astray, corrupt-reply, jam-escrow"},
		{Fault{}, "there are astray"},
		{Fault{Do: JamHopper, Yen: 7}, "[10 50 100 500]"},
		{Fault{Do: JamHopper}, "kind of coin"},
		{Fault{Do: JamHopper, Header: 167}, "kind of coin"},
		{Fault{Do: LoseReply}, "header"},
		{Fault{Do: LoseReply, Header: 107, Device: 99}, "no device 99"},
		{Fault{Do: LoseReply, Header: 107, Yen: 50}, "header"},
		{Fault{Do: PowerCycle}, "header (and a device) or a kind"},
		{Fault{Do: PowerCycle, Header: 107, Yen: 50}, "header (and a device) or a kind"},
		{Fault{Do: Reject, Code: 3}, `"reject" takes after`},
		{Fault{Do: Reject, Device: 3}, `"reject" takes after`},
		{Fault{Do: Astray, After: -1}, "0 or more"},
	} {
		if _, err := m.AddFault(c.fault); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.fault, err, c.want)
		}
	}
	for _, good := range []Fault{
		{Do: PowerCycle, Header: 107},
		{Do: PowerCycle, Yen: 50},
		{Do: StickEscrow, Code: 2},
		{Do: Rush},
		{Do: LoseReply, Header: 107, Device: 85, After: 1},
	} {
		if _, err := m.AddFault(good); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
}
