package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/kioskd/kioskd/internal/config"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/printer"
	"github.com/kioskd/kioskd/pkg/usb"
	"github.com/kioskd/kioskd/pkg/usb/libusb"
)

// devices are those on the USB bus. One that is configured and did not open is missing; kioskd starts anew when it is
// there, so that there is one path for every beginning.
type devices struct {
	host    *libusb.Host
	coins   *coin.Connection
	printer *printer.Device
	closers []func() error
	missing []health.Fault
}

// openLimit bounds the opening of one device.
const openLimit = 10 * time.Second

func openDevices(ctx context.Context, c config.Kiosk, m coinMemory, log *slog.Logger) devices {
	var d devices
	lost := func(f health.Fault, err error) {
		log.Error("device not opened", "evt", "device.open", "device", string(f), "err", err)
		d.missing = append(d.missing, f)
	}
	if c.Coin.OnUSB() || c.Printer.Kind == "usb" {
		host, err := libusb.Open()
		if err != nil {
			lost(health.Coin, err)
			lost(health.Printer, err)
			return d
		}
		d.host = host
	}
	if c.Coin.Kind != "none" {
		if err := d.openCoins(ctx, c.Coin, m, log); err != nil {
			lost(health.Coin, err)
		}
	}
	if c.Printer.Kind == "usb" {
		if err := d.openPrinter(ctx, c.Printer); err != nil {
			lost(health.Printer, err)
		}
	}
	return d
}

func (d *devices) openPrinter(ctx context.Context, c config.Device) error {
	ctx, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel()
	which := usb.Selection{Class: usb.ClassIPPUSB, Serial: c.Serial}
	device, err := d.host.Open(which)
	if err != nil {
		return err
	}
	// A kioskd that was killed may have left half a request on a pipe, and the next would be taken for its other half.
	if err := device.Reset(); err != nil {
		return err
	}
	if device, err = d.host.Open(which); err != nil {
		return err
	}
	lanes, err := printer.OverUSB(ctx, device)
	if err != nil {
		return errors.Join(err, device.Close())
	}
	p, err := printer.Open(ctx, lanes)
	if err != nil {
		return errors.Join(err, lanes.Close())
	}
	d.printer = p
	d.closers = append(d.closers, p.Close)
	return nil
}

func (d *devices) close() error {
	var all []error
	for _, c := range d.closers {
		all = append(all, c())
	}
	// The libusb context ends with the process: libusb_exit was seen to crash beside SDL's own use of udev, and by now
	// there is nothing left that it could give back.
	return errors.Join(all...)
}

// errDeviceBack ends kioskd on purpose: its supervisor starts it again, with the device.
var errDeviceBack = errors.New("kioskd: a missing device is there now: starting anew")

// watch ends with errDeviceBack as soon as every missing device can be seen.
func (d *devices) watch(ctx context.Context, c config.Kiosk) error {
	if len(d.missing) == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if d.seen(c) {
				return errDeviceBack
			}
		}
	}
}

func (d *devices) seen(c config.Kiosk) bool {
	if c.Coin.Kind == "tty" {
		if _, err := os.Stat(c.Coin.Path); err != nil {
			return false
		}
	}
	if d.host == nil {
		return c.Coin.Kind == "tty" && c.Printer.Kind != "usb"
	}
	list, err := d.host.List(func(usb.Info) bool { return true }) // the strings of every device are read
	if err != nil {
		return false
	}
	fits := func(used bool, is usb.Selection) bool {
		_, err := usb.Pick(list, is)
		return !used || err == nil
	}
	return fits(c.Coin.OnUSB(), coinAdapter(c.Coin)) &&
		fits(c.Printer.Kind == "usb", usb.Selection{Class: usb.ClassIPPUSB, Serial: c.Printer.Serial})
}

// openJournal opens the books, and books the float into a new one.
func openJournal(ctx context.Context, c config.Kiosk, boot domain.BootID, at time.Time) (*journal.Journal, error) {
	key, err := claimKey(c.Keys.Note)
	if err != nil {
		return nil, err
	}
	signer, _, err := noteKey(c.Keys.Note)
	if err != nil {
		return nil, err
	}
	j, err := journal.Open(ctx, c.Journal.Path, boot, journal.Of(domain.KioskID(c.Kiosk), key),
		journal.SignedBy(signer, c.Version), journal.Today(at))
	if err != nil {
		return nil, err
	}
	b, err := j.Balances(ctx)
	if err == nil && len(b) == 0 && len(c.Coin.Float) > 0 {
		err = j.Record(ctx, at, journal.Event{Type: "float", Moves: []journal.Move{{
			From: journal.World, To: journal.Hopper, Coins: domain.Count(c.Coin.Float),
		}}})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("kioskd: %w", err), j.Close())
	}
	return j, nil
}
