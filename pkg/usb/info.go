package usb

import (
	"fmt"
	"strconv"
	"strings"
)

// Class names what an interface speaks (USB 2.0 §9.6.5).
type Class struct {
	Class, SubClass, Protocol uint8
}

// Classes that kioskd's devices speak.
var (
	ClassACM     = Class{0x02, 0x02, 0x01} // CDC, abstract control model, AT commands (CDC PSTN 1.2 §3.6)
	ClassIPPUSB  = Class{0x07, 0x01, 0x04} // printer, IPP over USB 1.0 §4
	classCDC     = uint8(0x02)
	subClassACM  = uint8(0x02)
	classCDCData = uint8(0x0A)
	classHub     = uint8(0x09)
)

// String gives the class as printers write it: 7/1/4.
func (c Class) String() string { return fmt.Sprintf("%d/%d/%d", c.Class, c.SubClass, c.Protocol) }

// Transfer is the kind of an endpoint (bmAttributes bits 0–1, USB 2.0 §9.6.6).
type Transfer uint8

// The four kinds of endpoints.
const (
	TransferControl     Transfer = 0
	TransferIsochronous Transfer = 1
	TransferBulk        Transfer = 2
	TransferInterrupt   Transfer = 3
)

// Endpoint is one end of a pipe.
type Endpoint struct {
	Address   uint8 // bit 7 = device to host
	Transfer  Transfer
	MaxPacket int // bytes
}

// In reports whether the endpoint sends to the host.
func (e Endpoint) In() bool { return e.Address&0x80 != 0 }

// Alternate is one setting of an interface.
type Alternate struct {
	Number    int
	Class     Class
	Endpoints []Endpoint
}

// Bulk returns the first bulk endpoint of a direction.
func (a Alternate) Bulk(in bool) (Endpoint, bool) {
	for _, e := range a.Endpoints {
		if e.Transfer == TransferBulk && e.In() == in {
			return e, true
		}
	}
	return Endpoint{}, false
}

// Interface is one function of a device in one or more settings.
type Interface struct {
	Number     int
	Alternates []Alternate
}

// Config is one configuration of a device.
type Config struct {
	Number     int // bConfigurationValue
	Interfaces []Interface
}

// Find returns number and setting of the interfaces of a class, one setting an interface, in order.
func (c Config) Find(want Class) []Found {
	var found []Found
	for _, i := range c.Interfaces {
		for _, a := range i.Alternates {
			if a.Class == want {
				found = append(found, Found{Config: c.Number, Interface: i.Number, Alternate: a})
				break
			}
		}
	}
	return found
}

// Found is an interface in one setting of one configuration.
type Found struct {
	Config    int
	Interface int
	Alternate Alternate
}

// Info is what a device says of itself.
type Info struct {
	Bus, Address    int
	Port            string // where it is plugged in: "1-2.3" = bus 1, port 2, then port 3 of that hub
	Vendor, Product uint16
	Class           Class
	Configs         []Config
	Manufacturer    string // the three strings are "" until they are read
	Name            string
	Serial          string
	Refused         error // why the strings could not be read; nil if they were or nobody asked
}

// ID gives vendor and product as lsusb writes them: 04b8:0202.
func (i Info) ID() string { return fmt.Sprintf("%04x:%04x", i.Vendor, i.Product) }

// IsHub says that the device is a hub. There is nothing to learn from opening one.
func (i Info) IsHub() bool { return i.Class.Class == classHub }

// IsSerialLine says that the device is a serial line that this package can open: CDC-ACM or FTDI.
func (i Info) IsSerialLine() bool {
	_, _, err := findACM(i)
	return err == nil || i.IsFTDI()
}

// At looks an interface up by its numbers, in the first configuration that has it.
func (i Info) At(number, alternate int) (Found, bool) {
	for _, c := range i.Configs {
		for _, f := range c.Interfaces {
			for _, a := range f.Alternates {
				if f.Number == number && a.Number == alternate {
					return Found{Config: c.Number, Interface: number, Alternate: a}, true
				}
			}
		}
	}
	return Found{}, false
}

// Has reports whether any configuration has an interface of the class.
func (i Info) Has(want Class) bool { return len(i.Best(want)) > 0 }

// Best returns the interfaces of a class in the configuration that has most of them: printers are known to hide
// some behind other configurations.
func (i Info) Best(want Class) []Found {
	var best []Found
	for _, c := range i.Configs {
		if f := c.Find(want); len(f) > len(best) {
			best = f
		}
	}
	return best
}

// FormatPort writes a port as the kernel does. A root hub has no path: "usb1".
func FormatPort(bus int, path []int) string {
	if len(path) == 0 {
		return "usb" + strconv.Itoa(bus)
	}
	steps := make([]string, len(path))
	for i, p := range path {
		steps[i] = strconv.Itoa(p)
	}
	return strconv.Itoa(bus) + "-" + strings.Join(steps, ".")
}
