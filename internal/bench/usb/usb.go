// Package usb is a USB bus without a kernel: simulated devices are seen by unmodified libusb, gousb, lsusb and ipp-usb
// in processes that run under Debian's libumockdev-preload (umockdev 0.17.16).
//
// The preload redirects /sys, /dev and the udev netlink socket of a process to a folder, and sends each ioctl on a
// device node to a unix socket in it. This package fills the folder and answers the socket, down to packets, stalls,
// overflow and unplugging. It knows no device: a simulated device is one [Device].
//
// Who calls it: kioskbench and tests. It never sleeps for a device: a device that has nothing to say simply does not
// return from In until it has, or until the transfer is cancelled.
//
// Sources: linux/usbdevice_fs.h; USB 2.0 §8.5, §9; umockdev's protocol as measured (docs: reference on coins §10).
package usb

import "errors"

// Errors that a device returns to its bus.
var (
	// ErrStall stalls the endpoint: a control request once, a bulk endpoint until the host clears it.
	ErrStall = errors.New("bench/usb: stall")
	// ErrCancelled is what In returns when its transfer was cancelled before there was anything to send.
	ErrCancelled = errors.New("bench/usb: cancelled")
)

// Setup is the 8-byte head of a control request (USB 2.0 §9.3).
type Setup struct {
	Type    uint8 // bmRequestType: bit 7 = device to host
	Request uint8
	Value   uint16
	Index   uint16
	Length  uint16
}

// In reports whether the data stage runs from device to host.
func (s Setup) In() bool { return s.Type&0x80 != 0 }

// Device is a simulated device. It does not know which plug it hangs on. Calls for different endpoints come at once
// from different goroutines; calls for one endpoint come one after another.
//
// A device may also be a [Powered].
type Device interface {
	// Descriptors returns what the device says of itself; it must not change while plugged in.
	Descriptors() Descriptors
	// Control answers class and vendor requests, and GET_DESCRIPTOR of types that [Descriptors] does not carry.
	// data is the host's data stage; the answer is cut to s.Length. Standard requests are the bus's business.
	Control(s Setup, data []byte) ([]byte, error)
	// Out takes one packet, at most the endpoint's packet size; empty is a zero-length packet. Not returning is a
	// NAK: the host waits. The device copies what it keeps.
	Out(ep byte, data []byte) error
	// In gives the next packet, at most max = the endpoint's packet size. Waiting is a NAK. It must return soon
	// after cancel closes: either a packet, which still counts, or ErrCancelled.
	In(ep byte, max int, cancel <-chan struct{}) ([]byte, error)
}

// Powered is a device that wants to know when its bus state begins and ends.
type Powered interface {
	// Attach is called when the device is plugged in, and at each port reset: streams start afresh.
	Attach()
	// Detach is called when it is unplugged. Calls of Out and In that wait must return.
	Detach()
}
