package acts

import (
	"context"
	"errors"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/recovery"
	"github.com/kioskd/kioskd/internal/terminal/restart"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/words"
	"github.com/kioskd/kioskd/pkg/coin"
)

// countOf turns the vendor's pieces into ours; both count ¥10, ¥50, ¥100, ¥500 in this order.
func countOf(c coin.Count) domain.Count { return domain.Count(c) }

func piecesOf(c domain.Count) coin.Count { return coin.Count(c) }

// reserve is what must stay in each hopper for the next resident (coin §7, rule 2).
var reserve = coin.Count{5, 5, 5, 5}

// stock is what the hoppers hold by the journal.
func (a *Acts) stock(ctx context.Context) (coin.Count, error) {
	b, err := a.Journal.Balances(ctx)
	return piecesOf(b[journal.Hopper]), err
}

// Open proves that change and the refund of everything are possible, and opens the slot.
func (a *Acts) Open(ctx context.Context, app domain.ApplicationID, price domain.Yen) session.Event {
	stock, err := a.stock(ctx)
	if err != nil {
		return a.refused("stock", err)
	}
	if err := a.markBegin(ctx, app); err != nil {
		return a.refused("counters", err)
	}
	l := coin.Limits{Price: int(price), Stock: stock, Reserve: reserve}
	l.ExactOnly = !coin.CanChange(l.Price, stock, reserve)
	if err := a.Coins.BeginDeposit(ctx, l); err != nil {
		return a.refused("begin", err)
	}
	return session.Event{Kind: session.DepositOpen, Flag: l.ExactOnly}
}

func (a *Acts) refused(what string, err error) session.Event {
	a.Log.Warn("deposit refused", "evt", "coin.refused", "at", what, "err", err)
	return session.Event{Kind: session.DepositRefused, Reason: words.Deposit(err)}
}

// Fix waits for coins in flight, proves the count, and tests the hoppers of the change before anything is
// printed.
func (a *Acts) Fix(ctx context.Context, price domain.Yen) session.Event {
	failed := func(what string, err error, r domain.RefusalReason) session.Event {
		a.Log.Warn("deposit not fixed", "evt", "coin.fix", "at", what, "err", err)
		return session.Event{Kind: session.FixFailed, Reason: r}
	}
	in, err := a.Coins.Settle(ctx)
	if err != nil {
		return failed("settle", err, domain.CoinsNotReady)
	}
	stock, err := a.stock(ctx)
	if err != nil {
		return failed("stock", err, domain.CoinsNotReady)
	}
	plan, ok := coin.Change(in.Total()-int(price), stock.Plus(in), coin.Count{})
	if !ok {
		return failed("change", errors.New("no set of coins"), domain.ChangeUnavailable)
	}
	if err := a.Coins.TestHoppers(ctx, plan); err != nil {
		return failed("hoppers", err, domain.ChangeUnavailable)
	}
	if err := a.Coins.FixDeposit(ctx); err != nil {
		return failed("fix", err, words.Deposit(err))
	}
	return session.Event{Kind: session.Fixed, Count: countOf(in)}
}

// Return gives the same coins back, with those that came late: they lie in the escrow too.
func (a *Acts) Return(ctx context.Context, app domain.ApplicationID, late domain.Count) session.Event {
	if s := a.Coins.State(); s == coin.Idle || s == coin.Settled {
		if late.IsZero() {
			return session.Event{Kind: session.CoinsReturned} // the slot never opened
		}
		if err := a.Coins.AdoptDeposit(ctx, piecesOf(late)); err != nil {
			a.Log.Error("late coins not taken over", "evt", "coin.adopt", "err", err)
			return session.Event{Kind: session.ReturnFailed}
		}
		late = domain.Count{}
	}
	in, err := a.Coins.Settle(ctx)
	if err != nil { // the counts disagree: the deposit can only be repaid, and a person must look
		a.Log.Error("escrow not settled", "evt", "coin.settle", "err", err)
		in = a.Coins.Deposited()
	}
	back := countOf(in).Plus(late)
	moves := []journal.Move{{From: journal.Escrow, To: journal.World, Coins: back}}
	switch result, err := a.end(ctx, app, coin.Repay, moves); {
	case err != nil || result != journal.Done:
		a.Log.Error("coins not returned", "evt", "coin.repay", "result", string(result), "err", err)
		return session.Event{Kind: session.ReturnFailed}
	default:
		return session.Event{Kind: session.CoinsReturned, Count: back}
	}
}

