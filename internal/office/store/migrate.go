package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// maxMigrations bounds the list; it is read at every start.
const maxMigrations = 1000

// Errors of the database's own history.
var (
	// ErrNewer: the database was used by a newer version of the program; going back needs a backup.
	ErrNewer = errors.New("store: the database was made by a newer version of this program")
	// ErrHistory: a migration that has run differs from the one in this program.
	ErrHistory = errors.New("store: a migration that has run was changed afterwards")
)

// Migrations are the files *.sql at the root of an fs.FS, run once each in the order of their names, each in one
// transaction with its own mark. Names begin with four digits, so that the order is the order of the numbers.
type migration struct{ name, sum, text string }

func migrate(ctx context.Context, db *sql.DB, files fs.FS) error {
	want, err := list(files)
	if err != nil {
		return err
	}
	const table = `CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, sum TEXT NOT NULL) STRICT`
	if _, err := db.ExecContext(ctx, table); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	done, err := ran(ctx, db)
	if err != nil {
		return err
	}
	if len(done) > len(want) {
		return ErrNewer
	}
	for i, m := range want {
		if i < len(done) {
			if done[i].name != m.name || done[i].sum != m.sum {
				return fmt.Errorf("%w: %s", ErrHistory, done[i].name)
			}
			continue
		}
		if err := apply(ctx, db, m); err != nil {
			return fmt.Errorf("store: migration %s: %w", m.name, err)
		}
	}
	return nil
}

func list(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 || len(names) > maxMigrations {
		return nil, fmt.Errorf("store: %d migrations, want 1 to %d", len(names), maxMigrations)
	}
	slices.Sort(names)
	all := make([]migration, 0, len(names))
	for _, n := range names {
		if len(n) < 5 || strings.Trim(n[:4], "0123456789") != "" {
			return nil, fmt.Errorf("store: migration %s: the name must begin with four digits", n)
		}
		text, err := fs.ReadFile(files, n)
		if err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		sum := sha256.Sum256(text)
		all = append(all, migration{n, hex.EncodeToString(sum[:]), string(text)})
	}
	return all, nil
}

func ran(ctx context.Context, db *sql.DB) (done []migration, err error) {
	rows, err := db.QueryContext(ctx, `SELECT name, sum FROM migration ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("store: migrate: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var m migration
		if err := rows.Scan(&m.name, &m.sum); err != nil {
			return nil, fmt.Errorf("store: migrate: %w", err)
		}
		done = append(done, m)
	}
	return done, rows.Err()
}

func apply(ctx context.Context, db *sql.DB, m migration) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	if _, err := tx.ExecContext(ctx, m.text); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO migration (name, sum) VALUES (?, ?)`, m.name, m.sum); err != nil {
		return err
	}
	return tx.Commit()
}
