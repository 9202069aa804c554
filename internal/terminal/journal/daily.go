package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Checked is the event of a whole check that found nothing.
const Checked = "journal.checked"

// CheckEvery is how old the last whole check may become.
const CheckEvery = 24 * time.Hour

// Today gives the time of this start. Where the last whole check is a day old by it, or none ever ended well, Open
// makes one: so a file that failed its check is found again by every start.
func Today(at time.Time) Option { return func(j *Journal) { j.today = at } }

// LastCheck is when a whole check last ended well; ok is false where none did.
func (j *Journal) LastCheck(ctx context.Context) (at time.Time, ok bool, err error) {
	var wall int64
	err = j.db.QueryRowContext(ctx, "SELECT wall_ms FROM ev WHERE tx IS NULL AND type = ? ORDER BY seq DESC LIMIT 1",
		Checked).Scan(&wall)
	if errors.Is(err, sql.ErrNoRows) {
		return at, false, nil
	}
	if err != nil {
		return at, false, fmt.Errorf("journal: last check: %w", err)
	}
	return time.UnixMilli(wall), true, nil
}

// CheckWhole lets SQLite check the file with every index, adds the books up, makes the audit tree anew, and writes down
// that nothing was found. What it finds is a *FileError, and nothing is written after it. It holds the journal
// for as long as it takes; a context that ends gives it back within milliseconds, and proves nothing.
func (j *Journal) CheckWhole(ctx context.Context, at time.Time) error {
	if err := j.usable(); err != nil {
		return err
	}
	err := j.check(ctx, "integrity_check")
	if err == nil {
		_, err = j.VerifyTree(ctx)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err = j.opening(err); err != nil {
		if f, ok := errors.AsType[*FileError](err); ok {
			j.broken.CompareAndSwap(nil, f)
			j.disk.Freeze(f)
		}
		return err
	}
	return j.Record(ctx, at, Event{Type: Checked})
}

// checkAtStart is the check of an old file: a whole one where it is due.
func (j *Journal) checkAtStart(ctx context.Context) error {
	if j.today.IsZero() {
		return j.check(ctx, "quick_check")
	}
	last, ok, err := j.LastCheck(ctx)
	if err != nil {
		return err
	}
	if age := j.today.Sub(last); ok && age >= 0 && age < CheckEvery { // a clock that stepped back proves nothing
		return j.check(ctx, "quick_check")
	}
	return j.CheckWhole(ctx, j.today)
}
