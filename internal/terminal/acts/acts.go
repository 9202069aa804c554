// Package acts moves money and paper, and nothing else of the terminal does: intent → fsync → act once → counters →
// fsync. No layer sends such an act again.
package acts

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// Acts runs beside the terminal's loop, one act at a time. Make it with New.
type Acts struct {
	Options

	busy chan struct{} // one act at a time, also where a request was given up and its act still ends

	unresolved  atomic.Bool // an act was left without an end, because nobody hears the vendor any more
	endFailed   atomic.Bool // the escrow was not emptied as it should
	printFailed atomic.Bool // the last copy did
	printerGone atomic.Bool // it does not answer any more
}

// Options are what acts are made of. Coins and Printer are nil where there is none.
type Options struct {
	Coins   ports.Coins
	Printer ports.Printer
	Journal ports.Journal
	Now     func() time.Time
	Log     *slog.Logger
	Trusted bool // the printer's counters were measured
}

// New gives the one hand of a terminal.
func New(o Options) *Acts { return &Acts{Options: o, busy: make(chan struct{}, 1)} }

// Unresolved reports that an act stays open in the journal: only the vendor's counters can end it, at the next start.
func (a *Acts) Unresolved() bool { return a.unresolved.Load() }

// EndFailed reports once that coins may have stayed in the escrow: it is looked into when the visit is over.
func (a *Acts) EndFailed() bool { return a.endFailed.Swap(false) }

// InDoubt is EndFailed for whoever only wants to know.
func (a *Acts) InDoubt() bool { return a.endFailed.Load() }

// Doubt says that coins may lie in the escrow that no act will take from there.
func (a *Acts) Doubt() { a.endFailed.Store(true) }

// DoubtPrinter says that the printer refused; it is looked at when the visit is over.
func (a *Acts) DoubtPrinter() { a.printFailed.Store(true) }

// PrinterGone reports once that the printer does not answer any more.
func (a *Acts) PrinterGone() bool { return a.printerGone.Swap(false) }

// Take waits for the act that still ends, keeps others from beginning, and gives back what lets them.
func (a *Acts) Take(ctx context.Context) (release func(), err error) {
	select {
	case a.busy <- struct{}{}:
		return func() { <-a.busy }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Alone lets an act begin when the one before has ended, also one whose request was given up.
func (a *Acts) Alone(work func(context.Context) session.Event) func(context.Context) session.Event {
	return func(ctx context.Context) session.Event {
		a.busy <- struct{}{}
		defer func() { <-a.busy }()
		return work(ctx)
	}
}

// Encoded writes counters for the journal; they hold numbers only.
func Encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("acts: counters cannot be written: " + err.Error()) // they are plain structs of numbers
	}
	return b
}
