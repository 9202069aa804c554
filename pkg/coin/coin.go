// Package coin drives a coin vendor that speaks ccTalk 4.7: a coin acceptor, an escrow and four payout hoppers on one
// bus behind one serial line. Any program may use it; it knows nothing of what is sold.
//
// The caller gives a [Port] (a byte line: a USB serial adapter, a tty, a net.Conn by [FromConn]) and gets a [Vendor]
// whose verbs are those of UPOS CashChanger: begin, pause, fix and end a deposit, and pay out. Three things it never
// does: send a command that moves money twice without having asked whether the first was carried out, guess what a coin
// was worth, and keep money by itself. All amounts are whole yen.
//
// The caller writes down what it is about to do before each act and what [Vendor.Counters] says before and after it;
// [ResolveDeposit] and [ResolvePayout] then tell after a crash what the machine really did.
//
// Sources: ccTalk generic specification issue 4.7, parts 1-4 (Crane Payment Innovations); Money Controls SCH2 manual
// TSP016; the header numbers stand in package cctalk.
package coin

// Kind is one kind of coin, from the smallest: an index into [Count].
type Kind uint8

// The kinds that are taken and paid out. Coins of ¥1 and ¥5 are never accepted.
const (
	Ten Kind = iota
	Fifty
	Hundred
	FiveHundred
	NumKinds
)

// kindYen must stay a chain of divisors: Change relies on it.
var kindYen = [NumKinds]int{10, 50, 100, 500}

// Yen is the worth of one coin of the kind.
func (k Kind) Yen() int { return kindYen[k] }

// KindOf gives the kind worth yen; ok is false for anything else.
func KindOf(yen int) (k Kind, ok bool) {
	for k := range NumKinds {
		if kindYen[k] == yen {
			return k, true
		}
	}
	return 0, false
}

// Count is a number of pieces of each kind, in the order of Kind.
type Count [NumKinds]int32

// Total is the worth of all pieces in yen.
func (c Count) Total() int {
	sum := 0
	for k, n := range c {
		sum += kindYen[k] * int(n)
	}
	return sum
}

// Pieces is how many coins there are.
func (c Count) Pieces() int {
	sum := 0
	for _, n := range c {
		sum += int(n)
	}
	return sum
}

// Plus adds piece by piece.
func (c Count) Plus(o Count) Count {
	for k := range c {
		c[k] += o[k]
	}
	return c
}

// Minus subtracts piece by piece; a number may become negative, which the caller judges.
func (c Count) Minus(o Count) Count {
	for k := range c {
		c[k] -= o[k]
	}
	return c
}

// IsZero says that no piece is in it.
func (c Count) IsZero() bool { return c == Count{} }

// Mask is a set of kinds; bit k is kind k.
type Mask uint8

// Has says whether k is in the set.
func (m Mask) Has(k Kind) bool { return m&(1<<k) != 0 }

// yen lists the worths in the set.
func (m Mask) yen() []int {
	var all []int
	for k := range NumKinds {
		if m.Has(k) {
			all = append(all, k.Yen())
		}
	}
	return all
}

// With gives the set with k in it.
func (m Mask) With(k Kind) Mask { return m | 1<<k }
