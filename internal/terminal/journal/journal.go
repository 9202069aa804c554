// Package journal is what survives power loss at the kiosk: visits, acts with their intents, a double-entry ledger per
// kind of coin, and an audit tree (RFC 6962) over all events.
//
// Every method that returns nil has written to the disk: SQLite, one file, one process, one connection, write-ahead
// log with synchronous=FULL in exclusive mode, each page with a checksum. An error of a write is fatal
// for money: the caller stops taking coins, and this package refuses every further write of this run.
//
// An act that moves money or paper is begun here before a byte goes to the device, and finished here with what the
// device's own counters say. Only Begin makes an Act.
package journal

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/vfs"
	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal/disk"
)

//go:embed schema.sql
var schema string

// applicationID marks the file as a kiosk's journal ("KiJ1"); userVersion is the version of its tables.
const (
	applicationID = 0x4B694A31
	userVersion   = 4
)

// Journal is one open journal. Its methods may be called from any goroutine; one connection puts them in order.
type Journal struct {
	path   string
	db     *sql.DB
	boot   domain.BootID
	disk   *disk.Disk
	free   func(folder string) (int64, error)
	broken atomic.Pointer[FileError] // nothing is written after it

	kiosk    domain.KioskID
	epoch    int64
	claimKey []byte
	signer   note.Signer // of heads; nil: none
	config   string
	today    time.Time // of this start; zero: a quick check is enough
}

// pragmas are set in this order and read back (R-01).
var pragmas = []struct{ name, set, want string }{
	{"locking_mode", "EXCLUSIVE", "exclusive"},
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"foreign_keys", "ON", "1"},
	{"trusted_schema", "OFF", "0"},
	{"cell_size_check", "ON", "1"},
	{"wal_autocheckpoint", "0", "0"}, // by hand, because this swallows errors
	{"cache_spill", "OFF", "0"},      // nothing stands in the log before its commit: disk.Bind is in the first
}

// Option is what a journal may be told beside its file.
type Option func(*Journal)

// On puts the journal on another disk than the machine's own: a simulated one.
func On(fs vfs.VFS) Option {
	return func(j *Journal) {
		j.disk = disk.New(fs)
		j.free = func(string) (int64, error) { return math.MaxInt64, nil }
	}
}

// Of says whose journal this is, and gives the key under which claim codes are kept, 32 bytes from outside the file.
// Without it slips carry no kiosk and no code, and two of the staff must answer for each refund.
func Of(kiosk domain.KioskID, claimKey []byte) Option {
	return func(j *Journal) { j.kiosk, j.claimKey = kiosk, claimKey }
}

// Epoch says which store of this kiosk a new file is: 1 is the first. It stands in every slip's number, so that no
// number comes twice.
func Epoch(n int64) Option { return func(j *Journal) { j.epoch = n } }

// Open opens or makes the journal in a file of mode 0600, checks it, and holds it against every other process. What is
// wrong with a file is a *FileError; the file is then left as it is.
func Open(ctx context.Context, path string, boot domain.BootID, with ...Option) (*Journal, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{path: abs, boot: boot, free: disk.Free, epoch: 1}
	for _, o := range with {
		o(j)
	}
	if j.disk == nil {
		j.disk = disk.New(nil)
		err = j.find()
	}
	if err == nil {
		err = j.connect(ctx)
	}
	if err != nil {
		j.disk.Close()
		return nil, j.opening(err)
	}
	return j, nil
}

// find makes the file where there is none, and refuses a log without its file: SQLite would take the file for new and
// throw the log away.
func (j *Journal) find() error {
	if err := disk.Make(j.path); err != nil {
		return err
	}
	if info, err := os.Stat(j.path); err != nil || info.Size() > 0 {
		return err
	}
	return j.scan()
}

func (j *Journal) connect(ctx context.Context) error {
	query := url.Values{"mode": {"rwc"}, "vfs": {j.disk.Name()}}
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(j.path), RawQuery: query.Encode()}
	db, err := driver.Open(name.String(), prepare)
	if err != nil {
		return err
	}
	j.db = db
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	db.SetConnMaxLifetime(0)
	if err := j.begin(ctx); err != nil {
		j.disk.Freeze(err) // SQLite would tidy the file up when it lets go of it
		_ = db.Close()     // says the same again
		return err
	}
	return nil
}

// ownerWait is how long another process may need to let go of the file: the one before is ending.
const ownerWait = time.Second

