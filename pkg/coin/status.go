package coin

import "github.com/kioskd/kioskd/pkg/coin/cctalk"

// Event is something that the coin vendor did or that happened to it.
type Event interface{ coinEvent() }

// CoinIn says that a coin was credited and lies in the escrow. Write it down, with Now, before it is shown.
type CoinIn struct {
	Yen     int
	Late    bool     // came when no deposit was open to coins: it must be given back or owed
	CashBox bool     // goes to the cash box, not to a hopper, when the deposit is kept
	Now     Acceptor // counters that include this coin and none after it
}

// Rejected says that a coin came back by itself; no money moved.
type Rejected struct{ Code byte }

// Lever says that the return lever was pushed.
type Lever struct{}

// Stopped says that the vendor stopped taking coins by itself in an open deposit.
type Stopped struct{ Reason StopReason }

// Doubtful says that money may have moved unseen. Accepting has been stopped; what was credited stands.
type Doubtful struct {
	Reason DoubtReason
	Code   byte // event code of the acceptor for DoubtCode
	Events int  // events or coins that were not seen, where that is known
}

// Fault says that a part reports trouble, by the part's own code.
type Fault struct {
	Part Part
	Kind Kind // for PartHopper
	Name FaultName
	Code byte
}

// Gone says that the line or a device on it is lost. The vendor is closed; what it did last is in doubt until a new
// vendor has been opened and its counters compared, which a [Connection] does by itself.
type Gone struct{ Err error }

// Back says that the same machine is there again, and that all events of the time between have been told.
type Back struct{}

func (CoinIn) coinEvent()   {}
func (Rejected) coinEvent() {}
func (Lever) coinEvent()    {}
func (Stopped) coinEvent()  {}
func (Doubtful) coinEvent() {}
func (Fault) coinEvent()    {}
func (Gone) coinEvent()     {}
func (Back) coinEvent()     {}

// StopReason says why no more coins are taken.
type StopReason uint8

// Reasons of Stopped.
const (
	StopReached StopReason = 1 // the price is there
	StopFull    StopReason = 2 // the escrow has no room to reach the price: everything goes back
)

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

// eventOf tells what one slot of the acceptor's buffer means. It gives nil where nothing happened. Coins are not its
// business: they need the deposit (see Vendor.credit). Codes: ccTalk 4.7 part 3, table of header 229.
func eventOf(s cctalk.Slot) Event {
	if s.IsDummy() {
		return nil
	}
	switch c := s.Code; {
	case c == 254:
		return Lever{}
	case c == 20:
		return Fault{Part: PartAcceptor, Name: FaultManipulated, Code: c}
	case c == 6, c == 14, c == 16, c == 17, c == 18, c == 23, c == 36, c == 39:
		return Doubtful{Reason: DoubtCode, Code: c}
	case c == 15, c == 19, c == 26, c >= 29 && c <= 33:
		return Fault{Part: PartAcceptor, Name: FaultJam, Code: c}
	case c >= 34 && c <= 35, c == 7, c >= 9 && c <= 13, c == 21, c == 22, c == 40, c == 253, c == 255:
		return Fault{Part: PartAcceptor, Name: FaultInoperative, Code: c}
	default: // 1 reject, 2 inhibited, 3 multiple window, 8, 24, 25, 128…159 inhibited type and the like: the coin is back
		return Rejected{Code: c}
	}
}

// inDoubt says that the event puts money in doubt, so that accepting must stop.
func inDoubt(e Event) bool {
	switch e := e.(type) {
	case Doubtful:
		return true
	case Fault:
		return e.Name == FaultManipulated
	default:
		return false
	}
}
