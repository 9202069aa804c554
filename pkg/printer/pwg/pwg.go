// Package pwg reads and writes PWG raster, the page format that every driverless printer takes: our pixels are the
// device's pixels.
//
// Pages stream line by line; no page is ever held whole. The writer turns the backs of two-sided sheets the way the
// device asks for (pwg-raster-document-sheet-back). Only what kioskd prints is written: 1 bit black or 8 bit grey,
// both sides, one copy.
//
// Source: PWG 5102.4 (PWG Raster Format); offsets checked against MuPDF's writer and Chromium's encoder.
package pwg

import (
	"encoding/binary"
	"fmt"
)

// SyncWord opens every file.
const SyncWord = "RaS2"

// headerSize is the length of a page header.
const headerSize = 1796

// magic stands at the start of each page header.
const magic = "PwgRaster"

// ColorSpace is how a pixel's value is meant (PWG 5102.4 table 3).
type ColorSpace uint32

// The two spaces that kioskd prints in.
const (
	Black ColorSpace = 3  // 1 = ink
	SGray ColorSpace = 18 // 0 = black
)

// Keyword gives the name in pwg-raster-document-type-supported.
func (c ColorSpace) Keyword() string {
	switch c {
	case Black:
		return "black_1"
	case SGray:
		return "sgray_8"
	}
	return fmt.Sprintf("unknown_%d", uint32(c))
}

// bits gives the bits of a pixel.
func (c ColorSpace) bits() int {
	if c == Black {
		return 1
	}
	return 8
}

// A4 at 600 dpi: 210 mm are 4960.6 pixels, 297 mm 7015.7.
const (
	A4Width  = 4961 // pixels
	A4Height = 7016 // pixels
	A4Name   = "iso_a4_210x297mm"

	a4PointsX = 595
	a4PointsY = 842
)

// Header is a page header: the fields that mean something to us.
type Header struct {
	Width, Height int // pixels, as fed
	Resolution    int // dots per inch, both ways
	Space         ColorSpace
	Duplex        bool
	Tumble        bool // the back is turned over the short edge
	CrossFeed     int  // ±1: −1 = mirrored left to right
	Feed          int  // ±1: −1 = mirrored top to bottom
	TotalPages    int  // sides of the whole document; 0 = unknown
	PageName      string
	MediaType     string
	Quality       int // 3 draft, 4 normal, 5 high
}

// BytesPerLine is the length of one line in memory.
func (h Header) BytesPerLine() int { return (h.Width*h.Space.bits() + 7) / 8 }

// encode lays the header out. Offsets are from the header's start; all numbers are big endian.
//
//	0 name · 64 media colour · 128 media type · 272 duplex · 276 resolution x, y · 340 copies
//	352 size in points · 368 tumble · 372 width, height · 384 bits per colour, per pixel
//	392 bytes per line · 400 space · 420 colours · 452 pages · 456 cross-feed, feed
//	464 image box · 480 alternate primary · 484 quality · 1732 size name
func (h Header) encode() []byte {
	b := make([]byte, headerSize)
	put := func(offset int, v int) { binary.BigEndian.PutUint32(b[offset:], uint32(int32(v))) }
	copy(b, magic)
	copy(b[128:191], h.MediaType)
	put(272, boolInt(h.Duplex))
	put(276, h.Resolution)
	put(280, h.Resolution)
	put(340, 1)
	put(352, a4PointsX*boolInt(h.PageName == A4Name))
	put(356, a4PointsY*boolInt(h.PageName == A4Name))
	put(368, boolInt(h.Tumble))
	put(372, h.Width)
	put(376, h.Height)
	put(384, h.Space.bits())
	put(388, h.Space.bits())
	put(392, h.BytesPerLine())
	put(400, int(h.Space))
	put(420, 1)
	put(452, h.TotalPages)
	put(456, h.CrossFeed)
	put(460, h.Feed)
	put(472, h.Width)
	put(476, h.Height)
	put(480, 0x00FFFFFF)
	put(484, h.Quality)
	copy(b[1732:1795], h.PageName)
	return b
}

// decodeHeader reads a header and refuses what the format or this package does not know.
func decodeHeader(b []byte) (Header, error) {
	get := func(offset int) int { return int(int32(binary.BigEndian.Uint32(b[offset:]))) }
	h := Header{
		Width: get(372), Height: get(376), Resolution: get(276), Space: ColorSpace(get(400)), Duplex: get(272) == 1,
		Tumble: get(368) == 1, CrossFeed: get(456), Feed: get(460), TotalPages: get(452), PageName: text(b[1732:]),
		MediaType: text(b[128:192]), Quality: get(484),
	}
	switch {
	case text(b[:64]) != magic && text(b[:64]) != "": // MuPDF leaves it empty
		return h, fmt.Errorf("pwg: offset 0: not a page header but %q", text(b[:64]))
	case h.Width < 1 || h.Width > maxPixels || h.Height < 1 || h.Height > maxPixels:
		return h, fmt.Errorf("pwg: offset 372: %d × %d pixels", h.Width, h.Height)
	case h.Space != Black && h.Space != SGray:
		return h, fmt.Errorf("pwg: offset 400: colour space %d is not black (3) or sGray (18)", h.Space)
	case get(384) != h.Space.bits() || get(388) != h.Space.bits():
		return h, fmt.Errorf("pwg: offset 384: %d bits a pixel in %s", get(388), h.Space.Keyword())
	case get(392) != h.BytesPerLine():
		return h, fmt.Errorf("pwg: offset 392: %d bytes a line, not %d", get(392), h.BytesPerLine())
	case get(396) != 0:
		return h, fmt.Errorf("pwg: offset 396: colour order %d", get(396))
	case !sign(h.CrossFeed) || !sign(h.Feed):
		return h, fmt.Errorf("pwg: offset 456: transforms %d, %d", h.CrossFeed, h.Feed)
	}
	return h, nil
}

// maxPixels bounds a page: A3 at 1200 dpi fits.
const maxPixels = 20000

// sign reports whether a transform has a legal value; 0 stands for 1 in files of simple writers.
func sign(v int) bool { return v >= -1 && v <= 1 }

// text cuts a field at its first NUL.
func text(b []byte) string {
	b = b[:min(len(b), 64)]
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// boolInt is 1 for true.
func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
