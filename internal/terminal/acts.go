package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/recovery"
	"github.com/kioskd/kioskd/internal/terminal/restart"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/words"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/printer"
)

// acts moves money and paper, and nothing else does: intent → fsync → act once → counters → fsync. No layer sends such
// an act again. It runs beside the loop, one act at a time.
type acts struct {
	coins   ports.Coins
	printer ports.Printer
	journal ports.Journal
	now     func() time.Time
	log     *slog.Logger
	trusted bool // the printer's counters were measured

	busy chan struct{} // one act at a time, also where a request was given up and its act still ends

	endFailed   atomic.Bool // the escrow was not emptied as it should; it is looked into when the visit is over
	printFailed atomic.Bool // the last copy did; the printer is looked at when the visit is over
	printerGone atomic.Bool // it does not answer any more
}

// reserve is what must stay in each hopper for the next resident (coin §7, rule 2).
var reserve = coin.Count{5, 5, 5, 5}

// escrowSlots bounds the coins of a deposit.
const escrowSlots = 40

// stock is what the hoppers hold by the journal.
func (a *acts) stock(ctx context.Context) (coin.Count, error) {
	b, err := a.journal.Balances(ctx)
	return piecesOf(b[journal.Hopper]), err
}

// openDeposit proves that change and the refund of everything are possible, and opens the slot.
func (a *acts) openDeposit(ctx context.Context, app domain.ApplicationID, price domain.Yen) session.Event {
	stock, err := a.stock(ctx)
	if err != nil {
		return a.refused("stock", err)
	}
	if err := a.markBegin(ctx, app); err != nil {
		return a.refused("counters", err)
	}
	l := coin.Limits{Price: int(price), Stock: stock, Reserve: reserve, Slots: escrowSlots}
	l.ExactOnly = !coin.CanChange(l.Price, stock, reserve)
	if err := a.coins.BeginDeposit(ctx, l); err != nil {
		return a.refused("begin", err)
	}
	return session.Event{Kind: session.DepositOpen, Flag: l.ExactOnly}
}

func (a *acts) refused(what string, err error) session.Event {
	a.log.Warn("deposit refused", "evt", "coin.refused", "at", what, "err", err)
	return session.Event{Kind: session.DepositRefused, Reason: words.Deposit(err)}
}

// fixDeposit waits for coins in flight, proves the count, and tests the hoppers of the change before anything is
// printed.
func (a *acts) fixDeposit(ctx context.Context, price domain.Yen) session.Event {
	failed := func(what string, err error, r domain.RefusalReason) session.Event {
		a.log.Warn("deposit not fixed", "evt", "coin.fix", "at", what, "err", err)
		return session.Event{Kind: session.FixFailed, Reason: r}
	}
	in, err := a.coins.Settle(ctx)
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
	if err := a.coins.TestHoppers(ctx, plan); err != nil {
		return failed("hoppers", err, domain.ChangeUnavailable)
	}
	if err := a.coins.FixDeposit(ctx); err != nil {
		return failed("fix", err, words.Deposit(err))
	}
	return session.Event{Kind: session.Fixed, Count: countOf(in)}
}

// returnEscrow gives the same coins back, with those that came late: they lie in the escrow too.
func (a *acts) returnEscrow(ctx context.Context, app domain.ApplicationID, late domain.Count) session.Event {
	if s := a.coins.State(); s == coin.Idle || s == coin.Settled {
		if late.IsZero() {
			return session.Event{Kind: session.CoinsReturned} // the slot never opened
		}
		if err := a.coins.AdoptDeposit(ctx, piecesOf(late)); err != nil {
			a.log.Error("late coins not taken over", "evt", "coin.adopt", "err", err)
			return session.Event{Kind: session.ReturnFailed}
		}
		late = domain.Count{}
	}
	in, err := a.coins.Settle(ctx)
	if err != nil { // the counts disagree: the deposit can only be repaid, and a person must look
		a.log.Error("escrow not settled", "evt", "coin.settle", "err", err)
		in = a.coins.Deposited()
	}
	back := countOf(in).Plus(late)
	moves := []journal.Move{{From: journal.Escrow, To: journal.World, Coins: back}}
	switch result, err := a.end(ctx, app, coin.Repay, moves); {
	case err != nil || result != journal.Done:
		a.log.Error("coins not returned", "evt", "coin.repay", "result", string(result), "err", err)
		return session.Event{Kind: session.ReturnFailed}
	default:
		return session.Event{Kind: session.CoinsReturned, Count: back}
	}
}

// keepEscrow moves the coins to hoppers and cash box.
func (a *acts) keepEscrow(ctx context.Context, app domain.ApplicationID, cashBox, late domain.Count) session.Event {
	in := countOf(a.coins.Deposited()).Plus(late)
	moves := []journal.Move{
		{From: journal.Escrow, To: journal.Hopper, Coins: in.Minus(cashBox)},
		{From: journal.Escrow, To: journal.CashBox, Coins: cashBox},
	}
	if result, err := a.end(ctx, app, coin.Keep, moves); err != nil || result != journal.Done {
		a.log.Error("coins not kept", "evt", "coin.keep", "result", string(result), "err", err)
		return session.Event{Kind: session.KeepFailed}
	}
	return session.Event{Kind: session.EscrowKept}
}

