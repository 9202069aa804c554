package acts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/restart"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/watch"
	"github.com/kioskd/kioskd/internal/terminal/words"
	"github.com/kioskd/kioskd/pkg/printer"
)

// Order is one copy to be printed. Body writes the whole raster of the copy and checks each sheet just before its
// bytes leave.
type Order struct {
	Application domain.ApplicationID
	N           int // which copy, 1 …
	Sheets      int
	Body        func(io.Writer, printer.Capabilities) error
}

// PrintCopy prints one copy as one job, once, and says what the printer's counters prove of it (D-12, D-13).
func (a *Acts) PrintCopy(ctx context.Context, c Order) session.Event {
	unfed := session.Event{Kind: session.CopyFailed, Evidence: session.EvidenceNotPrinted}
	a.printFailed.Store(true)
	status, err := a.Ready(ctx)
	if err != nil || !status.Usable() {
		a.Log.Warn("printer not ready", "evt", "print.ready", "err", err, "blocking", fmt.Sprint(status.Blocking()))
		return unfed
	}
	o := printer.Observation{Expected: c.Sheets, Trusted: a.Trusted}
	if o.Before, err = a.Printer.Counters(ctx); err != nil {
		a.Log.Warn("printer not ready", "evt", "print.counters", "err", err)
		return unfed
	}
	name := domain.NewID().String() // a token: it appears on panels
	act, err := a.Journal.Begin(ctx, a.Now(), journal.Intent{
		Application: c.Application, Device: "printer", Verb: "print", Arg: Encoded(restart.Job{Copy: c.N, Name: name}),
		Before: Encoded(o.Before),
	})
	if err != nil {
		a.Log.Error("intent not written", "evt", "journal.broken", "err", err)
		return unfed
	}
	a.runJob(ctx, c, name, &o)
	e := printer.Judge(o)
	a.Log.Info("copy ended", "evt", "print.judged", "copy", c.N, "outcome", e.Outcome.String(), "why", e.Why)
	err = a.Journal.Finish(context.WithoutCancel(ctx), a.Now(), act, journal.Finding{
		Result: words.Result(e.Outcome), After: Encoded(o.After),
	})
	if err != nil {
		a.Log.Error("result not written", "evt", "journal.broken", "err", err)
		return session.Event{Kind: session.CopyFailed, Evidence: session.EvidenceUnknown}
	}
	a.printFailed.Store(e.Outcome != printer.Printed)
	return words.Copy(e.Outcome)
}

// runJob makes the job, sends the document once, and follows the job to its end, noting all that is seen.
func (a *Acts) runJob(ctx context.Context, c Order, name string, o *printer.Observation) {
	o.Created = true
	job, err := a.Printer.CreateJob(ctx, printer.Ticket{Name: name})
	if err != nil {
		_, refused := errors.AsType[*printer.StatusError](err)
		o.Created, o.Lost = !refused, !refused // a refusal made no job; a lost answer may have
		a.Log.Warn("job not made", "evt", "print.create", "err", err)
		return
	}
	err = a.Journal.Record(ctx, a.Now(), journal.Event{
		Application: c.Application, Type: restart.JobMade, Body: Encoded(restart.Job{Name: name, ID: job}),
	})
	if err != nil { // not on the disk: nothing may leave
		a.Log.Error("job not written", "evt", "journal.broken", "err", err)
		a.cancelJob(ctx, job)
	} else {
		a.send(ctx, c, job, o)
	}
	if err := o.Watch(ctx, a.Printer, job); err != nil {
		a.Log.Warn("job not followed", "evt", "print.follow", "err", err)
	}
	if o.After, err = a.Printer.Counters(ctx); err != nil {
		o.Lost = true
	}
}

// send streams the copy and watches the job while it goes.
func (a *Acts) send(ctx context.Context, c Order, job printer.JobID, o *printer.Observation) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(c.Body(w, a.Printer.Capabilities())) }()
	err := a.Printer.SendDocument(ctx, job, r)
	_ = r.Close() // ends the writer where the device stopped reading
	o.Sent = err == nil
	if err != nil {
		a.Log.Warn("document not sent whole", "evt", "print.send", "err", err)
		a.cancelJob(ctx, job)
	}
}

func (a *Acts) cancelJob(ctx context.Context, job printer.JobID) {
	if err := a.Printer.Cancel(ctx, job); err != nil {
		a.Log.Warn("job not cancelled", "evt", "print.cancel", "err", err)
	}
}

// readyLimit bounds the question whether the printer can print: it answers in milliseconds, or is gone.
const readyLimit = 5 * time.Second

func (a *Acts) Ready(ctx context.Context) (printer.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	return a.Printer.Ready(ctx)
}

// Look asks the printer how it is, unless an act is under way.
func (a *Acts) Look(ctx context.Context) (printer.Status, error) {
	select {
	case a.busy <- struct{}{}:
		defer func() { <-a.busy }()
		return a.Ready(ctx)
	default:
		return printer.Status{}, watch.ErrBusy
	}
}

// LookForPrinter asks a printer whose last copy failed whether it is still there.
func (a *Acts) LookForPrinter(ctx context.Context) {
	if a.Printer == nil || !a.printFailed.Swap(false) {
		return
	}
	if _, err := a.Ready(ctx); err != nil {
		a.Log.Warn("printer does not answer", "evt", "print.ready", "err", err)
		a.printerGone.Store(true)
	}
}
