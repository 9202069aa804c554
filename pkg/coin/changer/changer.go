// Package changer drives a ccTalk changer: one device that takes coins, sorts them into hoppers of its own and pays any
// amount out of them, by values and not by kinds of coin. It has no escrow: a coin that is in is kept, and what a
// person gets back are other coins of the same worth. So a deposit opens only where a refund of all that may come is
// possible.
//
// Any program may use it whose books are kept in yen. Books by kinds of coin, as kioskd's, need an acceptor, an escrow
// and hoppers (package coin): a changer's counts by kind are its own estimates, and some changers have none.
//
// The caller writes down what it is about to pay, and what [Changer.Read] says, before each [Changer.Pay];
// [Changer.Resolve] tells after a crash what was paid. No payment is ever sent again on a guess.
//
// Source: ccTalk generic specification 4.7 part 3, headers 117 to 128. That the master inhibit (228) governs the slot
// of a changer is taken from makers' units and unverified.
package changer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// Changer is the changer on the bus. Open it first; it is used by the bus's one goroutine.
type Changer struct {
	Bus   *cctalk.Bus
	Addr  byte           // usually 55
	Coins map[string]int // worth of a coin by its id (header 119)
	// KeepsTotals says that the totals of money in and out (headers 128 and 127) outlive a loss of power. Without it a
	// payment in which power was lost cannot be resolved.
	KeepsTotals bool

	ID cctalk.Identity
	// Kinds says that the changer tells how many coins of which kind it holds, as an estimate. Without it, it knows values
	// only, and whether a refund is possible cannot be known.
	Kinds bool

	hoppers int // that answer header 119
}

// Bounds.
const (
	hoppersMost = 8
	startLimit  = 60 * time.Second // a changer runs its motors when it is switched on
	poll        = 200 * time.Millisecond
)

// Balance is what one of the changer's hoppers holds by its own count.
type Balance struct {
	Yen   int // worth of its coins; 0 where the id is not known
	Count int
}

// Activity is what the changer does now (header 123): the first register in the low byte.
type Activity uint16

// Taking says that coins are on their way in.
func (a Activity) Taking() bool { return a&(1<<0|1<<1|1<<2) != 0 }

// Paying says that coins are on their way out.
func (a Activity) Paying() bool { return a&(1<<3) != 0 }

// Starting says that it does not hear commands yet.
func (a Activity) Starting() bool { return a&(1<<6) != 0 }

// State is what the changer had counted at one moment. Amounts are yen.
type State struct {
	Serial   uint32
	Event    byte   // payments that came to their end: 0 only after power-up, then 1…255 round and round
	Paid     uint32 // by the last payment; cleared with Event
	Unpaid   uint32
	In, Out  uint32 // in all
	Box      uint32 // in the cash box
	Activity Activity
	Balances []Balance // by hopper; none where it knows values only
}

// Open identifies the changer, waits until it has started, shuts its slot and learns what it can tell.
func (c *Changer) Open(ctx context.Context, products []string) (err error) {
	if c.ID, err = c.Bus.IdentifyAs(ctx, c.Addr, "Changer", products); err != nil {
		return err
	}
	for spent := time.Duration(0); ; spent += poll {
		now, err := c.activity(ctx)
		if err != nil {
			return err
		}
		if !now.Starting() {
			break
		}
		if spent >= startLimit {
			return &cctalk.PartError{Part: cctalk.PartChanger, Name: cctalk.ConditionInoperative}
		}
		if err := cctalk.Pause(ctx, poll); err != nil {
			return err
		}
	}
	if err := c.Accept(ctx, false); err != nil {
		return err
	}
	return c.learn(ctx)
}

// learn finds out how many hoppers tell their balance.
func (c *Changer) learn(ctx context.Context) error {
	c.hoppers, c.Kinds = 0, false
	for n := 1; n <= hoppersMost; n++ {
		b, err := c.balance(ctx, n)
		if errors.Is(err, cctalk.ErrRefused) || errors.Is(err, cctalk.ErrNoReply) {
			return nil
		}
		if err != nil {
			return err
		}
		c.hoppers = n
		c.Kinds = c.Kinds || b.Yen > 0
	}
	return nil
}

// Accept opens the slot or shuts it, and reads that back.
func (c *Changer) Accept(ctx context.Context, on bool) error {
	set := cctalk.Request{To: c.Addr, Header: cctalk.HeaderModifyMaster, Data: []byte{0}}
	if on {
		set.Data[0] = 1
	}
	if _, err := c.Bus.Do(ctx, set); err != nil {
		return err
	}
	is, err := c.accepting(ctx)
	if err == nil && is != on {
		err = fmt.Errorf("%w: master switch is %v, set was %v", cctalk.ErrInhibit, is, on)
	}
	return err
}

func (c *Changer) accepting(ctx context.Context) (bool, error) {
	p, err := c.ask(ctx, cctalk.HeaderRequestMaster, 1)
	return err == nil && p[0]&1 == 1, err
}

// ask reads something of a known length.
func (c *Changer) ask(ctx context.Context, header byte, want int) ([]byte, error) {
	return c.Bus.Do(ctx, cctalk.Request{To: c.Addr, Header: header, Want: want})
}

func (c *Changer) activity(ctx context.Context) (Activity, error) {
	p, err := c.ask(ctx, cctalk.HeaderActivity, 2)
	if err != nil {
		return 0, err
	}
	return Activity(p[0]) | Activity(p[1])<<8, nil
}

// balance is that of hopper n, from 1.
func (c *Changer) balance(ctx context.Context, n int) (Balance, error) {
	ask := cctalk.Request{To: c.Addr, Header: cctalk.HeaderHopperBalance, Data: []byte{byte(n)}, Want: 8}
	p, err := c.Bus.Do(ctx, ask)
	if err != nil {
		return Balance{}, err
	}
	return Balance{Yen: c.Coins[string(p[:6])], Count: int(p[6]) | int(p[7])<<8}, nil
}

// Read reads all that the changer counts. While it pays or takes coins, the counts may not fit each other.
func (c *Changer) Read(ctx context.Context) (s State, err error) {
	s.Serial = c.ID.Serial
	if s.Activity, err = c.activity(ctx); err != nil {
		return s, err
	}
	out, err := c.ask(ctx, cctalk.HeaderVerifyOut, 9)
	if err != nil {
		return s, err
	}
	s.Event, s.Paid, s.Unpaid = out[0], uint32At(out, 1), uint32At(out, 5)
	for _, total := range []struct {
		header byte
		to     *uint32
	}{{cctalk.HeaderMoneyIn, &s.In}, {cctalk.HeaderMoneyOut, &s.Out}, {cctalk.HeaderCashBoxValue, &s.Box}} {
		p, err := c.ask(ctx, total.header, 4)
		if err != nil {
			return s, err
		}
		*total.to = uint32At(p, 0)
	}
	for n := range c.hoppers {
		b, err := c.balance(ctx, n+1)
		if err != nil {
			return s, err
		}
		s.Balances = append(s.Balances, b)
	}
	return s, nil
}

// uint32At reads four bytes, lowest first.
func uint32At(p []byte, i int) uint32 {
	return uint32(p[i]) | uint32(p[i+1])<<8 | uint32(p[i+2])<<16 | uint32(p[i+3])<<24
}

// held is what the hoppers hold in yen by their own count.
func (s State) held() (yen int) {
	for _, b := range s.Balances {
		yen += b.Yen * b.Count
	}
	return yen
}
