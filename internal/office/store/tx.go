package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"
)

// ErrNone says that a row that was asked for is not there.
var ErrNone = errors.New("store: no such row")

// ErrExists says that a row with that key is there already.
var ErrExists = errors.New("store: a row with this key exists")

// Tx is one transaction, or one consistent view. It is valid inside the function that got it and nowhere else.
type Tx struct {
	ctx context.Context
	tx  *sql.Tx
}

// Exec runs one statement. A doubled key is ErrExists.
func (t *Tx) Exec(query string, args ...any) error {
	_, err := t.exec(query, args)
	return err
}

// Change runs one conditional update and reports whether exactly one row changed; false means that the condition did
// not hold (another request was first). More than one row is an error.
func (t *Tx) Change(query string, args ...any) (bool, error) {
	n, err := t.exec(query, args)
	if err == nil && n > 1 {
		err = fmt.Errorf("store: %d rows changed, at most one was meant", n)
	}
	return n == 1, err
}

func (t *Tx) exec(query string, args []any) (int64, error) {
	r, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		if errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY) || errors.Is(err, sqlite3.CONSTRAINT_UNIQUE) {
			return 0, ErrExists
		}
		return 0, fmt.Errorf("store: %w", err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return n, nil
}

// Row is one row of an answer; *sql.Row and *sql.Rows have its method.
type Row interface{ Scan(into ...any) error }

// One reads the one row of a query into the pointers; no row is ErrNone.
func (t *Tx) One(query string, args []any, into ...any) error {
	err := t.tx.QueryRowContext(t.ctx, query, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNone
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Each calls take for every row of a query, in order, until take gives an error.
func (t *Tx) Each(query string, args []any, take func(Row) error) error {
	rows, err := t.tx.QueryContext(t.ctx, query, args...)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}
