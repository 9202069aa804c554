// Package crashfs is a disk for tests: a file system of SQLite in memory that remembers every change and every sync,
// and builds what a cut of the power may leave of it at any moment (Player). It can also fail (Fail).
//
// What it believes of a disk (reliability §2.1): a change is durable when a later sync of the same file returned; a
// name is durable when its folder was synced. Of everything else any part may be there or not, in pieces of 512 bytes,
// in any order. It knows nothing of who writes.
package crashfs

import (
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// Kind is what an operation does.
type Kind uint8

// The operations.
const (
	Create Kind = iota
	Write
	Truncate
	Delete
	Sync
	SyncFolder
)

func (k Kind) String() string {
	return [...]string{"create", "write", "truncate", "delete", "sync", "sync folder"}[k]
}

// Op is one change or sync, in the order in which they were asked for.
type Op struct {
	Kind Kind
	Name string
	File int    // number of the file; a name may come again with another file
	At   int64  // of a write: where; of a truncation: the new size
	Data []byte // of a write
}

// Disk is one disk in memory. Safe for concurrent use; one process may hold a file, as with a journal.
type Disk struct {
	// Fail is asked before each operation, with its number from 0; an error is what the disk answers, and then nothing
	// is changed. May be nil.
	Fail func(n int, op Op) error
	// NoFolderSync makes the disk forget to sync the folder: one of the negative controls.
	NoFolderSync bool
	// Lies makes the disk say that it has synced, and do nothing: another one. No program survives such a drive.
	Lies bool

	// Forget makes the disk keep no record of what was done: it is a fast disk in memory, and Ops and Play see nothing.
	Forget bool

	mu    sync.Mutex
	names map[string]*node
	files int
	tries int
	base  []Op // files that were there before the first operation, whole and durable
	ops   []Op
}

// node is a file's content.
type node struct {
	number int
	data   []byte
	named  bool // its folder was synced since it was made
	shared bool // others see the same bytes: they are copied before the first change
}

// own makes the bytes the node's own, before they are changed.
func (n *node) own() {
	if n.shared {
		n.data, n.shared = slices.Clone(n.data), false
	}
}

// New makes an empty disk.
func New() *Disk { return &Disk{names: map[string]*node{}} }

// Len is how many operations were done.
func (d *Disk) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.ops)
}

// Ops gives the operations so far.
func (d *Disk) Ops() []Op {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.ops)
}

// File gives what lies in a file now; nil where there is none.
func (d *Disk) File(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.names[name]; f != nil {
		return slices.Clone(f.data)
	}
	return nil
}

// Sum is the SHA-256 of all names and files but one: two disks of one sum hold the same.
func (d *Disk) Sum(but string) (sum [sha256.Size]byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		if name != but {
			data := d.names[name].data
			fmt.Fprintf(h, "%q %d\n", name, len(data))
			h.Write(data)
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// Put makes a file that is durable already; it is no operation.
func (d *Disk) Put(name string, data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lay(name, slices.Clone(data))
}

// lay is Put of bytes that nobody changes any more; the caller holds the lock.
func (d *Disk) lay(name string, data []byte) {
	d.files++
	d.names[name] = &node{number: d.files, data: data, named: true, shared: true}
	d.base = append(d.base, Op{Kind: Create, Name: name, File: d.files, Data: data})
}

// do is one operation; the caller holds the lock.
func (d *Disk) do(op Op) error {
	n := d.tries
	d.tries++
	if d.Fail != nil {
		if err := d.Fail(n, op); err != nil {
			return err
		}
	}
	if !d.Forget {
		d.ops = append(d.ops, op)
	}
	return nil
}

var _ vfs.VFS = (*Disk)(nil)

// Open opens a file.
func (d *Disk) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.names[name]
	if f == nil {
		if flags&vfs.OPEN_CREATE == 0 && name != "" {
			return nil, flags, sqlite3.CANTOPEN
		}
		d.files++
		f = &node{number: d.files}
		if name != "" { // a file without a name is gone when it is closed
			if err := d.do(Op{Kind: Create, Name: name, File: f.number}); err != nil {
				return nil, flags, err
			}
			d.names[name] = f
		}
	}
	h := &handle{disk: d, node: f, name: name}
	// The machine's file system is asked to sync the folder of a main file before SQLite opens it (disk.Make).
	if flags&vfs.OPEN_MAIN_DB != 0 && !f.named {
		if err := h.sync(); err != nil {
			return nil, flags, err
		}
	}
	return h, flags, nil
}

// Delete removes a file.
func (d *Disk) Delete(name string, syncFolder bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.names[name]
	if f == nil {
		return sqlite3.IOERR_DELETE_NOENT
	}
	if err := d.do(Op{Kind: Delete, Name: name, File: f.number}); err != nil {
		return err
	}
	delete(d.names, name)
	if syncFolder && !d.NoFolderSync {
		return d.do(Op{Kind: SyncFolder})
	}
	return nil
}

// Access asks whether a file is there; all files may be read and written.
func (d *Disk) Access(name string, _ vfs.AccessFlag) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.names[name] != nil, nil
}

