package coin

import (
	"github.com/kioskd/kioskd/pkg/coin/cctalk"
	"github.com/kioskd/kioskd/pkg/coin/report"
)

// What the devices below say, under the names that this package's callers use.
type (
	Port             = cctalk.Port
	BusOptions       = cctalk.BusOptions
	KeyMode          = cctalk.KeyMode
	Identity         = cctalk.Identity
	Acceptor         = cctalk.AcceptorState
	Slot             = cctalk.Slot
	Escrow           = cctalk.EscrowState
	Hopper           = cctalk.HopperState
	Part             = cctalk.Part
	Condition        = cctalk.Condition
	Position         = cctalk.Position
	PartError        = cctalk.PartError
	WrongDeviceError = cctalk.WrongDeviceError
)

// FromConn makes a Port of a network connection or of anything else with deadlines.
var FromConn = cctalk.FromConn

// Errors of the devices, to be asked for with errors.Is.
var (
	ErrNoReply    = cctalk.ErrNoReply
	ErrGarbled    = cctalk.ErrGarbled
	ErrRefused    = cctalk.ErrRefused // nothing moved
	ErrBusy       = cctalk.ErrBusy
	ErrGone       = cctalk.ErrGone
	ErrInhibit    = cctalk.ErrInhibit
	ErrEncrypted  = cctalk.ErrEncrypted
	ErrShortPay   = cctalk.ErrShortPay
	ErrRanEmpty   = cctalk.ErrRanEmpty
	ErrUnresolved = cctalk.ErrUnresolved // where money is cannot be proved: staff count
)

// How a hopper wants a dispense guarded.
const (
	KeyAuto   = cctalk.KeyAuto
	KeySerial = cctalk.KeySerial
	KeyNone   = cctalk.KeyNone
)

// The parts.
const (
	PartAcceptor = cctalk.PartAcceptor
	PartEscrow   = cctalk.PartEscrow
	PartHopper   = cctalk.PartHopper
)

// The conditions of a part, and where coins are.
const (
	ConditionOK          = cctalk.ConditionOK
	ConditionLow         = cctalk.ConditionLow
	ConditionHigh        = cctalk.ConditionHigh
	ConditionFull        = cctalk.ConditionFull
	ConditionEmpty       = cctalk.ConditionEmpty
	ConditionJammed      = cctalk.ConditionJammed
	ConditionMissing     = cctalk.ConditionMissing
	ConditionManipulated = cctalk.ConditionManipulated
	ConditionInoperative = cctalk.ConditionInoperative
	ConditionUnknown     = cctalk.ConditionUnknown
	InCashBox            = cctalk.InCashBox
	InEscrow             = cctalk.InEscrow
	InHopper             = cctalk.InHopper
	AtExit               = cctalk.AtExit
	PositionUnknown      = cctalk.PositionUnknown
)

// What the vendor tells, and what its counters prove.
type (
	Event       = report.Event
	CoinIn      = report.CoinIn
	Rejected    = report.Rejected
	Lever       = report.Lever
	Stopped     = report.Stopped
	Doubtful    = report.Doubtful
	DoubtReason = report.DoubtReason
	Fault       = report.Fault
	Mended      = report.Mended
	Counts      = report.Counts
	Gone        = report.Gone
	Back        = report.Back
	Accuracy    = report.Accuracy
	Accuracies  = report.Accuracies
	Counters    = report.Counters
	Inserted    = report.Inserted
	Payout      = report.Payout
)

// Why money is in doubt.
const (
	DoubtCode      = report.DoubtCode
	DoubtLost      = report.DoubtLost
	DoubtReset     = report.DoubtReset
	DoubtType      = report.DoubtType
	DoubtCount     = report.DoubtCount
	DoubtInhibit   = report.DoubtInhibit
	DoubtOverflow  = report.DoubtOverflow
	DoubtPayout    = report.DoubtPayout
	DoubtSwallowed = report.DoubtSwallowed
)

// How far the count of a hopper's coins can be believed.
const (
	AccuracyUnknown = report.AccuracyUnknown
	Accurate        = report.Accurate
	AccurateSet     = report.AccurateSet
	Inaccurate      = report.Inaccurate
)

// ResolveDeposit is [report.ResolveDeposit].
func ResolveDeposit(before, after Acceptor) Inserted { return report.ResolveDeposit(before, after) }

// ResolvePayout is [report.ResolvePayout].
func ResolvePayout(before, after Counters, plan Count) Payout {
	return report.ResolvePayout(before, after, plan)
}

// DefaultCoins says what each coin id is worth. Both bimetal issues of ¥500 count; the last letter is the maker's. What
// is not listed is never accepted.
func DefaultCoins() map[string]int {
	return map[string]int{"JP010A": 10, "JP050A": 50, "JP100A": 100, "JP500A": 500, "JP500B": 500}
}
