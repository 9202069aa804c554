//go:build judge && cgo

package printer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/usb"
	client "github.com/kioskd/kioskd/pkg/printer"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
	hostusb "github.com/kioskd/kioskd/pkg/usb"
	"github.com/kioskd/kioskd/pkg/usb/libusb"
)

// childEnv names the part that this test binary plays when it is started again under the preload.
const childEnv = "KIOSKD_PRINTER_CHILD"

func TestMain(m *testing.M) {
	part := os.Getenv(childEnv)
	if part == "" {
		os.Exit(m.Run())
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	if err := child(ctx, part); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// plugged puts a machine on a bus.
func plugged(t *testing.T, o Options) (*usb.Bus, *Printer) {
	t.Helper()
	dir, err := os.MkdirTemp("", "kprn")
	if err != nil {
		t.Fatal(err)
	}
	b, err := usb.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	p := New(o)
	if err := b.Plug(1, p.USB()); err != nil {
		t.Fatal(err)
	}
	return b, p
}

func TestJudgeLsusbPrintsTheMachine(t *testing.T) {
	b, _ := plugged(t, Options{})
	c := exec.CommandContext(t.Context(), "lsusb", "-v", "-d", fmt.Sprintf("%04x:%04x", VendorID, ProductID))
	c.Env = append(os.Environ(), b.Env()...)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"iProduct                2 Simulated MFP", "iSerial                 3 SIM0001", "bNumInterfaces          2",
		"bInterfaceProtocol      4", "IPP Printer Descriptor:", "wBasicCapabilities   0x0011  Print HTTP-over-USB No-Auth",
		"bEndpointAddress     0x82  EP 2 IN", "wMaxPacketSize     0x0200  1x 512 bytes",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("lsusb -v does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "UnknownCapabilities") { // the negative control of the class descriptor
		t.Errorf("lsusb does not understand the class descriptor:\n%s", out)
	}
}

// run starts this binary as a child under the preload; heard is called with each line until it ends.
func run(t *testing.T, b *usb.Bus, part string, heard func(string)) error {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 90*time.Second) // a child that hangs fails the test, not the run
	defer stop()
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
	for lines := bufio.NewScanner(out); lines.Scan(); {
		t.Log(lines.Text())
		heard(lines.Text())
	}
	if err := c.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, stderr.String())
	}
	return nil
}

func TestJudgeClientPrintsOverLibusb(t *testing.T) {
	for name, o := range map[string]Options{
		"two_interfaces": {SheetBack: pwg.BackRotated},
		"one_interface":  {SheetBack: pwg.BackFlipped, OneInterface: true},
		"grey":           {GreyOnly: true},
	} {
		t.Run(name, func(t *testing.T) {
			b, p := plugged(t, o)
			var said []string
			if err := run(t, b, "print", func(s string) { said = append(said, s) }); err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(said, "printed") {
				t.Errorf("the child says %q", said)
			}
			sheets := p.Take()
			if len(sheets) != 1 {
				t.Fatalf("%d sheets", len(sheets))
			}
			if back := ink(t, sheets[0].Back.Preview); back != image.Rect(6, 6, 8, 8) {
				t.Errorf("the back's square lies at %v", back)
			}
			if l := p.Levels(); l.Refused != 0 || l.Sheets != 1 {
				t.Errorf("the machine says %+v", l)
			}
		})
	}
}

func TestJudgeUnplugInTheMiddleIsUnknown(t *testing.T) {
	b, p := plugged(t, Options{})
	unplugged := errors.New("never unplugged")
	err := run(t, b, "cut", func(s string) {
		if s == "half" {
			unplugged = b.Unplug(1)
		}
	})
	if err != nil || unplugged != nil {
		t.Fatal(err, unplugged)
	}
	if len(p.Sheets()) != 0 {
		t.Error("half a document was printed")
	}
}

func TestJudgeUnfitMachineIsRefusedOverLibusb(t *testing.T) { // the negative control
	b, _ := plugged(t, Options{Reprints: true})
	why := ""
	err := run(t, b, "print", func(s string) { why = s })
	if err == nil || !strings.Contains(why, "Restart-Job") {
		t.Fatal(why, err, "a machine that prints again from its panel was used")
	}
}

