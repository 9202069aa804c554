package journal

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal/disk"
	"github.com/kioskd/kioskd/internal/terminal/journal/tree"
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

// Line is one event as it stands in the audit tree.
type Line struct {
	Seq         int64
	Time        time.Time
	Boot        domain.ID
	Application domain.ApplicationID // zero: of no visit
	Type        string
	Body        []byte
}

// Events gives every event, oldest first.
func (j *Journal) Events(ctx context.Context, each func(Line) error) error {
	rows, err := j.db.QueryContext(ctx, "SELECT seq, wall_ms, boot, coalesce(tx, x''), type, body FROM ev ORDER BY seq")
	if err != nil {
		return fmt.Errorf("journal: events: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l Line
		var wall int64
		var boot, app []byte
		if err := rows.Scan(&l.Seq, &wall, &boot, &app, &l.Type, &l.Body); err != nil {
			return fmt.Errorf("journal: events: %w", err)
		}
		l.Time = time.UnixMilli(wall)
		copy(l.Boot[:], boot)
		copy(l.Application.ID[:], app)
		if err := each(l); err != nil {
			return err
		}
	}
	return rows.Err()
}

// VerifyTree makes the audit tree anew from the events, and holds it against the hashes that are kept and every head.
func (j *Journal) VerifyTree(ctx context.Context) (size int64, err error) {
	heads, err := j.heads(ctx)
	if err != nil {
		return 0, err
	}
	t := tree.New(heads)
	err = j.Events(ctx, func(l Line) error {
		e := Event{Application: l.Application, Type: l.Type, Body: l.Body}
		return t.Add(l.Seq, leaf(l.Seq, l.Boot[:], millis(l.Time), e))
	})
	if err != nil {
		return t.Size(), fmt.Errorf("%w: %w", ErrBroken, err)
	}
	kept, err := j.hashes(ctx)
	if err == nil {
		err = t.End(kept)
	}
	if err != nil {
		return t.Size(), fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return t.Size(), nil
}

func (j *Journal) hashes(ctx context.Context) (all []tlog.Hash, err error) {
	rows, err := j.db.QueryContext(ctx, "SELECT h FROM leafhash ORDER BY n")
	if err != nil {
		return nil, fmt.Errorf("journal: hashes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h []byte
		if err := rows.Scan(&h); err != nil {
			return nil, fmt.Errorf("journal: hashes: %w", err)
		}
		all = append(all, tlog.Hash(h))
	}
	return all, rows.Err()
}

func (j *Journal) heads(ctx context.Context) (map[int64]tlog.Hash, error) {
	rows, err := j.db.QueryContext(ctx, "SELECT size, root FROM head")
	if err != nil {
		return nil, fmt.Errorf("journal: heads: %w", err)
	}
	defer rows.Close()
	heads := map[int64]tlog.Hash{}
	for rows.Next() {
		var size int64
		var root []byte
		if err := rows.Scan(&size, &root); err != nil {
			return nil, fmt.Errorf("journal: heads: %w", err)
		}
		heads[size] = tlog.Hash(root)
	}
	return heads, rows.Err()
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
