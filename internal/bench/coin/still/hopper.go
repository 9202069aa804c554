package still

import (
	"fmt"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// hopper is one payout hopper: a drum with a motor, and two optos at its exit.
type hopper struct {
	u      *Unit
	yen    int
	stock  int
	jam    int // faults that jam the drum
	exit   int // coins that lie in its exit
	bridge int // faults that keep coins from the drum
	run    int // counts dispenses and stops: a motor turns for its own run only
	hopperNV
	hopperRAM
}

// hopperNV is what it keeps over power loss (TSP016).
type hopperNV struct {
	serial    uint32
	dispensed uint32
	paid      byte
	unpaid    byte
}

// hopperRAM is what it forgets.
type hopperRAM struct {
	event     byte
	remaining byte
	enabled   bool
	timedOut  bool
	blocked   bool // the exit was blocked in mid-pay
	up        bool // it has told that power came up
}

func newHopper(u *Unit, i int) *hopper {
	yen := hopperYen[i]
	return &hopper{u: u, yen: yen, stock: u.opt.Stock[yen], hopperNV: hopperNV{serial: serialBase + 0x10 + uint32(i)}}
}

func (h *hopper) identity() identity {
	product := "SIM-HOP-NOENCRYPT"
	if h.u.opt.Serials || h.u.opt.Encrypted {
		product = "SIM-HOP"
	}
	return identity{category: "Payout", product: product, serial: h.serial}
}

// reset keeps what TSP016 says is kept: the count of coins, the last paid, and unpaid only if the motor ran.
func (h *hopper) reset() {
	if h.remaining > 0 {
		h.unpaid = h.remaining
	}
	h.hopperRAM = hopperRAM{}
	h.run++
}

func (h *hopper) replace() {
	h.reset()
	h.hopperNV = hopperNV{serial: h.serial + swapStep}
}

func (h *hopper) wind(to byte) { h.event = to }

func (h *hopper) answer(header byte, data []byte) reply {
	switch {
	case header == 163:
		was := h.register()
		h.up = true
		return ack(was, 0)
	case header == 164 && len(data) == 1:
		h.enabled = data[0] == 0xA5
		return ack()
	case header == 166:
		return ack(h.event, h.remaining, h.paid, h.unpaid)
	case header == 167 && len(data) > 1:
		return h.dispense(data[:len(data)-1], data[len(data)-1])
	case header == 168:
		return bytes24(h.dispensed)
	case header == 171:
		return ack([]byte(fmt.Sprintf("JP%03dA", h.yen))...)
	case header == 172:
		return h.stop()
	case header == 217:
		return ack(h.level())
	case header == 160 && !h.u.opt.Serials:
		return ack(1, 2, 3, 4, 5, 6, 7, 8)
	case header == 161 && !h.u.opt.Serials:
		return ack()
	default:
		return nak
	}
}

// register is test register 1 (TSP016: header 163).
func (h *hopper) register() (r byte) {
	for bit, set := range [...]bool{
		0: h.jam > 0, 1: h.timedOut, 3: h.exit > 0 && !h.blocked, 5: h.exit > 0 && h.blocked, 6: !h.up, 7: !h.enabled,
	} {
		if set {
			r |= 1 << bit
		}
	}
	return r
}

func (h *hopper) level() byte {
	level := byte(0x30) // both sensors are fitted
	if h.stock < h.u.opt.LowMark {
		level |= 1
	}
	if h.stock >= h.u.opt.HighMark {
		level |= 2
	}
	return level
}

func (h *hopper) keyFits(key []byte) bool {
	if h.u.opt.Encrypted {
		return false
	}
	if !h.u.opt.Serials {
		return len(key) == 8
	}
	return string(key) == string([]byte{byte(h.serial), byte(h.serial >> 8), byte(h.serial >> 16)})
}

func (h *hopper) dispense(key []byte, n byte) reply {
	if !h.enabled || h.jam > 0 || h.exit > 0 || h.remaining > 0 || n == 0 || !h.keyFits(key) {
		return nak
	}
	h.event = next(h.event)
	h.remaining, h.paid, h.unpaid, h.timedOut = n, 0, 0, false
	h.run++
	h.turn(h.run)
	return ack(h.event)
}

// turn is the motor: one coin, then the next.
func (h *hopper) turn(run int) {
	u := h.u
	if f, is := u.hopperFault(trouble.EmptyHopper, h.yen); is {
		h.bridge++
		u.stand(f, func() { h.bridge-- })
	}
	if h.stock == 0 || h.bridge > 0 {
		u.powered(u.opt.Empty, func() {
			if h.run == run {
				h.timedOut = true
				h.giveUp()
			}
		})
		return
	}
	u.powered(u.opt.Coin, func() {
		if h.run == run {
			h.out(run)
		}
	})
}

// out lets one coin leave, unless it jams.
func (h *hopper) out(run int) {
	u := h.u
	if f, is := u.hopperFault(trouble.JamHopper, h.yen); is {
		h.jam++
		u.stand(f, func() { h.jam-- })
		h.giveUp()
		return
	}
	if h.stock == 0 {
		h.turn(run) // somebody took the coins out meanwhile
		return
	}
	h.stock--
	if f, is := u.hopperFault(trouble.JamExit, h.yen); is {
		h.exit++
		h.blocked = true
		u.stuck[h.yen]++
		u.stand(f, func() { // whoever frees it puts the coin back into the hopper
			h.exit--
			u.stuck.take(h.yen)
			h.stock++
		})
		h.giveUp()
		return
	}
	h.dispensed = (h.dispensed + 1) & 0xFFFFFF
	h.paid++
	h.remaining--
	u.giveBack(h.yen)
	if _, is := u.hopperFault(trouble.PowerCycle, h.yen); is {
		u.cycle()
		return
	}
	if _, is := u.hopperFault(trouble.ResetHopper, h.yen); is {
		h.reset()
		return
	}
	if h.remaining > 0 {
		h.turn(run)
	}
}

func (h *hopper) giveUp() {
	h.unpaid, h.remaining = h.remaining, 0
	h.run++
}

func (h *hopper) stop() reply {
	left := h.remaining
	h.remaining, h.unpaid = 0, 0
	h.run++
	return ack(left)
}
