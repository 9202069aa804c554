package disk

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/ncruces/go-sqlite3/vfs"
)

// What Scan says of a file that nobody can believe.
var (
	ErrTruncated = errors.New("the file is shorter than it says")
	ErrDamaged   = errors.New("a page is not as it was written")
	ErrForeign   = errors.New("this is no file of SQLite with checksums")
)

// The layout of a database file, by https://sqlite.org/fileformat.html: a header of 100 bytes with the size of a page
// at 16, the bytes kept free at the end of each page at 20, a counter of this header's changes at 24, and the number of
// pages at 28, all big-endian. The last 8 bytes of each page are its checksum (https://sqlite.org/cksumvfs.html).
const (
	headerSize   = 100
	checksumSize = 8
	magic        = "SQLite format 3\x00"
)

// Scan reads a database and its write-ahead log, before SQLite believes either, and holds every page against its
// checksum. A torn end of the log is what a power cut leaves, and no error; a break with more than one commit behind it
// is none of a power cut, because each commit is synced before the next begins.
//
// SQLite plays a log over whatever file lies beside it. So each log must begin with a change of the file's first page
// (Bind says how), and the counter there must go on from the file's own: else the one was brought back without the
// other.
func (d *Disk) Scan(path string) error {
	log, err := d.open(path+"-wal", vfs.OPEN_WAL)
	if err != nil {
		return err
	}
	var w walScan
	if log != nil {
		defer log.Close()
		if w, err = scanLog(log); err != nil {
			return err
		}
	}
	db, err := d.open(path, vfs.OPEN_MAIN_DB)
	if err != nil {
		return err
	}
	if db == nil {
		if w.pages != nil {
			return fmt.Errorf("%w: its log is here and it is not", ErrTruncated)
		}
		return nil
	}
	defer db.Close()
	return scanPages(db, w)
}

// source is a file for reading.
type source interface {
	io.ReaderAt
	io.Closer
	Size() (int64, error)
}

