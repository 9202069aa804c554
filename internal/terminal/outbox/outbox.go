// Package outbox brings the kiosk's accounts to the centre: each is sent until it is acknowledged, in its order.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

// Journal keeps the letters. *journal.Journal is one.
type Journal interface {
	NextLetter(context.Context) (l journal.Letter, ok bool, err error)
	Delivered(ctx context.Context, at time.Time, seq int64) error
}

// Center takes them.
type Center interface {
	Done(ctx context.Context, app domain.ApplicationID, note []byte) error
}

// Outbox is the way from the one to the other.
type Outbox struct {
	Journal Journal
	Center  Center
	Now     func() time.Time
	Log     *slog.Logger
}

// every is how often the outbox is tried.
const every = 2 * time.Second

// Run sends what there is, until the context ends.
func (o Outbox) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := o.One(ctx); err != nil && ctx.Err() == nil {
			o.Log.Warn("account not delivered", "evt", "done.post", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// most bounds what one call of All sends; a kiosk that was cut off for a day has fewer.
const most = 1000

// All sends what there is, and returns when nothing waits any more.
func (o Outbox) All(ctx context.Context) error {
	for range most {
		if _, ok, err := o.Journal.NextLetter(ctx); err != nil || !ok {
			return err
		}
		if err := o.One(ctx); err != nil {
			return err
		}
	}
	return nil
}

// One sends the oldest letter, if there is one.
func (o Outbox) One(ctx context.Context) error {
	l, ok, err := o.Journal.NextLetter(ctx)
	if err != nil || !ok {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, domain.ValidationBudget)
	defer cancel()
	if err := o.Center.Done(ctx, l.Application, l.Note); err != nil {
		return err
	}
	return o.Journal.Delivered(ctx, o.Now(), l.Seq)
}
