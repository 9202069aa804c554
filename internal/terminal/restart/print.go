package restart

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/account"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/words"
	"github.com/kioskd/kioskd/pkg/printer"
)

// Job ties an act of printing to the device's job: the name is random and stands in both.
type Job struct {
	Copy int           `json:"copy,omitempty"`
	Name string        `json:"job"`
	ID   printer.JobID `json:"id,omitempty"`
}

// JobMade is the type of the event that is written when the device has made a job, before any page leaves.
const JobMade = "print.job"

// cancelLimit bounds the wait for a cancelled job to end.
const cancelLimit = 10 * time.Second

// ClearPrinter cancels every job that the printer still holds, whoever sent it: a printer that is switched on after a
// stop may print one that nobody waits for (S-01).
func (r *Restart) ClearPrinter(ctx context.Context) error {
	jobs, err := r.Printer.Unfinished(ctx)
	if err != nil || len(jobs) == 0 {
		return err
	}
	for _, j := range jobs {
		r.Log.Warn("a job of before is cancelled", "evt", "print.leftover", "job", int(j.ID))
		if err := r.cancel(ctx, j.ID, &printer.Observation{}); err != nil {
			return err
		}
	}
	if jobs, err = r.Printer.Unfinished(ctx); err == nil && len(jobs) > 0 {
		err = ErrJobStays
	}
	return err
}

func (r *Restart) cancel(ctx context.Context, job printer.JobID, o *printer.Observation) error {
	if err := r.Printer.Cancel(ctx, job); err != nil {
		return fmt.Errorf("restart: cancel job %d: %w", job, err)
	}
	ctx, cancel := context.WithTimeout(ctx, cancelLimit)
	defer cancel()
	return o.Watch(ctx, r.Printer, job)
}

// print judges a copy that was cut off. Its job, where there is one, is ended first; a document whose end was not
// acknowledged is never taken for printed, and one that was never begun is proved so.
func (r *Restart) print(ctx context.Context, app domain.ApplicationID, u journal.Unfinished) (journal.Finding, error) {
	f := journal.Finding{Result: journal.Unsure}
	var act Job
	o := printer.Observation{Trusted: r.Trusted}
	if err := errors.Join(json.Unmarshal(u.Arg, &act), json.Unmarshal(u.Before, &o.Before)); err != nil {
		return f, fmt.Errorf("restart: act of printing: %w", err)
	}
	job, err := r.job(ctx, app, act.Name)
	if err != nil {
		return f, err
	}
	o.Created = job != 0
	if o.Created {
		if o.Expected, err = r.sheets(ctx, app); err != nil {
			return f, err
		}
		if err := r.end(ctx, job, &o); err != nil {
			r.Log.Warn("job not ended", "evt", "print.leftover", "job", int(job), "err", err)
			o.Lost = true
		}
	}
	if o.After, err = r.Printer.Counters(ctx); err != nil {
		o.Lost = o.Created
	}
	e := printer.Judge(o)
	r.Log.Warn("a copy that was cut off is judged", "evt", "print.judged", "outcome", e.Outcome.String(), "why", e.Why)
	f.Result = words.Result(e.Outcome)
	f.After, err = json.Marshal(o.After)
	return f, err
}

// job finds the device's job of an act: by the journal, or by its name among those that are not final. 0 says that no
// job was written down and none is there, so that no page can have left.
func (r *Restart) job(ctx context.Context, app domain.ApplicationID, name string) (printer.JobID, error) {
	body, ok, err := r.Journal.Last(ctx, app, JobMade)
	if err != nil {
		return 0, err
	}
	var made Job
	if ok {
		if err := json.Unmarshal(body, &made); err != nil {
			return 0, fmt.Errorf("restart: job: %w", err)
		}
	}
	if made.Name == name {
		return made.ID, nil
	}
	jobs, err := r.Printer.Unfinished(ctx)
	for _, j := range jobs {
		if j.Name == name {
			return j.ID, err
		}
	}
	return 0, err
}

// end looks at a job, and cancels it where it goes on.
func (r *Restart) end(ctx context.Context, job printer.JobID, o *printer.Observation) error {
	j, err := r.Printer.Follow(ctx, job)
	if err != nil {
		return err
	}
	s, err := r.Printer.Ready(ctx)
	if err != nil {
		return err
	}
	if o.Note(j, s); j.State.Final() {
		return nil
	}
	return r.cancel(ctx, job, o)
}

// sheets is how many sheets a copy has.
func (r *Restart) sheets(ctx context.Context, app domain.ApplicationID) (n int, err error) {
	body, ok, err := r.Journal.Last(ctx, app, account.Held)
	if err != nil || !ok {
		return 0, err
	}
	d, err := account.Parse(body)
	for _, s := range d.Sheets {
		if s.Copy == 1 {
			n++
		}
	}
	return n, err
}
