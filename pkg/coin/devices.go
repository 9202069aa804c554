package coin

import "github.com/kioskd/kioskd/pkg/coin/cctalk"

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
	ErrUnresolved = cctalk.ErrUnresolved // where money is cannot be proved: staff count
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

// DefaultCoins says what each coin id is worth. Both bimetal issues of ¥500 count; the last letter is the maker's. What
// is not listed is never accepted.
func DefaultCoins() map[string]int {
	return map[string]int{"JP010A": 10, "JP050A": 50, "JP100A": 100, "JP500A": 500, "JP500B": 500}
}
