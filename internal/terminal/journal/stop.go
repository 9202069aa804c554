package journal

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// RaiseStop writes down that something stands against service which only a person can end. It outlives every start.
// One that stands already stays as it is.
func (j *Journal) RaiseStop(ctx context.Context, at time.Time, fault string) error {
	return j.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx,
			"INSERT INTO stop (fault, raised_ms) VALUES (?, ?) ON CONFLICT (fault) WHERE cleared_ms IS NULL DO NOTHING",
			fault, millis(at))
		if err != nil {
			return fmt.Errorf("journal: stop: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return j.event(ctx, tx, at, Event{Type: "stop.raised", Body: []byte(fault)})
	})
}

// Stops gives what stands against service, oldest first.
func (j *Journal) Stops(ctx context.Context) (faults []string, err error) {
	rows, err := j.db.QueryContext(ctx, "SELECT fault FROM stop WHERE cleared_ms IS NULL ORDER BY seq")
	if err != nil {
		return nil, fmt.Errorf("journal: stops: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f string
		if err := rows.Scan(&f); err != nil {
			return nil, fmt.Errorf("journal: stops: %w", err)
		}
		faults = append(faults, f)
	}
	return faults, rows.Err()
}

// ClearStop writes down that a person has ended a stop; by names who, as a role or an id, never a name.
func (j *Journal) ClearStop(ctx context.Context, at time.Time, fault, by string) error {
	return j.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx,
			"UPDATE stop SET cleared_ms = ?, cleared_by = ? WHERE fault = ? AND cleared_ms IS NULL", millis(at), by, fault)
		if err != nil {
			return fmt.Errorf("journal: stop: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return j.event(ctx, tx, at, Event{Type: "stop.cleared", Body: []byte(fault + " " + by)})
	})
}
