//go:build cgo

package libusb

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/gousb"

	"github.com/kioskd/kioskd/pkg/usb"
)

// controlTimeout bounds every control request; zero would wait for ever.
const controlTimeout = time.Second

// Host is one libusb context.
type Host struct {
	mu  sync.Mutex // libusb lists and opens one at a time; it also guards ctx
	ctx *gousb.Context
}

var _ usb.Host = (*Host)(nil)

// Open starts libusb. The failure of libusb to start is an error, not gousb's panic.
func Open() (h *Host, err error) {
	defer func() {
		if r := recover(); r != nil {
			h, err = nil, &usb.Fault{Op: "start libusb", Kind: usb.ErrTransfer, Cause: fmt.Errorf("%v", r)}
		}
	}()
	return &Host{ctx: gousb.NewContext()}, nil
}

// Close ends libusb. Close the devices first; it takes up to 100 ms.
func (h *Host) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx == nil {
		return nil
	}
	ctx := h.ctx
	h.ctx = nil
	return ctx.Close()
}

// List implements [usb.Host]. Hubs are never opened: a look must not disturb what hangs on them.
func (h *Host) List(want func(usb.Info) bool) ([]usb.Info, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx == nil {
		return nil, &usb.Fault{Op: "list", Kind: usb.ErrClosed}
	}
	found, err := h.scan()
	if err != nil || want == nil {
		return found, err
	}
	for n := range found {
		if found[n].IsHub() || !want(found[n]) {
			continue
		}
		d, err := h.openAt(found[n])
		if err != nil {
			found[n].Refused = err
			continue
		}
		found[n] = d.info
		if err := d.Close(); err != nil {
			return found, err
		}
	}
	return found, nil
}

// scan reads the descriptors of all devices without opening one.
func (h *Host) scan() ([]usb.Info, error) {
	var found []usb.Info
	devices, err := h.ctx.OpenDevices(func(d *gousb.DeviceDesc) bool {
		found = append(found, infoOf(d))
		return false
	})
	for _, d := range devices {
		err = errors.Join(err, d.Close())
	}
	// A device that left while it was read is no reason to hide the others.
	if err != nil && len(found) == 0 {
		return nil, fault("list", err)
	}
	return found, nil
}

// Open implements [usb.Host].
func (h *Host) Open(s usb.Selection) (usb.Device, error) {
	found, err := h.List(func(i usb.Info) bool { return s.Serial != "" && s.MatchDescriptors(i) == "" })
	if err != nil {
		return nil, err
	}
	one, err := usb.Pick(found, s)
	if err != nil {
		return nil, errors.Join(err, refusals(found))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx == nil {
		return nil, &usb.Fault{Op: "open", Kind: usb.ErrClosed}
	}
	d, err := h.openAt(one)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// refusals gathers why devices could not be looked at.
func refusals(list []usb.Info) error {
	var all []error
	for _, i := range list {
		if i.Refused != nil {
			all = append(all, fmt.Errorf("%s at %s: %w", i.ID(), i.Port, i.Refused))
		}
	}
	return errors.Join(all...)
}

// openAt opens the device at a bus and address and reads its strings.
func (h *Host) openAt(want usb.Info) (*Device, error) {
	devices, err := h.ctx.OpenDevices(func(d *gousb.DeviceDesc) bool {
		return d.Bus == want.Bus && d.Address == want.Address
	})
	if len(devices) != 1 {
		for _, d := range devices {
			err = errors.Join(err, d.Close())
		}
		if err == nil {
			return nil, &usb.Fault{Op: "open", Kind: usb.ErrGone}
		}
		return nil, fault("open", err)
	}
	raw := devices[0]
	raw.ControlTimeout = controlTimeout
	d := &Device{raw: raw, info: infoOf(raw.Desc), pipes: map[*pipe]bool{}}
	d.readStrings()
	return d, nil
}

// infoOf copies gousb's description.
func infoOf(d *gousb.DeviceDesc) usb.Info {
	i := usb.Info{
		Bus: d.Bus, Address: d.Address, Port: usb.FormatPort(d.Bus, d.Path),
		Vendor: uint16(d.Vendor), Product: uint16(d.Product),
		Class: usb.Class{Class: uint8(d.Class), SubClass: uint8(d.SubClass), Protocol: uint8(d.Protocol)},
	}
	for n := range 256 { // a configuration's number is one byte; going in order keeps the list stable
		if c, ok := d.Configs[n]; ok {
			i.Configs = append(i.Configs, configOf(c))
		}
	}
	return i
}

// configOf copies one configuration, endpoints in the order of their addresses.
func configOf(c gousb.ConfigDesc) usb.Config {
	out := usb.Config{Number: c.Number}
	for _, f := range c.Interfaces {
		next := usb.Interface{Number: f.Number}
		for _, a := range f.AltSettings {
			alt := usb.Alternate{
				Number: a.Alternate,
				Class:  usb.Class{Class: uint8(a.Class), SubClass: uint8(a.SubClass), Protocol: uint8(a.Protocol)},
			}
			for n := range 256 {
				if e, ok := a.Endpoints[gousb.EndpointAddress(n)]; ok {
					alt.Endpoints = append(alt.Endpoints, usb.Endpoint{
						Address: uint8(e.Address), Transfer: usb.Transfer(e.TransferType), MaxPacket: e.MaxPacketSize,
					})
				}
			}
			next.Alternates = append(next.Alternates, alt)
		}
		out.Interfaces = append(out.Interfaces, next)
	}
	return out
}
