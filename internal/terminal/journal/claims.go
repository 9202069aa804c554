package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// The claims book says whose the money of a visit is, in yen. Coins that are put in are due to the customer until the
// end says what was earned and what is owed; from then on a late coin adds to what is owed.
const (
	dueCustomer = "due_customer"
	revenue     = "revenue"
	owed        = "owed"
	writtenOff  = "written_off"
)

// claim adds yen to an account of a visit; nothing is written for nothing.
func claim(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, account string, yen domain.Yen) error {
	if yen == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO claim (tx, account, yen) VALUES (?, ?, ?)", app.ID[:], account, int64(yen))
	if err != nil {
		return fmt.Errorf("journal: claim: %w", err)
	}
	return nil
}

func claimed(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, account string) (yen domain.Yen, err error) {
	err = tx.QueryRowContext(ctx, "SELECT coalesce(sum(yen), 0) FROM claim WHERE tx = ? AND account = ?", app.ID[:],
		account).Scan(&yen)
	if err != nil {
		return 0, fmt.Errorf("journal: claim: %w", err)
	}
	return yen, nil
}

// claimMoved books coins that a visit put in or got back. After its end they change what is owed, and there must be
// somebody to whom it is.
func claimMoved(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, in, out domain.Yen) error {
	var outcome string
	var open bool
	err := tx.QueryRowContext(ctx, `SELECT coalesce(t.outcome, ''), s.n IS NOT NULL AND s.settled_ms IS NULL
		FROM tx t LEFT JOIN slip s ON s.tx = t.id WHERE t.id = ?`, app.ID[:]).Scan(&outcome, &open)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: coins of a visit that is not here", ErrBroken)
	case err != nil:
		return fmt.Errorf("journal: claim: %w", err)
	case outcome == "":
		return claim(ctx, tx, app, dueCustomer, in-out)
	case !open:
		return fmt.Errorf("%w: coins of a visit that is over, and owed nothing", ErrBroken)
	}
	if err := claim(ctx, tx, app, owed, in-out); err != nil {
		return err
	}
	return settled(ctx, tx, app)
}

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
		if err := settled(ctx, tx, e.Application); err != nil {
			return err
		}
		err := j.event(ctx, tx, at, Event{Application: e.Application, Type: "visit.closed", Body: []byte(e.Outcome.String())})
		if err != nil {
			return err
		}
		return j.keepHead(ctx, tx, at)
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
	if err := writeClaims(ctx, tx, e); err != nil {
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

// writeClaims turns what is due into revenue and what is owed. Where the hoppers paid more than was due, the difference
// is the operator's loss.
func writeClaims(ctx context.Context, tx *sql.Tx, e Ending) error {
	due, err := claimed(ctx, tx, e.Application, dueCustomer)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		account string
		yen     domain.Yen
	}{
		{dueCustomer, -e.Revenue - e.Owed},
		{revenue, e.Revenue},
		{owed, e.Owed},
	} {
		if err := claim(ctx, tx, e.Application, c.account, c.yen); err != nil {
			return err
		}
	}
	loss := e.Revenue + e.Owed - due
	if loss <= 0 || e.Owed > 0 {
		return nil // a difference stays due, and settled refuses it
	}
	if err := claim(ctx, tx, e.Application, dueCustomer, loss); err != nil {
		return err
	}
	return claim(ctx, tx, e.Application, writtenOff, -loss)
}
