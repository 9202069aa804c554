package acts

import (
	"context"
	"errors"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/pkg/coin"
)

// Refund pays what is owed on a slip from the hoppers: each plan an act of its own, which the journal begins only where
// code or staff entitle to it. It gives what came out and what is still owed. Where nobody can tell what came out, the
// rest is all of it, and the slip wants two of the staff from then on.
func (a *Acts) Refund(ctx context.Context, r journal.Refund) (paid, left domain.Yen, err error) {
	if a.Coins == nil {
		return 0, 0, fmt.Errorf("%w: pay by hand", errNoVendor)
	}
	o, err := a.Journal.Owing(ctx, r.Slip)
	if err != nil {
		return 0, 0, err
	}
	if o.How != "" {
		return 0, 0, journal.ErrSettled
	}
	p := payout{begin: func(ctx context.Context, plan domain.Count, i journal.Intent) (journal.Act, error) {
		r.Coins = plan
		return a.Journal.BeginRefund(ctx, a.Now(), r, i)
	}}
	again := true
	for again && p.paid.Total() < int(o.Yen) {
		again, err = a.payOnce(ctx, int(o.Yen)-p.paid.Total(), &p)
	}
	if errors.Is(err, errNoCoins) {
		err = fmt.Errorf("%w: pay the rest by hand", err)
	}
	now, seen := a.Journal.Owing(context.WithoutCancel(ctx), r.Slip)
	return domain.Yen(p.paid.Total()), now.Yen, errors.Join(err, seen)
}

// Custody chooses what a clerk hands over from the coins of the machine that lie in his hands.
func Custody(b journal.Balances, yen domain.Yen) (domain.Count, error) {
	coins, ok := coin.Change(int(yen), piecesOf(b[journal.Staff]), coin.Count{})
	if !ok {
		return domain.Count{}, fmt.Errorf("acts: the clerk's custody holds ¥%d, and no coins that make ¥%d: pay from the "+
			"shop's cash", b[journal.Staff].Total(), yen)
	}
	return countOf(coins), nil
}

// HandOver closes a slip that a person pays: out of the machine's coins in the clerk's hands, or of the shop's cash; or
// writes it off. It gives what is to be paid by hand now, and what is still owed. Nothing moves by itself.
func (a *Acts) HandOver(ctx context.Context, r journal.Refund, custody bool) (paid, left domain.Yen, err error) {
	o, err := a.Journal.Owing(ctx, r.Slip)
	if err != nil {
		return 0, 0, err
	}
	if o.How != "" {
		return 0, 0, journal.ErrSettled
	}
	if custody {
		b, err := a.Journal.Balances(ctx)
		if err != nil {
			return 0, o.Yen, err
		}
		if r.Coins, err = Custody(b, o.Yen); err != nil {
			return 0, o.Yen, err
		}
	}
	if paid, err = a.Journal.Settle(ctx, a.Now(), r); err != nil {
		return 0, o.Yen, err
	}
	return paid, 0, nil
}
