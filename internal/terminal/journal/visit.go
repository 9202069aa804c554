package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal/books"
)

// Visit is what the journal knows of a visit from the moment something was ordered. It names nobody.
type Visit struct {
	Application domain.ApplicationID
	Kind        domain.Kind
	Fee         domain.Yen // total
	Copies      int
}

// OpenVisit writes a visit down; there can be only one at a time, and none where the disk is nearly full.
func (j *Journal) OpenVisit(ctx context.Context, at time.Time, v Visit) error {
	if err := j.room(); err != nil {
		return err
	}
	return j.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			"INSERT INTO tx (id, opened_ms, kind, fee_yen, copies) VALUES (?, ?, ?, ?, ?)",
			v.Application.ID[:], millis(at), string(v.Kind), int64(v.Fee), v.Copies)
		if err != nil {
			return fmt.Errorf("journal: open visit: %w", err)
		}
		return j.event(ctx, tx, at, Event{Application: v.Application, Type: "visit.opened"})
	})
}

// Event is one thing that happened, as it stands in the audit tree. Body holds no content of a certificate.
type Event struct {
	Application domain.ApplicationID // zero: of no visit
	Type        string
	Body        []byte
	Moves       []Move
}

// Record writes an event with the coins that it moved, in one transaction.
func (j *Journal) Record(ctx context.Context, at time.Time, e Event) error {
	return j.write(ctx, func(tx *sql.Tx) error {
		if err := books.Post(ctx, tx, e.Application, nil, e.Moves); err != nil {
			return err
		}
		return j.event(ctx, tx, at, e)
	})
}

// Last gives the body of a visit's newest event of the given types; ok is false where there is none.
func (j *Journal) Last(ctx context.Context, app domain.ApplicationID, types ...string,
) (body []byte, ok bool, err error) {
	var best int64
	for _, t := range types {
		var seq int64
		var b []byte
		err := j.db.QueryRowContext(ctx, "SELECT seq, body FROM ev WHERE tx IS ? AND type = ? ORDER BY seq DESC LIMIT 1",
			key(app), t).Scan(&seq, &b)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return nil, false, fmt.Errorf("journal: last event: %w", err)
		case seq > best:
			body, ok, best = b, true, seq
		}
	}
	return body, ok, nil
}

// key is the visit's key, or NULL.
func key(app domain.ApplicationID) any {
	if app.IsZero() {
		return nil
	}
	return app.ID[:]
}

// Letter is one note in the outbox.
type Letter struct {
	Seq         int64
	Application domain.ApplicationID
	Note        []byte
}

// NextLetter gives the oldest note that the centre has not acknowledged; ok is false where there is none.
func (j *Journal) NextLetter(ctx context.Context) (l Letter, ok bool, err error) {
	var id []byte
	err = j.db.QueryRowContext(ctx, "SELECT seq, tx, note FROM outbox WHERE sent_ms IS NULL ORDER BY seq LIMIT 1").
		Scan(&l.Seq, &id, &l.Note)
	if errors.Is(err, sql.ErrNoRows) {
		return l, false, nil
	}
	if err != nil {
		return l, false, fmt.Errorf("journal: outbox: %w", err)
	}
	copy(l.Application.ID[:], id)
	return l, true, nil
}

// Delivered notes that the centre acknowledged a letter.
func (j *Journal) Delivered(ctx context.Context, at time.Time, seq int64) error {
	return j.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE outbox SET sent_ms = ? WHERE seq = ? AND sent_ms IS NULL", millis(at), seq)
		if err != nil {
			return fmt.Errorf("journal: outbox: %w", err)
		}
		return nil
	})
}
