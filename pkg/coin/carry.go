package coin

import (
	"context"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
	"github.com/kioskd/kioskd/pkg/coin/jam"
)

// SwappedError says that another device answers than before the line was lost: nobody can tell what that one counted.
type SwappedError struct {
	Was, Is Identity
}

func (e *SwappedError) Error() string {
	return fmt.Sprintf("coin: device %d was %q %d and is %q %d: the unit was swapped; start anew and let staff count",
		e.Was.Address, e.Was.Product, e.Was.Serial, e.Is.Product, e.Is.Serial)
}

// carried is what a vendor whose line was lost leaves to the one that comes after it on the same machine.
type carried struct {
	parts   []Identity
	last    Acceptor // the last look, with Accepts counted on
	state   State
	in      Count
	limits  Limits
	boxed   Mask
	doubted bool
	trouble jam.Watch
	filled  bool // as far as is known of an escrow without a level
	counts  Accuracies
}

// memory gives what the next vendor needs. The vendor must have ended.
func (v *Vendor) memory() *carried {
	v.mu.Lock()
	defer v.mu.Unlock()
	return &carried{
		parts: v.Parts(), last: v.last, state: v.left, in: v.in, limits: v.limits, boxed: v.boxed, doubted: v.doubted,
		trouble: v.trouble, filled: v.escrow.Filled, counts: v.accuracy,
	}
}

// resume takes the carried deposit over. What the acceptor did meanwhile is told as if it happened now: up to five
// events are still in its buffer, and its count of coins says whether there were more (ccTalk 4.7 part 3, header 229).
func (v *Vendor) resume(ctx context.Context, accepting bool) error {
	b := v.carried
	for n, is := range v.Parts() {
		if was := b.parts[n]; was.Serial != is.Serial || was.Product != is.Product {
			return &SwappedError{Was: was, Is: is}
		}
	}
	v.setIn(b.in)
	v.last, v.limits, v.boxed, v.doubted = b.last, b.limits, b.boxed, b.doubted
	v.trouble, v.escrow.Filled, v.accuracy = b.trouble, b.filled, b.counts
	v.setState(resumed(b.state))
	v.look(ctx)
	held, err := v.escrow.Status(ctx)
	if err != nil {
		return err
	}
	if accepting || !held.Empty() || v.silent > 0 {
		// Those that come meanwhile are told.
		if err := v.quieten(ctx, func(time.Duration) (bool, error) { return true, nil }); err != nil {
			return err
		}
	}
	count, err := v.acceptor.Accepts(ctx)
	if err != nil {
		return err
	}
	if count != v.last.Accepts {
		v.doubted, v.escrow.Filled = true, v.cfg.NoLevel
		v.emit(Doubtful{Reason: DoubtCount, Events: cctalk.Counted24(v.last.Accepts, count)})
	}
	if held.Empty() && !v.Deposited().IsZero() && v.State() != Idle {
		v.setState(Unresolved) // what was in it is not there any more
	}
	return nil
}

// resumed is the state in which a deposit goes on. Nothing is taken before somebody wants it, and a movement that was
// cut off stays what it is.
func resumed(s State) State {
	switch s {
	case Accepting, Paused:
		return Paused
	case Fixed:
		return Fixed
	case Keeping, Returning, Unresolved:
		return Unresolved
	case Closed, Idle, Settled:
	}
	return Idle
}
