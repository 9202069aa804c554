package coin

import (
	"context"
	"errors"
)

// Payout pays coins from the hoppers, large ones first, and says which came out. A hopper that fails does not keep the
// others from paying their part; the caller plans what is missing as a new payout. Without ErrUnresolved the count is
// proved even where err is set: ErrShortPay (a hopper paid fewer coins), a *PartError, or ctx's end, which stops the
// hopper. ErrRanEmpty beside ErrShortPay says that every hopper that paid too little had no more coins, and that none
// hangs anywhere: only then may others pay for it, else the one that hangs is paid as well when it falls.
// With ErrUnresolved read the counters when the vendor can be reached and ask [ResolvePayout].
//
// It never pays while a deposit is open to coins.
func (v *Vendor) Payout(ctx context.Context, plan Count) (paid Count, err error) {
	err = v.call(ctx, func(ctx context.Context) error {
		if err := v.needs("pay out", Idle, Fixed, Settled, Unresolved); err != nil {
			return err
		}
		var errs error
		empty := true // all that failed
		for i := range NumKinds {
			k := NumKinds - 1 - i
			if plan[k] <= 0 || errors.Is(errs, ErrUnresolved) || ctx.Err() != nil {
				continue
			}
			n, err := v.hoppers[k].Pay(ctx, int(plan[k]), v.tend)
			paid[k] = int32(n)
			if errs = errors.Join(errs, err); err != nil {
				empty = v.payFault(ctx, k, err) && empty
			}
		}
		if errs != nil && empty {
			errs = errors.Join(errs, ErrRanEmpty)
		}
		if paid != plan && errs == nil {
			errs = errors.Join(ErrShortPay, ctx.Err())
		}
		return errs
	})
	return paid, err
}

// payFault says which trouble kept a hopper from paying; empty is true where it only had no more coins.
func (v *Vendor) payFault(ctx context.Context, k Kind, err error) (empty bool) {
	v.reportFault(err)
	if errors.Is(err, ErrUnresolved) {
		v.emit(Doubtful{Reason: DoubtPayout, Code: v.hoppers[k].Addr})
	}
	if errors.Is(err, ErrUnresolved) || errors.Is(err, ErrShortPay) {
		v.miscounted(k) // it held fewer than was planned with, or nobody knows
	}
	if !errors.Is(err, ErrShortPay) {
		return false
	}
	empty, askErr := v.hoppers[k].RanEmpty(ctx)
	if empty = empty && askErr == nil; empty {
		v.emit(Fault{Part: PartHopper, Kind: k, Name: ConditionEmpty})
	}
	return empty
}

// reportFault turns a part's refusal into an event.
func (v *Vendor) reportFault(err error) {
	if part, ok := errors.AsType[*PartError](err); ok {
		k, _ := KindOf(part.Yen) // 0 where it is no hopper
		if part.Part == PartHopper && part.Name != ConditionInoperative {
			v.miscounted(k) // somebody will take coins out of it by hand
		}
		v.emit(Fault{Part: part.Part, Kind: k, Name: part.Name, Code: part.Code, At: part.At})
	}
}

// TestHoppers refuses a payout that could not be made now (rule X-04: before the paper is printed): it tests each
// hopper that the plan needs. It moves nothing.
func (v *Vendor) TestHoppers(ctx context.Context, plan Count) error {
	return v.call(ctx, func(ctx context.Context) error {
		var errs error
		for k := range NumKinds {
			if plan[k] > 0 {
				err := v.hoppers[k].Test(ctx)
				v.reportFault(err)
				errs = errors.Join(errs, err)
			}
		}
		return errs
	})
}
