package journal

import (
	"context"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal/disk"
)

// CopyOf names the copy that a running kioskd leaves beside its journal, for whoever only wants to read.
func CopyOf(path string) string { return path + ".copy" }

// copyTries bounds the wait for a moment in which the log is empty.
const copyTries = 5

// Copy writes the whole journal into the copy, at once: nobody ever sees a half of it.
func (j *Journal) Copy(ctx context.Context) error {
	for range copyTries {
		if err := j.Checkpoint(ctx); err != nil {
			return err
		}
		conn, err := j.db.Conn(ctx) // nobody writes while it is held
		if err != nil {
			return fmt.Errorf("journal: copy: %w", err)
		}
		done := j.disk.LogSize() == 0
		if done {
			err = disk.Copy(j.path, CopyOf(j.path))
		}
		if err := conn.Close(); err != nil {
			return fmt.Errorf("journal: copy: %w", err)
		}
		if err != nil {
			return fmt.Errorf("journal: copy: %w", err)
		}
		if done {
			return nil
		}
	}
	return fmt.Errorf("journal: copy: somebody wrote %d times in between", copyTries)
}

// Summary is what all visits together came to, in yen.
type Summary struct {
	Epoch    int64
	Kiosk    domain.KioskID
	Outcomes map[string]int        // visits by class; "open" is under way
	Claims   map[string]domain.Yen // due_customer, revenue, owed, written_off
}

// Summary adds all visits up.
func (j *Journal) Summary(ctx context.Context) (s Summary, err error) {
	s.Outcomes, s.Claims = map[string]int{}, map[string]domain.Yen{}
	if err := j.db.QueryRowContext(ctx, "SELECT epoch, kiosk FROM store").Scan(&s.Epoch, &s.Kiosk); err != nil {
		return s, fmt.Errorf("journal: summary: %w", err)
	}
	rows, err := j.db.QueryContext(ctx, `SELECT 0, coalesce(outcome, 'open'), count(*) FROM tx GROUP BY 2
		UNION ALL SELECT 1, account, sum(yen) FROM claim GROUP BY 2`)
	if err != nil {
		return s, fmt.Errorf("journal: summary: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var claims bool
		var name string
		var n int64
		if err := rows.Scan(&claims, &name, &n); err != nil {
			return s, fmt.Errorf("journal: summary: %w", err)
		}
		if claims {
			s.Claims[name] = domain.Yen(n)
		} else {
			s.Outcomes[name] = int(n)
		}
	}
	return s, rows.Err()
}