// Keep moves the coins to hoppers and cash box.
func (a *Acts) Keep(ctx context.Context, app domain.ApplicationID, cashBox, late domain.Count) session.Event {
	in := countOf(a.Coins.Deposited()).Plus(late)
	moves := []journal.Move{
		{From: journal.Escrow, To: journal.Hopper, Coins: in.Minus(cashBox)},
		{From: journal.Escrow, To: journal.CashBox, Coins: cashBox},
	}
	if result, err := a.end(ctx, app, coin.Keep, moves); err != nil || result != journal.Done {
		a.Log.Error("coins not kept", "evt", "coin.keep", "result", string(result), "err", err)
		return session.Event{Kind: session.KeepFailed}
	}
	return session.Event{Kind: session.EscrowKept}
}

// EmptyEscrow gives what stayed in the escrow to the clerk who stands there, by way of the return tray, and proves that
// it is empty then.
func (a *Acts) EmptyEscrow(ctx context.Context) error {
	b, err := a.Journal.Balances(ctx)
	held := b[journal.Escrow]
	if a.Coins == nil {
		if err == nil && !held.IsZero() {
			err = errNoVendor
		}
		return err
	}
	c, seen := a.Coins.Counters(ctx)
	switch {
	case err != nil || seen != nil:
		return errors.Join(err, seen)
	case c.Escrow.Empty() && held.IsZero():
		return nil
	case c.Escrow.Empty(): // the escrow let go while nobody looked: nobody can tell where the coins are
		return a.Journal.Record(ctx, a.Now(), journal.Event{Type: "escrow.lost", Moves: []journal.Move{
			{From: journal.Escrow, To: journal.Unknown, Coins: held},
		}})
	}
	if err := a.Coins.AdoptDeposit(ctx, piecesOf(held)); err != nil {
		return err
	}
	result, err := a.end(ctx, domain.ApplicationID{}, coin.Repay, []journal.Move{
		{From: journal.Escrow, To: journal.Staff, Coins: held},
	})
	if err == nil && result != journal.Done {
		err = fmt.Errorf("acts: emptying the escrow: %s", result)
	}
	return err
}

var endVerbs = map[coin.End]string{coin.Keep: "keep", coin.Repay: "repay"}

// end empties the escrow, once, between two readings of the counters.
func (a *Acts) end(ctx context.Context, app domain.ApplicationID, how coin.End, moves []journal.Move,
) (journal.Result, error) {
	before, err := a.Coins.Counters(ctx)
	if err != nil {
		return journal.NotDone, err
	}
	verb := endVerbs[how]
	if app.IsZero() {
		verb = recovery.VerbEmpty
	}
	act, err := a.Journal.Begin(ctx, a.Now(), journal.Intent{
		Application: app, Device: "coin", Verb: verb, Before: Encoded(before),
	})
	if err != nil {
		return journal.NotDone, err
	}
	f := journal.Finding{Result: journal.Done, Moves: moves}
	endErr := a.Coins.EndDeposit(ctx, how)
	a.endFailed.Store(endErr != nil)
	now, known := a.after(ctx)
	switch {
	case endErr == nil:
	case errors.Is(endErr, coin.ErrRefused):
		f = journal.Finding{Result: journal.NotDone}
	case !known:
		a.leave(verb, endErr)
		return journal.Unsure, nil
	default:
		a.Log.Warn("escrow not emptied", "evt", "coin.end", "verb", verb, "err", endErr)
		var held domain.Count
		for _, m := range moves {
			held = held.Plus(m.Coins)
		}
		if f, err = recovery.Coin(unfinished(act, verb, nil, before), now, held); err != nil {
			return journal.Unsure, err
		}
	}
	if known {
		f.After = Encoded(now)
	}
	return f.Result, a.Journal.Finish(context.WithoutCancel(ctx), a.Now(), act, f)
}

// leave leaves an act open: the next start ends it by the counters. What nobody hears may still move.
func (a *Acts) leave(verb string, why error) {
	a.Log.Error("an act stays open", "evt", "coin.unresolved", "verb", verb, "err", why)
	a.unresolved.Store(true)
}

func unfinished(act journal.Act, verb string, arg []byte, before coin.Counters) journal.Unfinished {
	return journal.Unfinished{Act: act, Device: "coin", Verb: verb, Arg: arg, Before: Encoded(before)}
}

// after reads the counters once more. known is false where the vendor does not answer; an act's result does not wait
// for it.
func (a *Acts) after(ctx context.Context) (c coin.Counters, known bool) {
	c, err := a.Coins.Counters(context.WithoutCancel(ctx))
	if err != nil {
		a.Log.Warn("counters not read", "evt", "coin.counters", "err", err)
	}
	return c, err == nil
}

