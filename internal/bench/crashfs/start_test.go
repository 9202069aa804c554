package crashfs_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

// found is what a start finds on an image: the audit tree, or why the journal is not believed.
type found struct {
	size int64
	root [sha256.Size]byte
	err  error
}

// verdict holds what was found against what was acknowledged after so many operations. lost reports acknowledged
// commits that are gone.
func (t *tale) verdict(f found, ops int) (lost bool, err error) {
	sure, most := t.between(ops)
	switch {
	case f.err != nil:
		return false, f.err
	case f.size < sure.size:
		return true, fmt.Errorf("%d events of %d", f.size, sure.size)
	case f.size > most.size:
		return false, fmt.Errorf("%d events, at most %d were written", f.size, most.size)
	}
	for _, a := range []ack{sure, most} {
		if a.ops > 0 && a.size == f.size && a.root != f.root {
			return false, errors.New("another tree")
		}
	}
	return false, nil
}

// archive opens images as the next start does, and does nothing twice that would read the same bytes. Safe for
// concurrent use.
//
// Two images that hold the same are opened once. Of images that differ each is opened: its pages are read, SQLite
// believes what it can of the log and brings it into the file. Then the log is empty, and all that follows reads the
// file alone: SQLite's check, the books, the recovery to a class, the check with every index. So it is done once for
// each file that comes out.
type archive struct {
	mu    sync.Mutex
	all   map[[sha256.Size]byte]found // by the image
	files map[[sha256.Size]byte]found // by the file that the log went into
}

func newArchive() *archive {
	return &archive{all: map[[sha256.Size]byte]found{}, files: map[[sha256.Size]byte]found{}}
}

// open gives what a start finds on an image, which is used up.
func (a *archive) open(image *crashfs.Disk) found {
	key := image.Sum("")
	a.mu.Lock()
	f, known := a.all[key]
	a.mu.Unlock()
	if known {
		return f
	}
	f = a.start(image)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all[key] = f
	return f
}

// errKnown ends a start whose file is known from here on.
var errKnown = errors.New("crashfs: this file is known")

func (a *archive) start(image *crashfs.Disk) (f found) {
	ctx := context.Background()
	w := &watch{Disk: image, archive: a}
	j, err := journal.Open(ctx, file, domain.BootID{}, journal.On(w))
	w.open = true
	if err != nil && w.known {
		return w.found
	}
	defer func() {
		if w.settled {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.files[w.sum] = f
		}
	}()
	if err != nil {
		return found{err: err}
	}
	if w.known {
		return found{err: errors.Join(errors.New("a start went on after its disk had failed"), j.Close())}
	}
	f.size, f.root, f.err = j.Head(ctx)
	f.err = errors.Join(f.err, recoverFrom(j), j.Check(ctx), j.Close())
	return f
}

// watch is an image that sees when its log is in the file.
type watch struct {
	*crashfs.Disk
	archive *archive
	open    bool // what is written from here on is the start's own
	settled bool // the log was emptied before: sum is that of all else
	sum     [sha256.Size]byte
	known   bool // a start before had the same sum, and found this
	found   found
}

// Open opens a file.
func (w *watch) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := w.Disk.Open(name, flags)
	if err == nil && flags&vfs.OPEN_WAL != 0 {
		f = &logFile{File: f, watch: w, name: name}
	}
	return f, flags, err
}

// logFile is a log that is emptied when it is in the file.
type logFile struct {
	vfs.File
	watch *watch
	name  string
}

func (l *logFile) Truncate(size int64) error {
	if w := l.watch; size == 0 && !w.settled && !w.open {
		w.settled, w.sum = true, w.Sum(l.name)
		w.archive.mu.Lock()
		w.found, w.known = w.archive.files[w.sum]
		w.archive.mu.Unlock()
	}
	if l.watch.known {
		return vfs.SystemError(errKnown, sqlite3.IOERR_TRUNCATE)
	}
	return l.File.Truncate(size)
}
