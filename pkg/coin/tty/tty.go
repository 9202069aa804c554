// Package tty opens the serial line of a coin vendor through the system's terminal device: for converters whose driver
// the kernel has and pkg/usb has not (CP210x, CH340 and the like). Linux only.
//
// The line is set to 9600 baud, 8 data bits, no parity, one stop bit, raw: no byte is changed, added or taken for a
// signal (termios(3)).
package tty

import (
	"context"
	"errors"
	"fmt"

	"github.com/kioskd/kioskd/pkg/coin"
)

// ErrNoTerminal says that the path is no terminal device, or that the system has none that this package knows.
var ErrNoTerminal = errors.New("tty: not a terminal device: give the path of a serial line such as /dev/ttyUSB0")

// line is an open terminal.
type line struct {
	coin.Port
	close func() error
}

var _ coin.Line = line{}

// Close gives the terminal back.
func (l line) Close() error { return l.close() }

// Dial gives a dialer that opens the terminal at path, which should name one converter for good, as those in
// /dev/serial/by-id do. Nobody but root can open it meanwhile.
func Dial(path string) coin.Dialer {
	return func(context.Context) (coin.Line, error) {
		f, err := open(path)
		if err != nil {
			return nil, fmt.Errorf("tty: open %s: %w", path, err)
		}
		return line{coin.FromConn(f), f.Close}, nil
	}
}
