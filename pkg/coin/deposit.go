package coin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// ErrNotEmpty says that the escrow is not proved empty: coins of before lie in it.
var ErrNotEmpty = errors.New("coin: escrow is not empty")

// ErrNoRoom says that the escrow could not hold enough coins to reach the price.
var ErrNoRoom = errors.New("coin: price is beyond what the escrow holds")

// ErrNoRefund says that the escrow would not hold a deposit over a loss of power, and that the hoppers could not refund
// it (rule X-01).
var ErrNoRefund = errors.New("coin: hoppers could not refund the deposit, and the escrow holds nothing without power")

// ErrDoubted says that the deposit can only be repaid: a coin may have been pulled out or gone astray in it, or the
// escrow does not hold what was credited. Nobody may get goods or change for it.
var ErrDoubted = errors.New("coin: deposit is in doubt: it can only be repaid")

// EscrowError says that the escrow cannot hold what was credited to the deposit. It is an [ErrDoubted].
type EscrowError struct {
	Pieces int // coins that were credited
	Escrow Escrow
}

func (e *EscrowError) Error() string {
	return fmt.Sprintf("coin: escrow has level %d, fault %d, moving %v with %d coins credited: repay, or let staff look",
		e.Escrow.Level, e.Escrow.Fault, e.Escrow.Moving, e.Pieces)
}

// Full says that the escrow filled before it held what its slots allow: coins that came after it did may have rolled
// back to the person.
func (e *EscrowError) Full() bool { return e.Escrow.Full() }

// Unwrap makes it an ErrDoubted.
func (e *EscrowError) Unwrap() error { return ErrDoubted }

// needs verifies that a verb fits the state.
func (v *Vendor) needs(verb string, states ...State) error {
	now := v.State()
	for _, s := range states {
		if s == now {
			return nil
		}
	}
	return &StateError{Verb: verb, State: now}
}

// BeginDeposit opens the slot for coins up to a price. It refuses while the escrow is not proved empty (rule X-02).
// What became of an unresolved deposit before is the caller's to know.
// Coins come as [CoinIn]; when the price is reached or cannot be any more, the vendor stops by itself and says
// [Stopped].
func (v *Vendor) BeginDeposit(ctx context.Context, l Limits) error {
	return v.call(ctx, func(ctx context.Context) error {
		if err := v.needs("begin a deposit", Idle, Settled, Unresolved); err != nil {
			return err
		}
		if l.Slots <= 0 || l.Slots > v.cfg.EscrowSlots {
			l.Slots = v.cfg.EscrowSlots
		}
		if l.Price <= 0 || l.Price%Ten.Yen() != 0 {
			return &StateError{Verb: "begin a deposit", State: v.State(), Why: "price is no positive multiple of 10"}
		}
		mask, _ := l.Accepts(Count{})
		if mask == 0 {
			return ErrNoRoom
		}
		if v.cfg.PowerLoss != Holds && !l.Refundable() {
			return ErrNoRefund
		}
		return v.begin(ctx, l, mask)
	})
}

func (v *Vendor) begin(ctx context.Context, l Limits, mask Mask) error {
	v.look(ctx) // what came before belongs to nobody's deposit
	held, err := v.escrow.Status(ctx)
	if err != nil {
		return err
	}
	if !held.Empty() {
		return fmt.Errorf("%w: level %d, fault %d", ErrNotEmpty, held.Level, held.Fault)
	}
	if err := v.route(ctx); err != nil {
		return err
	}
	count, err := v.acceptor.Accepts(ctx)
	if err != nil {
		return err
	}
	v.last.Accepts = count
	if v.last.Inside, err = v.acceptor.Inside(ctx); err != nil {
		return err
	}
	v.limits, v.doubted, v.checked = l, false, 0
	v.setIn(Count{})
	return v.accept(ctx, mask)
}

// accept opens the slot for coins of these kinds.
func (v *Vendor) accept(ctx context.Context, mask Mask) error {
	if err := v.acceptor.Inhibit(ctx, mask.Yen()); err != nil {
		return err
	}
	v.mask, v.quiet, v.agrees = mask, false, false
	v.ahead(ctx)
	v.setState(Accepting)
	if err := v.acceptor.Accept(ctx, true); err != nil {
		return errors.Join(err, v.stopCoins(context.WithoutCancel(ctx)))
	}
	return nil
}

