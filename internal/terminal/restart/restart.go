// Package restart finishes what a crash or a power loss left without an end, by the devices' own counters and never by
// what was intended (reliability §1.4). It reads devices and cancels print jobs; it moves neither money nor paper.
package restart

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/recovery"
	"github.com/kioskd/kioskd/pkg/coin"
)

// Restart is one start. Coins and Printer are nil where there is none.
type Restart struct {
	Coins   ports.Coins
	Printer ports.Printer
	Journal ports.Journal
	Now     func() time.Time
	Log     *slog.Logger
	Trusted bool // the printer's counters were measured
	LetsGo  bool // without power the escrow does not hold what lies in it

	through *coin.Acceptor // coins up to here are booked
}

// The types of the events that carry the acceptor's counters.
const (
	DepositBegin = "deposit.begin"
	CoinBooked   = "coin.in"
)

// HopperCounts is the type of the event that says how far the counts of the hoppers are believed. It is of no visit.
const HopperCounts = "hopper.counts"

// Accuracies gives what the newest such event says; unknown where there is none.
func Accuracies(ctx context.Context, j ports.Journal) (a coin.Accuracies, err error) {
	body, ok, err := j.Last(ctx, domain.ApplicationID{}, HopperCounts)
	if err != nil || !ok {
		return coin.DefaultConfig().Accuracy, err
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return a, fmt.Errorf("restart: counts of the hoppers: %w", err)
	}
	return a, nil
}

// Found is what a start found out about a visit that was cut off.
type Found struct {
	Unsure  bool // an act or a coin cannot be proved
	Doubted bool // the acceptor had reported that money may have moved unseen, and nobody had written that down
}

// Acts finishes the acts of a visit.
func (r *Restart) Acts(ctx context.Context, l journal.Left) (found Found, err error) {
	found.Unsure = true // until it is proved
	var now coin.Counters
	known, unsure, gone := false, false, false
	if r.Coins != nil {
		now, err = r.Coins.Counters(ctx)
		known = err == nil
	}
	if known {
		if unsure, found.Doubted, gone, err = r.bookUnseen(ctx, l.Application, now.Acceptor); err != nil {
			return found, err
		}
		unsure = unsure || gone
		if l.Held, err = r.Held(ctx); err != nil {
			return found, err
		}
	}
	for _, u := range l.Acts {
		f := journal.Finding{Result: journal.Unsure}
		switch {
		case gone && recovery.OnEscrow(u): // an empty escrow does not say that it was this act
		case u.Device == "coin" && known:
			f, err = recovery.Coin(u, now, l.Held)
		case u.Device == "printer" && r.Printer != nil:
			f, err = r.print(ctx, l.Application, u)
		}
		if err == nil {
			err = r.Journal.Finish(ctx, r.Now(), u.Act, f)
		}
		if err != nil {
			return found, err
		}
		unsure = unsure || f.Result == journal.Unsure
	}
	found.Unsure = unsure
	return found, nil
}

// fits refuses a journal that knows less than the hoppers have done: somebody put an old copy back, and its balances
// and its open visit are those of another day. A hopper of another serial, or whose count went back, proves nothing.
func (r *Restart) fits(ctx context.Context) error {
	if r.Coins == nil {
		return nil
	}
	body, ok, err := r.Journal.LastCounters(ctx, "coin")
	if err != nil || !ok {
		return err
	}
	var known coin.Counters
	if err := json.Unmarshal(body, &known); err != nil {
		return fmt.Errorf("restart: counters of the last act: %w", err)
	}
	now, err := r.Coins.Counters(ctx)
	if err != nil {
		return err
	}
	const count = 1 << 24 // counts have 24 bits and wrap
	for k, h := range now.Hoppers {
		more := (h.Dispensed - known.Hoppers[k].Dispensed) & (count - 1)
		if h.Serial == known.Hoppers[k].Serial && more > 0 && more < count/2 {
			return r.Journal.Disown(fmt.Errorf("the hopper of ¥%d paid %d coins that are not in it",
				domain.Denomination(k).Yen(), more))
		}
	}
	return nil
}