// payout is what is paid in the plans of one sum. A hopper that ran empty is left out of those that follow, whatever
// the books say that lies in it: somebody took coins out by hand. For a jammed one nobody else pays: the coin that
// hangs may fall later, and would be paid twice.
type payout struct {
	paid  coin.Count
	dry   [coin.NumKinds]bool
	begin func(ctx context.Context, plan domain.Count, i journal.Intent) (journal.Act, error)
}

// book adds what a plan has paid.
func (p *payout) book(plan, paid coin.Count) {
	p.paid = p.paid.Plus(paid)
	for k := range plan {
		p.dry[k] = p.dry[k] || paid[k] < plan[k]
	}
}

// PayChange pays an amount from the hoppers. What an empty hopper fails to pay is planned anew from the others.
func (a *Acts) PayChange(ctx context.Context, app domain.ApplicationID, due domain.Yen) session.Event {
	p := payout{begin: func(ctx context.Context, _ domain.Count, i journal.Intent) (journal.Act, error) {
		i.Application = app
		return a.Journal.Begin(ctx, a.Now(), i)
	}}
	for p.paid.Total() < int(due) {
		again, err := a.payOnce(ctx, int(due)-p.paid.Total(), &p)
		if err != nil {
			a.Log.Warn("payout", "evt", "coin.payout", "err", err, "paid", p.paid.Total())
		}
		if !again {
			break
		}
	}
	kind := session.ChangePaid
	if p.paid.Total() < int(due) {
		kind = session.ChangeFailed
	}
	return session.Event{Kind: kind, Count: countOf(p.paid)}
}

// errNoCoins says that what the hoppers hold does not make the amount: it is owed, or paid by hand.
var errNoCoins = errors.New("acts: the hoppers hold no coins that make the amount")

// payOnce is one act of payout. again is false where another would pay nothing more, and where nobody can tell what
// came out of this one.
func (a *Acts) payOnce(ctx context.Context, due int, p *payout) (again bool, err error) {
	stock, err := a.stock(ctx)
	if err != nil {
		return false, err
	}
	for k, dry := range p.dry {
		if dry {
			stock[k] = 0
		}
	}
	plan, ok := coin.Change(due, stock, coin.Count{})
	if !ok {
		return false, fmt.Errorf("%w: ¥%d", errNoCoins, due)
	}
	before, err := a.Coins.Counters(ctx)
	if err != nil {
		return false, err
	}
	act, err := p.begin(ctx, countOf(plan), journal.Intent{
		Device: "coin", Verb: "payout", Arg: Encoded(plan), Before: Encoded(before),
	})
	if err != nil {
		return false, err
	}
	paid, payErr := a.Coins.Payout(ctx, plan)
	f := journal.Finding{Result: journal.Done}
	now, known := a.after(ctx)
	switch {
	case !errors.Is(payErr, coin.ErrUnresolved):
		if paid != plan {
			f.Result = journal.Partial
		}
		f.Moves = []journal.Move{{From: journal.Hopper, To: journal.World, Coins: countOf(paid)}}
	case !known: // a hopper that nobody hears any more pays its part to the end
		a.leave("payout", payErr)
		p.book(plan, paid)
		return false, payErr
	default:
		if f, err = recovery.Coin(unfinished(act, "payout", Encoded(plan), before), now, domain.Count{}); err != nil {
			return false, err
		}
		paid = coin.Count{}
		for _, m := range f.Moves {
			if m.To == journal.World {
				paid = paid.Plus(piecesOf(m.Coins))
			}
		}
	}
	if known {
		f.After = Encoded(now)
	}
	if err := a.Journal.Finish(context.WithoutCancel(ctx), a.Now(), act, f); err != nil {
		p.book(plan, paid)
		return false, err
	}
	p.book(plan, paid)
	return f.Result != journal.Unsure && errors.Is(payErr, coin.ErrRanEmpty), payErr
}

// markBegin writes down what the acceptor had counted before the slot opens: a coin that falls and is never written
// down, because the power failed in between, is found by the difference.
func (a *Acts) markBegin(ctx context.Context, app domain.ApplicationID) error {
	c, err := a.Coins.Counters(ctx)
	if err != nil {
		return err
	}
	return a.Journal.Record(ctx, a.Now(), journal.Event{
		Application: app, Type: restart.DepositBegin, Body: Encoded(c.Acceptor),
	})
}

// errNoVendor says that coins of before cannot be given to anybody.
var errNoVendor = errors.New("acts: coins lie in the escrow, and there is no coin vendor to ask")
