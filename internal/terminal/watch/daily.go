package watch

import (
	"context"
	"errors"
	"time"
)

// Daily lets the journal check itself once a day, beside the loop, while nobody is served. It belongs to the
// loop, but for Check.
type Daily struct {
	Check func(ctx context.Context, at time.Time) error // runs beside the loop; ends soon when its context does
	Every time.Duration
	Due   time.Time

	ended  chan error
	cancel context.CancelFunc // of the check under way; nil: none is
}

// Start begins the check, if it is due and none is under way.
func (d *Daily) Start(ctx context.Context, now time.Time) {
	if d.cancel != nil || now.Before(d.Due) {
		return
	}
	if d.ended == nil {
		d.ended = make(chan error, 1) // one check is under way at most, so that it never waits
	}
	ctx, d.cancel = context.WithCancel(ctx)
	go func() { d.ended <- d.Check(ctx, now) }()
}

// Stop breaks a check off because somebody comes; it is made again at the next idle moment.
func (d *Daily) Stop() {
	if d.cancel != nil {
		d.cancel()
	}
}

// Ended is where a check ends; its value goes to Judge.
func (d *Daily) Ended() <-chan error { return d.ended }

// Judge takes the end of a check, and gives what it found.
func (d *Daily) Judge(found error, now time.Time) error {
	d.cancel()
	d.cancel = nil
	switch {
	case found == nil:
		d.Due = now.Add(d.Every)
		return nil
	case errors.Is(found, context.Canceled):
		return nil
	default:
		d.Due = now.Add(d.Every) // the fault stands; the next start looks again
		return found
	}
}
