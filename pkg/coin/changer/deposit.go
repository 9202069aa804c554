package changer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
	"github.com/kioskd/kioskd/pkg/coin/change"
)

// Errors of a deposit.
var (
	// ErrValuesOnly says that the changer cannot tell how many coins of which kind it holds, so that nobody can promise a
	// refund. Give [Changer.Begin] a stock from books of one's own, or use a unit with balances.
	ErrValuesOnly = errors.New("coin: changer knows values only: tell it what its hoppers hold, or no deposit opens")
	// ErrNoRefund says that the changer could not give back what may come together for the price.
	ErrNoRefund = errors.New("coin: changer could not refund the deposit: fill its hoppers")
)

// quietTime without money coming in, and without anything moving, means that no coin is on its way.
const (
	quietTime  = 1500 * time.Millisecond
	settleTime = 30 * time.Second
)

// Deposit is money that came in since the slot was opened. There is no escrow: it is kept already, and given back only
// as other coins of the same worth, by [Changer.Pay].
type Deposit struct {
	c     *Changer
	begin State
	open  bool
}

// stock is what the hoppers hold by kind, by their own count.
func (s State) stock() (n change.Count) {
	for _, b := range s.Balances {
		if k, ok := change.KindOf(b.Yen); ok {
			n[k] += int32(b.Count)
		}
	}
	return n
}

// Begin opens the slot for a price. The limits' Stock is what the hoppers hold by the caller's books; where it is zero
// the changer's own balances count. It refuses where everything that may come together for the price could not be
// refunded from that stock.
func (c *Changer) Begin(ctx context.Context, l change.Limits) (*Deposit, error) {
	now, err := c.Read(ctx)
	if err != nil {
		return nil, err
	}
	if now.Activity.Paying() || now.Activity.Taking() {
		return nil, fmt.Errorf("%w: the changer is not at rest", cctalk.ErrUnresolved)
	}
	if l.Stock.IsZero() {
		if !c.Kinds {
			return nil, ErrValuesOnly
		}
		l.Stock = now.stock()
	}
	if l.Price <= 0 || !l.Refundable() {
		return nil, ErrNoRefund
	}
	d := &Deposit{c: c, begin: now, open: true}
	if err := c.Accept(ctx, true); err != nil {
		return nil, errors.Join(err, c.Accept(context.WithoutCancel(ctx), false))
	}
	return d, nil
}

// Inserted is how much came in until now. With cctalk.ErrUnresolved nobody can tell: the changer lost its power, and
// what it took may not be all in its total. The caller stops with [Deposit.Settle] when the price is there.
func (d *Deposit) Inserted(ctx context.Context) (yen int, err error) {
	now, err := d.c.Read(ctx)
	if err != nil {
		return 0, err
	}
	if d.open {
		on, err := d.c.accepting(ctx)
		if err != nil {
			return 0, err
		}
		if !on {
			return 0, fmt.Errorf("%w: the changer shut its slot: it lost its power, or somebody else commands it",
				cctalk.ErrUnresolved)
		}
	}
	return d.since(now)
}

// since is what came in by a later state.
func (d *Deposit) since(now State) (yen int, err error) {
	reset := now.Event == 0 && d.begin.Event != 0
	yen = int(int32(now.In - d.begin.In)) // the total wraps at 32 bits
	if now.Serial != d.begin.Serial || now.Event != d.begin.Event && !reset || yen < 0 || reset && !d.c.KeepsTotals {
		return 0, fmt.Errorf("%w: changer counted ¥%d in before and ¥%d now, payments %d and %d", cctalk.ErrUnresolved,
			d.begin.In, now.In, d.begin.Event, now.Event)
	}
	return yen, nil
}

// Settle shuts the slot and waits until no coin is on its way. It gives what came in.
func (d *Deposit) Settle(ctx context.Context, wait cctalk.Waiter) (yen int, err error) {
	if err := d.c.Accept(ctx, false); err != nil {
		return 0, err
	}
	d.open = false
	still := time.Duration(0)
	last := d.begin.In
	for spent := time.Duration(0); spent < settleTime; spent += poll {
		if err := wait(ctx, poll); err != nil {
			return 0, err
		}
		now, err := d.c.Read(ctx)
		if err != nil {
			return 0, err
		}
		if yen, err = d.since(now); err != nil {
			return 0, err
		}
		if still += poll; now.In != last || now.Activity.Taking() {
			still = 0
		}
		last = now.In
		if still >= quietTime {
			return yen, nil
		}
	}
	return 0, fmt.Errorf("%w: the changer takes money in although it is shut", cctalk.ErrUnresolved)
}
