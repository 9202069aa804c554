// Package still is a coin vendor that stands still: a ccTalk coin acceptor, an escrow and four hoppers on one line,
// above a mechanical model in which each coin is in one place at a time. It has no goroutine, no lock and no clock:
// time comes from outside ([Unit.Advance]), bytes go in ([Unit.Hear]) and come out ([Unit.Said]), and the same calls
// always end the same. [Unit.Trays] is the physical truth that money tests compare with every ledger.
//
// Who calls it: internal/bench/coin, which drives it by a real or virtual clock, and tests. It never learns what the
// coins are for. Its frames are made and read by code of its own, so that an error in pkg/coin is not mirrored here.
//
// Sources: ccTalk generic specification 4.7; Money Controls TSP016 for what a hopper keeps over power loss.
package still

import "time"

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

// take is one piece less; a kind of which there is none is left out.
func (c Coins) take(yen int) {
	if c[yen]--; c[yen] == 0 {
		delete(c, yen)
	}
}

// Trays is where every coin is.
type Trays struct {
	Flying  Coins // in the slot and on the way from it
	Escrow  Coins
	Hoppers Coins
	CashBox Coins
	Return  Coins // the return tray, open to the person
	Stuck   Coins // where nobody sees them: inside the acceptor, in a hopper's exit, on the way to the return tray
	Pulled  Coins // out of the slot again, in the hand of a person with a string
}

// Options is how the machine is built and how long things take. The zero value of a time means at once.
type Options struct {
	ByteTime  time.Duration // of one byte on the wire; 9600 baud is 1.04 ms
	Reply     time.Duration // from a command's last byte to its answer's first
	Gap       time.Duration // between two coins through the slot
	Decide    time.Duration // from the slot to the decision at the gate
	Credit    time.Duration // from there to the credit sensor
	Fall      time.Duration // from there into the escrow
	Move      time.Duration // of the escrow's flap, there and back
	Coin      time.Duration // a hopper needs for one coin
	Empty     time.Duration // until a hopper gives up
	PowerUp   time.Duration // of a power cycle by a fault
	Echo      bool          // the line gives back what it hears
	CRC16     []byte        // addresses of devices that use the CRC
	Addresses Addresses
	Types     [coinTypes]CoinType
	Serials   bool // hoppers want their serial number as key
	Encrypted bool // hoppers want what only their maker knows
	Limit     bool // the acceptor knows how many coins to take (header 135)
	NoLevel   bool // the escrow has no counter of its level: it says 0
	// ForgetsTotals says that the changer's totals of money in and out are 0 after a loss of power.
	ForgetsTotals bool
	ValuesOnly    bool // the changer does not tell what its hoppers hold
	Slots         int  // coins in the escrow
	Room          int  // coins in a hopper
	LowMark       int  // below it a hopper's low sensor speaks
	HighMark      int  // from it on its high sensor
	Stock         Coins
}

// Addresses are the ccTalk addresses on the line.
type Addresses struct {
	Acceptor, Escrow byte
	Hoppers          [numHoppers]byte
	Changer          byte // 0: none; else it is behind the slot, and stands alone on the line
}

// list gives them all.
func (a Addresses) list() []byte {
	if a.Changer != 0 {
		return []byte{a.Changer}
	}
	return append([]byte{a.Acceptor, a.Escrow}, a.Hoppers[:]...)
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

// mechanical are the times of all that is not the line.
func (o *Options) mechanical() []*time.Duration {
	return []*time.Duration{
		&o.Gap, &o.Decide, &o.Credit, &o.Fall, &o.Move, &o.Coin, &o.Empty, &o.PowerUp,
	}
}

// Fast shortens all that is mechanical and takes the line's times away, so that a test over a real bus does not wait
// for coins to fall.
func (o Options) Fast() Options {
	o.ByteTime, o.Reply = 0, 0
	for _, d := range o.mechanical() {
		*d /= 20
	}
	return o
}

// LineRate makes the line so many times faster than 9600 baud, 1 or more; coins fall as they do.
func (o Options) LineRate(times int) Options {
	o.ByteTime /= time.Duration(times)
	o.Reply /= time.Duration(times)
	return o
}

// Speed makes everything so many times faster.
func (o Options) Speed(times int) Options {
	o = o.LineRate(times)
	for _, d := range o.mechanical() {
		*d /= time.Duration(times)
	}
	return o
}
