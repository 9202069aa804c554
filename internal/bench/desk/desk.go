// Package desk is the counter in front of a kiosk that has no hardware: one web page and one HTTP API (docs/desk.md) by
// which a person or a script puts cards on the reader, drops coins, touches the screen, takes paper and money, and
// makes things fail.
//
// cmd/kioskbench gives it the simulated devices; it owns none and knows none of their workings. It never judges a
// visit and never learns a PIN but as touches on the pad. It serves loopback only and refuses strangers.
package desk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
)

// Kiosk is the way into a running kioskd; [port.Client] is one.
type Kiosk interface {
	State(ctx context.Context, after uint64, wait time.Duration) (port.State, error)
	Frame(ctx context.Context) (png []byte, generation uint64, err error)
	Tree(ctx context.Context) ([]byte, error)
	Said(ctx context.Context, after uint64) ([]port.Said, error)
	Pointer(ctx context.Context, event port.Pointer) error
	Key(ctx context.Context, key port.Key) error
	ClockMoved(ctx context.Context) error
	Staff(ctx context.Context, turn port.Staff) (ended []string, err error)
	Refund(ctx context.Context, r port.Refund) (port.Refunded, error)
	Pace(ctx context.Context, times int) error
}

var _ Kiosk = (*port.Client)(nil)

// Card is one card of the tray.
type Card struct {
	ID    string            `json:"id"`
	What  map[string]string `json:"what"` // by language, ja and en: who it is and what it shows
	State string            `json:"state"`
	PIN   string            `json:"pin"` // a test PIN, told to whoever plays the resident
}

// Reader is the card reader with the tray of test cards beside it.
type Reader interface {
	Cards() []Card
	Insert(ctx context.Context, id string) error // errors: [ErrUnknown], [ErrConflict]
	Remove() error                               // an empty reader is fine
	Card() string                                // id of the card on it, "" if none
	Seen() any                                   // what it saw, for `GET /api/devices`
}

// Coins is the coin vendor, as a person sees and touches it.
type Coins interface {
	Insert(yen int) error // errors: [ErrConflict] while too many coins wait; any other is about the coin
	Lever()
	Take() map[int]int // the return tray's coins by worth
	Trays() Trays
	Seen() any
	Changed() <-chan struct{}
}

// Trays is where every coin physically is, by worth in yen.
type Trays struct {
	Escrow  map[int]int `json:"escrow"`
	Hoppers map[int]int `json:"hoppers"`
	CashBox map[int]int `json:"cash_box"`
	Return  map[int]int `json:"return_tray"`
	Flying  map[int]int `json:"flying"` // on the way from the slot
	Stuck   map[int]int `json:"stuck"`  // by a fault, where nobody sees them
	Pulled  map[int]int `json:"pulled"` // out of the slot again, by a fault
}

// Printer is the printer's output tray.
type Printer interface {
	Sheets() []Sheet
	Take() []Sheet
	State() string // "idle", "processing", "stopped"
	Seen() any
	Changed() <-chan struct{}
}

// Sheet is one printed sheet as a person sees it who turns it over. Pictures are PNG; a missing one is empty.
type Sheet struct {
	ID                        string
	Front, Back               []byte // every pixel
	FrontPreview, BackPreview []byte
}

// Clock is the wall clock of kioskd and the servers.
type Clock interface {
	Set(offset time.Duration) error
	Offset() time.Duration
}

// Power switches processes and devices: what is "kioskd", "coin", "printer", "reader", "centerd", "issuerd", "ocsp"; do
// is "on", "off", "kill", and for processes "freeze" (neither answers nor resets) and "thaw". A device is a plug: there
// kill is off.
type Power interface {
	Do(ctx context.Context, what, do string) error // errors: [ErrUnknown], [ErrConflict], [ErrNotBuilt]
	State() map[string]string                      // "on", "off", "frozen", by what
	Changed() <-chan struct{}
}

// Faults is one part that can be made to fail.
type Faults interface {
	// AddFault refuses what it does not know, and says what it knows.
	AddFault(description json.RawMessage) (number int, err error)
	// RemoveFault takes one fault away with what it left, and no other; one that is over is fine. Errors: [ErrUnknown]
	// for a number that was never given.
	RemoveFault(number int) error
	Faults() map[int]any
}

// Chooser is a [Faults] that can say what it knows, so that a person can choose: a JSON list of kinds, each with do,
// words (ja, en), lasting, takes (parameters with name, words, least, most, of, usual, must, text) and one_of.
type Chooser interface {
	FaultKinds() any
}

// Errors that parts return; the API turns them into codes.
var (
	ErrUnknown  = errors.New("there is no such thing")
	ErrConflict = errors.New("this is not possible now")
	ErrNotBuilt = errors.New("this part is not built yet")
)

// Parts is what stands on the desk. A nil part is not built yet and answers so.
type Parts struct {
	Kiosk   Kiosk
	Reader  Reader
	Coins   Coins
	Printer Printer
	Clock   Clock
	Power   Power
	Faults  map[string]Faults // by part: "reader", "coin", "printer", "ocsp"
	USB     func() any        // bytes per endpoint, for `GET /api/devices`
}

// Desk is the API over its parts.
type Desk struct {
	parts Parts
	board board
	log   journal

	hand    sync.Mutex // one hand: touches do not interleave
	seen    sight      // what the panel was last seen to offer; held by hand
	shownAt time.Time  // when that was first seen
}

// New makes a desk. [Desk.Run] must run for its state to move.
func New(parts Parts) *Desk {
	d := &Desk{parts: parts}
	d.board.init()
	d.log.changed = d.board.bump
	return d
}

// Note writes a line into the desk's event log: what happened outside the kiosk, never what a person typed.
func (d *Desk) Note(what, text string) { d.log.add(what, text) }

// Changed tells waiting clients that something on the desk may have changed.
func (d *Desk) Changed() { d.board.bump() }

// Handler serves the page and the API. address is the host:port that the desk listens on: requests for any other host
// and from any other origin are refused.
func (d *Desk) Handler(address string) http.Handler { return guard(address, d.routes()) }
