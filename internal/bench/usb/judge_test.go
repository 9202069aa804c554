//go:build judge && cgo

package usb

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/pkg/usb"
	"github.com/kioskd/kioskd/pkg/usb/libusb"
)

// childEnv names the part that this test binary plays when it is started again under the preload.
const childEnv = "KIOSKD_USB_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := child(); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// plugged makes a bus in a short folder with one loop device on port 1.
func plugged(t *testing.T) (*Bus, *loop) {
	t.Helper()
	dir, err := os.MkdirTemp("", "kusb")
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	l := newLoop()
	if err := b.Plug(1, l); err != nil {
		t.Fatal(err)
	}
	return b, l
}

func TestJudgeCheckSeesTheBus(t *testing.T) {
	b, _ := plugged(t)
	if err := b.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := (&Bus{dir: t.TempDir()}).Check(t.Context()); err == nil { // the negative control: an empty folder
		t.Error("an empty folder passes for a bus")
	}
}

func TestJudgeLsusbPrintsTheDevice(t *testing.T) {
	b, _ := plugged(t)
	lsusb := func(args ...string) string {
		c := exec.CommandContext(t.Context(), "lsusb", args...)
		c.Env = append(os.Environ(), b.Env()...)
		out, err := c.CombinedOutput()
		if err != nil && len(out) == 0 {
			return ""
		}
		return string(out)
	}
	verbose := lsusb("-v", "-d", "1209:0001")
	for _, want := range []string{
		"Bus 001 Device 002: ID 1209:0001", "bcdUSB               2.00", "iManufacturer           1 kioskd test",
		"iProduct                2 loop", "iSerial                 3 L-1", "bEndpointAddress     0x81  EP 1 IN",
		"wMaxPacketSize     0x0040  1x 64 bytes", "Self Powered",
	} {
		if !strings.Contains(verbose, want) {
			t.Errorf("lsusb -v does not say %q:\n%s", want, verbose)
		}
	}
	if tree := lsusb("-t"); !strings.Contains(tree, "Dev 2, If 0") || !strings.Contains(tree, "12M") {
		t.Errorf("lsusb -t does not show the device:\n%s", tree)
	}
	if err := b.Unplug(1); err != nil { // the negative control: an empty bus shows nothing
		t.Fatal(err)
	}
	if out := lsusb("-d", "1209:0001"); out != "" {
		t.Errorf("lsusb still shows the unplugged device:\n%s", out)
	}
}

// startChild runs this binary under the preload; the returned function waits for its next line.
func startChild(t *testing.T, b *Bus, part string) (next func(want string), done func()) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute) // a child that hangs fails the test, not the run
	t.Cleanup(stop)
	c := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	c.Env = append(append(os.Environ(), b.Env()...), childEnv+"="+part)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	next = func(want string) {
		t.Helper()
		if !lines.Scan() {
			t.Fatalf("the child ended before %q: %v\n%s", want, c.Wait(), stderr.String())
		}
		if lines.Text() != want {
			t.Fatalf("the child says %q, not %q\n%s", lines.Text(), want, stderr.String())
		}
	}
	return next, func() {
		t.Helper()
		if err := c.Wait(); err != nil {
			t.Fatalf("the child: %v\n%s", err, stderr.String())
		}
	}
}

func TestJudgeLibusbRoundTrips(t *testing.T) {
	b, l := plugged(t)
	next, done := startChild(t, b, "all")
	next("opened loop L-1 1-1")
	next("echoed 10000 bytes")
	next("control ok")
	next("control stall ok")
	next("quiet ok")
	next("bulk stall ok")
	next("reopened after reset")
	next("waiting")
	l.awaitRead()
	if err := b.Unplug(1); err != nil {
		t.Fatal(err)
	}
	next("gone ok")
	if err := b.Plug(1, l); err != nil {
		t.Fatal(err)
	}
	next("back")
	l.mu.Lock()
	l.mute = true
	l.mu.Unlock()
	next("mute")
	next("mute write ended")
	next("no leak")
	done()
	seen := b.Traffic(1)
	if seen[0x01].Bytes < 20000 || seen[0x81].Bytes < 20000 || seen[0x81].Stalls == 0 || seen[0].Transfers == 0 {
		t.Errorf("the counters do not show the traffic: %+v", seen)
	}
	var text bytes.Buffer
	if err := b.Log().WriteJSON(&text); err != nil || !strings.Contains(text.String(), `"status":-108`) {
		t.Errorf("the log does not show the unplugged transfer: %v", err)
	}
}

// child plays the program that drives the device through gousb and libusb.
func child() (err error) {
	h, err := libusb.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if err := look(h); err != nil {
		return err
	}
	which := usb.Selection{Vendor: 0x1209, Product: 1, Serial: "L-1"}
	d, err := h.Open(which)
	if err != nil {
		return err
	}
	fmt.Println("opened", d.Info().Name, d.Info().Serial, d.Info().Port)
	if d, err = traffic(h, d, which); err != nil {
		return err
	}
	if d, err = replug(h, d, which); err != nil {
		return err
	}
	return errors.Join(muteWrite(d), d.Close(), cycles(h, which))
}

// look lists everything and opens everything but hubs: what hangs on them must not be disturbed.
func look(h usb.Host) error {
	list, err := h.List(func(usb.Info) bool { return true })
	hubs := 0
	for _, i := range list {
		if i.IsHub() {
			hubs++
			if i.Refused != nil || i.Name != "" {
				return fmt.Errorf("hub %s was opened: %q, %w", i.Port, i.Name, i.Refused)
			}
		}
	}
	if err == nil && hubs == 0 {
		err = errors.New("no hub was listed")
	}
	return err
}

