package crash

import (
	"context"
	"io"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/restart"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/printer"
)

// books is the journal with a gate on both sides of each write.
type books struct {
	ports.Journal
	p *process
}

var _ ports.Journal = books{}

func (b books) OpenVisit(ctx context.Context, at time.Time, v journal.Visit) (err error) {
	b.p.call("journal.open", func() {
		if err = b.Journal.OpenVisit(ctx, at, v); err == nil {
			b.p.w.visits = append(b.p.w.visits, v.Application)
		}
	})
	return err
}

func (b books) CloseVisit(ctx context.Context, at time.Time, e journal.Ending) (err error) {
	b.p.call("journal.close", func() {
		if err = b.Journal.CloseVisit(ctx, at, e); err == nil {
			b.p.w.ending = e
			b.p.w.claims[e.Application] = e.Revenue + e.Owed // a cut may undo it, and then it is said again
			b.p.w.earned[e.Application] = e.Revenue
		}
	})
	return err
}

func (b books) Record(ctx context.Context, at time.Time, e journal.Event) (err error) {
	if b.p.w.Break == LoseCredit && e.Type == restart.CoinBooked {
		return nil
	}
	b.p.call("journal.record "+e.Type, func() { err = b.Journal.Record(ctx, at, e) })
	return err
}

func (b books) Begin(ctx context.Context, at time.Time, i journal.Intent) (a journal.Act, err error) {
	if b.p.w.Break == ForgetAnIntent {
		b.p.call("journal.begin "+i.Verb, func() { b.p.late = i }) // it will be written when the act is over
		return a, nil
	}
	b.p.call("journal.begin "+i.Verb, func() { a, err = b.Journal.Begin(ctx, at, i) })
	return a, err
}

func (b books) Finish(ctx context.Context, at time.Time, a journal.Act, f journal.Finding) (err error) {
	if b.p.w.Break == ForgetAnIntent && a.IsZero() {
		if b.p.refund.Slip != "" {
			a, err = b.Journal.BeginRefund(ctx, at, b.p.refund, b.p.late)
		} else {
			a, err = b.Journal.Begin(ctx, at, b.p.late)
		}
		if err != nil {
			return err
		}
	}
	b.p.call("journal.finish", func() { err = b.Journal.Finish(ctx, at, a, f) })
	return err
}

func (b books) BeginRefund(ctx context.Context, at time.Time, r journal.Refund, i journal.Intent,
) (a journal.Act, err error) {
	if b.p.w.Break == ForgetAnIntent {
		b.p.call("journal.refund", func() { b.p.refund, b.p.late = r, i })
		return a, nil
	}
	if b.p.w.Break == CloseUnpaid { // broken on purpose
		_, err = b.Journal.Settle(ctx, at, journal.Refund{Slip: r.Slip, Code: r.Code, Staff: r.Staff})
		if err != nil {
			return a, err
		}
		return b.Begin(ctx, at, i)
	}
	b.p.call("journal.refund", func() { a, err = b.Journal.BeginRefund(ctx, at, r, i) })
	return a, err
}

func (b books) Settle(ctx context.Context, at time.Time, r journal.Refund) (yen domain.Yen, err error) {
	b.p.call("journal.settle", func() { yen, err = b.Journal.Settle(ctx, at, r) })
	return yen, err
}

func (b books) RaiseStop(ctx context.Context, at time.Time, fault string) (err error) {
	b.p.call("journal.stop "+fault, func() { err = b.Journal.RaiseStop(ctx, at, fault) })
	return err
}

func (b books) ClearStop(ctx context.Context, at time.Time, fault, by string) (err error) {
	b.p.call("journal.clear "+fault, func() { err = b.Journal.ClearStop(ctx, at, fault, by) })
	return err
}

// coins is the coin vendor with a gate on both sides of each call that asks or moves.
type coins struct {
	*coin.Connection
	p *process
}

var _ ports.Coins = coins{}

func (c coins) Counters(ctx context.Context) (n coin.Counters, err error) {
	c.p.after(bus, "coin.counters", func() { n, err = c.Connection.Counters(ctx) })
	return n, err
}

func (c coins) BeginDeposit(ctx context.Context, l coin.Limits) (err error) {
	c.p.after(bus, "coin.begin", func() { err = c.Connection.BeginDeposit(ctx, l) })
	return err
}

func (c coins) Settle(ctx context.Context) (n coin.Count, err error) {
	c.p.after(bus, "coin.settle", func() { n, err = c.Connection.Settle(ctx) })
	return n, err
}

func (c coins) FixDeposit(ctx context.Context) (err error) {
	c.p.after(bus, "coin.fix", func() { err = c.Connection.FixDeposit(ctx) })
	return err
}

func (c coins) EndDeposit(ctx context.Context, e coin.End) (err error) {
	c.p.after(bus, "coin.end", func() { err = c.Connection.EndDeposit(ctx, e) })
	return err
}

func (c coins) TestHoppers(ctx context.Context, n coin.Count) (err error) {
	c.p.after(bus, "coin.test", func() { err = c.Connection.TestHoppers(ctx, n) })
	return err
}

func (c coins) Payout(ctx context.Context, n coin.Count) (paid coin.Count, err error) {
	c.p.after(bus, "coin.payout", func() {
		paid, err = c.Connection.Payout(ctx, n)
		if c.p.w.Break == ResendPayout {
			_, _ = c.Connection.Payout(ctx, n) // broken on purpose
		}
		if c.p.w.Break == HidePayout {
			paid, err = coin.Count{}, coin.ErrShortPay
		}
	})
	return paid, err
}

func (c coins) AdoptDeposit(ctx context.Context, n coin.Count) (err error) {
	c.p.after(bus, "coin.adopt", func() { err = c.Connection.AdoptDeposit(ctx, n) })
	return err
}

// bus is what a call of the driver needs before it begins.
const bus = 2*time.Millisecond + 5*time.Nanosecond

// usb is what an exchange with the printer takes.
const usb = 3*time.Millisecond + 17*time.Nanosecond

// press is the printer as one process sees it.
type press struct {
	*Printer
	p *process
}

var _ ports.Printer = press{}

func (r press) Counters(ctx context.Context) (n printer.Counters, err error) {
	r.p.after(usb, "print.counters", func() { n, err = r.Printer.Counters(ctx) })
	return n, err
}

func (r press) CreateJob(ctx context.Context, t printer.Ticket) (id printer.JobID, err error) {
	r.p.after(usb, "print.create", func() { id, err = r.Printer.CreateJob(ctx, t) })
	return id, err
}

func (r press) SendDocument(ctx context.Context, id printer.JobID, body io.Reader) (err error) {
	if c, ok := body.(io.Closer); ok { // whoever writes the document ends with the process
		defer func() { _ = c.Close() }()
	}
	r.p.after(usb, "print.send", func() {
		err = r.Printer.SendDocument(ctx, id, body)
		if r.p.w.Break == ResendPrint {
			_ = r.Printer.SendDocument(ctx, id, body) // broken on purpose
		}
	})
	return err
}

func (r press) Cancel(ctx context.Context, id printer.JobID) (err error) {
	r.p.after(usb, "print.cancel", func() { err = r.Printer.Cancel(ctx, id) })
	return err
}

func (r press) Unfinished(ctx context.Context) (all []printer.JobStatus, err error) {
	r.p.after(usb, "print.unfinished", func() { all, err = r.Printer.Unfinished(ctx) })
	return all, err
}
