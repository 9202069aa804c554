package terminal

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// checked is a journal whose whole check lasts, or finds something.
type checked struct {
	ports.Journal
	lasts, cut int
	find       error
}

func (c *checked) CheckWhole(ctx context.Context, at time.Time) error {
	if c.find != nil {
		return c.find
	}
	select {
	case <-time.After(time.Duration(c.lasts) * time.Second):
		return c.Journal.CheckWhole(ctx, at)
	case <-ctx.Done():
		c.cut++
		return ctx.Err()
	}
}

func (r *rig) lastCheck() time.Time {
	r.t.Helper()
	at, _, err := r.terminal.Ports.Journal.LastCheck(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return at
}

func TestR05_TheJournalIsCheckedOnceADayWhileNobodyIsServed(t *testing.T) {
	var c *checked
	withRig(t, func(r *rig) {
		r.wait(journal.CheckEvery - time.Minute)
		if !r.lastCheck().IsZero() {
			t.Error("it was checked on the first day")
		}
		r.wait(2 * time.Minute) // the check is under way
		r.toPIN()
		r.wait(time.Second)
		if c.cut != 1 || !r.lastCheck().IsZero() {
			t.Errorf("%d checks were broken off for a resident", c.cut)
		}
		r.touch(session.VerbCancel, "")
		r.take()
		r.wait(10 * time.Minute)
		first := r.lastCheck()
		if first.IsZero() {
			t.Error("it was not made again")
		}
		r.wait(journal.CheckEvery)
		if second := r.lastCheck(); second.Sub(first) < journal.CheckEvery {
			t.Errorf("checked at %v and %v", first, second)
		}
		r.at(session.Attract)
	}, func(_ *rig, o *Options) {
		c = &checked{Journal: o.Ports.Journal, lasts: 200}
		o.Ports.Journal = c
	})
}

func TestR05_AJournalThatFailsItsCheckTakesNoCoin(t *testing.T) {
	withRig(t, func(r *rig) {
		r.wait(journal.CheckEvery + time.Minute)
		r.at(session.OutOfService)
		if !r.terminal.faults.Has(health.Journal) {
			t.Errorf("faults %q", r.terminal.faults.Text())
		}
		r.ends(health.Service) // no key ends it
		r.at(session.OutOfService)
	}, func(_ *rig, o *Options) {
		o.Ports.Journal = &checked{Journal: o.Ports.Journal, find: errors.New("an index does not fit")}
	})
}
