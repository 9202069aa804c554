package still

import "github.com/kioskd/kioskd/internal/bench/coin/trouble"

// Codes of the escrow's faults (ccTalk 4.7 part 3, header 106).
const (
	codeKeepShut   = 10 // the flap to hoppers and cash box will not open
	codeKeepOpen   = 20 // it will not close
	codeReturnShut = 30
	codeReturnOpen = 40
	codeJam        = 250
)

// escrow holds inserted coins until it is told where they go. Without power it holds them, unless a fault says
// otherwise: its flaps are shut by springs.
type escrow struct {
	u      *Unit
	serial uint32
	coins  []piece
	moving bool
	open   bool // a flap is open: what lands falls through
	back   bool // the way it moves: to the return tray
	fault  byte
}

func (e *escrow) identity() identity {
	return identity{category: "Escrow", product: "SIM-ES", serial: e.serial}
}

func (e *escrow) reset() {}

func (e *escrow) replace() { e.serial += swapStep }

func (e *escrow) wind(byte) {}

// powerOff lets the springs shut the flaps, unless one hangs.
func (e *escrow) powerOff() {
	e.moving = false
	if e.fault != codeKeepOpen && e.fault != codeReturnOpen {
		e.open = false
	}
	if back := e.u.troubles.armed(trouble.EscrowReturns); back || e.u.troubles.armed(trouble.EscrowKeeps) {
		e.back = back
		e.empty(0)
	}
}

// land takes a coin that falls in. While a flap is open it falls through; a full escrow lets it roll into the tray.
func (e *escrow) land(c piece) {
	switch {
	case e.open:
		e.drop(c)
	case len(e.coins) >= e.u.opt.Slots, e.u.troubles.armed(trouble.FullEscrow):
		e.u.giveBack(c.yen)
	default:
		e.coins = append(e.coins, c)
	}
}

// drop lets a coin fall to where the flap points.
func (e *escrow) drop(c piece) {
	u := e.u
	if e.back {
		u.giveBack(c.yen)
		return
	}
	if h := u.hopperOf(c.yen); h != nil && !c.box && h.stock < u.opt.Room {
		h.stock++
		return
	}
	u.cashBox[c.yen]++
}

// empty drops all coins but those that stay.
func (e *escrow) empty(stay int) {
	stay = min(stay, len(e.coins))
	for _, c := range e.coins[stay:] {
		e.drop(c)
	}
	e.coins = e.coins[:stay]
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
	level := e.level()
	if e.u.opt.NoLevel {
		level = 0
	}
	return ack(state, level, e.fault)
}

func (e *escrow) level() byte {
	switch n, room := len(e.coins), e.u.opt.Slots; {
	case n >= room, e.u.troubles.armed(trouble.FullEscrow):
		return 255
	case n == 0:
		return 0
	default:
		return byte(max(1, n*254/room))
	}
}

// operate starts a movement: the flap opens, the coins drop in its middle, the flap shuts.
func (e *escrow) operate(back bool) reply {
	if e.fault != 0 || e.moving {
		return nak
	}
	u := e.u
	e.moving, e.back = true, back
	u.powered(u.opt.Move/2, func() {
		if f, is := u.strike(trouble.StickFlap); is {
			e.stop(f, codeOf(back, codeKeepShut, codeReturnShut))
			return
		}
		if f, is := u.strike(trouble.JamEscrow); is {
			e.stop(f, codeJam)
			return
		}
		e.open = true
		stay := 0
		if f, is := u.strike(trouble.StickEscrow); is {
			stay = int(f.Code)
		}
		e.empty(stay)
		u.powered(u.opt.Move-u.opt.Move/2, func() {
			if f, is := u.strike(trouble.OpenFlap); is {
				e.stop(f, codeOf(back, codeKeepOpen, codeReturnOpen))
				return
			}
			e.moving, e.open = false, false
		})
	})
	return ack()
}

// stop ends a movement in a fault that stands until a clerk has cleared it.
func (e *escrow) stop(f armed, code byte) {
	e.fault, e.moving = code, false
	e.u.stand(f, func() { e.fault, e.open = 0, false })
}

func codeOf(back bool, keep, ret byte) byte {
	if back {
		return ret
	}
	return keep
}
