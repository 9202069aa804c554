package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/recovery"
	"github.com/kioskd/kioskd/pkg/coin"
)

// resolve finishes the acts that a crash left without an end, by the devices' own counters and never by what was
// intended (reliability §1.4). unsure reports that one of them cannot be proved.
func (a *acts) resolve(ctx context.Context, l journal.Left) (unsure bool, err error) {
	var now coin.Counters
	known := false
	if a.coins != nil {
		now, err = a.coins.Counters(ctx)
		known = err == nil
	}
	if known {
		if unsure, err = a.bookUnseen(ctx, l.Application, now.Acceptor); err != nil {
			return true, err
		}
		l.Held, err = a.held(ctx)
		if err != nil {
			return true, err
		}
	}
	for _, u := range l.Acts {
		f := journal.Finding{Result: journal.Unsure}
		if u.Device == "coin" && known {
			if f, err = recovery.Coin(u, now, l.Held); err != nil {
				return true, err
			}
		}
		unsure = unsure || f.Result == journal.Unsure
		if err := a.journal.Finish(ctx, a.now(), u.Act, f); err != nil {
			return true, err
		}
	}
	return unsure, nil
}

// resolveLoose finishes what a clerk's key began and a crash cut off.
func (a *acts) resolveLoose(ctx context.Context) error {
	loose, err := a.journal.Loose(ctx)
	if err != nil || len(loose) == 0 || a.coins == nil {
		return err
	}
	now, err := a.coins.Counters(ctx)
	if err != nil {
		return err
	}
	for _, u := range loose {
		held, err := a.held(ctx)
		if err != nil {
			return err
		}
		f, err := recovery.Coin(u, now, held)
		if err == nil {
			err = a.journal.Finish(ctx, a.now(), u.Act, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lookForPrinter asks a printer whose last copy failed whether it is still there.
func (a *acts) lookForPrinter(ctx context.Context) {
	if a.printer == nil || !a.printFailed.Swap(false) {
		return
	}
	if _, err := a.printer.Ready(ctx); err != nil {
		a.log.Warn("printer does not answer", "evt", "print.ready", "err", err)
		a.printerGone.Store(true)
	}
}

func emptyOr(held domain.Count) error {
	if held.IsZero() {
		return nil
	}
	return errors.New("terminal: coins lie in the escrow, and there is no coin vendor to ask")
}

// The types of the events that carry the acceptor's counters.
const (
	depositBegin = "deposit.begin"
	coinBooked   = "coin.in"
)

// markBegin writes down what the acceptor had counted before the slot opens: a coin that falls and is never written
// down, because the power failed in between, is found by the difference.
func (a *acts) markBegin(ctx context.Context, app domain.ApplicationID) error {
	c, err := a.coins.Counters(ctx)
	if err != nil {
		return err
	}
	return a.journal.Record(ctx, a.now(), journal.Event{Application: app, Type: depositBegin, Body: encoded(c.Acceptor)})
}

// bookUnseen books coins that the acceptor counted and nobody wrote down.
func (a *acts) bookUnseen(ctx context.Context, app domain.ApplicationID, now coin.Acceptor) (unsure bool, err error) {
	body, ok, err := a.journal.Last(ctx, app, depositBegin, coinBooked)
	if err != nil || !ok {
		return false, err
	}
	var before coin.Acceptor
	if err := json.Unmarshal(body, &before); err != nil {
		return true, fmt.Errorf("terminal: counters of the deposit: %w", err)
	}
	in := coin.ResolveDeposit(before, now)
	a.through = &now
	if !in.Coins.IsZero() {
		err = a.journal.Record(ctx, a.now(), journal.Event{
			Application: app, Type: coinBooked, Body: encoded(now),
			Moves: []journal.Move{{From: journal.World, To: journal.Escrow, Coins: countOf(in.Coins)}},
		})
	}
	return !in.Known || in.Unknown > 0, err
}

// booked reports that recovery has booked a coin already: the vendor tells of it once more when it is opened.
func (a *acts) booked(now coin.Acceptor) bool {
	const half = 1 << 23 // the count has 24 bits and wraps
	return a.through != nil && (a.through.Accepts-now.Accepts)&(1<<24-1) < half
}

// held is what the escrow holds by the journal.
func (a *acts) held(ctx context.Context) (domain.Count, error) {
	b, err := a.journal.Balances(ctx)
	return b[journal.Escrow], err
}

// escrowClear reports that the escrow is empty by the journal and by its own word. Where it is not, coins of before
// lie there and no deposit may open.
func (a *acts) escrowClear(ctx context.Context) (bool, error) {
	held, err := a.held(ctx)
	if err != nil || !held.IsZero() || a.coins == nil {
		return held.IsZero(), err
	}
	c, err := a.coins.Counters(ctx)
	return err == nil && c.Escrow.Empty(), err
}
