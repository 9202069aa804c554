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
)

func (p Part) String() string {
	switch p {
	case PartAcceptor:
		return "acceptor"
	case PartEscrow:
		return "escrow"
	case PartHopper:
		return "hopper"
	default:
		return fmt.Sprintf("part %d", uint8(p))
	}
}

// FaultName is the trouble in words that do not depend on the device (after UPOS and XFS4IoT).
type FaultName string

// The names of faults.
const (
	FaultJam         FaultName = "jammed"
	FaultEmpty       FaultName = "empty"
	FaultManipulated FaultName = "manipulated"
	FaultInoperative FaultName = "inoperative"
	FaultStuck       FaultName = "coinsRemain" // the escrow moved and is not empty
)

// PartError says that a part cannot do what it was asked, by the part's own code.
type PartError struct {
	Part Part
	Yen  int // worth of the coins, for PartHopper
	Name FaultName
	Code byte
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

// escrowFault names a fault code of the escrow (ccTalk 4.7 part 3, header 106).
func escrowFault(code byte) FaultName {
	switch {
	case code == 200:
		return FaultManipulated
	case code == 250, code >= 10 && code <= 43:
		return FaultJam
	default:
		return FaultInoperative
	}
}

// hangsOpen says that a flap has opened and does not close (header 106: 20-23 to the hoppers, 40-43 to the tray).
func hangsOpen(code byte) bool { return code >= 20 && code <= 23 || code >= 40 && code <= 43 }

// Bits of the hopper's test registers (Money Controls TSP016, header 163).
const (
	hopperCurrent    = 1 << 0 // register 1: motor current too high
	hopperTimeout    = 1 << 1 // register 1: no coin came in time, it is empty
	hopperBlocked    = 1 << 3 // register 1: exit blocked while idle
	hopperShort      = 1 << 4 // register 1: exit sensor short-circuit or light while idle
	hopperBlockedPay = 1 << 5 // register 1: exit blocked while paying
	hopperDisabled   = 1 << 7 // register 1: not enabled
	hopperLight      = 1 << 0 // register 2: light on the exit sensor while paying
	hopperChecksums  = 0x3C   // register 2: memory checksums A to D
)

// hopperFault tells what the test registers say; ok is true when nothing forbids a dispense. An earlier time-out is no
// fault: the hopper may have been filled since.
func hopperFault(registers []byte) (name FaultName, code byte, ok bool) {
	var first, second byte
	if len(registers) > 0 {
		first = registers[0]
	}
	if len(registers) > 1 {
		second = registers[1]
	}
	switch {
	case first&(hopperCurrent|hopperBlocked|hopperBlockedPay) != 0:
		return FaultJam, first, false
	case first&hopperShort != 0, second&hopperLight != 0:
		return FaultManipulated, first, false
	case second&hopperChecksums != 0:
		return FaultInoperative, second, false
	default:
		return "", 0, true
	}
}
