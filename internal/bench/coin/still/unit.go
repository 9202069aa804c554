package still

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

// Unit is the coin vendor. It is used by one goroutine at a time.
type Unit struct {
	opt     Options
	now     time.Duration // since it was made
	agenda  []entry       // by time, then by order of arrival
	entries uint64
	moved   uint64

	on       bool
	epoch    int // counts power losses: what runs on electricity ends with its epoch
	plugged  bool
	plugs    []bool // not yet told: the plug of the USB cable goes in, or out
	flying   Coins
	cashBox  Coins
	tray     Coins
	stuck    Coins
	chute    Coins // of those stuck, what lies on the way to the return tray
	pulled   Coins
	bounced  Coins // came straight back from the acceptor, so far
	slot     slot
	acceptor acceptor
	escrow   escrow
	hoppers  [numHoppers]*hopper
	changer  *changer // nil: none
	line     line
	seen     map[Seen]int
	troubles troubles
}

// entry is one thing that will happen.
type entry struct {
	at    time.Duration
	order uint64
	do    func()
}

// New makes a machine that is switched on, at time 0.
func New(o Options) *Unit {
	u := &Unit{
		opt: o, plugged: true, flying: Coins{}, cashBox: Coins{}, tray: Coins{}, stuck: Coins{}, chute: Coins{},
		pulled: Coins{}, bounced: Coins{}, seen: map[Seen]int{},
	}
	u.acceptor = newAcceptor(u)
	u.escrow = escrow{u: u, serial: serialBase + 2}
	for i := range u.hoppers {
		u.hoppers[i] = newHopper(u, i)
	}
	if o.Addresses.Changer != 0 {
		u.changer = newChanger(u)
	}
	u.powerOn()
	return u
}

// Now is the time up to which everything has happened.
func (u *Unit) Now() time.Duration { return u.now }

// Due is when the next thing happens by itself; ok is false if nothing will.
func (u *Unit) Due() (at time.Duration, ok bool) {
	if len(u.agenda) == 0 {
		return 0, false
	}
	return u.agenda[0].at, true
}

// Advance lets everything happen that is due up to a time, in its order. A time that has passed changes nothing.
func (u *Unit) Advance(to time.Duration) {
	for len(u.agenda) > 0 && u.agenda[0].at <= to {
		next := u.agenda[0]
		u.agenda = u.agenda[1:]
		u.now = max(u.now, next.at)
		next.do()
	}
	u.now = max(u.now, to)
}

// Moved counts what happened to coins and devices; it changes when something did.
func (u *Unit) Moved() uint64 { return u.moved }

func (u *Unit) change() { u.moved++ }

// soon does something after a while, which nobody outside sees.
func (u *Unit) soon(d time.Duration, do func()) {
	u.entries++
	e := entry{u.now + d, u.entries, do}
	i, _ := slices.BinarySearchFunc(u.agenda, e, func(a, b entry) int {
		if a.at != b.at {
			return int(min(max(a.at-b.at, -1), 1))
		}
		return int(min(max(int64(a.order)-int64(b.order), -1), 1))
	})
	u.agenda = slices.Insert(u.agenda, i, e)
}

// later does something that needs no electricity, as falling.
func (u *Unit) later(d time.Duration, do func()) {
	u.soon(d, func() {
		do()
		u.change()
	})
}

// powered does something unless power is lost before.
func (u *Unit) powered(d time.Duration, do func()) {
	epoch := u.epoch
	u.later(d, func() {
		if u.on && u.epoch == epoch {
			do()
		}
	})
}

// Trays says where every coin is.
func (u *Unit) Trays() Trays {
	t := Trays{
		Flying: maps.Clone(u.flying), Escrow: Coins{}, Hoppers: Coins{}, CashBox: maps.Clone(u.cashBox),
		Return: maps.Clone(u.tray), Stuck: maps.Clone(u.stuck), Pulled: maps.Clone(u.pulled),
	}
	for _, c := range u.escrow.coins {
		t.Escrow[c.yen]++
	}
	for _, h := range u.hoppers {
		if h.stock > 0 {
			t.Hoppers[h.yen] = h.stock
		}
	}
	return t
}