// emptyEscrow gives what stayed in the escrow to the clerk who stands there, by way of the return tray, and proves that
// it is empty then.
func (a *acts) emptyEscrow(ctx context.Context) error {
	b, err := a.journal.Balances(ctx)
	held := b[journal.Escrow]
	if a.coins == nil {
		if err == nil && !held.IsZero() {
			err = errNoVendor
		}
		return err
	}
	c, seen := a.coins.Counters(ctx)
	switch {
	case err != nil || seen != nil:
		return errors.Join(err, seen)
	case c.Escrow.Empty() && held.IsZero():
		return nil
	case c.Escrow.Empty(): // the escrow let go while nobody looked: nobody can tell where the coins are
		return a.journal.Record(ctx, a.now(), journal.Event{Type: "escrow.lost", Moves: []journal.Move{
			{From: journal.Escrow, To: journal.Unknown, Coins: held},
		}})
	}
	if err := a.coins.AdoptDeposit(ctx, piecesOf(held)); err != nil {
		return err
	}
	result, err := a.end(ctx, domain.ApplicationID{}, coin.Repay, []journal.Move{
		{From: journal.Escrow, To: journal.Staff, Coins: held},
	})
	if err == nil && result != journal.Done {
		err = fmt.Errorf("terminal: emptying the escrow: %s", result)
	}
	return err
}

var endVerbs = map[coin.End]string{coin.Keep: "keep", coin.Repay: "repay"}

// end empties the escrow, once, between two readings of the counters.
func (a *acts) end(ctx context.Context, app domain.ApplicationID, how coin.End, moves []journal.Move,
) (journal.Result, error) {
	before, err := a.coins.Counters(ctx)
	if err != nil {
		return journal.NotDone, err
	}
	verb := endVerbs[how]
	if app.IsZero() {
		verb = recovery.VerbEmpty
	}
	act, err := a.journal.Begin(ctx, a.now(), journal.Intent{
		Application: app, Device: "coin", Verb: verb, Before: encoded(before),
	})
	if err != nil {
		return journal.NotDone, err
	}
	f := journal.Finding{Result: journal.Done, Moves: moves}
	switch err := a.coins.EndDeposit(ctx, how); {
	case errors.Is(err, coin.ErrRefused):
		f = journal.Finding{Result: journal.NotDone}
	case err != nil:
		f = journal.Finding{Result: journal.Unsure}
		for _, m := range moves {
			f.Moves = append(f.Moves, journal.Move{From: journal.Escrow, To: journal.Unknown, Coins: m.Coins})
		}
	}
	f.After = a.after(ctx)
	a.endFailed.Store(f.Result != journal.Done)
	return f.Result, a.journal.Finish(context.WithoutCancel(ctx), a.now(), act, f)
}

// after reads the counters once more; an act's result does not wait for a vendor that is gone.
func (a *acts) after(ctx context.Context) []byte {
	c, err := a.coins.Counters(context.WithoutCancel(ctx))
	if err != nil {
		a.log.Warn("counters not read", "evt", "coin.counters", "err", err)
		return nil
	}
	return encoded(c)
}

// payTries bounds the plans of one payout: one hopper after another may run empty.
const payTries = int(coin.NumKinds)

// payChange pays an amount from the hoppers. What a hopper fails to pay is planned anew from what the counters left.
func (a *acts) payChange(ctx context.Context, app domain.ApplicationID, due domain.Yen) session.Event {
	var total coin.Count
	for range payTries {
		left := int(due) - total.Total()
		if left <= 0 {
			break
		}
		paid, proved, err := a.payOnce(ctx, app, left)
		total = total.Plus(paid)
		if err != nil {
			a.log.Warn("payout", "evt", "coin.payout", "err", err, "paid", paid.Total())
		}
		if !proved || (err != nil && paid.IsZero()) {
			return session.Event{Kind: session.ChangeFailed, Count: countOf(total)}
		}
	}
	return session.Event{Kind: session.ChangePaid, Count: countOf(total)}
}

// payOnce is one act of payout. proved is false where nobody can tell what came out; then nothing more is paid.
func (a *acts) payOnce(ctx context.Context, app domain.ApplicationID, due int,
) (paid coin.Count, proved bool, err error) {
	stock, err := a.stock(ctx)
	if err != nil {
		return paid, false, err
	}
	plan, ok := coin.Change(due, stock, coin.Count{})
	if !ok {
		return paid, true, fmt.Errorf("terminal: no coins for ¥%d: it will be owed", due)
	}
	before, err := a.coins.Counters(ctx)
	if err != nil {
		return paid, false, err
	}
	act, err := a.journal.Begin(ctx, a.now(), journal.Intent{
		Application: app, Device: "coin", Verb: "payout", Arg: encoded(plan), Before: encoded(before),
	})
	if err != nil {
		return paid, false, err
	}
	paid, payErr := a.coins.Payout(ctx, plan)
	f := journal.Finding{Result: journal.Done, After: a.after(ctx)}
	switch {
	case errors.Is(payErr, coin.ErrUnresolved): // a hopper that nobody hears any more may pay its part to the end
		f.Result = journal.Unsure
		f.Moves = []journal.Move{{From: journal.Hopper, To: journal.Unknown, Coins: countOf(plan.Minus(paid))}}
	case paid != plan:
		f.Result = journal.Partial
	}
	f.Moves = append(f.Moves, journal.Move{From: journal.Hopper, To: journal.World, Coins: countOf(paid)})
	if err := a.journal.Finish(context.WithoutCancel(ctx), a.now(), act, f); err != nil {
		return paid, false, err
	}
	return paid, f.Result != journal.Unsure, payErr
}

