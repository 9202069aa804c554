package still

import (
	"fmt"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// changer is one device with a slot, the hoppers and the cash box behind one address (ccTalk 4.7 part 3, headers 117 to
// 128). It pays by values, the largest coins first, and goes round a hopper that fails. Without power its motors stop
// where they are; what it counts of a payment is forgotten.
type changer struct {
	u      *Unit
	serial uint32
	in     uint32 // in all, and out
	out    uint32
	box    uint32
	held   [numHoppers]uint16 // what its hoppers hold by its own count
	changerRAM
	flying int // coins on their way in
}

// changerRAM is what it forgets. The zero value takes no coin.
type changerRAM struct {
	event        byte
	paid, unpaid uint32
	left         uint32 // still to be paid
	paying       bool
	accepts      bool
	starting     bool
	device, code byte // the trouble it tells of; 0 none
	failed       [numHoppers]bool
}

// Fault codes of header 122.
const (
	codeHopperEmpty  = 1
	codeHopperJammed = 2
)

func newChanger(u *Unit) *changer {
	c := &changer{u: u, serial: serialBase + 0x20}
	for i, yen := range hopperYen {
		c.held[i] = uint16(u.opt.Stock[yen])
	}
	return c
}

func (c *changer) identity() identity {
	return identity{category: "Changer", product: "SIM-CH", serial: c.serial}
}

// reset is a loss of power too. It starts for as long as a power cycle takes.
func (c *changer) reset() {
	c.changerRAM = changerRAM{starting: true}
	if c.u.opt.ForgetsTotals {
		c.in, c.out = 0, 0
	}
	epoch := c.u.epoch
	c.u.later(2*c.u.opt.PowerUp, func() {
		if c.u.epoch == epoch {
			c.starting = false
		}
	})
}

func (c *changer) replace() {
	fresh := newChanger(c.u)
	fresh.serial = c.serial + swapStep
	*c = *fresh
}

func (c *changer) wind(to byte) { c.event = to }

// insert takes a coin from the slot: into a hopper, into the cash box where that is full, or back.
func (c *changer) insert(p piece, _ int) {
	u := c.u
	u.later(u.opt.Decide, func() {
		h := u.hopperOf(p.yen)
		if h == nil || !u.on || c.starting || !c.accepts || u.happens(trouble.Reject) {
			u.later(u.opt.Fall, func() { u.acceptor.back(p) })
			return
		}
		c.flying++
		u.later(u.opt.Credit+u.opt.Fall, func() {
			c.flying--
			u.flying.take(p.yen)
			i := u.hopperNumber(p.yen)
			if boxed := h.stock >= u.opt.Room; boxed {
				u.cashBox[p.yen]++
				c.box += uint32(p.yen)
			} else {
				h.stock++
				c.held[i]++
			}
			c.in += uint32(p.yen) // by a sensor of its own, which a battery keeps awake
		})
	})
}

func (c *changer) answer(header byte, data []byte) reply {
	switch {
	case c.starting && header != 123:
		return reply{header: headBusy}
	case header == 123:
		return ack(c.activity(), 0)
	case header == 124:
		return ack(append([]byte{c.event}, append(bytes32(c.paid), bytes32(c.unpaid)...)...)...)
	case header == 125 && len(data) == 4:
		return c.pay(uint32(data[0]) | uint32(data[1])<<8 | uint32(data[2])<<16 | uint32(data[3])<<24)
	case header == 128:
		return ack(bytes32(c.in)...)
	case header == 127:
		return ack(bytes32(c.out)...)
	case header == 117:
		return ack(bytes32(c.box)...)
	case header == 119 && len(data) == 1 && data[0] >= 1 && data[0] <= numHoppers && !c.u.opt.ValuesOnly:
		i := data[0] - 1
		id := []byte(fmt.Sprintf("JP%03dA", hopperYen[i]))
		return ack(append(id, byte(c.held[i]), byte(c.held[i]>>8))...)
	case header == 122:
		return ack(c.device, c.code)
	case header == 228 && len(data) == 1:
		c.accepts = data[0]&1 == 1
		return ack()
	case header == 227 && c.accepts:
		return ack(1)
	case header == 227:
		return ack(0)
	default:
		return nak
	}
}

// activity is register 1 of header 123.
func (c *changer) activity() (r byte) {
	for bit, set := range [...]bool{2: c.flying > 0, 3: c.paying, 4: c.code != 0, 6: c.starting} {
		if set {
			r |= 1 << bit
		}
	}
	return r
}

func bytes32(n uint32) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)} }

// pay starts a payment.
func (c *changer) pay(yen uint32) reply {
	if c.paying || yen == 0 {
		return nak
	}
	c.left, c.paying, c.paid, c.unpaid = yen, true, 0, 0
	c.device, c.code, c.failed = 0, 0, [numHoppers]bool{}
	c.turn()
	return ack()
}

// turn looks for the next coin; without one the payment is over.
func (c *changer) turn() {
	u := c.u
	for i := numHoppers - 1; i >= 0; i-- {
		h := u.hoppers[i]
		if c.failed[i] || uint32(h.yen) > c.left {
			continue
		}
		if f, is := u.hopperFault(trouble.EmptyHopper, h.yen); is {
			h.bridge++
			u.stand(f, func() { h.bridge-- })
		}
		switch {
		case h.jam > 0 || h.exit > 0:
			c.fail(i, codeHopperJammed)
			continue
		case h.stock == 0 || h.bridge > 0:
			c.fail(i, codeHopperEmpty)
			continue
		}
		u.powered(u.opt.Coin, func() { c.drop(i) })
		return
	}
	c.event = next(c.event)
	c.paying, c.unpaid, c.left = false, c.left, 0
}

// fail leaves a hopper out. A jam is told before an empty one.
func (c *changer) fail(i int, code byte) {
	c.failed[i] = true
	if code > c.code {
		c.device, c.code = byte(i+1), code
	}
}

// drop lets one coin leave, unless it jams.
func (c *changer) drop(i int) {
	u, h := c.u, c.u.hoppers[i]
	if f, is := u.hopperFault(trouble.JamHopper, h.yen); is {
		h.jam++
		u.stand(f, func() { h.jam-- })
		c.turn()
		return
	}
	if h.stock == 0 { // somebody took the coins out meanwhile
		c.turn()
		return
	}
	h.stock--
	c.held[i]--
	c.left -= uint32(h.yen)
	c.paid += uint32(h.yen)
	c.out += uint32(h.yen)
	u.giveBack(h.yen)
	if _, is := u.hopperFault(trouble.PowerCycle, h.yen); is {
		u.cycle()
		return
	}
	c.turn()
}