// open gives a file for reading, or nil where there is none.
func (d *Disk) open(path string, kind vfs.OpenFlag) (source, error) {
	if d.inner == vfs.Find("os") {
		return openPlain(path)
	}
	ok, err := d.inner.Access(path, vfs.ACCESS_EXISTS)
	if err != nil || !ok {
		return nil, err
	}
	f, _, err := d.inner.Open(path, kind|vfs.OPEN_READONLY)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func scanPages(f source, w walScan) error {
	size, err := f.Size()
	if err != nil || size == 0 && w.pages == nil {
		return err // empty: new
	}
	header := make([]byte, headerSize)
	if _, err := f.ReadAt(header, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	page, count := w.pageSize, w.count
	if !w.pages[1] { // the header itself counts
		if size < headerSize {
			return fmt.Errorf("%w: %d bytes", ErrTruncated, size)
		}
		if string(header[:len(magic)]) != magic || header[20] != checksumSize {
			return ErrForeign
		}
		if page = pageSize(binary.BigEndian.Uint16(header[16:])); page == 0 {
			return fmt.Errorf("%w: the size of its pages", ErrDamaged)
		}
	}
	if err := w.belongs(header, size); err != nil {
		return err
	}
	if w.pages == nil {
		count = binary.BigEndian.Uint32(header[28:])
	}
	buffer := make([]byte, page)
	for n := uint32(1); n <= count; n++ {
		if w.pages[n] {
			continue
		}
		if _, err := f.ReadAt(buffer, int64(n-1)*int64(page)); errors.Is(err, io.EOF) {
			return fmt.Errorf("%w: page %d of %d is not there", ErrTruncated, n, count)
		} else if err != nil {
			return err
		}
		if !sound(buffer) {
			return fmt.Errorf("%w: page %d of %d", ErrDamaged, n, count)
		}
	}
	return nil
}

// Bind belongs at the beginning of each transaction. In the first of a log it writes the file's first page, where the
// version of the tables stays as it is, and with it the counter by which Scan sees which file the log belongs to.
// Nothing may stand in the log before its commit (PRAGMA cache_spill=OFF).
func (d *Disk) Bind(ctx context.Context, tx *sql.Tx, version int) error {
	if d.LogSize() > 0 { // steady while the one connection is held
		return nil
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version=%d", version)); err != nil {
		return fmt.Errorf("disk: bind the log to its file: %w", err)
	}
	return nil
}

// belongs holds the counter of the file against those of the log: the file is as it was before the log's first commit,
// or as a checkpoint leaves it, in the middle or at the end.
func (w *walScan) belongs(header []byte, size int64) error {
	if w.pages == nil || size < headerSize {
		return nil // no log; or no file, which is said when its pages are missed
	}
	have := binary.BigEndian.Uint32(header[24:])
	switch {
	case !w.pages[1]:
		return fmt.Errorf("%w: its log does not say which file it belongs to", ErrDamaged)
	case have+1 < w.first || have > w.last:
		return fmt.Errorf("%w: the log goes on from change %d to %d, and the file has %d: one of them is of another time",
			ErrDamaged, w.first, w.last, have)
	}
	return nil
}

func pageSize(field uint16) int {
	size := int(field)
	if size == 1 {
		size = 1 << 16
	}
	if size < 512 || size&(size-1) != 0 {
		return 0
	}
	return size
}

// sound holds a page against its checksum.
func sound(page []byte) bool {
	body, want := page[:len(page)-checksumSize], page[len(page)-checksumSize:]
	var s sums
	s.add(binary.LittleEndian, body)
	return s[0] == binary.LittleEndian.Uint32(want) && s[1] == binary.LittleEndian.Uint32(want[4:])
}

// sums is SQLite's checksum of words of 8 bytes.
type sums [2]uint32

func (s *sums) add(order binary.ByteOrder, b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		s[0] += order.Uint32(b) + s[1]
		s[1] += order.Uint32(b[4:]) + s[0]
	}
}

// walScan is what a log holds that SQLite will believe.
type walScan struct {
	pageSize int
	count    uint32          // pages of the database after the last commit
	pages    map[uint32]bool // that stand in the log; nil where it holds no commit
	first    uint32          // counter of changes in the first copy of page 1
	last     uint32          // and in the last one that was committed
	pending  uint32          // and in one whose commit is not read yet
}

// The write-ahead log, by https://sqlite.org/fileformat.html §4: a header of 32 bytes (magic, version, page size,
// sequence, two salts, two checksums), then frames: a header of 24 bytes (page, size of the database after a commit or
// 0, two salts, two checksums) and a page. Checksums run on from frame to frame.
const (
	logHeader   = 32
	frameHeader = 24
	logMagic    = 0x377f0682 // the lowest bit says big-endian checksums
)

func scanLog(f source) (w walScan, err error) {
	size, err := f.Size()
	if err != nil || size < logHeader {
		return w, err
	}
	header := make([]byte, logHeader)
	if _, err := f.ReadAt(header, 0); err != nil {
		return w, err
	}
	kind := binary.BigEndian.Uint32(header)
	var order binary.ByteOrder = binary.LittleEndian
	if kind&1 == 1 {
		order = binary.BigEndian
	}
	var run sums
	run.add(order, header[:24])
	w.pageSize = int(binary.BigEndian.Uint32(header[8:]))
	if kind&^1 != logMagic || !run.is(header[24:]) || w.pageSize < 512 || w.pageSize > 1<<16 {
		if size > logHeader && !zero(header) {
			return w, fmt.Errorf("%w: the header of the log", ErrDamaged) // it was synced before the first frame
		}
		return w, nil
	}
	return w, w.frames(f, size, run, order, [8]byte(header[16:24]))
}

// frames reads on to the first frame that is not whole, and counts the commits behind it.
func (w *walScan) frames(f io.ReaderAt, size int64, run sums, order binary.ByteOrder, salt [8]byte) error {
	frame := make([]byte, frameHeader+w.pageSize)
	seen := map[uint32]bool{}
	broken, commits := int64(-1), 0
	for n := int64(0); logHeader+(n+1)*int64(len(frame)) <= size; n++ {
		if _, err := f.ReadAt(frame, logHeader+n*int64(len(frame))); err != nil {
			return err
		}
		page, after := binary.BigEndian.Uint32(frame), binary.BigEndian.Uint32(frame[4:])
		own := [8]byte(frame[8:16]) == salt
		if broken < 0 {
			run.add(order, frame[:8])
			run.add(order, frame[frameHeader:])
			if own && page > 0 && run.is(frame[16:]) {
				seen[page] = true
				if page == 1 {
					w.counter(frame[frameHeader:])
				}
				if after > 0 {
					w.count = after
					w.commit(seen)
				}
				continue
			}
			broken = n
		}
		if own && after > 0 {
			commits++
		}
	}
	if commits > 1 {
		return fmt.Errorf("%w: frame %d of the log, with %d commits behind it", ErrDamaged, broken+1, commits)
	}
	return nil
}

// counter reads the counter of changes of a copy of page 1.
func (w *walScan) counter(page []byte) {
	w.pending = binary.BigEndian.Uint32(page[24:])
	if w.first == 0 {
		w.first = w.pending
	}
}

func (w *walScan) commit(seen map[uint32]bool) {
	if w.pages == nil {
		w.pages = map[uint32]bool{}
	}
	for page := range seen {
		w.pages[page] = true
	}
	w.last = w.pending
	clear(seen)
}

func (s *sums) is(b []byte) bool {
	return s[0] == binary.BigEndian.Uint32(b) && s[1] == binary.BigEndian.Uint32(b[4:])
}

func zero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}
