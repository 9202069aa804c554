package printer

import (
	"context"
	"time"
)

// watchEvery is how often a job is asked for: fast enough to see it stop between two sheets.
const watchEvery = 500 * time.Millisecond

// Watched is what Watch asks; *Device is one.
type Watched interface {
	Ready(context.Context) (Status, error)
	Follow(context.Context, JobID) (JobStatus, error)
}

// Watch follows a job to its end and notes all that is seen. An exchange that breaks, or a context that ends, is noted
// as Lost and returned; nothing is asked afterwards.
func (o *Observation) Watch(ctx context.Context, d Watched, job JobID) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for { // bounded by the context
		j, err := d.Follow(ctx, job)
		var s Status
		if err == nil {
			s, err = d.Ready(ctx)
		}
		if err != nil {
			o.Lost = true
			return err
		}
		o.Note(j, s)
		if j.State.Final() {
			return nil
		}
		select {
		case <-ctx.Done():
			o.Lost = true
			return ctx.Err()
		case <-tick.C:
		}
	}
}
