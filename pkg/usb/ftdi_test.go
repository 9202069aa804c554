package usb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ftdiPipe is a claimed port: it notes requests and gives transfers.
type ftdiPipe struct {
	Pipe
	asked     []Setup
	transfers [][]byte
}

func (p *ftdiPipe) Control(_ context.Context, s Setup, _ []byte) (int, error) {
	p.asked = append(p.asked, s)
	return 0, nil
}

func (p *ftdiPipe) ReadTransfer(_ context.Context, b []byte) (int, error) {
	if len(p.transfers) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.transfers[0])
	p.transfers = p.transfers[1:]
	return n, nil
}

func (p *ftdiPipe) Close() error { return nil }

type ftdiDevice struct {
	Device
	pipe Pipe
	info Info
}

func (d ftdiDevice) Info() Info                { return d.info }
func (d ftdiDevice) Claim(Found) (Pipe, error) { return d.pipe, nil }

// ftdiInfo is an FT232R as lsusb -v shows it: one interface 255/255/255, bulk 0x81 and 0x02.
func ftdiInfo(packet int) Info {
	return Info{Vendor: 0x0403, Product: 0x6001, Configs: []Config{{Number: 1, Interfaces: []Interface{{0, []Alternate{{
		Class: Class{255, 255, 255}, Endpoints: []Endpoint{{0x81, TransferBulk, packet}, {2, TransferBulk, packet}},
	}}}}}}}
}

func TestFTDIIsSetTo9600(t *testing.T) {
	p := &ftdiPipe{}
	if _, err := OpenFTDI(t.Context(), ftdiDevice{pipe: p, info: ftdiInfo(64)}, Line9600); err != nil {
		t.Fatal(err)
	}
	want := []Setup{
		{0x40, 0, 0, 1},
		{0x40, 3, 0x4138, 0},
		{0x40, 4, 0x0008, 1},
		{0x40, 2, 0, 1},
		{0x40, 9, 2, 1},
		{0x40, 0, 1, 1},
		{0x40, 0, 2, 1},
	}
	if d := cmp.Diff(want, p.asked); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
}

func TestFTDIGivesDataWithoutStatus(t *testing.T) {
	status := []byte{0x01, 0x60}
	full := func(b byte) []byte { return append(append([]byte(nil), status...), bytes.Repeat([]byte{b}, 62)...) }
	p := &ftdiPipe{transfers: [][]byte{
		status, append(status, 'a'),
		{},
		{0x01},
		status, append(full('b'), status...),
		append(append(full('c'), full('d')...), 0x01, 0x60, 'e', 'f'),
	}}
	line, err := OpenFTDI(t.Context(), ftdiDevice{pipe: p, info: ftdiInfo(64)}, Line9600)
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	for buf := make([]byte, 7); ; {
		n, err := line.Read(t.Context(), buf)
		if got = append(got, buf[:n]...); err != nil {
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			break
		}
	}
	want := "a" + string(bytes.Repeat([]byte{'b'}, 62)) + string(bytes.Repeat([]byte{'c'}, 62)) +
		string(bytes.Repeat([]byte{'d'}, 62)) + "ef"
	if string(got) != want {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsNoFTDILineIsRefused(t *testing.T) {
	for name, d := range map[string]ftdiDevice{
		"another maker":          {pipe: &ftdiPipe{}, info: acmInfo()},
		"packets without room":   {pipe: &ftdiPipe{}, info: ftdiInfo(2)},
		"a pipe without borders": {pipe: struct{ Pipe }{&ftdiPipe{}}, info: ftdiInfo(64)},
	} {
		if _, err := OpenFTDI(t.Context(), d, Line9600); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, baud := range []uint32{0, 1} {
		d := ftdiDevice{pipe: &ftdiPipe{}, info: ftdiInfo(64)}
		if _, err := OpenFTDI(t.Context(), d, Line{Baud: baud, DataBits: 8}); err == nil {
			t.Errorf("opened with %d baud", baud)
		}
	}
	if !ftdiInfo(64).IsSerialLine() || !acmInfo().IsSerialLine() || printerInfo("", "").IsSerialLine() {
		t.Error("serial lines are not told from others")
	}
}
