package cctalk

import (
	"errors"
	"fmt"
)

// Part is a part of the coin vendor.
type Part uint8

// The parts.
const (
	PartAcceptor Part = 1
	PartEscrow   Part = 2
	PartHopper   Part = 3
	PartCashBox  Part = 4 // of a changer, which alone tells of it
	PartChanger  Part = 5 // as a whole
)

func (p Part) String() string {
	switch p {
	case PartAcceptor:
		return "acceptor"
	case PartEscrow:
		return "escrow"
	case PartHopper:
		return "hopper"
	case PartCashBox:
		return "cash box"
	case PartChanger:
		return "changer"
	default:
		return fmt.Sprintf("part %d", uint8(p))
	}
}

// Condition is how a part is, in words that do not depend on the device: those of XFS4IoT's storage and of UPOS.
type Condition string

// The conditions.
const (
	ConditionOK          Condition = "ok"
	ConditionLow         Condition = "low"
	ConditionHigh        Condition = "high"
	ConditionFull        Condition = "full"
	ConditionEmpty       Condition = "empty"
	ConditionJammed      Condition = "jammed"
	ConditionMissing     Condition = "missing"
	ConditionManipulated Condition = "manipulated"
	ConditionInoperative Condition = "inoperative"
	ConditionUnknown     Condition = "unknown" // it cannot be asked
)

// Position is where coins are that a fault is about.
type Position string

// The positions. The empty one says that the fault is about no coins.
const (
	InCashBox       Position = "inCashBox"
	InEscrow        Position = "inEscrow"
	InHopper        Position = "inHopper"
	AtExit          Position = "atExit" // of a hopper: neither in it nor in the tray
	PositionUnknown Position = "unknown"
)

// PartError says that a part cannot do what it was asked, by the part's own code.
type PartError struct {
	Part Part
	Yen  int // worth of the coins, for PartHopper
	Name Condition
	Code byte
	At   Position // where its coins are; may be empty
}

func (e *PartError) Error() string {
	where := e.Part.String()
	if e.Part == PartHopper {
		where = fmt.Sprintf("hopper of ¥%d", e.Yen)
	}
	return fmt.Sprintf("coin: %s is %s (code %d)", where, e.Name, e.Code)
}

// ErrUnresolved says that money moved or may have moved in a way that the machine cannot prove. Nobody may be paid from
// a guess: staff count.
var ErrUnresolved = errors.New("coin: where money is cannot be proved")
