package coincrash

import (
	"context"
	"errors"
	"time"

	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// recover settles what an earlier life left, by the devices' counters and never by what was intended.
func (p *life) recover(ctx context.Context) error {
	left := p.read()
	if !left.open && left.act == nil && left.owed == 0 {
		return nil
	}
	now, err := p.v.Counters(ctx)
	if err != nil {
		return err
	}
	if left.act != nil && left.act.end == 0 {
		if err := p.resolvePayout(now, *left.act); err != nil {
			return err
		}
	}
	if left.open {
		if err := p.resolveDeposit(ctx, now); err != nil {
			return err
		}
	}
	return p.pay(ctx)
}

// linger waits for coins that come when the story is over, where a fault may let one hang; they go back.
func (p *life) linger(ctx context.Context) error {
	if len(p.shop.Faults) == 0 {
		return nil
	}
	late := time.NewTimer(2 * limit)
	defer late.Stop()
	for {
		select {
		case e := <-p.v.Events():
			in, is := e.(coin.CoinIn)
			if _, gone := e.(coin.Gone); gone {
				return errors.New("coincrash: the vendor went away when all was over")
			}
			if !is {
				continue
			}
			k, _ := coin.KindOf(in.Yen)
			if err := p.commit(func(l *ledger) {
				l.open, l.last = true, in.Now
				l.escrow[k]++
			}); err != nil {
				return err
			}
			if _, err := p.v.Settle(ctx); err != nil { // the coin has not fallen yet
				return err
			}
			if err := p.end(ctx, coin.Repay); err != nil {
				return err
			}
		case <-late.C:
			return nil
		case <-p.died:
			return errDead
		}
	}
}

// resolvePayout finds out what was paid.
func (p *life) resolvePayout(now coin.Counters, a act) error {
	r := coin.ResolvePayout(a.before, now, a.plan)
	switch {
	case p.shop.Break == ResendBlind:
		return p.commit(func(l *ledger) { l.act = nil }) // broken on purpose: all of it is still owed
	case !r.Known || r.Paying:
		p.shop.settled("payout not known")
		return p.commit(func(l *ledger) {
			l.hoppers = l.hoppers.Minus(a.plan) // any of them may be out
			l.unknown += a.plan.Pieces()
			l.act, l.owed = nil, 0
		})
	}
	p.shop.settled(word(r.Paid.IsZero(), r.Paid == a.plan) + " of a payout")
	return p.commit(func(l *ledger) { l.paid(r.Paid) })
}

func word(none, all bool) string {
	switch {
	case none:
		return "nothing"
	case all:
		return "all"
	}
	return "a part"
}

// resolveDeposit finds out which coins came that nobody wrote down, and where all of them are; what still lies in the
// escrow goes where it was to go, or back.
func (p *life) resolveDeposit(ctx context.Context, now coin.Counters) error {
	left := p.read()
	r := coin.ResolveDeposit(left.last, now.Acceptor)
	if !r.Known {
		p.shop.settled("deposit not known")
		r.Unknown = cctalk.SlotCount // nobody can tell; so many might have come since the last look
	}
	err := p.commit(func(l *ledger) {
		l.last = now.Acceptor
		l.unknown += r.Unknown
		if r.Reset && p.shop.letsGo() { // the power was off, and with it went what lay in the escrow
			l.unknown += l.escrow.Plus(r.Coins).Pieces()
			l.escrow, l.boxed = coin.Count{}, coin.Count{}
		} else if l.act == nil {
			l.escrow = l.escrow.Plus(r.Coins)
		} else { // they fell while the flap moved, perhaps through it
			l.unknown += r.Coins.Pieces()
		}
	})
	if err != nil {
		return err
	}
	if r.Reset && p.shop.letsGo() {
		p.shop.settled("an escrow that let go without power")
	}
	if r.Coins.Pieces() > 0 {
		p.shop.settled("coins that nobody wrote down")
	}
	if r.Unknown > 0 {
		p.shop.settled("coins that nobody can name")
	}
	return p.resolveEscrow(ctx, now)
}

// resolveEscrow finds out by its level whether the escrow did what it was told.
func (p *life) resolveEscrow(ctx context.Context, now coin.Counters) error {
	left, end := p.read(), coin.Repay
	if left.act != nil {
		end = left.act.end
	}
	switch {
	case now.Escrow.Level == 0 && !now.Escrow.Moving && left.act != nil: // gone, even if a flap hangs now
		p.shop.settled("an escrow that did as it was told")
		return p.commit(func(l *ledger) { l.ended(end) })
	case now.Escrow.Empty() && left.escrow.IsZero():
		return p.commit(func(l *ledger) { l.open = false })
	case now.Escrow.Empty():
		p.shop.settled("an escrow that lost its coins")
		return p.commit(func(l *ledger) {
			l.unknown += l.escrow.Pieces()
			l.escrow, l.boxed, l.open = coin.Count{}, coin.Count{}, false
		})
	case left.act != nil && left.act.before.Escrow.Level != now.Escrow.Level:
		p.shop.settled("an escrow that did a part")
		if err := p.commit(func(l *ledger) {
			l.unknown += l.escrow.Pieces()
			l.escrow, l.boxed, l.act = coin.Count{}, coin.Count{}, nil
		}); err != nil {
			return err
		}
	case left.act != nil:
		p.shop.settled("an escrow that had not moved")
		if err := p.commit(func(l *ledger) { l.act = nil }); err != nil {
			return err
		}
	}
	return p.end(ctx, end)
}
