// Package coin is a coin vendor that is not there: a ccTalk coin acceptor, an escrow and four hoppers on one line,
// above a mechanical model in which coins are in one place at a time. [Machine.Trays] is the physical truth that money
// tests compare with every ledger.
//
// Who calls it: the desk (a person drops coins and empties the tray) and tests. It never learns what the coins are
// for. Its frames are made and read by code of its own, so that an error in pkg/coin is not mirrored here.
//
// Sources: ccTalk generic specification 4.7; Money Controls TSP016 for what a hopper keeps over power loss.
package coin

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Coins are pieces by their worth in yen.
type Coins map[int]int

// Total is their worth.
func (c Coins) Total() int {
	sum := 0
	for yen, n := range c {
		sum += yen * n
	}
	return sum
}

// Trays is where every coin is.
type Trays struct {
	Flying  Coins // in the slot and on the way from it
	Escrow  Coins
	Hoppers Coins
	CashBox Coins
	Return  Coins // the return tray, open to the person
}

// Options is how the machine is built and how long things take. The zero value of a time means at once.
type Options struct {
	ByteTime  time.Duration // of one byte on the wire; 9600 baud is 1.04 ms
	Reply     time.Duration // from a command's last byte to its answer's first
	Gap       time.Duration // between two coins through the slot
	Decide    time.Duration // from the slot to the decision at the gate
	Credit    time.Duration // from there to the credit sensor
	Fall      time.Duration // from there into the escrow
	Move      time.Duration // of the escrow's flap
	Coin      time.Duration // a hopper needs for one coin
	Empty     time.Duration // until a hopper gives up
	PowerUp   time.Duration // of a power cycle by a fault
	Echo      bool          // the line gives back what it hears
	CRC16     []byte        // addresses of devices that use the CRC
	Addresses Addresses
	Types     [coinTypes]CoinType
	Serials   bool // hoppers want their serial number as key
	Encrypted bool // hoppers want what only their maker knows
	Slots     int  // coins in the escrow
	Room      int  // coins in a hopper
	LowMark   int  // below it a hopper's low sensor speaks
	HighMark  int  // from it on its high sensor
	Stock     Coins
}

// Addresses are the ccTalk addresses on the line.
type Addresses struct {
	Acceptor, Escrow byte
	Hoppers          [numHoppers]byte
}

// CoinType is one of the coins that the acceptor is programmed for.
type CoinType struct {
	ID  string // six characters; "" is unprogrammed
	Yen int    // what goes into the slot to make it
}

const (
	coinTypes  = 16
	numHoppers = 4
)

// hopperYen are the kinds of the hoppers in the order of their addresses.
var hopperYen = [numHoppers]int{10, 50, 100, 500}

// Defaults is the reference machine at the speed of a real one.
func Defaults() Options {
	return Options{
		ByteTime: 1042 * time.Microsecond, Reply: 2 * time.Millisecond, Gap: 250 * time.Millisecond,
		Decide: 80 * time.Millisecond, Credit: 60 * time.Millisecond, Fall: 200 * time.Millisecond,
		Move: 1500 * time.Millisecond, Coin: 250 * time.Millisecond, Empty: 2 * time.Second,
		PowerUp:   400 * time.Millisecond,
		Addresses: Addresses{Acceptor: 2, Escrow: 85, Hoppers: [numHoppers]byte{3, 4, 5, 6}},
		Types: [coinTypes]CoinType{
			{"JP010A", 10}, {"JP050A", 50}, {"JP100A", 100}, {"JP500A", 500}, {"JP500B", 500}, {"JP005A", 5},
		},
		Slots: 60, Room: 200, LowMark: 10, HighMark: 180,
		Stock: Coins{10: 50, 50: 20, 100: 50, 500: 10},
	}
}

// Fast shortens all that is mechanical, so that a test over a real bus does not wait for coins to fall.
func (o Options) Fast() Options {
	o.ByteTime, o.Reply = 0, 0
	for _, d := range []*time.Duration{
		&o.Gap, &o.Decide, &o.Credit, &o.Fall, &o.Move, &o.Coin, &o.Empty, &o.PowerUp,
	} {
		*d /= 20
	}
	return o
}