// route sends the kinds whose hopper is full to the cash box.
func (v *Vendor) route(ctx context.Context) error {
	v.boxed = 0
	var full []byte
	for k := range NumKinds {
		now, err := v.hoppers[k].Counters(ctx)
		if err != nil {
			return err
		}
		if now.High {
			v.boxed = v.boxed.With(k)
			full = append(full, v.cfg.Paths[k])
		}
	}
	return v.acceptor.Override(ctx, full)
}

// PauseDeposit stops taking coins for a while, or goes on.
func (v *Vendor) PauseDeposit(ctx context.Context, paused bool) error {
	return v.call(ctx, func(ctx context.Context) error {
		if err := v.needs("pause a deposit", Accepting, Paused); err != nil {
			return err
		}
		if paused {
			return v.stopCoins(ctx)
		}
		mask, _ := v.limits.Accepts(v.Deposited())
		if mask == 0 || v.doubted {
			return &StateError{Verb: "go on with a deposit", State: v.State(), Why: "no more coins can be taken"}
		}
		return v.accept(ctx, mask)
	})
}

// Settle stops taking coins and waits until none can be in flight: the event counter unchanged for 1.5 s and the count
// of accepted coins agreeing with the credits (rule X-02). A coin that was inserted and neither accepted nor rejected
// makes the deposit doubtful (see [DoubtSwallowed]). It gives what was deposited. With ErrUnresolved the two
// counts disagree: the deposit can only be repaid.
func (v *Vendor) Settle(ctx context.Context) (Count, error) {
	err := v.call(ctx, func(ctx context.Context) error {
		if err := v.needs("settle", Idle, Accepting, Paused, Fixed, Settled, Unresolved); err != nil {
			return err
		}
		if err := v.stopCoins(ctx); err != nil {
			return err
		}
		return v.settle(ctx)
	})
	return v.Deposited(), err
}

func (v *Vendor) settle(ctx context.Context) error {
	err := v.quieten(ctx, func(still time.Duration) (bool, error) {
		count, err := v.acceptor.Accepts(ctx)
		if err != nil {
			return false, err
		}
		if v.agrees = count == v.last.Accepts; !v.agrees {
			return false, nil
		}
		missing, err := v.missing(ctx)
		if err != nil || missing == 0 {
			return err == nil, err
		}
		if still < 2*quietTime { // it may still be at the gate
			return false, nil
		}
		v.doubted = true
		v.emit(Doubtful{Reason: DoubtSwallowed, Events: missing})
		return true, nil
	})
	if errors.Is(err, errCounts) {
		v.doubted = true
		v.emit(Doubtful{Reason: DoubtCount})
	}
	return err
}

// errCounts says that the acceptor does not come to rest, or counts what it does not tell.
var errCounts = fmt.Errorf("%w: the acceptor counts on although it is off, or otherwise than it tells", ErrUnresolved)

// quieten waits until no coin can be in flight: no event for quietTime, and settled content. It asks settled again and
// again until settleTime is over; then it gives errCounts.
func (v *Vendor) quieten(ctx context.Context, settled func(still time.Duration) (bool, error)) error {
	step := v.acceptor.Poll
	still := time.Duration(0)
	for spent := time.Duration(0); spent < settleTime; spent += step {
		v.quiet = true // look takes it back when something happens
		if err := v.tend(ctx, step); err != nil {
			return err
		}
		if still += step; !v.quiet || v.silent > 0 {
			still = 0
		}
		if still < quietTime {
			continue
		}
		if is, err := settled(still); is || err != nil {
			return err
		}
	}
	v.quiet = still >= quietTime
	return errCounts
}

// missing is how many coins of this deposit are inside the acceptor, or left it uncounted.
func (v *Vendor) missing(ctx context.Context) (int, error) {
	if s := v.State(); v.doubted || s != Paused && s != Fixed {
		return 0, nil
	}
	now, err := v.acceptor.Inside(ctx)
	if err != nil {
		return 0, err
	}
	return v.last.Inside.Grown(now), nil
}

// counted reads all that the acceptor has counted. A coin that seems to be inside is given the time to come out, unless
// one is known to hang there.
func (v *Vendor) counted(ctx context.Context) (now Acceptor, err error) {
	for spent := time.Duration(0); ; spent += v.acceptor.Poll {
		now = v.last
		if now.Accepts, err = v.acceptor.Accepts(ctx); err != nil {
			return now, err
		}
		if now.Inside, err = v.acceptor.Inside(ctx); err != nil {
			return now, err
		}
		if v.doubted || spent >= 2*quietTime || v.last.Inside.Grown(now.Inside) == 0 {
			return now, nil
		}
		if err := v.tend(ctx, v.acceptor.Poll); err != nil {
			return now, err
		}
	}
}

