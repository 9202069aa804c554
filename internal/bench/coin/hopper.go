package coin

import "fmt"

// hopper is one payout hopper: what it keeps over power loss stands first.
type hopper struct {
	m         *Machine
	yen       int
	serial    uint32
	stock     int
	dispensed uint32
	paid      byte
	unpaid    byte
	jam       int // number of the fault that jammed it, 0 if it is free
	event     byte
	remaining byte
	enabled   bool
	timedOut  bool
	poweredUp bool
	run       int // counts dispenses and stops: a motor turns for its own run only
}

func newHopper(m *Machine, i int) *hopper {
	yen := hopperYen[i]
	return &hopper{m: m, yen: yen, serial: 0x0A0B10 + uint32(i), stock: m.opt.Stock[yen], poweredUp: true}
}

func (h *hopper) identity() identity {
	product := "SIM-HOP-NOENCRYPT"
	if h.m.opt.Serials || h.m.opt.Encrypted {
		product = "SIM-HOP"
	}
	return identity{category: "Payout", product: product, serial: h.serial}
}

func (h *hopper) reset() { h.powerOff() }

// powerOff keeps what TSP016 says is kept: the count of coins, the last paid, and unpaid only if the motor ran.
func (h *hopper) powerOff() {
	if h.remaining > 0 {
		h.unpaid = h.remaining
	}
	h.event, h.remaining, h.enabled, h.timedOut, h.poweredUp = 0, 0, false, false, true
	h.run++
}

func (h *hopper) answer(header byte, data []byte) reply {
	switch {
	case header == 163:
		return ack(h.register(), 0)
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
	case header == 160 && !h.m.opt.Serials:
		return ack(1, 2, 3, 4, 5, 6, 7, 8)
	case header == 161 && !h.m.opt.Serials:
		return ack()
	default:
		return nak
	}
}

func (h *hopper) register() byte {
	var r byte
	for bit, set := range map[int]bool{0: h.jam != 0, 1: h.timedOut, 6: h.poweredUp, 7: !h.enabled} {
		if set {
			r |= 1 << bit
		}
	}
	return r
}

func (h *hopper) level() byte {
	level := byte(0x30) // both sensors are fitted
	if h.stock < h.m.opt.LowMark {
		level |= 1
	}
	if h.stock >= h.m.opt.HighMark {
		level |= 2
	}
	return level
}

func (h *hopper) keyFits(key []byte) bool {
	if h.m.opt.Encrypted {
		return false
	}
	if !h.m.opt.Serials {
		return len(key) == 8
	}
	return string(key) == string([]byte{byte(h.serial), byte(h.serial >> 8), byte(h.serial >> 16)})
}

func (h *hopper) dispense(key []byte, n byte) reply {
	if !h.enabled || h.jam != 0 || h.remaining > 0 || n == 0 || !h.keyFits(key) {
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
	m := h.m
	if h.stock == 0 {
		m.powered(m.opt.Empty, func() {
			if h.run == run {
				h.timedOut = true
				h.giveUp()
			}
		})
		return
	}
	m.powered(m.opt.Coin, func() {
		if h.run == run {
			h.out(run)
		}
	})
}

// out lets one coin leave, unless it jams.
func (h *hopper) out(run int) {
	m := h.m
	if jam, is := m.hopperFault(JamHopper, h.yen); is {
		h.jam = jam.id
		m.stand(jam)
		h.giveUp()
		return
	}
	if h.stock == 0 {
		h.turn(run) // somebody took the coins out meanwhile
		return
	}
	h.stock--
	h.dispensed = (h.dispensed + 1) & 0xFFFFFF
	h.paid++
	h.remaining--
	m.giveBack(h.yen)
	if _, is := m.hopperFault(PowerCycle, h.yen); is {
		m.cycle()
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
