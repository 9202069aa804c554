package usb

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func printerInfo(serial, port string) Info {
	alt := Alternate{Class: ClassIPPUSB, Endpoints: []Endpoint{{1, TransferBulk, 512}, {0x81, TransferBulk, 512}}}
	return Info{
		Vendor: 0x04b8, Product: 0x0202, Serial: serial, Port: port,
		Configs: []Config{
			{Number: 1, Interfaces: []Interface{{Number: 0, Alternates: []Alternate{{Class: Class{7, 1, 2}}, alt}}}},
			{Number: 2, Interfaces: []Interface{{0, []Alternate{alt}}, {1, []Alternate{alt}}}},
		},
	}
}

func TestPick(t *testing.T) {
	a, b := printerInfo("A", "1-1"), printerInfo("B", "1-2")
	unread := printerInfo("", "1-3")
	unread.Refused = ErrAccess
	tests := []struct {
		name string
		list []Info
		want Selection
		port string
		err  error
	}{
		{"by_class", []Info{a}, Selection{Class: ClassIPPUSB}, "1-1", nil},
		{"by_serial", []Info{a, b}, Selection{Serial: "B"}, "1-2", nil},
		{"by_port", []Info{a, b}, Selection{Vendor: 0x04b8, Port: "1-2"}, "1-2", nil},
		{"two_alike", []Info{a, b}, Selection{Vendor: 0x04b8, Product: 0x0202}, "", ErrAmbiguous},
		{"none", []Info{a, b}, Selection{Class: ClassACM}, "", ErrNotFound},
		{"unreadable_serial_never_fits", []Info{unread}, Selection{Serial: "A"}, "", ErrNotFound},
		{"empty_selection_fits_nothing", []Info{a}, Selection{}, "", ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Pick(tt.list, tt.want)
			if got.Port != tt.port || !errors.Is(err, tt.err) {
				t.Errorf("Pick = %q, %v", got.Port, err)
			}
		})
	}
}

func TestBestTakesConfigurationWithMostInterfaces(t *testing.T) {
	got := printerInfo("", "").Best(ClassIPPUSB)
	if len(got) != 2 || got[0].Config != 2 || got[1].Interface != 1 {
		t.Errorf("Best = %+v", got)
	}
}

func TestLineCodingOf9600(t *testing.T) {
	want := []byte{0x80, 0x25, 0, 0, 0, 0, 8} // CDC PSTN 1.2 table 17
	if d := cmp.Diff(want, Line9600.Encode()); d != "" {
		t.Error(d)
	}
	if l, err := DecodeLine(want); err != nil || l != Line9600 {
		t.Errorf("DecodeLine = %+v, %v", l, err)
	}
	if _, err := DecodeLine(want[:6]); err == nil {
		t.Error("six bytes were accepted")
	}
}

// fakeDevice records what is claimed and asked.
type fakeDevice struct {
	info   Info
	asked  []Setup
	closed int
	stall  bool
}

func (d *fakeDevice) Info() Info                  { return d.info }
func (d *fakeDevice) Claim(f Found) (Pipe, error) { return &fakePipe{d, f.Interface}, nil }
func (d *fakeDevice) Reset() error                { return nil }
func (d *fakeDevice) Close() error                { return nil }

type fakePipe struct {
	d      *fakeDevice
	number int
}

func (p *fakePipe) Read(context.Context, []byte) (int, error)  { return p.number, nil }
func (p *fakePipe) Write(context.Context, []byte) (int, error) { return p.number, nil }
func (p *fakePipe) Close() error                               { p.d.closed++; return nil }
func (p *fakePipe) Control(_ context.Context, s Setup, _ []byte) (int, error) {
	p.d.asked = append(p.d.asked, s)
	if p.d.stall {
		return 0, &Fault{Op: "control", Kind: ErrStall}
	}
	return 0, nil
}

func acmInfo() Info {
	return Info{Configs: []Config{{Number: 1, Interfaces: []Interface{
		{2, []Alternate{{Class: ClassACM}}},
		{3, []Alternate{{Class: Class{Class: 0x0A}, Endpoints: []Endpoint{{2, TransferBulk, 64}, {0x82, TransferBulk, 64}}}}},
	}}}}
}

func TestOpenACMSetsLineAndRaisesDTR(t *testing.T) {
	for _, stall := range []bool{false, true} {
		d := &fakeDevice{info: acmInfo(), stall: stall}
		p, err := OpenACM(t.Context(), d, Line9600)
		if err != nil {
			t.Fatal(err)
		}
		want := []Setup{{0x21, 0x20, 0, 2}, {0x21, 0x22, 3, 2}}
		if diff := cmp.Diff(want, d.asked); diff != "" {
			t.Error(diff)
		}
		if n, _ := p.Read(t.Context(), nil); n != 3 {
			t.Errorf("bytes run over interface %d", n)
		}
		if err := p.Close(); err != nil || d.closed != 2 {
			t.Errorf("Close: %v, %d interfaces", err, d.closed)
		}
	}
	if _, err := OpenACM(t.Context(), &fakeDevice{}, Line9600); !errors.Is(err, ErrNotFound) {
		t.Errorf("a device without a line: %v", err)
	}
}

// lateHost has no device for the first tries.
type lateHost struct{ tries, from int }

func (h *lateHost) List(func(Info) bool) ([]Info, error) { return nil, nil }
func (h *lateHost) Open(s Selection) (Device, error) {
	if h.tries++; h.tries < h.from {
		return nil, &Fault{Op: "open", Kind: ErrNotFound}
	}
	return &fakeDevice{}, nil
}

func TestWaitOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &lateHost{from: 3}
		began := time.Now()
		if _, err := WaitOpen(t.Context(), h, Selection{Port: "1-1"}, 0); err != nil || time.Since(began) != 2*ReopenEvery {
			t.Errorf("WaitOpen: %v after %v", err, time.Since(began))
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		_, err := WaitOpen(ctx, &lateHost{from: 1 << 20}, Selection{Port: "1-1"}, 0)
		if !errors.Is(err, ErrTimeout) || !errors.Is(err, ErrNotFound) {
			t.Errorf("a device that never comes: %v", err)
		}
	})
}

func TestFaultSaysWhatAndWhy(t *testing.T) {
	err := error(&Fault{Op: "read", Kind: ErrGone, Cause: context.Canceled})
	if !errors.Is(err, ErrGone) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v hides its meaning", err)
	}
	if got := FormatPort(1, []int{2, 3}); got != "1-2.3" {
		t.Errorf("FormatPort = %q", got)
	}
}

func TestASwappedAdapterIsNamed(t *testing.T) {
	adapter := acmInfo()
	adapter.Serial = "NEW"
	_, err := Pick([]Info{{Class: Class{9, 0, 1}}, adapter}, Selection{SerialLine: true, Serial: "OLD"})
	other, is := errors.AsType[*OtherSerialError](err)
	if !is || !errors.Is(err, ErrNotFound) || other.Want != "OLD" || len(other.Seen) != 1 || other.Seen[0] != "NEW" {
		t.Errorf("%v", err)
	}
	for name, s := range map[string]Selection{
		"a serial number alone": {Serial: "OLD"}, "no serial number": {Port: "9-9", SerialLine: true},
		"another class": {Class: ClassIPPUSB, Serial: "OLD"},
	} {
		_, err := Pick([]Info{adapter}, s)
		if _, is := errors.AsType[*OtherSerialError](err); is || !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := Pick([]Info{adapter}, Selection{SerialLine: true, Serial: "NEW"}); err != nil || got.Serial != "NEW" {
		t.Errorf("the right one: %v, %v", got, err)
	}
}
