package usb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ReopenEvery is how long [WaitOpen] waits between two tries when the caller has no wish of its own.
const ReopenEvery = 500 * time.Millisecond

// Selection says which device is meant. Zero fields mean "any"; a selection with no field at all fits nothing.
type Selection struct {
	Vendor, Product uint16
	Serial          string
	Port            string // as in [Info.Port]
	Class           Class  // some interface must speak it
	SerialLine      bool   // it must be a serial line that this package opens
}

// String gives the selection for logs and messages.
func (s Selection) String() string {
	var parts []string
	if s.Vendor != 0 || s.Product != 0 {
		parts = append(parts, fmt.Sprintf("id %04x:%04x", s.Vendor, s.Product))
	}
	if s.Class != (Class{}) {
		parts = append(parts, "class "+s.Class.String())
	}
	if s.SerialLine {
		parts = append(parts, "a serial line")
	}
	if s.Serial != "" {
		parts = append(parts, "serial "+s.Serial)
	}
	if s.Port != "" {
		parts = append(parts, "port "+s.Port)
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// MatchDescriptors checks all but the serial number, which needs the device to be opened. It returns "" for a fit,
// else the first reason against it.
func (s Selection) MatchDescriptors(i Info) string {
	switch {
	case s == (Selection{}):
		return "nothing was selected"
	case s.Vendor != 0 && s.Vendor != i.Vendor:
		return fmt.Sprintf("vendor is %04x, not %04x", i.Vendor, s.Vendor)
	case s.Product != 0 && s.Product != i.Product:
		return fmt.Sprintf("product is %04x, not %04x", i.Product, s.Product)
	case s.Port != "" && s.Port != i.Port:
		return fmt.Sprintf("port is %s, not %s", i.Port, s.Port)
	case s.Class != (Class{}) && !i.Has(s.Class):
		return fmt.Sprintf("no interface of class %s", s.Class)
	case s.SerialLine && !i.IsSerialLine():
		return "no serial line"
	}
	return ""
}

// Match checks everything. It returns "" for a fit, else the first reason against it.
func (s Selection) Match(i Info) string {
	if why := s.MatchDescriptors(i); why != "" {
		return why
	}
	if s.Serial != "" && s.Serial != i.Serial {
		if i.Refused != nil {
			return fmt.Sprintf("serial number cannot be read: %v", i.Refused)
		}
		return fmt.Sprintf("serial is %q, not %q", i.Serial, s.Serial)
	}
	return ""
}

// Pick returns the one device of a list that fits. Its errors are [ErrNotFound], with an [OtherSerialError] in it where
// only the serial number differs, and [ErrAmbiguous].
func Pick(list []Info, s Selection) (Info, error) {
	var fits []Info
	for _, i := range list {
		if s.Match(i) == "" {
			fits = append(fits, i)
		}
	}
	switch len(fits) {
	case 1:
		return fits[0], nil
	case 0:
		return Info{}, &Fault{Op: "select " + s.String(), Kind: ErrNotFound, Cause: s.others(list)}
	}
	return Info{}, &Fault{Op: "select " + s.String(), Kind: ErrAmbiguous}
}

// OtherSerialError says that what fits in all else has another serial number than the one that is meant: the unit was
// swapped.
type OtherSerialError struct {
	Want string
	Seen []string
}

func (e *OtherSerialError) Error() string {
	return fmt.Sprintf("serial %q is not there, %q is: if the unit was swapped, configure its serial number",
		e.Want, e.Seen)
}

// others gives the error for a selection that nothing fits: nil where nothing fits but for its serial number.
func (s Selection) others(list []Info) error {
	e := &OtherSerialError{Want: s.Serial}
	bare := s
	bare.Serial = ""
	if s.Serial == "" || bare == (Selection{}) {
		return nil
	}
	for _, i := range list {
		if bare.Match(i) == "" && i.Serial != "" {
			e.Seen = append(e.Seen, i.Serial)
		}
	}
	if len(e.Seen) == 0 {
		return nil
	}
	return e
}

// WaitOpen tries to open a device until it is there, every so often, as long as ctx lives. libusb tells nobody of
// arrivals through this interface, so asking again is the way.
func WaitOpen(ctx context.Context, h Host, s Selection, every time.Duration) (Device, error) {
	if every <= 0 {
		every = ReopenEvery
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		d, err := h.Open(s)
		if err == nil {
			return d, nil
		}
		if errors.Is(err, ErrAmbiguous) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(&Fault{Op: "wait for " + s.String(), Kind: ErrTimeout}, err)
		case <-tick.C:
		}
	}
}
