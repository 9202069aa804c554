package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kioskd/kioskd/internal/config"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/restart"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/coin/tty"
	"github.com/kioskd/kioskd/pkg/usb"
)

// coinPatience is how long an act waits for a coin vendor that was unplugged; the terminal's own limit of each act is
// longer (budget in internal/terminal).
const coinPatience = 10 * time.Second

// coinAdapter is the serial line that the coin vendor hangs on.
func coinAdapter(c config.Coin) usb.Selection {
	return usb.Selection{SerialLine: true, Serial: c.Serial}
}

// powerLosses are the words of the configuration.
var powerLosses = map[string]coin.PowerLoss{
	"holds": coin.Holds, "returns": coin.Returns, "keeps": coin.Keeps, "none": coin.None,
}

// hopperKeys are the words of the configuration.
var hopperKeys = map[string]coin.KeyMode{"auto": coin.KeyAuto, "serial": coin.KeySerial, "none": coin.KeyNone}

// coinConfig is what the configuration says of the machine.
func coinConfig(c config.Coin) coin.Config {
	m := coin.DefaultConfig()
	m.EscrowSlots = c.EscrowSlots
	m.PowerLoss = powerLosses[c.PowerLoss]
	m.Insertions, m.SwappedLevels = c.Insertions, c.SwappedLevels
	m.AcceptLimit, m.NoLevel = c.AcceptLimit, !c.EscrowLevel
	m.Acceptor, m.Escrow, m.Products = c.Acceptor, c.Escrow, c.Products
	copy(m.Hoppers[:], c.Hoppers)
	for k, word := range c.HopperKeys {
		m.Keys[k] = hopperKeys[word]
	}
	m.Bus.Echo, m.Bus.CRC16 = c.Echo, c.CRC16
	return m
}

// usbLine is a line that closes its device too.
type usbLine struct {
	usb.Pipe
	device usb.Device
}

// Close gives the device back as a whole.
func (l usbLine) Close() error { return errors.Join(l.Pipe.Close(), l.device.Close()) }

// dialCoins gives what opens the line. On USB it is that of the adapter with the configured serial number, and of no
// other.
func dialCoins(host usb.Host, c config.Coin) coin.Dialer {
	if c.Kind == "tty" {
		return tty.Dial(c.Path)
	}
	open := usb.OpenACM
	if c.Kind == "ftdi" {
		open = usb.OpenFTDI
	}
	return func(ctx context.Context) (coin.Line, error) {
		device, err := host.Open(coinAdapter(c))
		if err != nil {
			return nil, err
		}
		line, err := open(ctx, device, usb.Line9600)
		if err != nil {
			return nil, errors.Join(err, device.Close())
		}
		return usbLine{line, device}, nil
	}
}

// openCoins opens the coin vendor; from then on it comes back by itself when it was away.
func (d *devices) openCoins(ctx context.Context, c config.Coin, m coinMemory, log *slog.Logger) error {
	cfg := coinConfig(c)
	cfg.Before, cfg.Accuracy = m.before, m.accuracy
	v := coin.NewConnection(dialCoins(d.host, c), cfg, coin.ConnectionOptions{
		Patience: coinPatience,
		Refused:  func(err error) { log.Warn("coin vendor not opened again", "evt", "coin.reopen", "err", err) },
	})
	if err := v.Open(ctx); err != nil {
		return err
	}
	for _, p := range v.Parts() {
		log.Info("part of the coin vendor", "evt", "coin.part", "address", int(p.Address), "category", p.Category,
			"maker", p.Maker, "product", p.Product, "software", p.Software, "serial", int(p.Serial))
	}
	d.coins = v
	d.closers = append(d.closers, v.Close)
	return nil
}

// coinMemory is what the journal knows of the vendor from before.
type coinMemory struct {
	before   *coin.Counters // after the last act whose end was proved
	accuracy coin.Accuracies
}

// rememberCoins reads it.
func rememberCoins(ctx context.Context, j *journal.Journal) (m coinMemory, err error) {
	m.accuracy = coin.DefaultConfig().Accuracy
	body, ok, err := j.LastCounters(ctx, "coin")
	if err == nil && ok {
		m.before = &coin.Counters{}
		err = json.Unmarshal(body, m.before)
	}
	if err != nil {
		return m, fmt.Errorf("kioskd: what the coin vendor counted last: %w", err)
	}
	m.accuracy, err = restart.Accuracies(ctx, j)
	return m, err
}
