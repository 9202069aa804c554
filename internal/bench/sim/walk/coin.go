package walk

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/coin"
)

// vendor is the coin vendor: where every coin is, what its units have counted, and what its driver has in mind. The
// driver's part ends with its process; the rest is steel and goes on.
type vendor struct {
	w *World

	escrow  domain.Count // coins for the hoppers
	boxed   domain.Count // coins in the escrow for the cash box
	hoppers domain.Count
	cashBox domain.Count
	tray    domain.Count // given to people, since the world began
	all     domain.Count // every coin there is
	doubt   domain.Count // coins that nobody was told of, or too late
	flying  int
	hanging int // coins in the slot that no sensor sees
	moving  bool
	moves   int // of the flap, ever
	back    bool
	jam     bool // of the flap
	jams    [domain.NumDenominations]bool
	accepts domain.Count // as the acceptor counts, by kind
	untold  int          // counted, and the event has not come yet
	paid    [coin.NumKinds]uint32
	paying  bool                // a hopper is at it
	events  [coin.NumKinds]byte // of the hoppers: one step a dispense

	on      bool // the line stands
	state   coin.State
	limits  coin.Limits
	mask    coin.Mask
	full    coin.Mask // kinds for the cash box
	in      coin.Count
	booked  domain.Count // accepts, as written down
	through int          // so many coins were booked by a start, whatever is told of them
	last    Time         // of the newest event
}

// stock is the float of the reference machine.
var stock = domain.Count{40, 20, 40, 10}

// fill fills the hoppers and books it.
func (c *vendor) fill(w *World) {
	*c = vendor{w: w, hoppers: stock, all: stock, on: true, state: coin.Idle}
	err := w.books.Record(w.now, domain.ApplicationID{}, "float", journal.Move{
		From: journal.World, To: journal.Hopper, Coins: stock,
	})
	if err != nil {
		w.fail("float", err)
	}
}

// insert is a coin at the slot.
func (c *vendor) insert(d domain.Denomination) {
	w := c.w
	k := coin.Kind(d)
	if !c.on || !w.up || c.state != coin.Accepting || !c.mask.Has(k) {
		if c.on && w.up {
			w.apply(session.Event{Kind: session.CoinRejected})
		}
		return // it is back in the hand that dropped it
	}
	c.all[d]++
	box := c.full.Has(k)
	if w.strikes(Straggler, 12) {
		c.hanging++
		w.later(w.between(second, 45*second), func() {
			c.hanging--
			c.fall(d, box)
		})
		return
	}
	c.fall(d, box)
}

// fall is the way of a coin past the acceptor's sensors into the escrow.
func (c *vendor) fall(d domain.Denomination, box bool) {
	c.flying++
	c.w.later(140, func() { c.sense(d, box) })
	c.w.later(340, func() {
		c.flying--
		c.land(d, box)
	})
}

// sense is the acceptor's last look at a coin.
func (c *vendor) sense(d domain.Denomination, box bool) {
	w := c.w
	if w.strikes(Swallowed, 12) {
		c.doubt[d]++
		return
	}
	c.accepts[d]++
	c.last = w.now
	number, moves := sum(c.accepts), c.moves
	if !w.strikes(LateCredit, 12) {
		c.tell(d, box)
		return
	}
	c.untold++
	w.later(w.between(second, 25*second), func() {
		c.untold--
		if c.moves != moves { // it lies no more where the ledger will book it
			c.doubt[d]++
		}
		if number > c.through {
			c.tell(d, box)
		}
	})
}

// tell is the driver's word of a credit. Where no process hears it, the counters remember.
func (c *vendor) tell(d domain.Denomination, box bool) {
	w := c.w
	if !w.up || !c.on {
		c.doubt[d]++ // it is booked into the escrow by the next start, or not at all, wherever it fell
		return
	}
	c.last = w.now
	open := c.state == coin.Accepting || c.state == coin.Paused
	if a := w.act; !open && a != nil && (a.kind == session.KeepEscrow || a.kind == session.ReturnEscrow) {
		c.doubt[d]++ // the act has counted what it moves; it may fall with the rest: only a count by hand can tell
	}
	if open {
		c.in[d]++
		if c.state == coin.Accepting {
			mask, why := c.limits.Accepts(c.in)
			if c.mask = mask; mask == 0 {
				c.state = coin.Paused
				if why == coin.StopFull {
					w.soon(1, func() { w.apply(session.Event{Kind: session.EscrowFull}) })
				}
			}
		}
	}
	w.coinIn(d, !open, box)
}

// land is a coin that falls into the escrow, or through it while the flap is open.
func (c *vendor) land(d domain.Denomination, box bool) {
	var one domain.Count
	one[d] = 1
	switch {
	case c.moving && !c.jam:
		c.drop(one, box)
	case box:
		c.boxed[d]++
	default:
		c.escrow[d]++
	}
}

// drop lets coins fall to where the flap points.
func (c *vendor) drop(n domain.Count, box bool) {
	switch {
	case c.back:
		c.tray = c.tray.Plus(n)
	case box:
		c.cashBox = c.cashBox.Plus(n)
	default:
		c.hoppers = c.hoppers.Plus(n)
	}
}

// move moves the flap, once. then hears whether it ended as it should.
func (c *vendor) move(back bool, then func(ok bool)) {
	const takes = 1500
	w := c.w
	c.moving, c.back, c.moves = true, back, c.moves+1
	w.later(takes, func() {
		c.moving = false
		switch {
		case c.jam || w.strikes(JamEscrow, 10):
			c.jam = true
		case w.strikes(StickEscrow, 16):
			stays := c.escrow
			for d := range stays {
				stays[d] = min(stays[d], 1)
			}
			c.drop(c.escrow.Minus(stays), false)
			c.drop(c.boxed, true)
			c.escrow, c.boxed = stays, domain.Count{}
		default:
			c.drop(c.escrow, false)
			c.drop(c.boxed, true)
			c.escrow, c.boxed = domain.Count{}, domain.Count{}
		}
	})
	w.soon(takes+100, func() { then(c.empty() && c.on) })
}

func (c *vendor) empty() bool { return !c.moving && !c.jam && c.escrow.IsZero() && c.boxed.IsZero() }

// clearJams is a clerk with the door open.
func (c *vendor) clearJams() {
	c.jam = false
	c.jams = [domain.NumDenominations]bool{}
}

// counters are what the units themselves say; ok is false where none can be asked.
func (c *vendor) counters() (n coin.Counters, ok bool) {
	if !c.on {
		return n, false
	}
	n.Acceptor.Accepts = uint32(sum(c.accepts))
	n.Escrow = coin.Escrow{Moving: c.moving, Level: byte(min(255, sum(c.escrow)+sum(c.boxed)))}
	if c.jam {
		n.Escrow.Fault = 250
	}
	for k := range coin.NumKinds {
		n.Hoppers[k].Dispensed = c.paid[k]
		n.Hoppers[k].Event = c.events[k]
	}
	return n, true
}

func sum(c domain.Count) (n int) {
	for _, m := range c {
		n += int(m)
	}
	return n
}
