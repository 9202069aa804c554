package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/kioskd/kioskd/internal/config"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/coin/cointest"
	"github.com/kioskd/kioskd/pkg/usb/libusb"
)

var errCoinUsage = errors.New("usage: kioskd coin status|test|record [-config FILE] [-o TRACE]")

// coinTool talks to the coin vendor by hand, while no kioskd runs: status says who its parts are and what they count;
// test also asks each hopper whether it could pay; record does the same and writes every byte into a trace that
// pkg/coin/cointest plays back. It moves no coin. The machine is inert afterwards.
func coinTool(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errCoinUsage
	}
	trace := ""
	c, err := readFlags("kioskd coin "+args[0], args[1:], func(f *flag.FlagSet) {
		if args[0] == "record" {
			f.StringVar(&trace, "o", "coin.trace", "file for the trace; it must not exist")
		}
	})
	if err != nil {
		return err
	}
	dial, err := coinDialer(c)
	if err != nil {
		return err
	}
	cfg := coinConfig(c.Coin)
	cfg.Products = nil // whoever does not know the codes yet asks here
	switch args[0] {
	case "status":
		return showCoins(ctx, os.Stdout, dial, cfg, false)
	case "test":
		return showCoins(ctx, os.Stdout, dial, cfg, true)
	case "record":
		return recordCoins(ctx, os.Stdout, dial, cfg, trace)
	default:
		return errCoinUsage
	}
}

// coinDialer opens the line of the configuration.
func coinDialer(c config.Kiosk) (coin.Dialer, error) {
	if c.Coin.Kind == "none" {
		return nil, errors.New("kioskd coin: no coin vendor is configured: set coin.kind")
	}
	if !c.Coin.OnUSB() {
		return dialCoins(nil, c.Coin), nil
	}
	host, err := libusb.Open()
	if err != nil {
		return nil, err
	}
	return dialCoins(host, c.Coin), nil
}

// showCoins opens the machine, writes what it says, and leaves it inert.
func showCoins(ctx context.Context, w io.Writer, dial coin.Dialer, cfg coin.Config, test bool) (err error) {
	ctx, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel()
	m := coin.NewConnection(dial, cfg, coin.ConnectionOptions{})
	if err := m.Open(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	for _, p := range m.Parts() {
		fmt.Fprintf(w, "%3d %s: %s %s, software %s, serial %d\n", p.Address, p.Category, p.Maker, p.Product, p.Software,
			p.Serial)
	}
	now, err := m.Counters(ctx)
	if err != nil {
		return err
	}
	is, err := m.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "acceptor: %s, event %d, %d coins accepted\n", word(is.Acceptor), now.Acceptor.Event,
		now.Acceptor.Accepts)
	fmt.Fprintf(w, "escrow: %s, level %d\n", word(is.Escrow), now.Escrow.Level)
	for k, h := range now.Hoppers {
		fmt.Fprintf(w, "hopper of ¥%d: %s, %d coins paid\n", coin.Kind(k).Yen(), word(is.Hoppers[k].PartStatus), h.Dispensed)
	}
	if !test {
		return nil
	}
	var all error
	for k := range coin.NumKinds {
		var one coin.Count
		one[k] = 1
		if err := m.TestHoppers(ctx, one); err != nil {
			all = errors.Join(all, err)
			fmt.Fprintf(w, "hopper of ¥%d: %v\n", k.Yen(), err)
		} else {
			fmt.Fprintf(w, "hopper of ¥%d: ok\n", k.Yen())
		}
	}
	return all
}

// word is a part's condition with its own code.
func word(s coin.PartStatus) string {
	if s.Code == 0 {
		return string(s.Condition)
	}
	return fmt.Sprintf("%s (code %d)", s.Condition, s.Code)
}

// recordCoins is showCoins with a trace of every byte.
func recordCoins(ctx context.Context, w io.Writer, dial coin.Dialer, cfg coin.Config, path string) (err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("kioskd coin record: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	var recorder *cointest.Recorder
	recorded := func(ctx context.Context) (coin.Line, error) {
		line, err := dial(ctx)
		if err != nil {
			return nil, err
		}
		recorder = cointest.NewRecorder(line, out)
		return recordedLine{recorder, line}, nil
	}
	if err := showCoins(ctx, w, recorded, cfg, true); err != nil {
		return err
	}
	return recorder.Err()
}

// recordedLine is a line whose bytes are written down.
type recordedLine struct {
	*cointest.Recorder
	line coin.Line
}

// Close closes the line.
func (l recordedLine) Close() error { return l.line.Close() }
