package coin

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// poll asks the acceptor whether it is there.
var poll = []byte{2, 0, 1, 254, 0xFF}

func TestTheClockDrivesTheMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Defaults())
		line := m.Dial()
		defer line.Close()
		begun := time.Now()
		if _, err := line.Write(poll); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 16)
		n, err := line.Read(got)
		if d := cmp.Diff([]byte{1, 0, 2, 0, 0xFD}, got[:n]); d != "" || err != nil {
			t.Errorf("%v\n%s", err, d)
		}
		if took := time.Since(begun); took != 10*1042*time.Microsecond+2*time.Millisecond {
			t.Errorf("ten bytes at 9600 baud and a reply took %v", took)
		}
		moved := m.Changed()
		if err := m.Insert(100); err != nil {
			t.Fatal(err)
		}
		<-moved
		for m.Trays().Return.Total() == 0 { // it comes back: nobody told the acceptor to take it
			<-m.Changed()
		}
		if m.Bytes() != 10 {
			t.Errorf("%d bytes", m.Bytes())
		}
	})
}

func TestACableThatIsPulledEndsTheConnectionAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Defaults())
		var cables []Cable
		m.Watch(func(c Cable) {
			cables = append(cables, c)
			m.flush() // a plug that goes in flushes: the watcher may call the machine
		})
		if _, err := m.AddFault(Fault{Do: trouble.Unplug, Byte: 3, Ms: 500}); err != nil {
			t.Fatal(err)
		}
		line := m.Dial()
		if _, err := line.Write(poll); err != nil {
			t.Fatal(err)
		}
		if _, err := line.Read(make([]byte, 1)); err == nil {
			t.Error("an unplugged machine answers")
		}
		if _, err := m.Dial().Write(poll); err == nil {
			t.Error("a machine was reached without its cable")
		}
		<-time.After(time.Second)
		again := m.Dial()
		if _, err := again.Write(poll); err != nil {
			t.Error(err)
		}
		held, err := m.AddFault(Fault{Do: trouble.HoldInterface})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, err := again.Write(poll); err == nil {
			t.Error("a held interface takes bytes")
		}
		m.ClearFault(held)
		want := []Cable{{In: false}, {In: true}, {In: true, Held: true}, {In: true}}
		if d := cmp.Diff(want, cables); d != "" {
			t.Errorf("cables (-want +got):\n%s", d)
		}
		if n := m.Frames()[Seen{Device: 2, Header: 254}]; n > 1 {
			t.Errorf("%d frames", n)
		}
	})
}

func TestAMarkIsReachedBeforeTheNextByte(t *testing.T) {
	for n := 1; n <= 10; n++ {
		synctest.Test(t, func(t *testing.T) {
			m := New(Defaults())
			reached := make(chan struct{})
			at := -1
			m.AtByte(n, func() {
				at = m.unit.Bytes()
				close(reached)
			})
			m.Write(poll)
			<-reached
			if at != n {
				t.Errorf("mark %d was reached at byte %d", n, at)
			}
		})
	}
}
