package coin

import (
	"context"
	"errors"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// PartStatus is how a part is now.
type PartStatus struct {
	Condition Condition
	Code      byte // the part's own, where it has one
}

// HopperStatus is how a hopper is, and how far the count of its coins can be believed.
type HopperStatus struct {
	PartStatus
	Accuracy Accuracy
}

// Status is how the vendor is now, in words that do not depend on the maker.
type Status struct {
	Acceptor, Escrow PartStatus
	Hoppers          [NumKinds]HopperStatus
	Coins            Position // where the deposit's coins are; empty where there are none
}

// Status asks every part how it is. A part that does not answer is missing; it is no error. Nothing moves.
func (v *Vendor) Status(ctx context.Context) (s Status, err error) {
	err = v.call(ctx, func(ctx context.Context) error {
		code, err := v.acceptor.SelfCheck(ctx)
		s.Acceptor = PartStatus{Condition: ConditionOK, Code: code}
		if code != 0 {
			s.Acceptor.Condition, _ = cctalk.SelfCheckFault(code)
		}
		s.Acceptor.absent(err)
		held, err := v.escrow.Status(ctx)
		s.Escrow = PartStatus{Condition: held.Condition(), Code: held.Fault}
		s.Escrow.absent(err)
		all := v.Accuracy()
		for k := range v.hoppers {
			h := &s.Hoppers[k]
			h.Accuracy = all[k]
			h.Condition, h.Code, err = v.hoppers[k].Condition(ctx)
			h.absent(err)
		}
		return ctx.Err()
	})
	switch in := v.Deposited(); {
	case v.State() == Unresolved:
		s.Coins = PositionUnknown
	case !in.IsZero():
		s.Coins = InEscrow
	}
	return s, err
}

// absent notes that a part could not be asked.
func (s *PartStatus) absent(err error) {
	switch {
	case err == nil:
	case errors.Is(err, ErrNoReply):
		*s = PartStatus{Condition: ConditionMissing}
	default:
		*s = PartStatus{Condition: ConditionUnknown}
	}
}

// Accuracy is how far the counts of the hoppers can be believed: what the configuration said, and what happened since.
func (v *Vendor) Accuracy() Accuracies {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.accuracy
}

// SetAccuracy notes what staff have found out by counting; an empty one leaves that hopper as it is. Tell it while no
// payout runs. [Counts] follows, for the caller to write down.
func (v *Vendor) SetAccuracy(ctx context.Context, to Accuracies) error {
	return v.call(ctx, func(context.Context) error {
		v.recount(to)
		return nil
	})
}

// miscounted notes that nobody knows any more how many coins a hopper holds, until staff have counted.
func (v *Vendor) miscounted(k Kind) {
	var to Accuracies
	to[k] = Inaccurate
	v.recount(to)
}

func (v *Vendor) recount(to Accuracies) {
	v.mu.Lock()
	was := v.accuracy
	for k, a := range to {
		if a != "" {
			v.accuracy[k] = a
		}
	}
	now := v.accuracy
	v.mu.Unlock()
	if now != was {
		v.emit(Counts{Accuracy: now})
	}
}