// Bounced counts the coins that came straight back from the acceptor, so far: they were never the machine's. It is no
// place; they lie in the return tray, or did.
func (u *Unit) Bounced() Coins { return maps.Clone(u.bounced) }

// Take empties the return tray.
func (u *Unit) Take() Coins {
	taken := u.tray
	u.tray = Coins{}
	u.change()
	return taken
}

// Lever pushes the return lever.
func (u *Unit) Lever() {
	if u.on {
		u.acceptor.note(0, codeLever)
	}
	u.change()
}

// Refill puts n coins into the hopper of a kind by hand; with n below 0 it takes some out.
func (u *Unit) Refill(yen, n int) error {
	h := u.hopperOf(yen)
	if h == nil {
		return fmt.Errorf("bench/coin: there is no hopper of ¥%d", yen)
	}
	if h.stock+n < 0 || h.stock+n > u.opt.Room {
		return fmt.Errorf("bench/coin: hopper of ¥%d holds 0 to %d coins, it has %d", yen, u.opt.Room, h.stock)
	}
	h.stock += n
	u.change()
	return nil
}

// EmptyCashBox takes the cash box's coins out.
func (u *Unit) EmptyCashBox() Coins {
	taken := u.cashBox
	u.cashBox = Coins{}
	u.change()
	return taken
}

// Power switches the machine on or off. Coins stay where they are; counts that a real unit keeps are kept.
func (u *Unit) Power(on bool) {
	switch {
	case on && !u.on:
		u.powerOn()
	case !on && u.on:
		u.powerOff()
	}
}

// On says whether the machine has power.
func (u *Unit) On() bool { return u.on }

func (u *Unit) powerOn() {
	u.on = true
	u.change()
}

// powerOff stops all that moves and forgets all that is not kept.
func (u *Unit) powerOff() {
	u.on = false
	u.epoch++
	u.line.powerOff()
	u.acceptor.reset()
	u.escrow.powerOff()
	for _, h := range u.hoppers {
		h.reset()
	}
	if u.changer != nil {
		u.changer.reset()
	}
	u.change()
}

// cycle is a short loss of power.
func (u *Unit) cycle() {
	u.powerOff()
	u.later(u.opt.PowerUp, func() {
		if !u.on {
			u.powerOn()
		}
	})
}

// plug pulls the USB cable, or puts it in.
func (u *Unit) plug(in bool) {
	if u.plugged == in {
		return
	}
	u.plugged = in
	u.line.say = nil
	u.plugs = append(u.plugs, in)
	u.change()
}

// Plugs gives what happened to the USB cable since the last call: true went in, false went out. While it is out no byte
// passes.
func (u *Unit) Plugs() []bool {
	all := u.plugs
	u.plugs = nil
	return all
}

// Plugged says whether the USB cable is in.
func (u *Unit) Plugged() bool { return u.plugged }

// giveBack lets a coin fall towards the return tray.
func (u *Unit) giveBack(yen int) {
	if u.troubles.armed(trouble.BlockChute) {
		u.chute[yen]++
		u.stuck[yen]++
		return
	}
	u.tray[yen]++
}

// hopperNumber is the place of a kind's hopper; -1 if there is none.
func (u *Unit) hopperNumber(yen int) int { return slices.Index(hopperYen[:], yen) }

// hopperOf gives the hopper of a kind, nil if there is none.
func (u *Unit) hopperOf(yen int) *hopper {
	if i := u.hopperNumber(yen); i >= 0 {
		return u.hoppers[i]
	}
	return nil
}

// Seen names what the machine was asked.
type Seen struct {
	Device byte `json:"device"` // address
	Header byte `json:"header"`
}

// Frames says how often each device was given each command.
func (u *Unit) Frames() map[Seen]int { return maps.Clone(u.seen) }