// FullPathname gives the name as it is.
func (d *Disk) FullPathname(name string) (string, error) { return name, nil }

// handle is an open file.
type handle struct {
	disk *Disk
	node *node
	name string
	lock vfs.LockLevel
}

func (h *handle) Close() error { return nil }

func (h *handle) ReadAt(p []byte, at int64) (int, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if at >= int64(len(h.node.data)) {
		return 0, io.EOF
	}
	n := copy(p, h.node.data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *handle) WriteAt(p []byte, at int64) (int, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	op := Op{Kind: Write, Name: h.name, File: h.node.number, At: at, Data: slices.Clone(p)}
	if err := h.disk.do(op); err != nil {
		return 0, err
	}
	h.node.own()
	h.node.data = write(h.node.data, at, p)
	return len(p), nil
}

func (h *handle) Truncate(size int64) error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if err := h.disk.do(Op{Kind: Truncate, Name: h.name, File: h.node.number, At: size}); err != nil {
		return err
	}
	h.node.own()
	h.node.data = truncate(h.node.data, size)
	return nil
}

func (h *handle) Sync(vfs.SyncFlag) error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	return h.sync()
}

// sync also syncs the folder of a file that was made, as SQLite does for its own files.
func (h *handle) sync() error {
	if h.disk.Lies {
		return nil
	}
	if err := h.disk.do(Op{Kind: Sync, Name: h.name, File: h.node.number}); err != nil {
		return err
	}
	if h.node.named || h.disk.NoFolderSync {
		return nil
	}
	h.node.named = true
	return h.disk.do(Op{Kind: SyncFolder})
}

func (h *handle) Size() (int64, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	return int64(len(h.node.data)), nil
}

func (h *handle) Lock(l vfs.LockLevel) error       { h.lock = l; return nil }
func (h *handle) Unlock(l vfs.LockLevel) error     { h.lock = l; return nil }
func (h *handle) CheckReservedLock() (bool, error) { return false, nil }
func (h *handle) SectorSize() int                  { return 4096 }

// DeviceCharacteristics says what the machine's own file system says: bytes beside those that are written stay.
func (h *handle) DeviceCharacteristics() vfs.DeviceCharacteristic {
	return vfs.IOCAP_POWERSAFE_OVERWRITE | vfs.IOCAP_SUBPAGE_READ
}

func write(b []byte, at int64, p []byte) []byte {
	if end := at + int64(len(p)); end > int64(len(b)) {
		b = truncate(b, end)
	}
	copy(b[at:], p)
	return b
}

// truncate cuts or lengthens; it grows by the double, because a file grows page by page.
func truncate(b []byte, size int64) []byte {
	have := int64(len(b))
	if size <= have {
		return b[:size]
	}
	if size > int64(cap(b)) {
		b = slices.Grow(b, int(max(size, 2*have)-have))
	}
	b = b[:size]
	clear(b[have:]) // what lay there before a cut is gone
	return b
}