// cycles opens and closes again and again: file descriptors and goroutines must not grow.
func cycles(h usb.Host, which usb.Selection) error {
	count := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			return -1
		}
		return len(list) + runtime.NumGoroutine()
	}
	before := count()
	for range 60 { // more than the preload has room for files
		d, err := h.Open(which)
		if err != nil {
			return err
		}
		if _, err := claim(d); err != nil {
			return err
		}
		if err := d.Close(); err != nil {
			return err
		}
	}
	if after := count(); after > before+3 {
		return fmt.Errorf("%d files and goroutines became %d", before, after)
	}
	fmt.Println("no leak")
	return nil
}

// within runs f with a deadline of d.
func within[T any](d time.Duration, f func(context.Context) (T, error)) (T, error) {
	ctx, stop := context.WithTimeout(context.Background(), d)
	defer stop()
	return f(ctx)
}

// echo sends and wants the same back.
func echo(p usb.Pipe, n int) error {
	sent := make([]byte, n)
	for i := range sent {
		sent[i] = byte(i * 7)
	}
	_, err := within(10*time.Second, func(ctx context.Context) (int, error) {
		if n, err := p.Write(ctx, sent); err != nil {
			return n, err
		}
		got := make([]byte, n)
		return io.ReadFull(reader{ctx, p}, got)
	})
	return err
}

// reader makes an io.Reader of a pipe.
type reader struct {
	ctx context.Context
	p   usb.Pipe
}

func (r reader) Read(b []byte) (int, error) { return r.p.Read(r.ctx, b) }

// claim takes the loop's only interface.
func claim(d usb.Device) (usb.Pipe, error) {
	f, _ := d.Info().At(0, 0)
	return d.Claim(f)
}

// traffic tries every kind of transfer and leaves the device reset and open.
func traffic(h usb.Host, d usb.Device, which usb.Selection) (usb.Device, error) {
	p, err := claim(d)
	if err != nil {
		return nil, err
	}
	if _, err := claim(d); err == nil {
		return nil, errors.New("one interface was claimed twice")
	}
	if err := echo(p, 10000); err != nil {
		return nil, err
	}
	fmt.Println("echoed 10000 bytes")
	ctx := context.Background()
	buf := make([]byte, 8)
	n, err := p.Control(ctx, usb.Setup{Type: 0xC0, Request: 3, Value: 0x42}, buf)
	if err != nil || n != 4 || buf[0] != 0x42 {
		return nil, fmt.Errorf("control gave %d bytes, %x, %w", n, buf, err)
	}
	fmt.Println("control ok")
	if _, err := p.Control(ctx, usb.Setup{Type: 0x40, Request: 2}, nil); !errors.Is(err, usb.ErrStall) {
		return nil, fmt.Errorf("a refused control request gives %w", err)
	}
	fmt.Println("control stall ok")
	quiet := func(ctx context.Context) (int, error) { return p.Read(ctx, buf) }
	if _, err := within(20*time.Millisecond, quiet); !errors.Is(err, usb.ErrTimeout) {
		return nil, fmt.Errorf("a quiet device gives %w", err)
	}
	fmt.Println("quiet ok")
	if _, err := p.Control(ctx, usb.Setup{Type: 0x40, Request: 1}, nil); err != nil {
		return nil, err
	}
	if _, err := within(10*time.Second, quiet); !errors.Is(err, usb.ErrStall) {
		return nil, fmt.Errorf("a stalled pipe gives %w", err)
	}
	fmt.Println("bulk stall ok")
	if err := d.Reset(); err != nil {
		return nil, err
	}
	if d, err = h.Open(which); err != nil {
		return nil, err
	}
	if p, err = claim(d); err != nil {
		return nil, err
	}
	if err := echo(p, 12000); err != nil {
		return nil, err
	}
	fmt.Println("reopened after reset")
	return d, p.Close()
}

// replug waits for the device to go and to come back.
func replug(h usb.Host, d usb.Device, which usb.Selection) (usb.Device, error) {
	p, err := claim(d)
	if err != nil {
		return nil, err
	}
	fmt.Println("waiting")
	buf := make([]byte, 8)
	read := func(ctx context.Context) (int, error) { return p.Read(ctx, buf) }
	if _, err := within(10*time.Second, read); !errors.Is(err, usb.ErrGone) {
		return nil, fmt.Errorf("an unplugged device gives %w", err)
	}
	if _, err := p.Write(context.Background(), buf); !errors.Is(err, usb.ErrGone) {
		return nil, fmt.Errorf("writing to an unplugged device gives %w", err)
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	fmt.Println("gone ok")
	d, err = within(10*time.Second, func(ctx context.Context) (usb.Device, error) {
		return usb.WaitOpen(ctx, h, which, 20*time.Millisecond)
	})
	if err != nil {
		return nil, err
	}
	if p, err = claim(d); err != nil {
		return nil, err
	}
	if err := echo(p, 100); err != nil {
		return nil, err
	}
	fmt.Println("back")
	return d, p.Close()
}

// muteWrite writes to a device that takes nothing: the deadline must end it.
func muteWrite(d usb.Device) error {
	fmt.Println("mute")
	p, err := claim(d)
	if err != nil {
		return err
	}
	buf := make([]byte, 200)
	for tries := 0; ; tries++ { // the parent may not have muted it yet
		n, err := within(50*time.Millisecond, func(ctx context.Context) (int, error) { return p.Write(ctx, buf) })
		if errors.Is(err, usb.ErrTimeout) && n == 0 {
			break
		}
		if err != nil || tries == 100 {
			return fmt.Errorf("a mute device gives %d, %w", n, err)
		}
	}
	fmt.Println("mute write ended")
	return p.Close()
}
