package domain

import (
	"errors"
	"math"
	"strconv"
)

// Yen is an amount of money in whole yen; JSON integer. There is no float anywhere money is.
type Yen int64

// ErrYenOverflow says that an amount left the range of Yen.
var ErrYenOverflow = errors.New("domain: amount out of range")

// Times gives y × n.
func (y Yen) Times(n int) (Yen, error) {
	if n < 0 || y < 0 {
		return 0, ErrYenOverflow
	}
	if n != 0 && int64(y) > math.MaxInt64/int64(n) {
		return 0, ErrYenOverflow
	}
	return y * Yen(n), nil
}

func (y Yen) String() string { return strconv.FormatInt(int64(y), 10) }

// Denomination counts the kinds of coin from the smallest: ¥10, ¥50, ¥100, ¥500 (design §3: coins ¥10–500 only).
type Denomination uint8

// The denominations, in the order of every Count and of the note lines "in" and "out".
const (
	Yen10 Denomination = iota
	Yen50
	Yen100
	Yen500
	NumDenominations
)

var denominationYen = [NumDenominations]Yen{10, 50, 100, 500}

// Yen is the value of one coin.
func (d Denomination) Yen() Yen { return denominationYen[d] }

// DenominationOf gives the denomination of a coin of y yen; ok is false for any coin the service does not take.
func DenominationOf(y Yen) (d Denomination, ok bool) {
	for d := range NumDenominations {
		if denominationYen[d] == y {
			return d, true
		}
	}
	return 0, false
}

// Count is a number of pieces of each denomination.
type Count [NumDenominations]int32

// Total is the value of all pieces.
func (c Count) Total() Yen {
	var sum Yen
	for d, n := range c {
		sum += denominationYen[d] * Yen(n)
	}
	return sum
}

// Plus adds piece by piece.
func (c Count) Plus(o Count) Count {
	for d := range c {
		c[d] += o[d]
	}
	return c
}

// Minus subtracts piece by piece; a piece count may become negative, which the caller must judge.
func (c Count) Minus(o Count) Count {
	for d := range c {
		c[d] -= o[d]
	}
	return c
}

// Holds reports whether there are at least as many pieces of each denomination as in o.
func (c Count) Holds(o Count) bool {
	for d := range c {
		if c[d] < o[d] {
			return false
		}
	}
	return true
}

// Of gives as much of o as there is here, piece by piece, and never less than none.
func (c Count) Of(o Count) Count {
	for d := range c {
		c[d] = max(0, min(c[d], o[d]))
	}
	return c
}

// IsZero reports whether there is no piece at all.
func (c Count) IsZero() bool { return c == Count{} }
