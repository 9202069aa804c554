//go:build cgo

package libusb

import (
	"errors"
	"fmt"
	"sync"

	"github.com/google/gousb"

	"github.com/kioskd/kioskd/pkg/usb"
)

// Device owns everything that was opened of one device, so that it can be closed in the only order that works.
type Device struct {
	mu     sync.Mutex
	raw    *gousb.Device // nil after Close
	config *gousb.Config // nil until the first claim
	info   usb.Info
	pipes  map[*pipe]bool
}

var _ usb.Device = (*Device)(nil)

// readStrings asks for the three names. A device that has none, or refuses, is still usable.
func (d *Device) readStrings() {
	var errs [3]error
	d.info.Manufacturer, errs[0] = d.raw.Manufacturer()
	d.info.Name, errs[1] = d.raw.Product()
	d.info.Serial, errs[2] = d.raw.SerialNumber()
	if err := errors.Join(errs[:]...); err != nil {
		d.info.Refused = fault("read strings", err)
	}
}

// Info implements [usb.Device].
func (d *Device) Info() usb.Info { return d.info }

// Claim implements [usb.Device]. Kernel drivers (cdc_acm, usblp) are asked to let go.
func (d *Device) Claim(number, alternate int) (usb.Pipe, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.raw == nil {
		return nil, &usb.Fault{Op: "claim", Kind: usb.ErrClosed}
	}
	op := fmt.Sprintf("claim interface %d setting %d", number, alternate)
	c, alt, err := d.find(op, number, alternate)
	if err != nil {
		return nil, err
	}
	if err := d.configure(c); err != nil {
		return nil, fault(op, err)
	}
	face, err := d.config.Interface(number, alternate)
	if err != nil {
		return nil, fault(op, err)
	}
	p, err := newPipe(d, face, alt)
	if err != nil {
		face.Close()
		return nil, fault(op, err)
	}
	d.pipes[p] = true
	return p, nil
}

// find looks for an interface in the open configuration, or in the first that has it. gousb indexes its list of
// interfaces with the interface's number and panics where numbers have gaps: such devices are refused here.
func (d *Device) find(op string, number, alternate int) (int, usb.Alternate, error) {
	for _, c := range d.info.Configs {
		if d.config != nil && d.config.Desc.Number != c.Number {
			continue
		}
		for _, f := range c.Interfaces {
			for _, a := range f.Alternates {
				if f.Number != number || a.Number != alternate {
					continue
				}
				if number >= len(c.Interfaces) {
					return 0, a, &usb.Fault{
						Op: op, Kind: usb.ErrNotFound,
						Cause: errors.New("interface numbers of this device have gaps, which gousb cannot open"),
					}
				}
				return c.Number, a, nil
			}
		}
	}
	return 0, usb.Alternate{}, &usb.Fault{Op: op, Kind: usb.ErrNotFound}
}

// configure selects the configuration once.
func (d *Device) configure(number int) error {
	if d.config != nil {
		return nil
	}
	if err := d.raw.SetAutoDetach(true); err != nil {
		return err
	}
	c, err := d.raw.Config(number)
	if err != nil {
		return err
	}
	d.config = c
	return nil
}

// Reset implements [usb.Device].
func (d *Device) Reset() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.raw == nil {
		return &usb.Fault{Op: "reset", Kind: usb.ErrClosed}
	}
	err := d.release()
	if resetErr := d.raw.Reset(); resetErr != nil {
		err = errors.Join(err, fault("reset", resetErr))
	}
	return errors.Join(err, d.closeRaw())
}

// Close implements [usb.Device].
func (d *Device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.raw == nil {
		return nil
	}
	return errors.Join(d.release(), d.closeRaw())
}

// release closes pipes, then interfaces, then the configuration.
func (d *Device) release() error {
	for p := range d.pipes {
		p.shut()
		delete(d.pipes, p)
	}
	if d.config == nil {
		return nil
	}
	c := d.config
	d.config = nil
	return c.Close()
}

// closeRaw closes the device itself, last.
func (d *Device) closeRaw() error {
	raw := d.raw
	d.raw = nil
	return raw.Close()
}

// drop closes one pipe and forgets it.
func (d *Device) drop(p *pipe) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pipes[p] {
		p.shut()
		delete(d.pipes, p)
	}
}
