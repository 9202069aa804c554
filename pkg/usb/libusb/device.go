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
func (d *Device) Claim(f usb.Found) (usb.Pipe, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	op := fmt.Sprintf("claim interface %d setting %d", f.Interface, f.Alternate.Number)
	if d.raw == nil {
		return nil, &usb.Fault{Op: op, Kind: usb.ErrClosed}
	}
	if err := d.check(op, f); err != nil {
		return nil, err
	}
	if err := d.configure(f.Config); err != nil {
		return nil, fault(op, err)
	}
	face, err := d.config.Interface(f.Interface, f.Alternate.Number)
	if err != nil {
		return nil, fault(op, err)
	}
	p, err := newPipe(d, face, f.Alternate)
	if err != nil {
		face.Close()
		return nil, fault(op, err)
	}
	d.pipes[p] = true
	return p, nil
}

// check refuses what gousb would not survive: it indexes its list of interfaces with the interface's number and
// panics where numbers have gaps.
func (d *Device) check(op string, f usb.Found) error {
	for _, c := range d.info.Configs {
		if c.Number != f.Config || d.config != nil && d.config.Desc.Number != c.Number {
			continue
		}
		if f.Interface >= 0 && f.Interface < len(c.Interfaces) {
			return nil
		}
		return &usb.Fault{Op: op, Kind: usb.ErrNotFound, Cause: fmt.Errorf("interfaces are 0 to %d, without gaps: %w",
			len(c.Interfaces)-1, errors.ErrUnsupported)}
	}
	return &usb.Fault{Op: op, Kind: usb.ErrNotFound}
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
