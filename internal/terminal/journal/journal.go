// Package journal is what survives power loss at the kiosk: visits, acts with their intents, a double-entry ledger per
// kind of coin, and an audit tree (RFC 6962) over all events.
//
// Every method that returns nil has written to the disk: SQLite, one file, one process, one connection, write-ahead
// log with synchronous=FULL in exclusive mode. An error of a write is fatal for money: the caller stops
// taking coins and never tries the same write again.
//
// An act that moves money or paper is begun here before a byte goes to the device, and finished here with what the
// device's own counters say. Only Begin makes an Act.
package journal

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"github.com/kioskd/kioskd/internal/domain"
)

//go:embed schema.sql
var schema string

// applicationID marks the file as a kiosk's journal ("KiJ1"); userVersion is the version of its tables.
const (
	applicationID = 0x4B694A31
	userVersion   = 2
)

// ErrForeign says that the file is not a journal of this version. It is kept as it is.
var ErrForeign = errors.New("journal: the file is no journal of this program's version; keep it and begin a new one")

// ErrBroken says that the ledger does not add up: no coin may be taken until a person has looked.
var ErrBroken = errors.New("journal: the ledger does not add up; keep the file, count the coins")

// Journal is one open journal. Its methods may be called from any goroutine; one connection puts them in order.
type Journal struct {
	db   *sql.DB
	boot domain.BootID
}

// pragmas are set in this order and read back (R-01).
var pragmas = []struct{ name, set, want string }{
	{"locking_mode", "EXCLUSIVE", "exclusive"},
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"foreign_keys", "ON", "1"},
	{"trusted_schema", "OFF", "0"},
	{"cell_size_check", "ON", "1"},
}

// Open opens or makes the journal in a file of mode 0600, checks it, and holds it against every other process.
func Open(ctx context.Context, path string, boot domain.BootID) (*Journal, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	f, err := os.OpenFile(abs, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	query := url.Values{"mode": {"rw"}, "modeof": {abs}}
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs), RawQuery: query.Encode()}
	db, err := driver.Open(name.String(), prepare)
	if err != nil {
		return nil, fmt.Errorf("journal: open: %w", err)
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	db.SetConnMaxLifetime(0)
	j := &Journal{db: db, boot: boot}
	if err := j.begin(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return j, nil
}

func prepare(c *sqlite3.Conn) error {
	for _, p := range pragmas {
		if err := c.Exec("PRAGMA " + p.name + "=" + p.set); err != nil {
			return fmt.Errorf("journal: %s: %w", p.name, err)
		}
	}
	return nil
}

// begin reads the settings back, makes the tables of a new file, and checks an old one.
func (j *Journal) begin(ctx context.Context) error {
	for _, p := range pragmas {
		var have string
		if err := j.db.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&have); err != nil {
			return fmt.Errorf("journal: %s: %w", p.name, err)
		}
		if !strings.EqualFold(have, p.want) {
			return fmt.Errorf("journal: %s is %q, want %q: this disk cannot hold money", p.name, have, p.want)
		}
	}
	var app, version, tables int
	for q, v := range map[string]*int{
		"PRAGMA application_id": &app, "PRAGMA user_version": &version, "SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := j.db.QueryRowContext(ctx, q).Scan(v); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	if tables == 0 && app == 0 {
		return j.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d;",
				applicationID, userVersion))
			return err
		})
	}
	if app != applicationID || version != userVersion {
		return ErrForeign
	}
	var check string
	if err := j.db.QueryRowContext(ctx, "PRAGMA quick_check").Scan(&check); err != nil || check != "ok" {
		return fmt.Errorf("%w: %s (%v)", ErrBroken, check, err)
	}
	return j.Verify(ctx)
}

// Close ends the connection. What was written stays.
func (j *Journal) Close() error { return j.db.Close() }

// write runs one transaction; nil means that it is on the disk.
func (j *Journal) write(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("journal: begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("journal: commit: %w", err)
	}
	return nil
}

func millis(t time.Time) int64 { return t.UnixMilli() }
