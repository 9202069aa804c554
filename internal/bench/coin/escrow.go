package coin

// Codes of the escrow's faults.
const codeEscrowJam = 250

// escrow holds inserted coins until it is told where they go. Without power it holds them.
type escrow struct {
	m      *Machine
	coins  []piece
	moving bool
	back   bool // the way it moves: to the return tray
	fault  byte
	jam    int // number of the fault that jammed it
}

func (e *escrow) identity() identity {
	return identity{category: "Escrow", product: "SIM-ES", serial: 0x0A0B02}
}

func (e *escrow) reset() {}

// land takes a coin that falls in. While the flap is open it falls through; a full escrow lets it roll into the tray.
func (e *escrow) land(c piece) {
	switch {
	case e.moving:
		e.drop(c)
	case len(e.coins) >= e.m.opt.Slots:
		e.m.giveBack(c.yen)
	default:
		e.coins = append(e.coins, c)
	}
}

// drop lets a coin fall to where the flap points.
func (e *escrow) drop(c piece) {
	m := e.m
	if e.back {
		m.giveBack(c.yen)
		return
	}
	for _, h := range m.hoppers {
		if h.yen == c.yen && !c.box && h.stock < m.opt.Room {
			h.stock++
			return
		}
	}
	m.cashBox[c.yen]++
}

func (e *escrow) answer(header byte, data []byte) reply {
	switch {
	case header == 106:
		return e.status()
	case header == 107 && len(data) == 1 && data[0] <= 1:
		return e.operate(data[0] == 1)
	default:
		return nak
	}
}

func (e *escrow) status() reply {
	state := byte(0)
	switch {
	case e.fault != 0:
		state = 2
	case e.moving:
		state = 1
	}
	return ack(state, e.level(), e.fault)
}

func (e *escrow) level() byte {
	switch n, room := len(e.coins), e.m.opt.Slots; {
	case n == 0:
		return 0
	case n >= room:
		return 255
	default:
		return byte(max(1, n*254/room))
	}
}

// operate starts a movement; the coins drop at its end.
func (e *escrow) operate(back bool) reply {
	if e.fault != 0 || e.moving {
		return nak
	}
	m := e.m
	e.moving, e.back = true, back
	m.powered(m.opt.Move, func() {
		stay := int(m.coinFault(StickEscrow))
		if jam, is := m.strike(func(f Fault) bool { return f.Do == JamEscrow }); is {
			e.fault, e.jam, stay = codeEscrowJam, jam.id, len(e.coins)
			m.stand(jam)
		}
		stay = min(stay, len(e.coins))
		for _, c := range e.coins[stay:] {
			e.drop(c)
		}
		e.coins = e.coins[:stay]
		e.moving = false
	})
	return ack()
}
