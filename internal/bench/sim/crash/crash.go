// Package crash lets the real kiosk die, at every point at which it touches the world, and judges what is left.
//
// It drives internal/terminal itself, with its real loop, its real journal on a disk in memory (crashfs) and the real
// driver of the coin vendor over the simulated one's bytes, in the fake time of testing/synctest. A process dies at a
// named gate: just before or just after one call of a port or one write of the journal. From then on it does nothing
// any more, while coins go on falling and a printer goes on printing; later a new process starts on the same disk and
// devices.
//
// Tests and `make sim-crash` call it. It never changes what the kiosk decides.
package crash

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// How says in which way a process ends at a gate.
type How uint8

// The ways. With Kill only the process dies; with Cut the machine loses its power too, and whatever runs on it stops.
// With Unplug the process goes on, and the line to the coin vendor breaks; with Off the printer loses its power. What
// went away comes back with the next process.
const (
	Kill How = iota
	Cut
	Unplug
	Off
)

func (h How) String() string { return [...]string{"kill", "cut", "unplug", "off"}[h] }

// Death is the end of one process: at its gate number Gate, counted from 0, or a while after it, in the middle of what
// the gate leads to.
type Death struct {
	Gate   int
	After  time.Duration
	How    How
	Outage time.Duration
	Image  int // what a Cut leaves of the disk: 0 all, 1 only what is durable, 2 a draw of the rest
}

// Images is how many images of the disk a Cut is tried with.
const Images = 3

// Plan says how the processes of one run die, one after another; those beyond it live.
type Plan []Death

func (p Plan) String() string {
	s := ""
	for _, d := range p {
		s += fmt.Sprintf("/%s@%d+%s,%s", d.How, d.Gate, d.After, d.Outage)
		if d.How == Cut {
			s += fmt.Sprintf(",image %d", d.Image)
		}
	}
	return s
}

// Gate is a point at which a process can die, as it was passed.
type Gate struct {
	Name string
	At   time.Duration // since the world began
}

// Result is what a run left.
type Result struct {
	Gates   [][]Gate            // of each process, in the order in which they were passed
	Closed  []string            // outcome of each visit that was written down
	Refunds []string            // on what ground each slip was closed
	Left    [][sha256.Size]byte // where the first death is a Cut with image 0: the sum of each image it might have left
	Hash    uint64              // of the whole trace: gates with their times, screens, coins
	Faults  []string            // what is wrong; none is what everybody wants
	Kills   int                 // deaths that happened
	Virtual time.Duration
}

func (r *Result) fault(format string, values ...any) {
	r.Faults = append(r.Faults, fmt.Sprintf(format, values...))
}

// Break is one way in which a kiosk could be wrong. The sweep must find each: they are its negative controls.
type Break uint8

// The ways.
const (
	Whole          Break = iota
	LoseCredit           // a coin is shown and not written down
	ResendPayout         // a layer below gives a payout twice
	HidePayout           // the driver says that nothing came out
	ResendPrint          // a layer below sends a document twice
	GiveToNobody         // a start returns what lies in the escrow
	ForgetAnIntent       // an act goes to the device before its intent is on the disk
	LyingDisk            // a drive that says that it has synced, and has not
	CloseUnpaid          // a slip is closed before its coins are asked for
)