// FixDeposit ends the taking of coins for good; from here the deposit is kept or repaid as a whole. It needs a settled
// deposit and asks the escrow whether it can hold what was credited. With ErrDoubted (see also [EscrowError]) the
// deposit stands as before and can only be repaid.
func (v *Vendor) FixDeposit(ctx context.Context) error {
	return v.call(ctx, func(ctx context.Context) error {
		if err := v.needs("fix a deposit", Paused); err != nil {
			return err
		}
		v.look(ctx) // a coin that came after Settle takes "quiet" back
		if !v.quiet || !v.agrees {
			return &StateError{Verb: "fix a deposit", State: Paused, Why: "it is not settled"}
		}
		if v.doubted {
			return ErrDoubted
		}
		held, err := v.escrow.Status(ctx)
		if err != nil {
			return err
		}
		if pieces := v.Deposited().Pieces(); !v.plausible(held, pieces) {
			v.doubted = true
			return &EscrowError{Pieces: pieces, Escrow: held}
		}
		v.setState(Fixed)
		return nil
	})
}

// plausible says that the escrow at rest may hold so many coins: some where some were credited, and room left below its
// slots. The level between is too coarse to count by.
func (v *Vendor) plausible(held Escrow, pieces int) bool {
	switch {
	case held.Moving, held.Fault != 0, (held.Level == 0) != (pieces == 0):
		return false
	case held.Full():
		return pieces >= v.cfg.EscrowSlots
	default:
		return true
	}
}

// AdoptDeposit takes over coins that lie in the escrow from before: after a restart, a coin that came late, or a
// deposit that could not be ended. held is what the caller's own records say of them. The deposit is Fixed then.
func (v *Vendor) AdoptDeposit(ctx context.Context, held Count) error {
	return v.call(ctx, func(ctx context.Context) error {
		if err := v.needs("adopt a deposit", Idle, Paused, Fixed, Settled, Unresolved); err != nil {
			return err
		}
		if err := v.stopCoins(ctx); err != nil {
			return err
		}
		v.setIn(held)
		v.setState(Fixed)
		return nil
	})
}

// End is what becomes of a deposit.
type End uint8

// The ends: Keep moves the coins to hoppers and cash box, Repay gives the same coins back.
const (
	Keep  End = 1
	Repay End = 2
)

// EndDeposit empties the escrow. Keep needs a fixed deposit, Repay a fixed or at least a quiet one (see Settle). It
// gives the command once. An escrow that is empty although coins were credited is not commanded: ErrUnresolved. With
// ErrRefused nothing moved and the deposit stands as before; with ErrUnresolved coins may
// lie anywhere between.
func (v *Vendor) EndDeposit(ctx context.Context, end End) error {
	return v.call(ctx, func(ctx context.Context) error {
		before := v.State()
		switch {
		case before == Fixed:
		case before == Paused && end == Repay && v.quiet:
		default:
			return &StateError{Verb: "end a deposit", State: before, Why: "it is not fixed, or not settled"}
		}
		if err := v.stillThere(ctx); err != nil {
			return err
		}
		moving, direction := Keeping, cctalk.EscrowKeep
		if end == Repay {
			moving, direction = Returning, cctalk.EscrowReturn
		}
		v.setState(moving)
		err := v.escrow.Move(context.WithoutCancel(ctx), direction, v.tend) // it moves whether we look or not
		v.reportFault(err)
		if errors.Is(err, cctalk.ErrHangs) {
			err = nil // the coins are where they should be; no deposit opens while the flap hangs
		}
		switch {
		case err == nil:
			v.setState(Settled)
			v.setIn(Count{})
		case errors.Is(err, ErrUnresolved):
			v.setState(Unresolved)
		default:
			v.setState(before)
		}
		return err
	})
}

// stillThere refuses to call coins kept or repaid that are not in the escrow any more: nobody can tell where they went.
// An escrow that does not answer is asked by the movement itself.
func (v *Vendor) stillThere(ctx context.Context) error {
	pieces := v.Deposited().Pieces()
	held, err := v.escrow.Status(ctx)
	if err != nil || pieces == 0 || !held.Empty() {
		return nil
	}
	v.setState(Unresolved)
	return fmt.Errorf("%w: %w", ErrUnresolved, &EscrowError{Pieces: pieces, Escrow: held})
}
