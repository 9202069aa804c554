package coin

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// pushed drops six coins at once and gives the longest row of events between two looks of a host that looks every 200
// ms, as the acceptor asks it to, and how long all took.
func pushed(t *testing.T, m *Machine) (most int, took time.Duration) {
	t.Helper()
	m.acceptor.mask = 1<<coinTypes - 1
	began := time.Now()
	for range 6 {
		if err := m.Insert(50); err != nil {
			t.Fatal(err)
		}
	}
	last := byte(0)
	for m.Trays().Flying.Total() > 0 { // ends when all have fallen
		<-time.After(200 * time.Millisecond)
		m.mu.Lock()
		most, last = max(most, int(m.acceptor.event-last)), m.acceptor.event
		m.mu.Unlock()
	}
	if got := m.Trays().Escrow.Total(); got != 300 || last != 6 {
		t.Errorf("¥%d in the escrow after %d events", got, last)
	}
	return most, time.Since(began)
}

func TestCoinsPushedAtOnceGoThroughOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if most, took := pushed(t, New(Defaults())); most > 2 || took < 5*150*time.Millisecond {
			t.Errorf("%d coins between two looks, six in %s", most, took)
		}
	})
}

// A slot that is broken on purpose overruns the five events that an acceptor tells: the negative control.
func TestCoinsRushThroughABrokenSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Defaults())
		id, err := m.AddFault(Fault{Do: Rush})
		if err != nil {
			t.Fatal(err)
		}
		if most, _ := pushed(t, m); most != 6 {
			t.Errorf("%d coins between two looks, not six", most)
		}
		if !m.ClearFault(id) || m.armed(Rush) {
			t.Error("the slot is still broken")
		}
	})
}

func TestASlotThatIsFullSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Defaults())
		for range maxWaiting + 1 { // one goes through at once
			if err := m.Insert(10); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Insert(10); !errors.Is(err, ErrSlotFull) {
			t.Errorf("one more: %v", err)
		}
		for m.Trays().Flying.Total() > 0 { // they come back: nobody told the acceptor to take them
			<-time.After(time.Second)
		}
		if got := m.Trays().Return[10]; got != maxWaiting+1 {
			t.Errorf("%d came back", got)
		}
	})
}
