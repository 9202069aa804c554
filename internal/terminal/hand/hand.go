// Package hand is what a clerk can do at the machine until there is maintenance mode: turn a key, and say a word with
// it. terminal.turned does it.
package hand

import (
	"errors"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// Turn is a turn of a clerk's key: it decides about the sheets of a visit that waits, takes what stayed in the escrow,
// and ends what only a person may end.
type Turn struct {
	Key    health.Key
	Says   Says
	Slip   Slip          // with Refund
	Answer chan<- Answer // takes one answer at once
}

// Slip is what a clerk says of an amount that is owed. Ids are those of the operator's staff, never names.
type Slip struct {
	Number string
	Code   string    // as the resident says it; "" where two of the staff answer
	Staff  [2]string // one is enough with a code
	From   Source
}

// Source says who pays.
type Source string

// The sources.
const (
	Machine  Source = "machine" // the hoppers
	Custody  Source = "custody" // by hand, out of what was taken from the machine
	Cash     Source = "cash"    // by hand, out of the shop's cash
	WriteOff Source = "off"     // nobody: two of the staff write it off
)

// Says is a clerk's word.
type Says string

// The words. With Nothing the clerk only says that tray and device are empty; that also ends an open machine.
const (
	Nothing Says = ""
	Good    Says = "good"   // the sheets of the visit that waits are a complete set
	None    Says = "none"   // no usable sheet came out; all that did are in the envelope
	Open    Says = "open"   // the clerk works at the machine now; nobody is served until the key is turned without a word
	Refund  Says = "refund" // close a slip, in an open machine
)

// Answer is what a turn did: the faults that it ended, and what was given on a slip.
type Answer struct {
	Ended []health.Fault
	Paid  domain.Yen // by the machine, or to be paid by hand now; of a write-off: what is not owed any more
	Left  domain.Yen // still owed on the slip
	Err   error
}

// Errors of a turn.
var (
	ErrBusy   = errors.New("terminal: somebody is being served: turn the key when the visit is over")
	ErrDecide = errors.New("terminal: coins are held for sheets that nobody has judged: say good or none")
	ErrNoWait = errors.New("terminal: no sheets wait for a decision: turn the key without a word")
	ErrClosed = errors.New("terminal: slips are closed in an open machine: turn the key with the word open first")
	ErrSource = errors.New("terminal: a refund comes from the machine, custody or cash, or is off")
	ErrNoUse  = errors.New("terminal: this word changes nothing here: say the other, or turn the key without a word")
)

var events = map[Says]session.Kind{
	Nothing: session.StaffClear, Good: session.StaffGoodPrint, None: session.StaffNoPrint, Open: session.StaffOpen,
	Refund: session.StaffOpen, // the list of slips is drawn anew
}

// Event is the session's word for a clerk's; ok is false for a word that is none.
func (s Says) Event() (k session.Kind, ok bool) {
	k, ok = events[s]
	return k, ok
}
