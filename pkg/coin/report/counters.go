package report

import (
	"github.com/kioskd/kioskd/pkg/coin/cctalk"
	"github.com/kioskd/kioskd/pkg/coin/change"
)

// Counters is what every part of the vendor had counted at one moment. Read it before and after each act that moves
// money, and keep it with the act.
type Counters struct {
	Acceptor cctalk.AcceptorState
	Escrow   cctalk.EscrowState
	Hoppers  [change.NumKinds]cctalk.HopperState
}

// Inserted is what was put in between two moments, by the acceptor's own counters.
type Inserted struct {
	Coins   change.Count
	Unknown int  // coins that were accepted, or hang in the acceptor, and whose worth nobody can tell
	Known   bool // false: the unit was replaced or its counts contradict each other
	// Reset: the acceptor lost power in between, or may have: a coin was accepted and no event tells of it. Nobody can
	// tell what else it reported.
	Reset bool
	// Doubts are the reports in between that money may have moved unseen, a coin on a string among them: whoever was
	// to write them down may not have lived to do it. Reports of before the first moment are not among them.
	Doubts []Doubtful
}

// ResolveDeposit tells which coins were accepted between two moments, and what else the acceptor reported, for the
// start after a crash: up to five events that nobody wrote down are still in its buffer. Give it the Now of the last
// CoinIn that was written down, or the counters of the deposit's begin.
func ResolveDeposit(before, after cctalk.AcceptorState) Inserted {
	if before.Serial != after.Serial {
		return Inserted{}
	}
	n := after.Since(before)
	r := Inserted{Known: true, Reset: n.Reset}
	if n.Lost > 0 {
		r.Doubts = append(r.Doubts, Doubtful{Reason: DoubtLost, Events: n.Lost})
	}
	for _, s := range n.Slots {
		if k, ok := change.KindOf(s.Yen); ok {
			r.Coins[k]++
		}
		r.Doubts = append(r.Doubts, doubtOf(s)...)
	}
	inside := before.Inside.Grown(after.Inside)
	if inside > 0 {
		r.Doubts = append(r.Doubts, Doubtful{Reason: DoubtSwallowed, Events: inside})
	}
	accepted := cctalk.Counted24(before.Accepts, after.Accepts)
	r.Unknown = accepted - r.Coins.Pieces()
	if r.Unknown < 0 {
		return Inserted{Reset: n.Reset, Doubts: r.Doubts}
	}
	r.Reset = r.Reset || r.Unknown > 0
	r.Unknown += inside
	return r
}

// doubtOf gives the doubt that one slot of the acceptor's buffer raises, if it does.
func doubtOf(s cctalk.Slot) (doubts []Doubtful) {
	if s.Type != 0 {
		if _, ok := change.KindOf(s.Yen); !ok {
			doubts = []Doubtful{{Reason: DoubtType, Code: s.Type}}
		}
		return doubts
	}
	for _, e := range EventsOf(s) {
		if d, is := e.(Doubtful); is {
			doubts = append(doubts, d)
		}
	}
	return doubts
}

// Payout is what became of a payout.
type Payout struct {
	Paid   change.Count
	Known  bool // false: a hopper was replaced, commanded by somebody else, or its counts contradict each other
	Reset  bool // a hopper lost power in between; Paid is still proved
	Paying bool // a hopper still pays: wait and ask again
}

// ResolvePayout tells what was paid of plan between two moments, by the hoppers' own counters and never by what was
// intended (reliability: counters before and after, then decide).
func ResolvePayout(before, after Counters, plan change.Count) Payout {
	r := Payout{Known: true}
	for k := range change.NumKinds {
		b, a := before.Hoppers[k], after.Hoppers[k]
		paid := cctalk.Counted24(b.Dispensed, a.Dispensed)
		r.Reset = r.Reset || (a.Event == 0 && b.Event != 0)
		r.Paying = r.Paying || a.Remaining > 0
		if b.Serial != a.Serial || paid > int(plan[k]) || !plausible(b.Event, a.Event, int(plan[k]), paid) {
			r.Known = false
			continue
		}
		r.Paid[k] = int32(paid)
	}
	return r
}

// plausible says that a hopper's event counter fits a plan of n coins of which paid came out: each dispense of up to
// cctalk.MaxPerDispense coins counts one step, from before or, if power was lost, from 0. Power lost in a dispense
// leaves 0.
func plausible(before, after byte, n, paid int) bool {
	if after == 0 {
		return true // the count of coins is kept
	}
	most := (n + cctalk.MaxPerDispense - 1) / cctalk.MaxPerDispense
	steps := int(after) - int(before)
	if steps < 0 {
		steps += 255
	}
	return (steps <= most && (paid == 0 || steps > 0)) || int(after) <= most
}
