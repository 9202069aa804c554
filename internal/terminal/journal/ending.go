package journal

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal/books"
)

// Ending is how a visit ended. Revenue must be that of the good copies. What is owed has a slip.
type Ending struct {
	Application domain.ApplicationID
	Outcome     domain.Outcome
	Good        int // copies that were proved, or accepted by a clerk
	Revenue     domain.Yen
	Owed        domain.Yen
	Done        []byte // the done note for the centre, or nil
}

// CloseVisit writes the outcome, the claims, the slip and the note for the centre, in one transaction, and refuses an
// ending in which a yen is missing. The moment after it is idle, so the log is brought into the file then.
func (j *Journal) CloseVisit(ctx context.Context, at time.Time, e Ending) error {
	err := j.write(ctx, func(tx *sql.Tx) error {
		if err := j.writeEnding(ctx, tx, at, e); err != nil {
			return err
		}
		if err := books.Settled(ctx, tx, e.Application); err != nil {
			return err
		}
		err := j.event(ctx, tx, at, Event{Application: e.Application, Type: "visit.closed", Body: []byte(e.Outcome.String())})
		if err != nil {
			return err
		}
		return j.keepHead(ctx, tx, at, false)
	})
	if err != nil {
		return err
	}
	return j.Checkpoint(ctx)
}

func (j *Journal) writeEnding(ctx context.Context, tx *sql.Tx, at time.Time, e Ending) error {
	number, err := j.closeSlip(ctx, tx, at, e)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx,
		"UPDATE tx SET outcome = ?, good = ?, slip_no = ?, closed_ms = ? WHERE id = ? AND outcome IS NULL",
		e.Outcome.String(), e.Good, number, millis(at), e.Application.ID[:])
	if err != nil {
		return fmt.Errorf("journal: close visit: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("journal: close visit: %d visits were open under this id (%w)", n, err)
	}
	if err := books.End(ctx, tx, e.Application, e.Revenue, e.Owed); err != nil {
		return err
	}
	if e.Done == nil {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO outbox (tx, note) VALUES (?, ?)", e.Application.ID[:],
		e.Done); err != nil {
		return fmt.Errorf("journal: outbox: %w", err)
	}
	return nil
}
