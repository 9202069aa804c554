// Package cardpcsc reaches cards through the machine's PC/SC service (pcsc-lite), by way of github.com/ebfe/scard,
// which nothing else here imports. It needs cgo and libpcsclite; without cgo every call says so.
//
// What it works around, each thing seen on pcsc-lite 1.9.9: a wait for events holds its context's lock, so that the
// monitor and each connection have contexts of their own. Contexts of a daemon that died stay dead, though they say
// that they are valid: they are dropped and never released. A reader that stalls inside a command poisons the process
// as soon as its connection is touched again: it never is, and [card.ErrStalled] asks for the process's end. Only
// taking the power away makes a card forget its PIN, so that no connection ends otherwise. ebfe/scard pins reader
// names in a map, by name: only one goroutine in the process waits for events.
//
// PCSCLITE_CSOCK_NAME in the environment names another service's socket, as for every PC/SC program.
package cardpcsc

import (
	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/card/cardpipe"
)

var (
	_ cardpipe.Backend = (*Backend)(nil)
	_ card.Card        = (*connection)(nil)
)
