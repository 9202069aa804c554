package coincrash

import (
	"context"

	"github.com/kioskd/kioskd/pkg/coin"
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

// resolvePayout finds out what was paid.
func (p *life) resolvePayout(now coin.Counters, a act) error {
	r := coin.ResolvePayout(a.before, now, a.plan)
	switch {
	case p.shop.Break == ResendBlind:
		return p.commit(func(l *ledger) { l.act = nil }) // broken on purpose: all of it is still owed
	case !r.Known || r.Paying:
		p.shop.settled("payout not known")
		return p.commit(func(l *ledger) {
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
		r.Unknown = 1
	}
	err := p.commit(func(l *ledger) {
		l.last = now.Acceptor
		l.unknown += r.Unknown
		if l.act == nil {
			l.escrow = l.escrow.Plus(r.Coins)
		} else { // they fell while the flap moved, perhaps through it
			l.unknown += r.Coins.Pieces()
		}
	})
	if err != nil {
		return err
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
	case now.Escrow.Empty() && left.act != nil:
		p.shop.settled("an escrow that did as it was told")
		return p.commit(func(l *ledger) { l.ended(end) })
	case now.Escrow.Empty() && left.escrow.IsZero():
		return p.commit(func(l *ledger) { l.open = false })
	case now.Escrow.Empty():
		p.shop.settled("an escrow that lost its coins")
		return p.commit(func(l *ledger) {
			l.unknown += l.escrow.Pieces()
			l.escrow, l.open = coin.Count{}, false
		})
	case left.act != nil && left.act.before.Escrow.Level != now.Escrow.Level:
		p.shop.settled("an escrow that did a part")
		if err := p.commit(func(l *ledger) {
			l.unknown += l.escrow.Pieces()
			l.escrow, l.act = coin.Count{}, nil
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
