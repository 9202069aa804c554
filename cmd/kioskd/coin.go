package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/kioskd/kioskd/internal/config"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/usb"
)

// coinPatience is how long an act waits for a coin vendor that was unplugged; the terminal's own limit of each act is
// longer (budget in internal/terminal).
const coinPatience = 10 * time.Second

// coinAdapter is the serial line that the coin vendor hangs on.
func coinAdapter(c config.Coin) usb.Selection {
	return usb.Selection{SerialLine: true, Serial: c.Serial}
}

// coinConfig is what the configuration says of the machine.
func coinConfig(c config.Coin) coin.Config {
	m := coin.DefaultConfig()
	m.EscrowSlots = c.EscrowSlots
	return m
}

// usbLine is a line that closes its device too.
type usbLine struct {
	usb.Pipe
	device usb.Device
}

// Close gives the device back as a whole.
func (l usbLine) Close() error { return errors.Join(l.Pipe.Close(), l.device.Close()) }

// dialUSB opens the serial line of the adapter that has the configured serial number, and of no other.
func dialUSB(host usb.Host, c config.Coin) coin.Dialer {
	return func(ctx context.Context) (coin.Line, error) {
		device, err := host.Open(coinAdapter(c))
		if err != nil {
			return nil, err
		}
		line, err := usb.OpenACM(ctx, device, usb.Line9600)
		if err != nil {
			return nil, errors.Join(err, device.Close())
		}
		return usbLine{line, device}, nil
	}
}

// openCoins opens the coin vendor; from then on it comes back by itself when it was away.
func (d *devices) openCoins(ctx context.Context, c config.Coin, log *slog.Logger) error {
	v := coin.NewConnection(dialUSB(d.host, c), coinConfig(c), coin.ConnectionOptions{
		Patience: coinPatience,
		Refused:  func(err error) { log.Warn("coin vendor not opened again", "evt", "coin.reopen", "err", err) },
	})
	if err := v.Open(ctx); err != nil {
		return err
	}
	d.coins = v
	d.closers = append(d.closers, v.Close)
	return nil
}
