package coin

import (
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
