// Package hand is what a clerk can do at the machine until there is maintenance mode: turn a key, and say a word with
// it. terminal.turned does it.
package hand

import (
	"errors"

	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// Turn is a turn of a clerk's key: it decides about the sheets of a visit that waits, takes what stayed in the escrow,
// and ends what only a person may end.
type Turn struct {
	Key    health.Key
	Says   Says
	Answer chan<- Answer // takes one answer at once
}

// Says is a clerk's word.
type Says string

// The words. With Nothing the clerk only says that tray and device are empty; that also ends an open machine.
const (
	Nothing Says = ""
	Good    Says = "good" // the sheets of the visit that waits are a complete set
	None    Says = "none" // no usable sheet came out; all that did are in the envelope
	Open    Says = "open" // the clerk works at the machine now; nobody is served until the key is turned without a word
)

// Answer is what a turn did: the faults that it ended.
type Answer struct {
	Ended []health.Fault
	Err   error
}

// Errors of a turn.
var (
	ErrBusy   = errors.New("terminal: somebody is being served: turn the key when the visit is over")
	ErrDecide = errors.New("terminal: coins are held for sheets that nobody has judged: say good or none")
	ErrNoWait = errors.New("terminal: no sheets wait for a decision: turn the key without a word")
	ErrNoUse  = errors.New("terminal: this word changes nothing here: say the other, or turn the key without a word")
)

var events = map[Says]session.Kind{
	Nothing: session.StaffClear, Good: session.StaffGoodPrint, None: session.StaffNoPrint, Open: session.StaffOpen,
}

// Event is the session's word for a clerk's; ok is false for a word that is none.
func (s Says) Event() (k session.Kind, ok bool) {
	k, ok = events[s]
	return k, ok
}
