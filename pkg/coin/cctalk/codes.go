package cctalk

// escrowFault names a fault code of the escrow (ccTalk 4.7 part 3, header 106).
func escrowFault(code byte) Condition {
	switch {
	case code == 200:
		return ConditionManipulated
	case code == 250, code >= 10 && code <= 43:
		return ConditionJammed
	default:
		return ConditionInoperative
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
func hopperFault(registers []byte) (name Condition, code byte, ok bool) {
	var first, second byte
	if len(registers) > 0 {
		first = registers[0]
	}
	if len(registers) > 1 {
		second = registers[1]
	}
	switch {
	case first&(hopperCurrent|hopperBlocked|hopperBlockedPay) != 0:
		return ConditionJammed, first, false
	case first&hopperShort != 0, second&hopperLight != 0:
		return ConditionManipulated, first, false
	case second&hopperChecksums != 0:
		return ConditionInoperative, second, false
	default:
		return "", 0, true
	}
}

// hopperPlace tells where the coins are that keep a hopper from paying.
func hopperPlace(registers []byte) Position {
	if first(registers)&(hopperBlocked|hopperBlockedPay) != 0 {
		return AtExit
	}
	return InHopper
}
