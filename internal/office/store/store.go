// Package store is the servers' database: SQLite with one writer, durable at every commit, migrated from embedded SQL.
//
// The centre and the issuing server call it; queries are written by hand beside the code that needs them. It never
// decides anything and never logs a value. A state changes by one conditional update (Tx.Change), so that two requests
// for one id cannot both win (D-07).
//
// SQLite's settings: write-ahead log, synchronous=FULL, foreign keys on, and a trusted schema off (server §5).
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// readers is how many connections read at the same time; the servers' answers are short.
const readers = 4

// Store is an open database. Its methods may be called from any goroutine.
type Store struct {
	write *sql.DB // one connection: SQLite has one writer, and a queue in Go is fairer than busy waiting
	read  *sql.DB
}

// Open opens or makes the database in the file, mode 0600, and brings its tables up to date from the migrations
// (see migrate.go). The folder must exist.
func Open(ctx context.Context, path string, migrations fs.FS) (*Store, error) {
	if err := private(path); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{}
	var err error
	if s.write, err = connect(path, "rw", 1); err != nil {
		return nil, err
	}
	if err := migrate(ctx, s.write, migrations); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.read, err = connect(path, "ro", readers); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// private makes the file with mode 0600 before SQLite would make it with another.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func connect(path, mode string, conns int) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	// modeof gives the write-ahead log the mode of the database. The shared index beside them (-shm) keeps the process's
	// own: it holds page numbers and checksums, no row.
	query := url.Values{"mode": {mode}, "modeof": {abs}}
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs), RawQuery: query.Encode()}
	db, err := driver.Open(name.String(), func(c *sqlite3.Conn) error { return prepare(c, mode) })
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", filepath.Base(path), err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxLifetime(0)
	return db, nil
}

func prepare(c *sqlite3.Conn, mode string) error {
	pragmas := `PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;`
	if mode == "rw" {
		pragmas += `PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;`
	}
	return c.Exec(pragmas)
}

// Close ends every connection; the write-ahead log is merged into the file.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Write runs one transaction. Where do gives an error nothing is changed, and the error comes back as it is. When Write
// gives nil the change is on the disk.
func (s *Store) Write(ctx context.Context, do func(*Tx) error) error {
	return within(ctx, s.write, nil, do)
}

// Read runs queries on one consistent state, beside a writer.
func (s *Store) Read(ctx context.Context, do func(*Tx) error) error {
	return within(ctx, s.read, &sql.TxOptions{ReadOnly: true}, do)
}

func within(ctx context.Context, db *sql.DB, o *sql.TxOptions, do func(*Tx) error) error {
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	// After a commit this does nothing; after a panic in do it frees the one writer.
	defer func() { _ = tx.Rollback() }()
	if err := do(&Tx{ctx: ctx, tx: tx}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}
