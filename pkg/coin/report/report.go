// Package report is what a coin vendor tells, and what that proves: its events, the counters of its parts, and what was
// inserted or paid between two readings of them. It is pure. Package coin gives its words under its own name.
package report

import (
	"github.com/kioskd/kioskd/pkg/coin/cctalk"
	"github.com/kioskd/kioskd/pkg/coin/change"
)

// Event is something that the coin vendor did or that happened to it.
type Event interface{ coinEvent() }

// CoinIn says that a coin was credited and lies in the escrow. Write it down, with Now, before it is shown.
type CoinIn struct {
	Yen     int
	Late    bool                 // came when no deposit was open to coins: it must be given back or owed
	CashBox bool                 // goes to the cash box, not to a hopper, when the deposit is kept
	Now     cctalk.AcceptorState // counters that include this coin and none after it
}

// Rejected says that a coin came back by itself; no money moved.
type Rejected struct{ Code byte }

// Lever says that the return lever was pushed.
type Lever struct{}

// Stopped says that the vendor stopped taking coins by itself in an open deposit.
type Stopped struct{ Reason change.StopReason }

// Doubtful says that money may have moved unseen. Accepting has been stopped; what was credited stands.
type Doubtful struct {
	Reason DoubtReason
	Code   byte // event code of the acceptor for DoubtCode
	Events int  // events or coins that were not seen, where that is known
}

// Fault says that a part reports trouble, by the part's own code.
type Fault struct {
	Part cctalk.Part
	Kind change.Kind // for PartHopper
	Name cctalk.Condition
	Code byte
	At   cctalk.Position // where its coins are, if it is about coins
	// Passing says that the acceptor's trouble may end by itself; then [Mended] comes. All else needs a person.
	Passing bool
}

// Mended says that a part's passing trouble is over: nothing was heard of it for half a minute, and its self-check is
// clean. Faults that need a person stand all the same.
type Mended struct{ Part cctalk.Part }

// Counts says that the counts of the hoppers can be believed less than before, or again. Write it down, and give it to
// the next vendor with its configuration.
type Counts struct{ Accuracy Accuracies }

// Gone says that the line or a device on it is lost. The vendor is closed; what it did last is in doubt until a new
// vendor has been opened and its counters compared.
type Gone struct{ Err error }

// Back says that the same machine is there again, and that all events of the time between have been told.
type Back struct{}

func (CoinIn) coinEvent()   {}
func (Rejected) coinEvent() {}
func (Lever) coinEvent()    {}
func (Stopped) coinEvent()  {}
func (Doubtful) coinEvent() {}
func (Fault) coinEvent()    {}
func (Mended) coinEvent()   {}
func (Counts) coinEvent()   {}
func (Gone) coinEvent()     {}
func (Back) coinEvent()     {}

// Accuracy says how far the caller's count of a hopper's coins can be believed, in the words of XFS4IoT's storage. The
// hopper itself counts only what leaves it.
type Accuracy string

// The accuracies.
const (
	AccuracyUnknown Accuracy = "unknown"
	Accurate        Accuracy = "accurate"    // counted by the machine from empty
	AccurateSet     Accuracy = "accurateSet" // counted by staff, and nothing has spoken against it since
	Inaccurate      Accuracy = "inaccurate"  // it jammed, ran empty before its count did, or paid unproved
)

// Accuracies are those of all hoppers.
type Accuracies [change.NumKinds]Accuracy

// DoubtReason says why money is in doubt.
type DoubtReason uint8

// Reasons of Doubtful.
const (
	DoubtCode     DoubtReason = 1 // the acceptor reports a coin that went astray
	DoubtLost     DoubtReason = 2 // events fell out of the buffer unread
	DoubtReset    DoubtReason = 3 // the acceptor lost power in an open deposit
	DoubtType     DoubtReason = 4 // a coin of an inhibited type was credited
	DoubtCount    DoubtReason = 5 // its count of accepted coins and its events disagree
	DoubtInhibit  DoubtReason = 6 // the inhibits read back differ from what was set
	DoubtOverflow DoubtReason = 7 // nobody reads the vendor's events
	DoubtPayout   DoubtReason = 8 // a payout's two counts disagree, or it cannot be asked
	// DoubtSwallowed: coins were inserted and neither accepted nor rejected: they hang in the acceptor, or left unseen.
	DoubtSwallowed DoubtReason = 9
)

// EventsOf tells what one slot of the acceptor's buffer means. It gives none where nothing happened. Coins are not its
// business: they need the deposit.
func EventsOf(s cctalk.Slot) (all []Event) {
	if s.IsDummy() {
		return nil
	}
	h := cctalk.HappeningOf(s.Code)
	if h.Name != "" {
		all = append(all, Fault{Part: cctalk.PartAcceptor, Name: h.Name, Code: s.Code, Passing: h.Passing})
	}
	switch h.Means {
	case cctalk.CameBack:
		all = append(all, Rejected{Code: s.Code})
	case cctalk.LeverPushed:
		all = append(all, Lever{})
	case cctalk.Astray:
		all = append(all, Doubtful{Reason: DoubtCode, Code: s.Code})
	case cctalk.Trouble: // the fault says it
	}
	return all
}
