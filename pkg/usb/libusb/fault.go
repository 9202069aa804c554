//go:build cgo

package libusb

import (
	"errors"
	"regexp"
	"strconv"

	"github.com/google/gousb"

	"github.com/kioskd/kioskd/pkg/usb"
)

// kindOfCode gives the meaning of libusb's error codes.
var kindOfCode = map[gousb.Error]error{
	gousb.ErrorNoDevice: usb.ErrGone,
	gousb.ErrorBusy:     usb.ErrBusy,
	gousb.ErrorAccess:   usb.ErrAccess,
	gousb.ErrorPipe:     usb.ErrStall,
	gousb.ErrorOverflow: usb.ErrOverflow,
	gousb.ErrorTimeout:  usb.ErrTimeout,
	gousb.ErrorNotFound: usb.ErrNotFound,
}

// kindOfStatus gives the meaning of how a transfer ended.
var kindOfStatus = map[gousb.TransferStatus]error{
	gousb.TransferNoDevice:  usb.ErrGone,
	gousb.TransferStall:     usb.ErrStall,
	gousb.TransferOverflow:  usb.ErrOverflow,
	gousb.TransferCancelled: usb.ErrTimeout,
	gousb.TransferTimedOut:  usb.ErrTimeout,
}

// codeInText finds libusb's code in texts of gousb that wrap it with %v and so lose its type (config.go, device.go).
var codeInText = regexp.MustCompile(`\[code (-?\d+)\]`)

// fault gives an error of gousb its meaning.
func fault(op string, err error) error {
	if f, ok := errors.AsType[*usb.Fault](err); ok {
		return f
	}
	kind := usb.ErrTransfer
	if s, ok := errors.AsType[gousb.TransferStatus](err); ok {
		if k, known := kindOfStatus[s]; known {
			kind = k
		}
		return &usb.Fault{Op: op, Kind: kind, Cause: err}
	}
	code, ok := errors.AsType[gousb.Error](err)
	if m := codeInText.FindStringSubmatch(err.Error()); !ok && m != nil {
		n, _ := strconv.Atoi(m[1]) // the pattern admits digits only
		code = gousb.Error(n)
	}
	if k, known := kindOfCode[code]; known {
		kind = k
	}
	return &usb.Fault{Op: op, Kind: kind, Cause: err}
}
