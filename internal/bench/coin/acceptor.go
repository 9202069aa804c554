package coin

// piece is one coin on its way, with the path that the sorter gave it.
type piece struct {
	yen  int
	path byte
	box  bool // to the cash box
}

// Event codes of the acceptor that the model makes.
const (
	codeReject    = 1
	codeInhibited = 2
	codeLever     = 254
	codeType      = 128 // plus the type's index: that type is inhibited
)

// acceptor is the coin acceptor: what it keeps over power loss stands first.
type acceptor struct {
	m        *Machine
	paths    [coinTypes + 1]byte
	inserts  uint32
	accepts  uint32
	rejects  uint32
	event    byte
	slots    [10]byte
	mask     uint16
	refuse   bool // the master inhibit
	override byte // a cleared bit sends that path to the cash box
}

func (a *acceptor) init(m *Machine) {
	a.m = m
	a.override = 0xFF
	for n := range a.paths {
		a.paths[n] = cashPath
	}
}

// cashPath is the sorter's path to the cash box.
const cashPath = 8

func (a *acceptor) identity() identity {
	return identity{category: "Coin Acceptor", product: "SIM-CA", serial: 0x0A0B01}
}

func (a *acceptor) reset() { a.powerOff() }

func (a *acceptor) powerOff() {
	a.event, a.slots, a.mask, a.refuse, a.override = 0, [10]byte{}, 0, false, 0xFF
}

// insert takes a coin from the slot up to its decision; which counts the coins that came through.
func (a *acceptor) insert(c piece, which int) {
	m := a.m
	if !m.on {
		m.later(m.opt.Decide+m.opt.Fall, func() { a.back(c) })
		return
	}
	epoch := m.epoch
	m.later(m.opt.Decide, func() {
		if !m.on || m.epoch != epoch {
			a.back(c)
			return
		}
		a.decide(c, which)
	})
}

// decide is the gate: accepted coins are counted here, credited a little later, and fall into the escrow whatever
// happens.
func (a *acceptor) decide(c piece, which int) {
	m := a.m
	a.inserts++
	kind := m.typeOf(c.yen, which)
	switch {
	case kind == 0 || m.coinFault(Reject) != 0:
		a.reject(c, codeReject)
		return
	case a.refuse:
		a.reject(c, codeInhibited)
		return
	case a.mask&(1<<(kind-1)) == 0:
		a.reject(c, codeType+kind-1)
		return
	}
	a.accepts++
	c.path = a.paths[kind]
	c.box = c.path == cashPath || a.override&(1<<(c.path-1)) == 0
	astray := m.coinFault(Astray)
	m.powered(m.opt.Credit, func() {
		if astray != 0 {
			a.note(0, astray)
			return
		}
		a.note(kind, c.path)
	})
	m.later(m.opt.Credit+m.opt.Fall, func() {
		m.leave(c.yen)
		m.escrow.land(c)
	})
}

func (a *acceptor) reject(c piece, code byte) {
	a.rejects++
	a.note(0, code)
	a.m.later(a.m.opt.Fall, func() { a.back(c) })
}

func (a *acceptor) back(c piece) {
	a.m.leave(c.yen)
	a.m.giveBack(c.yen)
}

// leave ends a coin's flight.
func (m *Machine) leave(yen int) {
	if m.flying[yen]--; m.flying[yen] == 0 {
		delete(m.flying, yen)
	}
}

// typeOf is the acceptor's type of a coin, 0 if it knows none. Where a worth has several types they alternate: both
// issues of ¥500 are about.
func (m *Machine) typeOf(yen, which int) byte {
	var types []byte
	for i, t := range m.opt.Types {
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
	default:
		return a.sorter(header, data)
	}
}

// sorter answers what is about coin types and their paths.
func (a *acceptor) sorter(header byte, data []byte) reply {
	known := len(data) > 0 && data[0] >= 1 && data[0] <= coinTypes
	switch {
	case header == 222 && len(data) == 1:
		a.override = data[0]
		return ack()
	case header == 221:
		return ack(a.override)
	case header == 210 && len(data) == 2 && known && data[1] >= 1 && data[1] <= 8:
		a.paths[data[0]] = data[1]
		return ack()
	case header == 209 && known:
		return ack(a.paths[data[0]])
	case header == 184 && known:
		id := a.m.opt.Types[data[0]-1].ID
		if id == "" {
			id = "......"
		}
		return ack([]byte(id)...)
	default:
		return nak
	}
}
