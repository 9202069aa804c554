package coin

import (
	"context"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// openParts finds all parts and makes them inert.
func (v *Vendor) openParts(ctx context.Context) error {
	accepting, err := v.acceptor.Open(ctx, v.cfg.Products)
	if err != nil {
		return err
	}
	if v.last, err = v.acceptor.Events(ctx); err != nil {
		return err
	}
	if err := v.acceptor.Inhibit(ctx, nil); err != nil {
		return err
	}
	if err := v.escrow.Open(ctx, v.cfg.Products); err != nil {
		return err
	}
	for k := range v.hoppers {
		if err := v.hoppers[k].Open(ctx, v.cfg.Products); err != nil {
			return err
		}
	}
	if v.carried != nil {
		return v.resume(ctx, accepting)
	}
	if v.last.Accepts, err = v.acceptor.Accepts(ctx); err != nil {
		return err
	}
	v.escrow.Filled = v.escrow.Filled && !v.wasEmpty()
	held, err := v.escrow.Status(ctx)
	if err != nil {
		return err
	}
	if accepting || !held.Empty() {
		if err := v.calm(ctx); err != nil {
			return err
		}
	}
	if v.last.Accepts, err = v.acceptor.Accepts(ctx); err != nil {
		return err
	}
	v.last.Inside, err = v.acceptor.Inside(ctx)
	v.setState(Idle)
	return err
}

// wasEmpty says that the escrow was empty after the caller's last proved act and that no coin was accepted since.
func (v *Vendor) wasEmpty() bool {
	b := v.cfg.Before
	return b != nil && b.Escrow.Empty() && b.Escrow.Serial == v.escrow.ID.Serial &&
		b.Acceptor.Serial == v.last.Serial && b.Acceptor.Accepts == v.last.Accepts
}

// calm waits until the acceptor's events stand still before the vendor is open; they belong to the time before.
func (v *Vendor) calm(ctx context.Context) error {
	still := time.Duration(0)
	for spent := time.Duration(0); spent < settleTime; spent += v.acceptor.Poll {
		if err := cctalk.Pause(ctx, v.acceptor.Poll); err != nil {
			return err
		}
		now, err := v.acceptor.Events(ctx)
		if err != nil {
			return err
		}
		if still += v.acceptor.Poll; now.Event != v.last.Event {
			still = 0
		}
		v.last = now
		if still >= quietTime {
			return nil
		}
	}
	return fmt.Errorf("%w: acceptor counts on although it is off", ErrUnresolved)
}
