// Package port is the bench's way into a running kioskd: the messages of a private unix socket (HTTP/1.1, mode 0600)
// and the wall clock that the desk moves.
//
// kioskd serves it in bench builds only: it is imported by one file with the build tag bench, so that production has
// no symbol of it and no listening socket. The desk is the only client. What passes here are pictures, trees
// and states that a person in front of the panel would see, and raw pointer events that enter where the display's
// own enter; never a PIN.
package port

import (
	"context"
	"slices"
)

// Kiosk is what kioskd shows of itself through the socket. Its methods are called from many goroutines.
type Kiosk interface {
	// State waits until the state's revision is above after, or until ctx ends, and returns the state of that moment.
	// [Board] does the waiting.
	State(ctx context.Context, after uint64) State
	// Frame returns the frame that the panel shows, as PNG, and its generation. It may return no bytes before the
	// first frame.
	Frame() (png []byte, generation uint64)
	// Tree returns the screen's tree as JSON, in the form of `GET /api/screen.json` (docs/desk.md).
	Tree() []byte
	// Pointer takes a raw pointer event, at the place where the display's events enter.
	Pointer(Pointer)
	// Key takes a key of a tactile pad.
	Key(Key)
	// Staff turns a clerk's key and returns what it ended. An error says why nothing was done.
	Staff(context.Context, Staff) (ended []string, err error)
	// Refund closes a slip. An error says why nothing, or not all, was paid.
	Refund(context.Context, Refund) (Refunded, error)
	// Pace makes the time-outs of people run faster.
	Pace(Pace)
}

// ClockWatcher is a [Kiosk] that wants to know when the desk has moved the wall clock, so that waits measured by it
// are looked at again.
type ClockWatcher interface{ ClockMoved() }

// State is a kiosk's position as the outside may see it.
type State struct {
	Revision   uint64 `json:"revision"`   // grows with every change; never 0 once there is a state
	Generation uint64 `json:"generation"` // of the screen's tree
	Boot       string `json:"boot"`       // differs from start to start of kioskd
	Screen     string `json:"screen"`     // id of the screen, e.g. "K03"
	Session    string `json:"session"`    // name of the session's state, e.g. "PlaceCard"
	// Entered counts the changes of Session since this start; [Board.Publish] does the counting. Two readings of one
	// state with different counts are two stays in it, with states between them that nobody saw.
	Entered  uint64 `json:"entered"`
	Language string `json:"language"` // BCP 47
	Money    Money  `json:"money"`
	// Outcome of the last visit that ended: "", "nothing", "printed_paid", "part_paid", "refunded", "owed".
	Outcome string `json:"outcome"`
	// Refusal is the reason that the screen gives, by its name; "" if it gives none.
	Refusal string `json:"refusal"`
	// Visits is the number of visits that ended since this start.
	Visits uint64 `json:"visits"`
}

// Money is the money position of the visit in whole yen.
type Money struct {
	Accepting bool  `json:"accepting"` // the coin slot is open
	Price     int64 `json:"price"`
	Inserted  int64 `json:"inserted"`
	Held      int64 `json:"held"`
	Kept      int64 `json:"kept"`
	Returned  int64 `json:"returned"`
	Owed      int64 `json:"owed"`
}

// Pointer is one raw event of a finger or a mouse, in panel pixels.
type Pointer struct {
	Device string `json:"device"` // DeviceFinger, DeviceMouse
	Phase  string `json:"phase"`  // PhaseDown, PhaseMove, PhaseUp
	Finger int64  `json:"finger"` // id of the finger; 0 for a mouse
	X      int    `json:"x"`
	Y      int    `json:"y"`
}

// Words of [Pointer].
const (
	DeviceFinger = "finger"
	DeviceMouse  = "mouse"
	PhaseDown    = "down"
	PhaseMove    = "move"
	PhaseUp      = "up"
)

// Valid reports whether the event uses the words and lies in a panel of at most 16384 pixels a side.
func (p Pointer) Valid() bool {
	const side = 1 << 14
	device := p.Device == DeviceFinger || p.Device == DeviceMouse
	phase := p.Phase == PhaseDown || p.Phase == PhaseMove || p.Phase == PhaseUp
	return device && phase && p.X >= 0 && p.X < side && p.Y >= 0 && p.Y < side
}

// Keys are the keys of the tactile pad, by name. What each means stands in docs/desk.md; ui.KeyByName knows the same.
var Keys = []string{
	"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "enter", "cancel", "up", "down", "help",
	"repeat", "louder", "softer", "rate", "switch_next", "switch_select", "switch",
}

// Key is one press of a key of the tactile pad, one of [Keys].
type Key struct {
	Name string `json:"key"`
}

// Valid reports whether the pad has such a key.
func (k Key) Valid() bool { return slices.Contains(Keys, k.Name) }

// Staff is a turn of a clerk's key, and what the clerk says of sheets that wait for a decision.
type Staff struct {
	Key  string `json:"key"`            // "clerk" or "service"
	Says string `json:"says,omitempty"` // "", "good", "none" or "open"
}

// Valid reports whether there is such a key and such a word.
func (s Staff) Valid() bool {
	return slices.Contains([]string{"clerk", "service"}, s.Key) &&
		slices.Contains([]string{"", "good", "none", "open"}, s.Says)
}

// Pace is how many times faster the time-outs of people run, until the next start of kioskd.
type Pace struct {
	Times int `json:"times"` // 1 … MaxPace
}

// MaxPace bounds a pace: a second of a countdown is then 10 ms.
const MaxPace = 100

// Valid reports whether the pace is one.
func (p Pace) Valid() bool { return p.Times >= 1 && p.Times <= MaxPace }
