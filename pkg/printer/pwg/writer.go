package pwg

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// Params is what all pages of a document share.
type Params struct {
	Width, Height int // pixels, as fed; 0 = A4 at 600 dpi
	Resolution    int // dots per inch; 0 = 600
	Space         ColorSpace
	Tumble        bool // sides = two-sided-short-edge
	SheetBack     SheetBack
	Sheets        int // of the whole document
}

// Side is one side of a sheet.
type Side uint8

// Sides of a sheet.
const (
	Front Side = iota
	Back
)

// Line fills dst with line y, counted from the top as the reader sees that side; dst is BytesPerLine long and zero.
type Line func(y int, dst []byte) error

// Writer writes a document: fronts and backs in turn.
type Writer struct {
	out  *bufio.Writer
	p    Params
	done int // sides
}

// NewWriter prepares a document; nothing is written before the first page.
func NewWriter(w io.Writer, p Params) *Writer {
	if p.Width == 0 {
		p.Width, p.Height = A4Width, A4Height
	}
	if p.Resolution == 0 {
		p.Resolution = 600
	}
	if p.Space == 0 {
		p.Space = Black
	}
	return &Writer{out: bufio.NewWriterSize(w, 32<<10), p: p}
}

// Header gives the header of a side.
func (w *Writer) Header(s Side) Header {
	h := Header{
		Width: w.p.Width, Height: w.p.Height, Resolution: w.p.Resolution, Space: w.p.Space, Duplex: true,
		Tumble: w.p.Tumble, CrossFeed: 1, Feed: 1, TotalPages: 2 * w.p.Sheets, PageName: A4Name,
		MediaType: "stationery", Quality: 5,
	}
	if s == Back {
		h.CrossFeed, h.Feed = w.p.SheetBack.Transform(w.p.Tumble)
	}
	return h
}

// Descending reports that the lines of a side are asked for from the last to the first: the device wants it turned.
func (w *Writer) Descending(s Side) bool { return w.Header(s).Feed < 0 }

// WritePage writes one side. line is called once for each y, in ascending order unless [Writer.Descending] says else.
// Fronts and backs must alternate.
func (w *Writer) WritePage(s Side, line Line) error {
	if s != Side(w.done%2) {
		return fmt.Errorf("pwg: side %d of the document cannot be side %d of a sheet", w.done+1, s)
	}
	if w.p.Sheets > 0 && w.done >= 2*w.p.Sheets {
		return fmt.Errorf("pwg: more than the %d sheets that were announced", w.p.Sheets)
	}
	h := w.Header(s)
	if w.done == 0 {
		if _, err := w.out.WriteString(SyncWord); err != nil {
			return err
		}
	}
	if _, err := w.out.Write(h.encode()); err != nil {
		return err
	}
	w.done++
	return w.writeLines(h, line)
}

// writeLines groups equal lines, up to 256.
func (w *Writer) writeLines(h Header, line Line) error {
	n := h.BytesPerLine()
	last, next, scratch := make([]byte, n), make([]byte, n), make([]byte, n)
	equal := 0 // how many times last has come
	for i := range h.Height {
		y := i
		if h.Feed < 0 {
			y = h.Height - 1 - i
		}
		clear(next)
		if err := line(y, next); err != nil {
			return err
		}
		if h.CrossFeed < 0 {
			mirror(next, scratch, h.Width, h.Space.bits())
		}
		if equal > 0 && equal < 256 && bytes.Equal(next, last) {
			equal++
			continue
		}
		if err := w.writeGroup(equal, last); err != nil {
			return err
		}
		last, next, equal = next, last, 1
	}
	if err := w.writeGroup(equal, last); err != nil {
		return err
	}
	for _, b := range [][]byte{last, next, scratch} {
		clear(b)
	}
	return w.flush()
}

// flush empties the buffer and wipes it: a page leaves nothing behind.
func (w *Writer) flush() error {
	err := w.out.Flush()
	free := w.out.AvailableBuffer()
	clear(free[:cap(free)])
	return err
}

// writeGroup writes n equal lines.
func (w *Writer) writeGroup(n int, line []byte) error {
	if n == 0 {
		return nil
	}
	if err := w.out.WriteByte(byte(n - 1)); err != nil {
		return err
	}
	for len(line) > 0 {
		run := runLength(line)
		if run > 1 || len(line) == 1 {
			if err := w.writeRun(run, line[0]); err != nil {
				return err
			}
			line = line[run:]
			continue
		}
		lit := literalLength(line)
		if lit == 1 { // a single unit is a run of one: a literal has at least two
			if err := w.writeRun(1, line[0]); err != nil {
				return err
			}
			line = line[1:]
			continue
		}
		if err := w.out.WriteByte(byte(257 - lit)); err != nil {
			return err
		}
		if _, err := w.out.Write(line[:lit]); err != nil {
			return err
		}
		line = line[lit:]
	}
	return nil
}

// writeRun writes a unit repeated n times, byte by byte: a slice of two would be an allocation for every run of a page.
func (w *Writer) writeRun(n int, unit byte) error {
	if err := w.out.WriteByte(byte(n - 1)); err != nil {
		return err
	}
	return w.out.WriteByte(unit)
}

// runLength counts equal units at the start, up to 128.
func runLength(b []byte) int {
	n := 1
	for n < len(b) && n < 128 && b[n] == b[0] {
		n++
	}
	return n
}

// literalLength counts units up to the next run that is worth a code of its own, up to 128.
func literalLength(b []byte) int {
	n := 1
	for n < len(b) && n < 128 && (n+1 >= len(b) || b[n] != b[n+1]) {
		n++
	}
	return n
}

// Close checks that the document is whole.
func (w *Writer) Close() error {
	if w.done%2 != 0 || w.p.Sheets > 0 && w.done != 2*w.p.Sheets {
		return fmt.Errorf("pwg: the document ends after %d of %d sides", w.done, 2*w.p.Sheets)
	}
	return w.flush()
}
