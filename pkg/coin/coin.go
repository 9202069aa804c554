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

import "github.com/kioskd/kioskd/pkg/coin/change"

// Kinds of coin and numbers of them, under the names that this package's callers use.
type (
	Kind       = change.Kind
	Count      = change.Count
	Mask       = change.Mask
	Limits     = change.Limits
	StopReason = change.StopReason
)

// The kinds that are taken and paid out, from the smallest. Coins of ¥1 and ¥5 are never accepted.
const (
	Ten         = change.Ten
	Fifty       = change.Fifty
	Hundred     = change.Hundred
	FiveHundred = change.FiveHundred
	NumKinds    = change.NumKinds
)

// Reasons of Stopped.
const (
	StopReached = change.StopReached
	StopFull    = change.StopFull
)

// KindOf gives the kind worth yen; ok is false for anything else.
func KindOf(yen int) (k Kind, ok bool) { return change.KindOf(yen) }

// Change is [change.Change].
func Change(due int, stock, reserve Count) (paid Count, ok bool) {
	return change.Change(due, stock, reserve)
}

// CanRefund is [change.CanRefund].
func CanRefund(amount int, stock, reserve Count) bool {
	return change.CanRefund(amount, stock, reserve)
}

// CanChange is [change.CanChange].
func CanChange(price int, stock, reserve Count) bool { return change.CanChange(price, stock, reserve) }
