package journal

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"

	"github.com/ncruces/go-sqlite3"

	"github.com/kioskd/kioskd/internal/terminal/journal/disk"
)

// Problem is why a journal cannot serve.
type Problem uint8

// The problems. None of them is mended by a program: the file stays as it is, and a person decides.
const (
	Foreign      Problem = iota + 1 // no journal of a kiosk
	OtherVersion                    // a journal of another version of this program
	Truncated                       // a part of the file is not there
	Damaged                         // something in it is not as it was written
	Owned                           // another process holds it
	Full                            // the disk is full, or nearly
	Old                             // the devices have done more than it says: a copy was restored
	Failed                          // a write or a sync failed: nobody knows what is on the disk
	Unbalanced                      // it can be read, and the money in it does not add up
)

// ways says what each problem is, and the way out.
var ways = map[Problem]struct{ what, out string }{
	Foreign: {
		"this is no journal of a kiosk",
		"name the right file in journal.path; kioskd will not write into this one",
	},
	OtherVersion: {
		"another version of kioskd wrote this journal",
		"run that version, or settle what it holds and begin a new one with: kioskd ledger renew",
	},
	Truncated: {
		"the journal is cut short",
		"count the coins, then begin a new one with: kioskd ledger renew (this file is kept)",
	},
	Damaged: {
		"the journal is damaged",
		"count the coins, then begin a new one with: kioskd ledger renew (this file is kept)",
	},
	Owned: {
		"another process holds the journal",
		"stop the other kioskd; two must never share one",
	},
	Full: {
		"the disk of the journal is full",
		"make room on it (256 MiB are kept free for the journal), then start kioskd anew",
	},
	Old: {
		"the coin vendor has paid out more than the journal says: an old copy was put back, or coins were taken without it",
		"put the newest journal back, or count the coins and begin a new one with: kioskd ledger renew (this file is kept)",
	},
	Failed: {
		"the journal could not be written",
		"look after the disk, then start kioskd anew: it looks into what is on the disk before it serves anybody",
	},
	Unbalanced: {
		"the journal's money does not add up",
		"count the coins, then begin a new one with: kioskd ledger renew (this file is kept)",
	},
}

// FileError says what is wrong with a journal's file and what a person can do. The file is kept as it is.
type FileError struct {
	Path    string
	Problem Problem
	Err     error // the cause, or nil
}

func (e *FileError) Error() string {
	w := ways[e.Problem]
	text := fmt.Sprintf("journal: %s: %s; %s", e.Path, w.what, w.out)
	if e.Err != nil {
		text += " (" + e.Err.Error() + ")"
	}
	return text
}

func (e *FileError) Unwrap() error { return e.Err }

// Wants says whether an error is a FileError of a problem.
func (p Problem) Wants(err error) bool {
	f, ok := errors.AsType[*FileError](err)
	return ok && f.Problem == p
}

func (j *Journal) wrong(p Problem, err error) *FileError {
	return &FileError{Path: j.path, Problem: p, Err: err}
}

// problemOf says which of SQLite's errors mean that the file or its disk cannot be believed any more.
func problemOf(err error) (Problem, bool) {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, sqlite3.FULL):
		return Full, true
	case errors.Is(err, sqlite3.IOERR_DATA), errors.Is(err, sqlite3.CORRUPT):
		return Damaged, true
	case errors.Is(err, sqlite3.NOTADB):
		return Foreign, true
	case errors.Is(err, sqlite3.BUSY):
		return Owned, true
	case errors.Is(err, sqlite3.IOERR), errors.Is(err, sqlite3.CANTOPEN), errors.Is(err, sqlite3.READONLY):
		return Failed, true
	case errors.Is(err, ErrBroken):
		return Unbalanced, true
	default:
		return 0, false
	}
}

// opening turns what went wrong at the start into words. The file is read as it lies there, because it says more than
// SQLite does.
func (j *Journal) opening(err error) error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*FileError](err); ok {
		return f
	}
	p, known := problemOf(err)
	if !known || p == Owned || p == Full {
		if known {
			return j.wrong(p, err)
		}
		return fmt.Errorf("journal: %s: %w", j.path, err)
	}
	if found := j.scan(); found != nil {
		return found
	}
	return j.wrong(p, err)
}

// scan reads the file as it lies there.
func (j *Journal) scan() error {
	switch err := j.disk.Scan(j.path); {
	case err == nil:
		return nil
	case errors.Is(err, disk.ErrTruncated):
		return j.wrong(Truncated, err)
	case errors.Is(err, disk.ErrForeign):
		return j.wrong(Foreign, err)
	default:
		return j.wrong(Damaged, err)
	}
}

// fatal keeps the first error after which nothing more is written, and gives it in words.
func (j *Journal) fatal(err error) error {
	if err == nil {
		return nil
	}
	p, known := problemOf(err)
	if failure := j.disk.Failure(); failure != nil { // SQLite may have swallowed it
		if err, p, known = failure, Failed, true; errors.Is(failure, syscall.ENOSPC) {
			p = Full
		}
	}
	if !known {
		return err
	}
	if p == Owned || p == Unbalanced { // the transaction was refused, and the file is as before
		return err
	}
	e := j.wrong(p, err)
	j.broken.CompareAndSwap(nil, e)
	j.disk.Freeze(e)
	return e
}

// Disown says that the devices have done more than the journal knows of: it is an old copy. Nothing is written into it
// from then on.
func (j *Journal) Disown(why error) error {
	e := j.wrong(Old, why)
	j.broken.CompareAndSwap(nil, e)
	j.disk.Freeze(e)
	return e
}

// usable refuses to write where an earlier write failed.
func (j *Journal) usable() error {
	if e := j.broken.Load(); e != nil {
		return e
	}
	return nil
}

// reserve is what a disk must have free before a visit may begin. A visit under way is never stopped by it.
const reserve = 256 << 20

// room says whether a new visit fits.
func (j *Journal) room() error {
	free, err := j.free(filepath.Dir(j.path))
	if err != nil {
		return fmt.Errorf("journal: free space: %w", err)
	}
	if free < reserve {
		return j.wrong(Full, fmt.Errorf("%d MiB are free", free>>20))
	}
	return nil
}

// logLimit is when the write-ahead log is brought into the file, also without an idle moment.
const logLimit = 4 << 20

// Checkpoint brings the write-ahead log into the file and cuts it to nothing. It is done by hand, at the end of each
// visit and beyond logLimit, because SQLite's own swallows errors of syncs.
func (j *Journal) Checkpoint(ctx context.Context) error {
	if err := j.usable(); err != nil {
		return err
	}
	if j.disk.LogSize() == 0 {
		return nil
	}
	var busy, frames, moved int
	err := j.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	if err == nil && j.disk.Failure() == nil && (busy != 0 || frames != moved || j.disk.LogSize() != 0) {
		err = fmt.Errorf("%w: checkpoint: busy %d, %d frames of %d, %d bytes of log left", sqlite3.IOERR, busy, moved,
			frames, j.disk.LogSize())
	}
	if err == nil {
		err = j.disk.Failure()
	}
	if err = j.fatal(err); err != nil {
		return fmt.Errorf("journal: checkpoint: %w", err)
	}
	return nil
}
