// Package watch turns what devices and peers are, while nobody asks them for anything, into faults and words of the
// session: a printer without paper takes the kiosk out of service before anybody pays. The loop calls it; it decides
// nothing about money.
package watch

import (
	"context"
	"errors"
	"log/slog"

	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/pulse"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/words"
	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/printer"
)

// ErrBusy says that an act is under way, so that nobody looks now.
var ErrBusy = errors.New("watch: an act is under way")

// lostAfter is how many looks in a row a printer may miss before it is opened anew: a cable that is pulled and put
// back is one.
const lostAfter = 2

// Printer looks at the printer now and then, one look at a time. It belongs to the loop, but for Look.
type Printer struct {
	Look func(context.Context) (printer.Status, error) // runs beside the loop
	Log  *slog.Logger

	seen   chan seen
	under  bool
	missed int
}

type seen struct {
	status printer.Status
	err    error
}

// Start begins a look, if none is under way.
func (p *Printer) Start(ctx context.Context) {
	if p.under {
		return
	}
	if p.seen == nil {
		p.seen = make(chan seen, 1) // one look is under way at most, so that it never waits
	}
	p.under = true
	go func() {
		s, err := p.Look(ctx)
		p.seen <- seen{s, err}
	}()
}

// Seen is where a look ends; its value goes to Judge.
func (p *Printer) Seen() <-chan seen { return p.seen }

// Lost reports that the printer did not answer several looks: it must be opened anew.
func (p *Printer) Lost() bool { return p.missed >= lostAfter }

// Judge keeps the printer's faults and gives the session's word for what is new.
func (p *Printer) Judge(s seen, f *health.Stops) (session.Event, bool) {
	p.under = false
	if errors.Is(s.err, ErrBusy) {
		return session.Event{}, false
	}
	want := map[health.Fault]bool{}
	if p.missed++; s.err != nil {
		want[health.Printer] = true
	} else {
		p.missed = 0
		for _, g := range s.status.Blocking() {
			want[words.PrinterFault(g)] = true
		}
	}
	var e session.Event
	for _, x := range words.PrinterFaults() {
		switch {
		case want[x] && !f.Has(x):
			p.Log.Warn("printer", "evt", "print.fault", "fault", x.String(), "err", s.err)
			f.Raise(x)
			e = session.Event{Kind: session.PrinterFault, Fault: x}
		case !want[x] && f.Has(x):
			p.Log.Info("printer mended", "evt", "print.mended", "fault", x.String())
			f.Clear(x)
			if e.Fault == 0 {
				e = session.Event{Kind: session.PrinterMended, Fault: x}
			}
		}
	}
	if e.Fault == health.Printer && e.Kind == session.PrinterFault {
		e.Kind = session.PrinterGone
	}
	return e, e.Fault != 0
}

// Center keeps the faults of centre and clock.
func Center(n pulse.News, f *health.Stops) (session.Event, bool) {
	for _, x := range []struct {
		fault      health.Fault
		bad        bool
		comes, end session.Kind
	}{
		{health.Center, n.Lost, session.CenterLost, session.CenterBack},
		{health.Clock, n.Doubt, session.ClockDoubt, session.ClockSure},
	} {
		switch {
		case x.bad && !f.Has(x.fault):
			f.Raise(x.fault)
			return session.Event{Kind: x.comes, Fault: x.fault}, true
		case !x.bad && f.Has(x.fault):
			f.Clear(x.fault)
			return session.Event{Kind: x.end, Fault: x.fault}, true
		}
	}
	return session.Event{}, false
}

// Reader keeps the fault of the reader. ok is false where nothing is new.
func Reader(c card.Event, f *health.Stops) (e session.Event, ok bool) {
	switch c.Kind {
	case card.ReaderRemoved, card.ServiceDown:
		f.Raise(health.Reader)
		return session.Event{Kind: session.ReaderGone, Fault: health.Reader}, true
	case card.ReaderAdded:
		ok = f.Has(health.Reader)
		f.Clear(health.Reader)
		return session.Event{Kind: session.ReaderBack, Fault: health.Reader}, ok
	default:
		return session.Event{}, false
	}
}
