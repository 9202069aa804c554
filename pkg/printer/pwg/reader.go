package pwg

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Reader reads a document page by page, strictly: a printer may be kinder, a test must not.
type Reader struct {
	in     *bufio.Reader
	offset int64
	begun  bool

	head Header
	left int // lines of the page still to come
	same int // lines that are equal to line
	line []byte
}

// NewReader reads from r.
func NewReader(r io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(r, 32<<10)} }

// Next reads the next page's header; lines of the page before that were not read are skipped. At the end of the
// document it returns io.EOF.
func (r *Reader) Next() (Header, error) {
	for r.left > 0 {
		if _, err := r.Line(); err != nil {
			return Header{}, err
		}
	}
	if !r.begun {
		word := make([]byte, len(SyncWord))
		if err := r.full(word); err != nil {
			return Header{}, err
		}
		if string(word) != SyncWord {
			return Header{}, fmt.Errorf("pwg: offset 0: starts with %q, not %q", word, SyncWord)
		}
		r.begun = true
	}
	if _, err := r.in.Peek(1); errors.Is(err, io.EOF) {
		return Header{}, io.EOF
	}
	b := make([]byte, headerSize)
	if err := r.full(b); err != nil {
		return Header{}, err
	}
	h, err := decodeHeader(b)
	if err != nil {
		return Header{}, fmt.Errorf("page header at offset %d: %w", r.offset-headerSize, err)
	}
	r.head, r.left, r.same, r.line = h, h.Height, 0, make([]byte, h.BytesPerLine())
	return h, nil
}

// Line returns the next line of the page as stored, valid until the next call; io.EOF after the last.
func (r *Reader) Line() ([]byte, error) {
	if r.left == 0 {
		return nil, io.EOF
	}
	if r.same == 0 {
		n, err := r.byte()
		if err != nil {
			return nil, err
		}
		if r.same = int(n) + 1; r.same > r.left {
			return nil, r.bad("%d equal lines, but the page has %d left", r.same, r.left)
		}
		if err := r.decodeLine(); err != nil {
			return nil, err
		}
	}
	r.same--
	r.left--
	return r.line, nil
}

// decodeLine unpacks one line: 0–127 next unit n+1 times, 129–255 257−n units as they are.
func (r *Reader) decodeLine() error {
	for at := 0; at < len(r.line); {
		code, err := r.byte()
		if err != nil {
			return err
		}
		n := int(code) + 1
		if code >= 128 {
			n = 257 - int(code)
		}
		switch {
		case code == 128:
			return r.bad("code 128 has no meaning in PWG raster")
		case at+n > len(r.line):
			return r.bad("a run of %d crosses the line's end", n)
		case code > 128:
			err = r.full(r.line[at : at+n])
		default:
			var unit byte
			unit, err = r.byte()
			for i := range n {
				r.line[at+i] = unit
			}
		}
		if err != nil {
			return err
		}
		at += n
	}
	return nil
}

// byte reads one byte; the end of the file is an error here.
func (r *Reader) byte() (byte, error) {
	b, err := r.in.ReadByte()
	if err != nil {
		return 0, r.cut(err)
	}
	r.offset++
	return b, nil
}

// full reads all of b.
func (r *Reader) full(b []byte) error {
	n, err := io.ReadFull(r.in, b)
	r.offset += int64(n)
	if err != nil {
		return r.cut(err)
	}
	return nil
}

// cut says where a file ends too early.
func (r *Reader) cut(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("pwg: offset %d: %w", r.offset, err)
}

// bad says where a file is wrong.
func (r *Reader) bad(format string, args ...any) error {
	return fmt.Errorf("pwg: offset %d: %s", r.offset, fmt.Sprintf(format, args...))
}