// child is the program that prints.
func child(ctx context.Context, part string) (err error) {
	h, err := libusb.Open()
	if err != nil {
		return err
	}
	raw, err := h.Open(hostusb.Selection{Class: hostusb.ClassIPPUSB})
	if err != nil {
		return err
	}
	tr, err := client.OverUSB(ctx, raw)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tr.Close(), h.Close()) }()
	d, err := client.Open(ctx, tr)
	if err != nil {
		return err
	}
	s, err := d.Ready(ctx)
	if err != nil || !s.Usable() {
		return fmt.Errorf("not usable: %+v, %w", s, err)
	}
	o := client.Observation{Expected: 1, Created: true, Trusted: true}
	if o.Before, err = d.Counters(ctx); err != nil {
		return err
	}
	job, err := d.CreateJob(ctx, client.Ticket{Name: "token"})
	if err != nil {
		return err
	}
	if part == "cut" {
		return cut(ctx, d, job, o)
	}
	return printOne(ctx, d, job, o)
}

// printOne sends a page that hardly compresses and follows it.
func printOne(ctx context.Context, d *client.Device, job client.JobID, o client.Observation) error {
	began := time.Now()
	body, feed := io.Pipe()
	go func() { feed.CloseWithError(writePage(feed, d.Capabilities().Params(1, false))) }()
	if err := d.SendDocument(ctx, job, body); err != nil {
		return err
	}
	fmt.Println("sent in", time.Since(began).Round(time.Millisecond))
	o.Sent = true
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !o.Job.State.Final() || o.Printer.State != client.PrinterIdle {
		j, err := d.Follow(ctx, job)
		if err != nil {
			return err
		}
		s, err := d.Ready(ctx)
		if err != nil {
			return err
		}
		o.Note(j, s)
		<-tick.C
	}
	after, err := d.Counters(ctx)
	o.After = after
	fmt.Println(client.Judge(o).Outcome)
	return err
}

// writePage writes the square on both sides; the front has noise below, so that the document is some megabytes long.
func writePage(w io.Writer, p pwg.Params) error {
	doc := pwg.NewWriter(w, p)
	for _, s := range []pwg.Side{pwg.Front, pwg.Back} {
		seed := uint32(1)
		err := doc.WritePage(s, func(y int, dst []byte) error {
			if p.Space == pwg.Black {
				if err := dot(s)(y, dst); err != nil {
					return err
				}
			} else {
				for i := range dst {
					dst[i] = 255
				}
				if y/8 == 2+int(s) {
					clear(dst[24:32])
				}
			}
			if s == pwg.Front && y > 100 {
				for i := range dst[:600] {
					seed = seed*1664525 + 1013904223
					dst[i] = byte(seed >> 24)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return doc.Close()
}

// cut is unplugged when half of the document has left.
func cut(ctx context.Context, d *client.Device, job client.JobID, o client.Observation) error {
	var doc bytes.Buffer
	if err := writePage(&doc, d.Capabilities().Params(1, false)); err != nil {
		return err
	}
	half := bytes.NewReader(doc.Bytes()[:doc.Len()/2])
	rest := endless{}
	err := d.SendDocument(ctx, job, io.MultiReader(half, say("half"), rest))
	if !errors.Is(err, client.ErrLost) {
		return fmt.Errorf("an unplugged printer gives %w", err)
	}
	if _, err := d.Follow(ctx, job); err == nil {
		return errors.New("an unplugged printer still answers")
	}
	o.Lost = true
	if e := client.Judge(o); e.Outcome != client.Unknown {
		return fmt.Errorf("unplugged is judged %v", e)
	}
	return nil
}

// say prints a word when it is read and is then at its end.
type say string

func (s say) Read([]byte) (int, error) {
	fmt.Println(string(s))
	return 0, io.EOF
}

// endless goes on with zeros for ever: only the unplugging can end the document.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
