//go:build !cgo

package libusb

import (
	"errors"

	"github.com/kioskd/kioskd/pkg/usb"
)

// ErrNoCgo is returned by [Open] in builds without cgo.
var ErrNoCgo = errors.New("usb: built without cgo: build with CGO_ENABLED=1 and libusb-1.0-0-dev")

// Host stands for libusb where there is none.
type Host struct{}

var _ usb.Host = (*Host)(nil)

// Open returns [ErrNoCgo].
func Open() (*Host, error) { return nil, ErrNoCgo }

// List implements [usb.Host].
func (*Host) List(func(usb.Info) bool) ([]usb.Info, error) { return nil, ErrNoCgo }

// Open implements [usb.Host].
func (*Host) Open(usb.Selection) (usb.Device, error) { return nil, ErrNoCgo }

// Close implements io.Closer.
func (*Host) Close() error { return nil }