// Loose finishes what a clerk's key began: an emptied escrow, the payout of a refund. unsure reports that one of them
// cannot be proved. It refuses a journal that is older than the devices.
func (r *Restart) Loose(ctx context.Context) (unsure bool, err error) {
	if err := r.fits(ctx); err != nil {
		return false, err
	}
	loose, err := r.Journal.Loose(ctx)
	if err != nil || len(loose) == 0 || r.Coins == nil {
		return false, err
	}
	now, err := r.Coins.Counters(ctx)
	if err != nil {
		return false, err
	}
	for _, u := range loose {
		held, err := r.Held(ctx)
		if err != nil {
			return true, err
		}
		f, err := recovery.Coin(u, now, held)
		if r.LetsGo && err == nil && recovery.OnEscrow(u) && recovery.PowerLost(u, now) {
			f.Result = journal.Unsure
			f.Moves = []journal.Move{{From: journal.Escrow, To: journal.Unknown, Coins: held}}
		}
		if err == nil {
			err = r.Journal.Finish(ctx, r.Now(), u.Act, f)
		}
		if err != nil {
			return true, err
		}
		unsure = unsure || f.Result == journal.Unsure
		r.Log.Warn("a clerk's act was cut off", "evt", "recover.loose", "verb", u.Verb, "result", string(f.Result))
	}
	return unsure, nil
}

// bookUnseen books coins that the acceptor counted and nobody wrote down, and notes what it reported of money that may
// have moved unseen: only then can nobody be paid by a code alone.
func (r *Restart) bookUnseen(ctx context.Context, app domain.ApplicationID, now coin.Acceptor,
) (unsure, doubted, gone bool, err error) {
	body, ok, err := r.Journal.Last(ctx, app, DepositBegin, CoinBooked)
	if err != nil || !ok {
		return false, false, false, err
	}
	var before coin.Acceptor
	if err := json.Unmarshal(body, &before); err != nil {
		return true, false, false, fmt.Errorf("restart: counters of the deposit: %w", err)
	}
	in := coin.ResolveDeposit(before, now)
	r.through = &now
	unsure, doubted = !in.Known || in.Unknown > 0, len(in.Doubts) > 0
	for _, d := range in.Doubts {
		r.Log.Error("money in doubt", "evt", "coin.doubt", "reason", int(d.Reason), "code", int(d.Code))
	}
	if doubted { // before the coins: with their counters the reports count as known
		if err := r.Journal.Record(ctx, r.Now(), journal.Event{Application: app, Type: journal.Doubted}); err != nil {
			return true, true, false, err
		}
	}
	moves := []journal.Move{{From: journal.World, To: journal.Escrow, Coins: domain.Count(in.Coins)}}
	held, err := r.Held(ctx)
	if err != nil {
		return true, doubted, false, err
	}
	held = held.Plus(domain.Count(in.Coins))
	if gone = r.LetsGo && in.Reset && !held.IsZero(); gone { // with the counters: a second start would not see it again
		moves = append(moves, journal.Move{From: journal.Escrow, To: journal.Unknown, Coins: held})
		r.Log.Error("the escrow let go without power", "evt", "coin.let-go", "yen", int64(held.Total()))
	}
	if in.Coins.IsZero() && !gone {
		return unsure, doubted, false, nil
	}
	seen, err := json.Marshal(now)
	if err != nil {
		return true, doubted, gone, fmt.Errorf("restart: %w", err)
	}
	err = r.Journal.Record(ctx, r.Now(), journal.Event{Application: app, Type: CoinBooked, Body: seen, Moves: moves})
	return unsure, doubted, gone, err
}

// Booked reports that a coin is booked already: the vendor tells of it once more when it is opened.
func (r *Restart) Booked(now coin.Acceptor) bool {
	const half = 1 << 23 // the count has 24 bits and wraps
	return r.through != nil && (r.through.Accepts-now.Accepts)&(1<<24-1) < half
}

// Held is what the escrow holds by the journal.
func (r *Restart) Held(ctx context.Context) (domain.Count, error) {
	b, err := r.Journal.Balances(ctx)
	return b[journal.Escrow], err
}

// EscrowClear reports that the escrow is empty by the journal and by its own word. Where it is not, coins of before lie
// there and no deposit may open.
func (r *Restart) EscrowClear(ctx context.Context) (bool, error) {
	held, err := r.Held(ctx)
	if err != nil || !held.IsZero() || r.Coins == nil {
		return held.IsZero(), err
	}
	c, err := r.Coins.Counters(ctx)
	return err == nil && c.Escrow.Empty(), err
}

// ErrJobStays says that the printer keeps a job that was cancelled: it may print it at any time.
var ErrJobStays = errors.New("restart: the printer keeps a job that was cancelled: clear it at its panel")
