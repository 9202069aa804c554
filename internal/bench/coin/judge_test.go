//go:build judge && cgo

package coin

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/bench/usb"
	"github.com/kioskd/kioskd/pkg/coin"
	hostusb "github.com/kioskd/kioskd/pkg/usb"
	"github.com/kioskd/kioskd/pkg/usb/libusb"
)

// childEnv makes this test binary play the program that drives the coin vendor.
const childEnv = "KIOSKD_COIN_CHILD"

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

// plugged makes a bus with a machine on port 1.
func plugged(t *testing.T) (*usb.Bus, *Machine) {
	t.Helper()
	dir, err := os.MkdirTemp("", "kcoin") // short: a socket's path has at most 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	b, err := usb.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(b.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	o := Defaults().Fast()
	o.ByteTime, o.Reply = Defaults().ByteTime, Defaults().Reply
	m := New(o)
	if err := b.Plug(1, NewAdapter(m)); err != nil {
		t.Fatal(err)
	}
	return b, m
}

// lsusb runs Debian's lsusb on the bus.
func lsusb(t *testing.T, b *usb.Bus, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "lsusb", args...)
	c.Env = append(os.Environ(), b.Env()...)
	var out bytes.Buffer
	c.Stdout = &out
	err := c.Run()
	if exit, is := errors.AsType[*exec.ExitError](err); err != nil && (!is || exit.ExitCode() != 1) {
		t.Fatal(err) // 1 is "no such device"
	}
	return out.String()
}

// named are the lines behind whose number lsusb writes a name, if the machine has a list of them.
var named = regexp.MustCompile(`(?m)^( *(?:id(?:Vendor|Product)|b\w+(?:Class|SubClass|Protocol)) +\S+).*$`)

// unnamed takes those names away.
func unnamed(text string) string { return named.ReplaceAllString(text, "$1") }

func TestJudgeLsusbPrintsTheCoinVendor(t *testing.T) {
	b, _ := plugged(t)
	which := fmt.Sprintf("%04x:%04x", USBVendor, USBProduct)
	want, err := os.ReadFile("testdata/lsusb.txt")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(unnamed(string(want)), unnamed(lsusb(t, b, "-v", "-d", which))); d != "" {
		t.Errorf("lsusb -v (-want +got):\n%s", d)
	}
	if err := b.Unplug(1); err != nil { // the negative control
		t.Fatal(err)
	}
	if out := lsusb(t, b, "-v", "-d", which); out != "" {
		t.Errorf("lsusb still prints:\n%s", out)
	}
}

// TestJudgeASaleThroughLibusb runs a sale in a process with unmodified gousb and libusb; the person stands here.
func TestJudgeASaleThroughLibusb(t *testing.T) {
	b, m := plugged(t)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second) // a child that hangs is ended and said
	defer cancel()
	c := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	c.Env = append(append(os.Environ(), b.Env()...), childEnv+"=1")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said = append(said, lines.Text())
		t.Log(lines.Text())
		switch {
		case strings.HasPrefix(lines.Text(), "insert "):
			var yen int
			if _, err := fmt.Sscanf(lines.Text(), "insert %d", &yen); err != nil {
				t.Fatal(err)
			}
			if err := m.Insert(yen); err != nil {
				t.Fatal(err)
			}
		case lines.Text() == "unplug":
			if err := b.Unplug(1); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Wait(); err != nil {
		t.Errorf("the child: %v\n%s\n%s", err, strings.Join(said, "\n"), stderr.String())
	}
	if d := cmp.Diff(Coins{100: 2, 50: 1}, m.Trays().Return); d != "" {
		t.Errorf("return tray (-want +got):\n%s\n%s", d, strings.Join(said, "\n"))
	}
	if n := m.Frames()[Seen{Device: 5, Header: 167}]; n != 1 {
		t.Errorf("hopper 5 was commanded %d times", n)
	}
	if seen := b.Traffic(1); seen[epOut].Bytes == 0 || seen[epIn].Bytes == 0 {
		t.Errorf("traffic %+v", seen)
	}
}

func child() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	host, err := libusb.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, host.Close()) }()
	device, err := host.Open(hostusb.Selection{Vendor: USBVendor, Product: USBProduct, Serial: USBSerial})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, device.Close()) }()
	line, err := hostusb.OpenACM(ctx, device, hostusb.Line9600)
	if err != nil {
		return err
	}
	v := coin.NewVendor(line, coin.DefaultConfig())
	defer func() { err = errors.Join(err, v.Close()) }()
	if err := v.Open(ctx); err != nil {
		return err
	}
	if err := sale(ctx, v); err != nil {
		return err
	}
	fmt.Println("unplug")
	for {
		select {
		case e := <-v.Events():
			fmt.Printf("%T %+v\n", e, e)
			if _, is := e.(coin.Gone); is {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// sale buys something for ¥400 with ¥500, after a deposit of ¥150 that is given back.
func sale(ctx context.Context, v *coin.Vendor) error {
	stock := coin.Count{50, 20, 50, 10}
	if err := v.BeginDeposit(ctx, coin.Limits{Price: 400, Stock: stock}); err != nil {
		return err
	}
	for _, yen := range []int{100, 50} {
		if err := insert(ctx, v, yen); err != nil {
			return err
		}
	}
	if err := end(ctx, v, coin.Repay); err != nil {
		return err
	}
	if err := v.BeginDeposit(ctx, coin.Limits{Price: 400, Stock: stock}); err != nil {
		return err
	}
	if err := insert(ctx, v, 500); err != nil {
		return err
	}
	if err := end(ctx, v, coin.Keep); err != nil {
		return err
	}
	paid, err := v.Payout(ctx, coin.Count{0, 0, 1, 0})
	fmt.Println("paid", paid, err)
	return err
}

// insert asks the person for a coin and waits until it is credited.
func insert(ctx context.Context, v *coin.Vendor, yen int) error {
	fmt.Println("insert", yen)
	for {
		select {
		case e := <-v.Events():
			fmt.Printf("%T %+v\n", e, e)
			if in, is := e.(coin.CoinIn); is && in.Yen == yen {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func end(ctx context.Context, v *coin.Vendor, how coin.End) error {
	in, err := v.Settle(ctx)
	fmt.Println("settled", in, err)
	return errors.Join(err, v.FixDeposit(ctx), v.EndDeposit(ctx, how))
}