// Machine is the coin vendor.
type Machine struct {
	opt Options

	mu       sync.Mutex
	on       bool
	epoch    int // counts power losses: what runs on electricity ends with its epoch
	flying   Coins
	cashBox  Coins
	tray     Coins
	slot     slot
	acceptor acceptor
	escrow   escrow
	hoppers  [numHoppers]*hopper
	line     line
	seen     map[Seen]int
	faults   []fault
	standing []fault // struck, and the jam is still there
	faultID  int
	changed  chan struct{} // closed at the next change
}

// New makes a machine that is switched on.
func New(o Options) *Machine {
	m := &Machine{
		opt: o, flying: Coins{}, cashBox: Coins{}, tray: Coins{},
		seen: map[Seen]int{}, changed: make(chan struct{}),
	}
	m.line.init()
	m.acceptor.init(m)
	m.escrow = escrow{m: m}
	for i := range m.hoppers {
		m.hoppers[i] = newHopper(m, i)
	}
	m.powerOn()
	return m
}

// Trays says where every coin is.
func (m *Machine) Trays() Trays {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := Trays{
		Flying: maps.Clone(m.flying), Escrow: Coins{}, Hoppers: Coins{},
		CashBox: maps.Clone(m.cashBox), Return: maps.Clone(m.tray),
	}
	for _, c := range m.escrow.coins {
		t.Escrow[c.yen]++
	}
	for _, h := range m.hoppers {
		if h.stock > 0 {
			t.Hoppers[h.yen] = h.stock
		}
	}
	return t
}

// Changed gives a channel that is closed when a coin or a device's state next changes.
func (m *Machine) Changed() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.changed
}

// Take empties the return tray.
func (m *Machine) Take() Coins {
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.tray
	m.tray = Coins{}
	m.change()
	return taken
}

// Lever pushes the return lever.
func (m *Machine) Lever() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.on {
		m.acceptor.note(0, codeLever)
	}
	m.change()
}

// Refill puts n coins into the hopper of a kind by hand; with n below 0 it takes some out.
func (m *Machine) Refill(yen, n int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.Index(hopperYen[:], yen)
	if i < 0 {
		return fmt.Errorf("bench/coin: there is no hopper of ¥%d", yen)
	}
	h := m.hoppers[i]
	if h.stock+n < 0 || h.stock+n > m.opt.Room {
		return fmt.Errorf("bench/coin: hopper of ¥%d holds 0 to %d coins, it has %d", yen, m.opt.Room, h.stock)
	}
	h.stock += n
	m.change()
	return nil
}

// EmptyCashBox takes the cash box's coins out.
func (m *Machine) EmptyCashBox() Coins {
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.cashBox
	m.cashBox = Coins{}
	m.change()
	return taken
}

// Power switches the machine on or off. Coins stay where they are; counts that a real unit keeps are kept.
func (m *Machine) Power(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case on && !m.on:
		m.powerOn()
	case !on && m.on:
		m.powerOff()
	}
}

// On says whether the machine has power.
func (m *Machine) On() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.on
}

func (m *Machine) powerOn() {
	m.on = true
	m.change()
}

// powerOff stops all that moves and forgets all that is not kept.
func (m *Machine) powerOff() {
	m.on = false
	m.epoch++
	m.line.heard = nil
	m.acceptor.powerOff()
	m.escrow.moving = false
	for _, h := range m.hoppers {
		h.powerOff()
	}
	m.change()
}

// change tells whoever waits. It is called with the lock held, as all below.
func (m *Machine) change() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// soon does something on the line, which nobody outside waits for.
func (m *Machine) soon(d time.Duration, do func()) {
	time.AfterFunc(d, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		do()
	})
}

// later does something that needs no electricity, as falling.
func (m *Machine) later(d time.Duration, do func()) {
	m.soon(d, func() {
		do()
		m.change()
	})
}

// powered does something unless power is lost before.
func (m *Machine) powered(d time.Duration, do func()) {
	epoch := m.epoch
	m.later(d, func() {
		if m.on && m.epoch == epoch {
			do()
		}
	})
}

// giveBack lets a coin fall into the return tray.
func (m *Machine) giveBack(yen int) { m.tray[yen]++ }

// Seen names what the machine was asked.
type Seen struct {
	Device byte `json:"device"` // address
	Header byte `json:"header"`
}

// Frames says how often each device was given each command.
func (m *Machine) Frames() map[Seen]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.seen)
}
