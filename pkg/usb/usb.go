// Package usb is what a driver needs of USB and nothing more: a byte pipe with deadlines, the facts of a device,
// a way to choose one, and the serial-line class CDC-ACM on top.
//
// It is pure Go and does no I/O of its own; pkg/usb/libusb is the edge that reaches real devices. Drivers take a
// [Device] or a [Pipe] and so run on anything that carries bytes.
//
// It never resends anything: whether a transfer may be repeated is the driver's decision alone.
//
// Sources: USB 2.0 §9 (descriptors, requests), §5.8 (bulk); USB CDC 1.2 and PSTN 1.2 (ACM).
package usb

import (
	"context"
	"errors"
	"fmt"
)

// Errors that a driver can act on. A returned error matches one of them by errors.Is and says the operation.
var (
	// ErrGone means that the device was unplugged or switched off. Close it; open it again when it is back.
	ErrGone = errors.New("the device is gone: close it and open it again")
	// ErrBusy means that another program holds the interface.
	ErrBusy = errors.New("the interface is held by another program: end it and try again")
	// ErrAccess means that the operating system refuses the device: a udev rule is missing.
	ErrAccess = errors.New("no permission for the device: add a udev rule for it")
	// ErrStall means that the device refused: on a control request "not supported", on a pipe "reset me".
	ErrStall = errors.New("the device stalled the request")
	// ErrOverflow means that the device sent more than the buffer holds; those bytes are lost.
	ErrOverflow = errors.New("the device sent more than was asked for: reset it")
	// ErrTimeout means that the context ended first. The count returned with it is still true.
	ErrTimeout = errors.New("the transfer did not finish in time")
	// ErrTransfer is any other failure on the wire. Reset the device and open it again.
	ErrTransfer = errors.New("the transfer broke: reset the device")
	// ErrNotFound means that no device, interface or endpoint fits.
	ErrNotFound = errors.New("nothing fits")
	// ErrAmbiguous means that more than one device fits: name the serial number or the port.
	ErrAmbiguous = errors.New("more than one device fits: name its serial number or port")
	// ErrClosed means that the caller closed the pipe or device before.
	ErrClosed = errors.New("already closed")
)

// Fault says which operation met which of the errors above, with the library's own words as cause.
type Fault struct {
	Op    string // "read", "claim interface 1", …
	Kind  error  // one of the errors of this package
	Cause error  // for the log; may be nil
}

// Error gives operation, meaning and cause.
func (f *Fault) Error() string {
	if f.Cause == nil {
		return fmt.Sprintf("usb: %s: %v", f.Op, f.Kind)
	}
	return fmt.Sprintf("usb: %s: %v (%v)", f.Op, f.Kind, f.Cause)
}

// Unwrap makes both the meaning and the cause visible to errors.Is.
func (f *Fault) Unwrap() []error {
	if f.Cause == nil {
		return []error{f.Kind}
	}
	return []error{f.Kind, f.Cause}
}

// Setup is the 8-byte head of a control request without its length, which is that of the data (USB 2.0 §9.3).
type Setup struct {
	Type    uint8  // bmRequestType: bit 7 = device to host
	Request uint8  // bRequest
	Value   uint16 // wValue
	Index   uint16 // wIndex
}

// In reports whether the data stage runs from device to host.
func (s Setup) In() bool { return s.Type&0x80 != 0 }

// Pipe is one claimed interface: a bulk pair, each direction a stream of bytes in any cut, and the control pipe.
//
// One goroutine may read while another writes; neither may be called twice at once. A count larger than zero may come
// with an error: use the bytes first.
type Pipe interface {
	// Read waits for at least one byte. It returns [ErrTimeout] when ctx ends first; no byte is lost by that.
	Read(ctx context.Context, p []byte) (int, error)
	// Write hands over all of p or says how many bytes the device took.
	Write(ctx context.Context, p []byte) (int, error)
	// Control makes one control request; its data is filled or sent by the direction of s. At most 4,096 bytes.
	Control(ctx context.Context, s Setup, data []byte) (int, error)
	// Close gives the interface back. A Read or Write under way ends with [ErrClosed].
	Close() error
}

// TransferReader is a [Pipe] that keeps bulk transfers apart, for devices that say something by where a packet ends.
type TransferReader interface {
	// ReadTransfer is Read, but gives bytes of one transfer only. p should have room for a whole one: what does not fit
	// comes with the next call.
	ReadTransfer(ctx context.Context, p []byte) (int, error)
}

// Device is one opened device.
type Device interface {
	// Info returns what the descriptors say, with the strings read.
	Info() Info
	// Claim takes an interface in one of its alternate settings and leaves the others alone. The first claim selects
	// the configuration; later ones must be of the same.
	Claim(f Found) (Pipe, error)
	// Reset closes all pipes, resets the port and closes the device. Open it again afterwards.
	Reset() error
	// Close gives everything back, pipes first. It may be called twice.
	Close() error
}

// Host finds and opens devices.
type Host interface {
	// List returns all devices. Strings are read where want says so, because that needs the device to be opened;
	// what stood in the way is left in [Info.Refused]. Hubs are listed and never opened.
	List(want func(Info) bool) ([]Info, error)
	// Open opens the one device that fits.
	Open(s Selection) (Device, error)
}
