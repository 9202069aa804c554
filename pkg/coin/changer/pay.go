package changer

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// Bounds of a payment. A coin takes less than a second; most amounts are a few coins.
const (
	payLimit = 30 * time.Second
	perTen   = time.Second     // for each ¥10, if it must pay in the smallest coins
	idleMost = 2 * time.Second // from an ACK to the first sign of a payment
)

// Pay pays an amount and says how much came out. The command is given once, and once more only where the changer proves
// that it has not heard it. Without cctalk.ErrUnresolved the amount is proved, also with cctalk.ErrShortPay and with a
// *cctalk.PartError, which says why. With cctalk.ErrUnresolved read the changer when it can be reached, and ask
// [Changer.Resolve].
func (c *Changer) Pay(ctx context.Context, yen int, wait cctalk.Waiter) (paid int, err error) {
	if yen <= 0 || yen > math.MaxInt32 {
		return 0, fmt.Errorf("coin: a changer pays 1 to %d yen, not %d", math.MaxInt32, yen)
	}
	before, err := c.Read(ctx)
	if err != nil {
		return 0, err
	}
	if before.Activity.Paying() {
		return 0, fmt.Errorf("%w: the changer is already paying", cctalk.ErrUnresolved)
	}
	heard, err := c.order(ctx, yen, before, wait)
	if !heard {
		return 0, err
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", cctalk.ErrUnresolved, err)
	}
	return c.finish(ctx, yen, before, wait)
}

// order gives the command. heard false means that nothing moves; heard with an error means that it cannot be known.
func (c *Changer) order(ctx context.Context, yen int, before State, wait cctalk.Waiter) (heard bool, err error) {
	command := cctalk.Request{
		To: c.Addr, Header: cctalk.HeaderPayMoney,
		Data: []byte{byte(yen), byte(yen >> 8), byte(yen >> 16), byte(yen >> 24)},
	}
	for range 2 {
		_, err = c.Bus.Do(ctx, command)
		if err == nil {
			return true, nil
		}
		if errors.Is(err, cctalk.ErrRefused) {
			return false, c.why(ctx, err)
		}
		if waitErr := wait(ctx, poll); waitErr != nil && ctx.Err() == nil {
			return true, waitErr
		}
		now, readErr := c.Read(context.WithoutCancel(ctx))
		switch {
		case readErr != nil:
			return true, errors.Join(err, readErr)
		case now.Activity.Paying() || now.Event != before.Event || now.Out != before.Out:
			return true, nil // finish judges what it did
		case before.Event == 0: // a loss of power in between would look the same
			return true, err
		case ctx.Err() != nil:
			return false, ctx.Err()
		}
	}
	return false, err
}

// why adds the changer's own reason to a refusal.
func (c *Changer) why(ctx context.Context, refused error) error {
	f, err := c.Fault(ctx)
	if f == nil {
		return errors.Join(refused, err)
	}
	return errors.Join(refused, f, err)
}

// finish waits for the end of a payment and proves what was paid.
func (c *Changer) finish(ctx context.Context, yen int, before State, wait cctalk.Waiter) (int, error) {
	ctx = context.WithoutCancel(ctx) // money is on its way whatever the caller wants
	after, err := c.awaitEnd(ctx, yen, before, wait)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", cctalk.ErrUnresolved, err)
	}
	r := c.Resolve(before, after, yen)
	switch {
	case !r.Known || r.Paying || after.Event == before.Event: // it was heard, so something must have happened
		return 0, fmt.Errorf("%w: changer says paid %d of %d, in all %d before and %d now", cctalk.ErrUnresolved, after.Paid,
			yen, before.Out, after.Out)
	case r.Paid < yen:
		return r.Paid, c.why(ctx, fmt.Errorf("%w: changer, ¥%d of ¥%d", cctalk.ErrShortPay, r.Paid, yen))
	}
	return r.Paid, nil
}

// awaitEnd reads the changer until a payment is over: it pays no more, and has counted it. One that shows no sign of a
// payment for a while is given as it is.
func (c *Changer) awaitEnd(ctx context.Context, yen int, before State, wait cctalk.Waiter) (now State, err error) {
	limit := payLimit + time.Duration(yen/10)*perTen
	idle := time.Duration(0)
	for spent := time.Duration(0); spent < limit; spent += poll {
		if now, err = c.Read(ctx); err != nil {
			return now, err
		}
		if idle += poll; now.Activity.Paying() || now.Activity.Starting() {
			idle = 0
		}
		if idle > 0 && (now.Event != before.Event || idle >= idleMost) {
			return now, nil
		}
		if err := wait(ctx, poll); err != nil {
			return now, err
		}
	}
	return now, nil // it still pays
}

// Payout is what became of a payment.
type Payout struct {
	Paid   int  // yen
	Known  bool // false: the changer was replaced, commanded by somebody else, lost its power, or contradicts itself
	Reset  bool // it lost power in between
	Paying bool // it still pays: wait and ask again
}

// Resolve tells what was paid of yen between two moments, by the changer's own counters. A payment that came to its end
// counts one event and says what was paid; the total of money out must agree. After a loss of power only the total can
// tell, where it is kept, and where the changer knows kinds its hoppers must agree with it.
func (c *Changer) Resolve(before, after State, yen int) Payout {
	r := Payout{
		Paying: after.Activity.Paying() || after.Activity.Starting(), Reset: after.Event == 0 && before.Event != 0,
	}
	out := int(int32(after.Out - before.Out)) // the total wraps at 32 bits
	if before.Serial != after.Serial || out < 0 || out > yen {
		return r
	}
	finished := int(after.Paid) == out && int(after.Paid+after.Unpaid) == yen
	kept := c.KeepsTotals && (len(after.Balances) == 0 || before.held()-after.held() == out)
	switch {
	case r.Paying:
		r.Known = true // so far
		return r
	case after.Event == cctalk.NextEvent(before.Event):
		r.Known = finished
	case after.Event == before.Event && before.Event != 0 && out == 0:
		r.Known = true
	case after.Event == 0: // power was lost, or nothing happened since it came
		r.Known = kept
	case after.Event == 1: // power was lost before the command, which is the first since
		r.Known = kept && finished
	}
	if r.Known {
		r.Paid = out
	}
	return r
}
