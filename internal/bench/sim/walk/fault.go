package walk

import (
	"math/rand/v2"
	"strings"
)

// Fault is one kind of thing that goes wrong.
type Fault uint8

// The kinds.
const (
	JamEscrow    Fault = iota // the flap does not move
	StickEscrow               // a coin stays behind in the escrow
	JamHopper                 // a hopper jams in the middle of a payout
	EmptyHopper               // a hopper holds less than the ledger says
	Swallowed                 // a coin falls into the escrow and nobody is told
	LateCredit                // the word of a coin comes seconds later
	Straggler                 // a coin hangs in the slot and falls when nobody expects it
	ReturnLever               // somebody pushes the lever
	VendorGone                // the line to the coin vendor breaks
	VendorRefuse              // the coin vendor refuses a command
	PrintRefused              // the printer makes no job
	PrintPartly               // a part of the sheets comes out
	PrintMute                 // the sheets come out and nothing is counted
	PrintSlow                 // the job does not end
	PrinterNotUp              // the printer is not ready
	Overdue                   // an act does not end with its budget
	CenterDown                // the centre does not answer
	CenterSlow                // the centre answers too late
	CenterRefuse              // the centre says no
	CenterMixed               // somebody else's pages come
	CardEarly                 // the card is taken too early
	CardBad                   // the card does not answer, or is none
	WrongDigits               // the PIN is wrong
	AnyTouch                  // touches that make no sense
	WalkOff                   // the resident goes away
	Crash                     // the process dies
	PowerCut                  // the machine loses its power
	Hours                     // the hours of the machine end
	ClerkErrs                 // a clerk who turns the key at any time, with any word
	ClerkOpens                // a clerk works at the machine for a while
	NoPaper                   // the printer has no paper for a while
	CoinPart                  // the acceptor is jammed or was tampered with
	InDoubt                   // a coin may have moved unseen
	ReaderOut                 // the reader is not there for a while
	NoPulse                   // the centre answers no heartbeat for a while
	WrongClock                // the machine's clock is not the centre's for a while
	CardOther                 // another person's card is placed for another certificate
	numFaults
)

var faultNames = [numFaults]string{
	"jam-escrow", "stick-escrow", "jam-hopper", "empty-hopper", "swallowed", "late-credit", "straggler", "lever",
	"vendor-gone", "vendor-refuse", "print-refused", "print-partly", "print-mute", "print-slow", "printer-not-up",
	"overdue", "center-down", "center-slow", "center-refuse", "center-mixed", "card-early", "card-bad", "wrong-digits",
	"any-touch", "walk-off", "crash", "power-cut", "hours", "clerk-errs", "clerk-opens",
	"no-paper", "coin-part", "in-doubt", "reader-out", "no-pulse", "wrong-clock", "card-other",
}

func (f Fault) String() string { return faultNames[f] }

// Faults is a set of kinds; bit n is kind n.
type Faults uint64

// Every is the set of all kinds, and None that of no kind, which is not the zero value.
const (
	Every Faults = 1<<numFaults - 1
	None  Faults = 1 << numFaults
)

// Of makes a set.
func Of(kinds ...Fault) (s Faults) {
	for _, k := range kinds {
		s |= 1 << k
	}
	return s
}

// Has reports whether a kind is in the set.
func (s Faults) Has(k Fault) bool { return s&(1<<k) != 0 }

// Len is how many kinds there are.
func (s Faults) Len() (n int) {
	for k := range numFaults {
		if s.Has(k) {
			n++
		}
	}
	return n
}

func (s Faults) String() string {
	var all []string
	for k := range numFaults {
		if s.Has(k) {
			all = append(all, k.String())
		}
	}
	return strings.Join(all, " ")
}

// swarm switches each kind off in one seed of two, and one seed in sixteen has none.
func swarm(r *rand.Rand) Faults {
	if r.IntN(16) == 0 {
		return None
	}
	return Faults(r.Uint64())&Every | None
}

// strikes reports that a fault of this kind happens now: once in so many occasions.
func (w *World) strikes(k Fault, once int) bool {
	if w.quiet || !w.faults.Has(k) || w.rnd.IntN(once) != 0 {
		return false
	}
	w.result.Faults |= 1 << k
	w.note(int64(k), w.now)
	return true
}
