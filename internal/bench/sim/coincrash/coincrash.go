// Package coincrash lets a small shop die at every byte that it exchanges with its coin vendor, and counts the coins.
//
// The shop is a program of its own beside kioskd: it takes a deposit and keeps or returns it, or pays coins out, with
// pkg/coin over the simulated vendor's bytes and a ledger of intents and counters that survives its deaths. A sweep
// ends it, cycles the vendor's power, does both, or pulls the cable at each byte; a new life settles by counters what
// the last one left. The simulator's trays are the truth that the ledger must equal, coin by coin.
//
// Tests and `make coin-crash` call it, in the fake time of testing/synctest.
package coincrash

import (
	"fmt"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// How says what happens at a byte.
type How uint8

// The ways. With Kill the program dies and its vendor runs on; with Cycle the vendor loses its power for a moment and
// the program runs on; Both is a loss of power of the whole machine; with Unplug the cable is out for a second.
const (
	Kill How = iota
	Cycle
	Both
	Unplug
	NumHows
)

func (h How) String() string { return [...]string{"kill", "cycle", "both", "unplug"}[h] }

// Blow is one thing that happens, when byte number Byte, from 1, has gone over the line since the last blow, or since
// the story began. Byte 0 is none.
type Blow struct {
	How  How
	Byte int
}

// Plan is what happens in one run, one after another. The second blow falls on the life that mends what the first did.
type Plan []Blow

func (p Plan) String() string {
	s := ""
	for _, b := range p {
		s += fmt.Sprintf("/%v@%d", b.How, b.Byte)
	}
	return s
}

// cutsPower says whether the vendor loses its power: only then may it forget a coin.
func (p Plan) cutsPower() bool {
	return slices.ContainsFunc(p, func(b Blow) bool { return b.How == Cycle || b.How == Both })
}

// Story is what the shop does.
type Story struct {
	Name  string
	Coins []int // put in one after another
	Keep  bool  // or return
	Pay   int   // coins of ¥100 to be paid out of 10; then no coin is put in
}

// Stories are those of the gate.
var Stories = []Story{
	{Name: "keep", Coins: []int{100, 50, 10}, Keep: true},
	{Name: "return", Coins: []int{500, 10, 50}},
	{Name: "pay", Pay: 3},
}

// Break is one way in which a shop could be wrong. The sweep must find each: they are its negative controls.
type Break uint8

// The ways.
const (
	Whole         Break = iota
	ResendBlind         // a new life gives the command that moves money again without asking what became of the first
	IntentAfter         // an act goes to the device before its intent is on the disk
	ForgetCredits       // a coin is counted in memory and not written down
)

// Options are what a run may have beside its plan.
type Options struct {
	Break  Break
	Seed   uint64          // moves the moments at which coins are put in
	Faults []trouble.Fault // armed when the story begins
}

// Result is what a run left.
type Result struct {
	Bytes    int // that went over the line from the story's begin
	Lives    int
	Blows    int      // that fell
	Unknown  int      // coins whose place the ledger itself does not know
	Differ   int      // yen by which ledger and trays differ
	Faults   []string // what is wrong; none is what everybody wants
	Hash     uint64
	Virtual  time.Duration
	Mend     int // bytes from the first blow to the end
	Resolved map[string]int
}

func (r *Result) fault(format string, values ...any) {
	r.Faults = append(r.Faults, fmt.Sprintf(format, values...))
}
