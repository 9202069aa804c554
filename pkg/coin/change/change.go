// Package change knows the kinds of coin that a vendor takes and pays, and plans with them: which coins make up an
// amount, which may still be taken for a price, and whether all of it could be given back. It is pure: no device, no
// clock. Package coin uses it and gives its words under its own name.
package change

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

// Yen lists the worths in the set, from the smallest.
func (m Mask) Yen() []int {
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
