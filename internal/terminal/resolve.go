package terminal

import (
	"context"
	"errors"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/restart"
	"github.com/kioskd/kioskd/internal/terminal/watch"
	"github.com/kioskd/kioskd/pkg/printer"
)

// markBegin writes down what the acceptor had counted before the slot opens: a coin that falls and is never written
// down, because the power failed in between, is found by the difference.
func (a *acts) markBegin(ctx context.Context, app domain.ApplicationID) error {
	c, err := a.coins.Counters(ctx)
	if err != nil {
		return err
	}
	return a.journal.Record(ctx, a.now(), journal.Event{
		Application: app, Type: restart.DepositBegin, Body: encoded(c.Acceptor),
	})
}

// readyLimit bounds the question whether the printer can print: it answers in milliseconds, or is gone.
const readyLimit = 5 * time.Second

func (a *acts) ready(ctx context.Context) (printer.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	return a.printer.Ready(ctx)
}

// look asks the printer how it is, unless an act is under way.
func (a *acts) look(ctx context.Context) (printer.Status, error) {
	select {
	case a.busy <- struct{}{}:
		defer func() { <-a.busy }()
		return a.ready(ctx)
	default:
		return printer.Status{}, watch.ErrBusy
	}
}

// lookForPrinter asks a printer whose last copy failed whether it is still there.
func (a *acts) lookForPrinter(ctx context.Context) {
	if a.printer == nil || !a.printFailed.Swap(false) {
		return
	}
	if _, err := a.ready(ctx); err != nil {
		a.log.Warn("printer does not answer", "evt", "print.ready", "err", err)
		a.printerGone.Store(true)
	}
}

// errNoVendor says that coins of before cannot be given to anybody.
var errNoVendor = errors.New("terminal: coins lie in the escrow, and there is no coin vendor to ask")