// copyOrder is one copy to be printed. Body writes the whole raster of the copy and checks each sheet just before its
// bytes leave.
type copyOrder struct {
	app    domain.ApplicationID
	n      int // which copy, 1 …
	sheets int
	body   func(io.Writer, printer.Capabilities) error
}

// printCopy prints one copy as one job, once, and says what the printer's counters prove of it (D-12, D-13).
func (a *acts) printCopy(ctx context.Context, c copyOrder) session.Event {
	unfed := session.Event{Kind: session.CopyFailed, Evidence: session.EvidenceNotPrinted}
	a.printFailed.Store(true)
	status, err := a.ready(ctx)
	if err != nil || !status.Usable() {
		a.log.Warn("printer not ready", "evt", "print.ready", "err", err, "blocking", fmt.Sprint(status.Blocking()))
		return unfed
	}
	o := printer.Observation{Expected: c.sheets, Trusted: a.trusted}
	if o.Before, err = a.printer.Counters(ctx); err != nil {
		a.log.Warn("printer not ready", "evt", "print.counters", "err", err)
		return unfed
	}
	name := domain.NewID().String() // a token: it appears on panels
	act, err := a.journal.Begin(ctx, a.now(), journal.Intent{
		Application: c.app, Device: "printer", Verb: "print", Arg: encoded(restart.Job{Copy: c.n, Name: name}),
		Before: encoded(o.Before),
	})
	if err != nil {
		a.log.Error("intent not written", "evt", "journal.broken", "err", err)
		return unfed
	}
	a.runJob(ctx, c, name, &o)
	e := printer.Judge(o)
	a.log.Info("copy ended", "evt", "print.judged", "copy", c.n, "outcome", e.Outcome.String(), "why", e.Why)
	err = a.journal.Finish(context.WithoutCancel(ctx), a.now(), act, journal.Finding{
		Result: words.Result(e.Outcome), After: encoded(o.After),
	})
	if err != nil {
		a.log.Error("result not written", "evt", "journal.broken", "err", err)
		return session.Event{Kind: session.CopyFailed, Evidence: session.EvidenceUnknown}
	}
	a.printFailed.Store(e.Outcome != printer.Printed)
	return words.Copy(e.Outcome)
}

// runJob makes the job, sends the document once, and follows the job to its end, noting all that is seen.
func (a *acts) runJob(ctx context.Context, c copyOrder, name string, o *printer.Observation) {
	o.Created = true
	job, err := a.printer.CreateJob(ctx, printer.Ticket{Name: name})
	if err != nil {
		_, refused := errors.AsType[*printer.StatusError](err)
		o.Created, o.Lost = !refused, !refused // a refusal made no job; a lost answer may have
		a.log.Warn("job not made", "evt", "print.create", "err", err)
		return
	}
	err = a.journal.Record(ctx, a.now(), journal.Event{
		Application: c.app, Type: restart.JobMade, Body: encoded(restart.Job{Name: name, ID: job}),
	})
	if err != nil { // not on the disk: nothing may leave
		a.log.Error("job not written", "evt", "journal.broken", "err", err)
		a.cancelJob(ctx, job)
	} else {
		a.send(ctx, c, job, o)
	}
	if err := o.Watch(ctx, a.printer, job); err != nil {
		a.log.Warn("job not followed", "evt", "print.follow", "err", err)
	}
	if o.After, err = a.printer.Counters(ctx); err != nil {
		o.Lost = true
	}
}

// send streams the copy and watches the job while it goes.
func (a *acts) send(ctx context.Context, c copyOrder, job printer.JobID, o *printer.Observation) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(c.body(w, a.printer.Capabilities())) }()
	err := a.printer.SendDocument(ctx, job, r)
	_ = r.Close() // ends the writer where the device stopped reading
	o.Sent = err == nil
	if err != nil {
		a.log.Warn("document not sent whole", "evt", "print.send", "err", err)
		a.cancelJob(ctx, job)
	}
}

func (a *acts) cancelJob(ctx context.Context, job printer.JobID) {
	if err := a.printer.Cancel(ctx, job); err != nil {
		a.log.Warn("job not cancelled", "evt", "print.cancel", "err", err)
	}
}

// encoded writes counters for the journal; they hold numbers only.
func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("terminal: counters cannot be written: " + err.Error()) // they are plain structs of numbers
	}
	return b
}
