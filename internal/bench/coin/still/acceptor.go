package still

import (
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// piece is one coin on its way, with what the sorter made of it.
type piece struct {
	yen  int
	kind byte // the acceptor's type
	path byte
	box  bool // to the cash box
}

// Event codes of the acceptor that the model makes (ccTalk 4.7 part 3, header 229).
const (
	codeReject    = 1
	codeInhibited = 2
	codeString    = 20
	codeLever     = 254
	codeType      = 128 // plus the type's index: that type is inhibited
)

// faultOpto is the self-check's fault of a covered light barrier; the number of the barrier follows.
const faultOpto = 49

// acceptor is the coin acceptor.
type acceptor struct {
	u *Unit
	acceptorNV
	acceptorRAM
	entry, gate int  // coins before the entry opto, and between gate and credit opto
	covered     int  // faults that cover a light barrier
	says        byte // what it reports of a coin meanwhile
}

// acceptorNV is what it keeps over power loss.
type acceptorNV struct {
	serial  uint32
	paths   [coinTypes + 1]byte
	inserts uint32
	accepts uint32
	rejects uint32
}

// acceptorRAM is what it forgets. The zero value takes no coin.
type acceptorRAM struct {
	event    byte
	slots    [10]byte
	mask     uint16
	refuse   bool // the master inhibit
	limited  bool // it takes left more coins, whatever else is set
	left     byte
	override byte // a set bit sends that path to the cash box: header 222 the other way round
}

// serialBase is below the serial numbers of all parts.
const serialBase = 0x0A0B00

func newAcceptor(u *Unit) acceptor {
	a := acceptor{u: u, acceptorNV: acceptorNV{serial: serialBase + 1}}
	for n := range a.paths {
		a.paths[n] = cashPath
	}
	return a
}

// cashPath is the sorter's path to the cash box.
const cashPath = 8

func (a *acceptor) identity() identity {
	return identity{category: "Coin Acceptor", product: "SIM-CA", serial: a.serial}
}

func (a *acceptor) reset() { a.acceptorRAM = acceptorRAM{} }

func (a *acceptor) replace() {
	fresh := newAcceptor(a.u)
	fresh.serial, fresh.entry, fresh.gate = a.serial+swapStep, a.entry, a.gate
	fresh.covered, fresh.says = a.covered, a.says
	*a = fresh
}

func (a *acceptor) wind(to byte) { a.event = to }

// insert takes a coin from the slot up to its decision; which counts the coins that came through.
func (a *acceptor) insert(c piece, which int) {
	u := a.u
	if !u.on {
		u.later(u.opt.Decide+u.opt.Fall, func() { a.back(c) })
		return
	}
	epoch := u.epoch
	a.entry++
	u.later(u.opt.Decide, func() {
		a.entry--
		if !u.on || u.epoch != epoch {
			a.back(c)
			return
		}
		a.decide(c, which)
	})
}

// decide is the gate: accepted coins are counted here, credited a little later, and fall into the escrow whatever
// happens.
func (a *acceptor) decide(c piece, which int) {
	u := a.u
	a.inserts++
	c.kind = u.typeOf(c.yen, which)
	if f, is := u.strike(trouble.BlockOpto); is {
		a.cover(f)
	}
	switch {
	case a.covered > 0:
		a.reject(c, a.says)
		return
	case c.kind == 0 || u.happens(trouble.Reject):
		a.reject(c, codeReject)
		return
	case a.refuse, a.limited && a.left == 0:
		a.reject(c, codeInhibited)
		return
	case a.mask&(1<<(c.kind-1)) == 0:
		a.reject(c, codeType+c.kind-1)
		return
	}
	if a.limited {
		a.left--
	}
	c.path = a.paths[c.kind]
	c.box = c.path == cashPath || a.override&(1<<(c.path-1)) != 0
	if f, is := u.strike(trouble.Swallow); is {
		u.flying.take(c.yen)
		u.stuck[c.yen]++
		u.stand(f, func() { // whoever opens the acceptor finds it and puts it into the return tray
			u.stuck.take(c.yen)
			u.bounced[c.yen]++
			u.giveBack(c.yen)
		})
		return
	}
	if f, is := u.strike(trouble.LateCoin); is { // it hangs before the counter
		u.later(time.Duration(f.Ms)*time.Millisecond, func() { a.admit(c) })
		return
	}
	a.admit(c)
}

// cover lets something lie on a light barrier until it falls off, or a clerk takes it away.
func (a *acceptor) cover(f armed) {
	a.says = f.Code
	a.covered++
	a.u.stand(f, func() { a.covered-- })
	a.u.later(time.Duration(f.Ms)*time.Millisecond, func() { a.u.ClearFault(f.id) })
}

// admit counts a coin and lets it go on to the credit sensor.
func (a *acceptor) admit(c piece) {
	u := a.u
	if u.on {
		a.accepts++
	}
	astray, isAstray := u.strike(trouble.Astray)
	mute, onString := u.happens(trouble.Mute), u.happens(trouble.OnString)
	reset := u.happens(trouble.ResetAcceptor)
	a.gate++
	u.later(u.opt.Credit, func() { a.gate-- })
	u.powered(u.opt.Credit, func() {
		switch {
		case isAstray:
			a.note(0, astray.Code)
		case !mute:
			a.note(c.kind, c.path)
		}
		if reset {
			a.reset()
		}
	})
	if onString {
		u.later(u.opt.Credit+u.opt.Fall, func() {
			u.flying.take(c.yen)
			u.pulled[c.yen]++
			if u.on {
				a.note(0, codeString)
			}
		})
		return
	}
	u.later(u.opt.Credit+u.opt.Fall, func() {
		u.flying.take(c.yen)
		u.escrow.land(c)
	})
}

func (a *acceptor) reject(c piece, code byte) {
	a.rejects++
	a.note(0, code)
	a.u.later(a.u.opt.Fall, func() { a.back(c) })
}

func (a *acceptor) back(c piece) {
	a.u.flying.take(c.yen)
	a.u.bounced[c.yen]++
	a.u.giveBack(c.yen)
}

// typeOf is the acceptor's type of a coin, 0 if it knows none. Where a worth has several types they alternate: both
// issues of ¥500 are about.
func (u *Unit) typeOf(yen, which int) byte {
	var types []byte
	for i, t := range u.opt.Types {
		if t.Yen == yen {
			types = append(types, byte(i+1))
		}
	}
	if len(types) == 0 {
		return 0
	}
	return types[which%len(types)]
}

// note puts one event into the buffer.
func (a *acceptor) note(first, second byte) {
	a.event = next(a.event)
	copy(a.slots[2:], a.slots[:8])
	a.slots[0], a.slots[1] = first, second
}

// next is an event counter's next value: never 0 again.
func next(n byte) byte {
	if n == 255 {
		return 1
	}
	return n + 1
}

func (a *acceptor) answer(header byte, data []byte) reply {
	switch {
	case header == 249:
		return ack(2, 20) // 200 ms
	case header == 232 && a.covered > 0:
		return ack(faultOpto, 1)
	case header == 232, header == 213:
		return ack(0)
	case header == 231 && len(data) == 2:
		a.mask = uint16(data[0]) | uint16(data[1])<<8
		return ack()
	case header == 230:
		return ack(byte(a.mask), byte(a.mask>>8))
	case header == 228 && len(data) == 1:
		a.refuse = data[0]&1 == 0
		return ack()
	case header == 135 && len(data) == 1 && a.u.opt.Limit:
		a.limited, a.left = data[0] > 0, data[0]
		return ack()
	case header == 227 && a.refuse:
		return ack(0)
	case header == 227:
		return ack(1)
	case header == 229:
		return ack(append([]byte{a.event}, a.slots[:]...)...)
	case header == 226:
		return bytes24(a.inserts)
	case header == 225:
		return bytes24(a.accepts)
	case header == 194:
		return bytes24(a.rejects)
	case header == 236:
		return ack(a.optos())
	default:
		return a.sorter(header, data)
	}
}

// optos says which light barriers see a coin: bit 0 the entry's, bit 1 the credit sensor's (header 236; which bit is
// whose is up to the maker).
func (a *acceptor) optos() (blocked byte) {
	if a.entry > 0 {
		blocked |= 1
	}
	if a.gate > 0 {
		blocked |= 2
	}
	return blocked
}

// sorter answers what is about coin types and their paths.
func (a *acceptor) sorter(header byte, data []byte) reply {
	known := len(data) > 0 && data[0] >= 1 && data[0] <= coinTypes
	switch {
	case header == 222 && len(data) == 1:
		a.override = ^data[0]
		return ack()
	case header == 221:
		return ack(^a.override)
	case header == 210 && len(data) == 2 && known && data[1] >= 1 && data[1] <= 8:
		a.paths[data[0]] = data[1]
		return ack()
	case header == 209 && known:
		return ack(a.paths[data[0]])
	case header == 184 && known:
		id := a.u.opt.Types[data[0]-1].ID
		if id == "" {
			id = "......"
		}
		return ack([]byte(id)...)
	default:
		return nak
	}
}
