package coincrash

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/kioskd/kioskd/pkg/coin"
)

// life is one process of the shop, from its start to its end or death.
type life struct {
	shop *shop
	v    *coin.Vendor
	conn net.Conn
	died chan struct{}
	dead bool // guarded by the shop's mu
}

// kill ends the process where it stands, with its line. It may be called while the machine holds its lock.
func (p *life) kill() {
	p.shop.mu.Lock()
	defer p.shop.mu.Unlock()
	if !p.dead {
		p.dead = true
		close(p.died)
		_ = p.conn.Close() // a pipe in memory
	}
}

// run is the program: it settles what an earlier life left, and then does what it was started for.
func (p *life) run(ctx context.Context) error {
	if err := p.v.Open(ctx); err != nil {
		return err
	}
	if err := p.recover(ctx); err != nil {
		return err
	}
	if !p.read().begun {
		p.shop.begin()
		if err := p.tell(ctx); err != nil {
			return err
		}
	}
	return p.linger(ctx)
}

// tell does what the story says.
func (p *life) tell(ctx context.Context) error {
	s := p.shop.story
	if s.Pay == 0 {
		return p.sell(ctx)
	}
	if err := p.commit(func(l *ledger) { l.begun, l.owed = true, s.Pay }); err != nil {
		return err
	}
	return p.pay(ctx)
}

// limit is how long a person may take for all coins.
const limit = 30 * time.Second

// sell takes a deposit and keeps or returns it.
func (p *life) sell(ctx context.Context) error {
	c, err := p.v.Counters(ctx)
	if err != nil {
		return err
	}
	if err := p.commit(func(l *ledger) { l.begun, l.open, l.last = true, true, c.Acceptor }); err != nil {
		return err
	}
	price := 0
	for _, yen := range p.shop.story.Coins {
		price += yen
	}
	if err := p.v.BeginDeposit(ctx, coin.Limits{Price: price, Stock: p.read().hoppers}); err != nil {
		return err
	}
	gone := make(chan struct{})
	defer close(gone)
	go p.shop.person(gone)
	if err := p.await(ctx); err != nil {
		return err
	}
	if _, err := p.v.Settle(ctx); err != nil {
		return err
	}
	if err := p.drain(); err != nil {
		return err
	}
	if err := p.v.FixDeposit(ctx); err != nil {
		return err
	}
	end := coin.Repay
	if p.shop.story.Keep && p.v.Deposited().Total() == price {
		end = coin.Keep
	}
	return p.end(ctx, end)
}

// await takes coins until the vendor stops, something is in doubt, or the person is too slow.
func (p *life) await(ctx context.Context) error {
	late := time.NewTimer(limit)
	defer late.Stop()
	for {
		select {
		case e := <-p.v.Events():
			if over, err := p.heard(e); over || err != nil {
				return err
			}
		case <-late.C:
			return nil
		case <-p.died:
			return errDead
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// heard writes down what the vendor says; over is true when no more coins come.
func (p *life) heard(e coin.Event) (over bool, err error) {
	switch e := e.(type) {
	case coin.CoinIn:
		if p.shop.Break == ForgetCredits {
			return false, nil // broken on purpose: it knows the coin in memory only
		}
		k, _ := coin.KindOf(e.Yen)
		return false, p.commit(func(l *ledger) {
			l.escrow[k]++
			if e.CashBox {
				l.boxed[k]++
			}
			l.last = e.Now
		})
	case coin.Stopped, coin.Doubtful:
		return true, nil
	case coin.Gone:
		return true, e.Err
	}
	return false, nil
}

// drain writes down what was said and not yet heard.
func (p *life) drain() error {
	for {
		select {
		case e := <-p.v.Events():
			if _, err := p.heard(e); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// end empties the escrow in one direction: intent, act once, result.
func (p *life) end(ctx context.Context, end coin.End) error {
	c, err := p.v.Counters(ctx)
	if err != nil {
		return err
	}
	if err := p.drain(); err != nil {
		return err
	}
	intend := func() error { return p.commit(func(l *ledger) { l.act = &act{end: end, before: c} }) }
	if p.shop.Break != IntentAfter {
		if err := intend(); err != nil {
			return err
		}
	}
	if p.v.State() != coin.Fixed {
		if err := p.v.AdoptDeposit(ctx, p.read().escrow); err != nil {
			return err
		}
	}
	if err := p.v.EndDeposit(ctx, end); err != nil {
		return err
	}
	if p.shop.Break == IntentAfter {
		if err := intend(); err != nil {
			return err
		}
	}
	if p.shop.letsGo() {
		if after, err := p.v.Counters(ctx); err != nil || wasOff(c, after) {
			return errors.Join(errWasOff, err) // the next life resolves it
		}
	}
	return p.commit(func(l *ledger) { l.ended(end) })
}

// errWasOff says that an escrow that does not hold its coins without power lost its power while it moved.
var errWasOff = errors.New("coincrash: the escrow moved without power in between")

// wasOff says that the vendor lost its power between two readings. Its event counter shows it where there was an event
// before: with a coin in the escrow there was.
func wasOff(before, after coin.Counters) bool {
	return after.Acceptor.Since(before.Acceptor).Reset
}

// ended books that the escrow is empty.
func (l *ledger) ended(end coin.End) {
	if end == coin.Keep {
		l.hoppers, l.box = l.hoppers.Plus(l.escrow.Minus(l.boxed)), l.box.Plus(l.boxed)
	} else {
		l.out = l.out.Plus(l.escrow)
	}
	l.escrow, l.boxed, l.act, l.open = coin.Count{}, coin.Count{}, nil, false
}

// pay pays what is owed: intent, act once, result.
func (p *life) pay(ctx context.Context) error {
	plan := coin.Count{coin.Hundred: int32(p.read().owed)}
	if plan.IsZero() {
		return nil
	}
	before, err := p.v.Counters(ctx)
	if err != nil {
		return err
	}
	intend := func() error { return p.commit(func(l *ledger) { l.act = &act{plan: plan, before: before} }) }
	if p.shop.Break != IntentAfter {
		if err := intend(); err != nil {
			return err
		}
	}
	paid, err := p.v.Payout(ctx, plan)
	if err != nil {
		return err // whatever it says: the counters decide
	}
	if p.shop.Break == IntentAfter {
		if err := intend(); err != nil {
			return err
		}
	}
	return p.commit(func(l *ledger) { l.paid(paid) })
}

// paid books what came out of the hoppers.
func (l *ledger) paid(n coin.Count) {
	l.hoppers, l.out = l.hoppers.Minus(n), l.out.Plus(n)
	l.owed -= int(n[coin.Hundred])
	l.act = nil
}