func prepare(c *sqlite3.Conn) error {
	if err := c.BusyTimeout(ownerWait); err != nil {
		return err
	}
	// Room for a checksum at the end of each page, in a file that has no page yet (https://sqlite.org/cksumvfs.html).
	if _, err := c.FileControl("main", sqlite3.FCNTL_RESERVE_BYTES, 8); err != nil {
		return fmt.Errorf("checksums: %w", err)
	}
	for _, p := range pragmas {
		if err := c.Exec("PRAGMA " + p.name + "=" + p.set); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// begin makes the tables of a new file, checks an old one, and reads the settings back.
func (j *Journal) begin(ctx context.Context) error {
	fresh, err := j.recognise(ctx)
	if err != nil {
		return err
	}
	if fresh {
		err = j.write(ctx, func(tx *sql.Tx) error { return j.create(ctx, tx) })
	} else if err = j.scan(); err == nil {
		err = j.owner(ctx)
	}
	if err != nil {
		return err
	}
	// Before anything is added: what the torn end of a crash's log left must not lie behind new frames (disk.Scan).
	if err := j.Checkpoint(ctx); err != nil {
		return err
	}
	if err := j.settings(ctx); err != nil || fresh {
		return err
	}
	return j.checkAtStart(ctx)
}

func (j *Journal) create(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d;",
		applicationID, userVersion))
	if err == nil {
		_, err = tx.ExecContext(ctx, "INSERT INTO store (one, epoch, kiosk) VALUES (1, ?, ?)", j.epoch,
			string(j.kiosk))
	}
	return err
}

// owner refuses another kiosk's journal: its claims and its coins are not here.
func (j *Journal) owner(ctx context.Context) error {
	var kiosk domain.KioskID
	if err := j.db.QueryRowContext(ctx, "SELECT kiosk FROM store").Scan(&kiosk); err != nil {
		return err
	}
	if j.kiosk != "" && kiosk != "" && kiosk != j.kiosk {
		return j.wrong(Foreign, fmt.Errorf("it is that of %s, and this is %s", kiosk, j.kiosk))
	}
	return nil
}

// recognise says whether the file is new, and refuses one that is not ours.
func (j *Journal) recognise(ctx context.Context) (fresh bool, err error) {
	var app, version, tables int
	for q, v := range map[string]*int{
		"PRAGMA application_id": &app, "PRAGMA user_version": &version, "SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := j.db.QueryRowContext(ctx, q).Scan(v); err != nil {
			return false, err
		}
	}
	switch {
	case tables == 0 && app == 0:
		return true, nil
	case app != applicationID:
		return false, j.wrong(Foreign, nil)
	case version != userVersion:
		return false, j.wrong(OtherVersion, fmt.Errorf("its tables are of version %d, ours of %d", version, userVersion))
	default:
		return false, nil
	}
}

// settings are read back: what cannot hold one of them cannot hold money.
func (j *Journal) settings(ctx context.Context) error {
	for _, p := range append(pragmas[:len(pragmas):len(pragmas)], checksums) {
		var have string
		if err := j.db.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&have); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if !strings.EqualFold(have, p.want) {
			return j.wrong(Failed, fmt.Errorf("%s is %q, want %q: this disk cannot hold money", p.name, have, p.want))
		}
	}
	return nil
}

// checksums are on in every file that has room for them.
var checksums = struct{ name, set, want string }{"checksum_verification", "", "1"}

// check lets SQLite check the file, with quick_check or integrity_check, and then the books.
func (j *Journal) check(ctx context.Context, how string) error {
	var found string
	if err := j.db.QueryRowContext(ctx, "PRAGMA "+how).Scan(&found); err != nil || found != "ok" {
		return cmp.Or(err, error(j.wrong(Damaged, errors.New(found))))
	}
	return j.Verify(ctx)
}

// Check lets SQLite check the whole file, with every index, and then the books. It takes time; do it where nobody
// waits.
func (j *Journal) Check(ctx context.Context) error { return j.opening(j.check(ctx, "integrity_check")) }

// Close brings the log into the file and ends the connection. What was written stays.
func (j *Journal) Close() error {
	defer j.disk.Close()
	var err error
	if j.usable() == nil {
		err = j.Checkpoint(context.Background())
	}
	return errors.Join(err, j.db.Close())
}

// write runs one transaction; nil means that it is on the disk.
func (j *Journal) write(ctx context.Context, do func(*sql.Tx) error) error {
	if err := j.usable(); err != nil {
		return err
	}
	err := j.transact(ctx, do)
	if err == nil {
		err = j.disk.There()
	}
	if err = j.fatal(err); err != nil {
		return err
	}
	if j.disk.LogSize() > logLimit { // there is no idle moment in a long visit
		return j.Checkpoint(ctx)
	}
	return nil
}

func (j *Journal) transact(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("journal: begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := j.disk.Bind(ctx, tx, userVersion); err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("journal: commit: %w", err)
	}
	return nil
}

func millis(t time.Time) int64 { return t.UnixMilli() }
