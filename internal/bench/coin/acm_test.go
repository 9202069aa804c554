package coin

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/bench/usb"
)

func TestTheAdapterNeedsItsLineSet(t *testing.T) {
	m := New(Defaults().Fast())
	a := NewAdapter(m)
	a.Attach()
	poll := []byte{2, 0, 1, 254, 0xFF}
	must := func(_ []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(nil, a.Out(epOut, poll)) // DTR is not up: nobody hears it
	must(a.Control(usb.Setup{Type: 0x21, Request: reqLineState, Value: 3}, nil))
	must(a.Control(usb.Setup{Type: 0x21, Request: reqSetLine}, []byte{0, 0xC2, 1, 0, 0, 0, 8}))
	must(nil, a.Out(epOut, poll)) // 115200 baud: rubbish
	must(a.Control(usb.Setup{Type: 0x21, Request: reqSetLine}, []byte{0x80, 0x25, 0, 0, 0, 0, 8}))
	if n := m.Frames()[Seen{Device: 2, Header: 254}]; n != 0 {
		t.Errorf("%d frames were heard on a line that was not set", n)
	}
	must(nil, a.Out(epOut, poll))
	got, err := a.In(epIn, 64, t.Context().Done())
	if d := cmp.Diff([]byte{1, 0, 2, 0, 0xFD}, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	coding, err := a.Control(usb.Setup{Type: 0xA1, Request: reqGetLine, Length: 7}, nil)
	if d := cmp.Diff([]byte{0x80, 0x25, 0, 0, 0, 0, 8}, coding); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if _, err := a.Control(usb.Setup{Type: 0xC0, Request: 1}, nil); !errors.Is(err, usb.ErrStall) {
		t.Errorf("an unknown request: %v", err)
	}
	a.Detach()
	for _, ep := range []byte{epIn, epNotify} {
		if _, err := a.In(ep, 64, nil); !errors.Is(err, usb.ErrCancelled) {
			t.Errorf("endpoint %x after the end: %v", ep, err)
		}
	}
}

func TestTheCableDoesWhatAFaultSays(t *testing.T) {
	bus, err := usb.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	m := New(Defaults())
	if err := Hang(m, bus, 1); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		cable   Cable
		plugged bool
	}{
		{Cable{}, false},
		{Cable{}, false},
		{Cable{In: true}, true},
		{Cable{In: true, Held: true}, true},
		{Cable{In: true}, true},
	} {
		m.watcher(step.cable)
		if bus.Plugged(1) != step.plugged {
			t.Errorf("%+v: plugged %v", step.cable, bus.Plugged(1))
		}
	}
}
