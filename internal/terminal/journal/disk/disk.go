// Package disk stands between SQLite and the file system of a journal. It keeps in mind the first write, truncation or
// sync that failed, and lets nothing more be written after it: the kernel may have dropped what it could not write, so
// that a second sync that says yes proves nothing. SQLite itself swallows some of these errors; the journal asks
// here after each commit.
//
// It also reads a file as it lies there, page by page, before anybody believes it (Scan). It never repairs.
package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// Disk is the file system as one journal sees it. Safe for concurrent use.
type Disk struct {
	inner vfs.VFS
	name  string
	wal   atomic.Int64 // bytes in the write-ahead log

	mu      sync.Mutex
	failure error                  // the first; nothing is written after it
	opened  map[string]os.FileInfo // files of the machine, by name
}

// number makes the names of registered disks differ.
var number atomic.Int64

// New makes a disk over a file system of SQLite; nil is the machine's own. Close gives its name back.
func New(inner vfs.VFS) *Disk {
	if inner == nil {
		inner = vfs.Find("os")
	}
	d := &Disk{
		inner: inner, name: fmt.Sprintf("kioskd-%d", number.Add(1)), opened: map[string]os.FileInfo{},
	}
	vfs.Register(d.name, d)
	return d
}

// Close takes the disk out of SQLite's list. No connection may be open on it.
func (d *Disk) Close() { vfs.Unregister(d.name) }

// Name is how SQLite finds the disk: the "vfs" of a file's address.
func (d *Disk) Name() string { return d.name }

// LogSize is the size of the write-ahead log in bytes.
func (d *Disk) LogSize() int64 { return d.wal.Load() }

// Failure is the first write or sync that failed, or nil.
func (d *Disk) Failure() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failure
}

// Freeze lets nothing more be written, because of what was found; a file that is not believed stays as it is.
func (d *Disk) Freeze(why error) { _ = d.latch(why) }

// latch keeps the first failure.
func (d *Disk) latch(err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil && d.failure == nil {
		d.failure = err
	}
	return err
}

// change is everything that alters what lies on the disk: not after a failure, and a failure is kept.
func (d *Disk) change(code sqlite3.ExtendedErrorCode, do func() error) error {
	if err := d.Failure(); err != nil {
		return vfs.SystemError(fmt.Errorf("nothing is written after: %w", err), code)
	}
	return d.latch(do())
}

var _ vfs.VFSFilename = (*Disk)(nil)

// Open opens a file by a name that has no parameters.
func (d *Disk) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := d.inner.Open(name, flags)
	return d.wrap(f, name, flags), flags, err
}

// OpenFilename opens a file by its address.
func (d *Disk) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	inner, ok := d.inner.(vfs.VFSFilename)
	if !ok {
		return d.Open(name.String(), flags)
	}
	f, flags, err := inner.OpenFilename(name, flags)
	return d.wrap(f, name.String(), flags), flags, err
}

func (d *Disk) wrap(f vfs.File, name string, flags vfs.OpenFlag) vfs.File {
	if f == nil {
		return nil
	}
	d.opens(name, flags)
	w := &file{File: f, disk: d, wal: flags&vfs.OPEN_WAL != 0}
	if w.wal {
		if size, err := f.Size(); err == nil {
			d.wal.Store(size)
		}
	}
	return w
}

// opens remembers which file a name meant. Only the machine's own disk loses files to people.
func (d *Disk) opens(name string, flags vfs.OpenFlag) {
	if d.inner != vfs.Find("os") || flags&(vfs.OPEN_MAIN_DB|vfs.OPEN_WAL) == 0 {
		return
	}
	if info, err := os.Stat(name); err == nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.opened[name] = info
	}
}

// There says whether the database and its log are still where the next start will look. Whoever moves or deletes one
// while it is open leaves a file without a name: every write succeeds, and all of them are lost.
// It gives the first failure too.
func (d *Disk) There() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, was := range d.opened {
		is, err := os.Stat(name)
		if err == nil && !os.SameFile(was, is) {
			err = fmt.Errorf("%w: %s is another file", os.ErrNotExist, name)
		}
		if err != nil && d.failure == nil {
			d.failure = fmt.Errorf("somebody took the file away while it was open: %w", err)
		}
	}
	return d.failure
}

// Delete removes a file.
func (d *Disk) Delete(name string, syncDir bool) error {
	if err := d.Failure(); err != nil {
		return vfs.SystemError(err, sqlite3.IOERR_DELETE)
	}
	return d.inner.Delete(name, syncDir) // a file that is not there is an error, and none of the disk
}

// Access asks for a file.
func (d *Disk) Access(name string, flags vfs.AccessFlag) (bool, error) {
	return d.inner.Access(name, flags)
}

// FullPathname gives a file's whole name.
func (d *Disk) FullPathname(name string) (string, error) { return d.inner.FullPathname(name) }

// file forwards only what a journal needs: without shared memory SQLite cannot use a write-ahead log but in exclusive
// mode, and without memory maps every read of a page is checked.
type file struct {
	vfs.File
	disk *Disk
	wal  bool
}

func (f *file) WriteAt(p []byte, at int64) (n int, err error) {
	err = f.disk.change(sqlite3.IOERR_WRITE, func() error {
		n, err = f.File.WriteAt(p, at)
		return err
	})
	if end := at + int64(n); f.wal && end > f.disk.wal.Load() {
		f.disk.wal.Store(end)
	}
	return n, err
}

func (f *file) Truncate(size int64) error {
	err := f.disk.change(sqlite3.IOERR_TRUNCATE, func() error { return f.File.Truncate(size) })
	if err == nil && f.wal {
		f.disk.wal.Store(size)
	}
	return err
}

func (f *file) Sync(flags vfs.SyncFlag) error {
	return f.disk.change(sqlite3.IOERR_FSYNC, func() error { return f.File.Sync(flags) })
}

// Make makes a file of mode 0600, if there is none, and syncs its folder, so that the name outlives a power cut. An
// error names what the machine refuses; a sandbox that forbids it is found here and not at the first coin.
func Make(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close() // the sync's error says more
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(path))
}

// SyncFolder makes the names in a folder durable.
func SyncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := folder.Sync(); err != nil {
		_ = folder.Close() // the sync's error says more
		return err
	}
	return folder.Close()
}
