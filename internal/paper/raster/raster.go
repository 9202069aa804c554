// Package raster turns a municipality's one-page PDF into the pixels of an A4 sheet.
//
// A PDF is foreign input to a large C++ library, so nothing of it is read in the kiosk's own process. A [Renderer]
// starts a child (`kioskd render`, which runs [ServeChild]): pdfium as WebAssembly, without files and without a
// network, under limits of memory and time, with the system calls for sockets and programs taken away. The PDF goes in
// through a pipe, rows of black and white pixels come out. A child serves one document and is then thrown away, with
// everything it has seen (D-06).
//
// Every page is judged by the child before it is drawn: one A4 page, not encrypted, nothing active, nothing attached,
// every font embedded. What cannot be judged here: whether the glyphs of an embedded font are the right ones, and what
// stands in compressed object streams, which are therefore refused whole. A flipped byte may be drawn without an error:
// the digest must have been checked before.
//
// Sources: ISO 32000-1 (PDF 1.7); limits and settings by measurement (the reasons stand beside them).
package raster

import (
	"errors"
	"fmt"
	"time"
)

// A page at 600 dpi: A4 is 210 × 297 mm, 4960.6 × 7015.7 pixels.
const (
	Width    = 4961 // pixels
	Height   = 7016 // pixels
	RowBytes = (Width + 7) / 8
	DPI      = 600
)

// bandRows is how many rows are drawn at once. All pages are drawn by this one plan: other bands give other pixels at
// the edges of glyphs.
const bandRows = 512

// threshold: a grey below it is ink. Half-transparent areas come out as 127 or 128, so that a threshold between the two
// would turn on the renderer's rounding.
const threshold = 112

// MaxPDF bounds one page's PDF in bytes (server §2.2).
const MaxPDF = 2 << 20

// pageLimit bounds the drawing of one page; the child says so itself, and the parent kills a child that cannot.
const (
	pageLimit  = 10 * time.Second
	startLimit = 2 * time.Minute // compiling without a warm cache is 6 s of one processor, on a machine that is busy
	lateness   = 2 * time.Second
)

// A Band is some rows of a page, from row Y down, valid until the next band. Rows is a whole number of rows of RowBytes
// bytes each; the highest bit is the leftmost pixel, 1 is ink, and the bits beyond the width are 0.
type Band struct {
	Y    int
	Rows []byte
}

var (
	// ErrLimit: the child took too long or too much and was killed. The document must not be printed.
	ErrLimit = errors.New("raster: page over the limit of time or memory")
	// ErrChild: the child ended or broke the protocol. The document must not be printed by it.
	ErrChild = errors.New("raster: renderer ended")
)

// A Finding is what makes a PDF unfit for printing. The numbers are the pipe's.
type Finding uint8

// The findings.
const (
	Unreadable  Finding = 1 // not a PDF, or broken
	Encrypted   Finding = 2
	PageCount   Finding = 3 // not exactly one page
	PageSize    Finding = 4 // not A4 portrait within 1 mm
	Active      Finding = 5 // scripts, actions, forms that compute, attachments, media
	Hidden      Finding = 6 // object streams: their names cannot be read plainly
	ForeignFont Finding = 7 // a font that is not embedded
	TooComplex  Finding = 8 // more objects than a certificate can have
	TooLarge    Finding = 9 // more bytes than MaxPDF
	overLimit   Finding = 10
)

var findings = [...]string{
	Unreadable: "is not a readable PDF", Encrypted: "is encrypted", PageCount: "has not exactly one page",
	PageSize: "is not A4 portrait", Active: "holds something active or attached", Hidden: "holds object streams",
	ForeignFont: "uses a font that is not embedded", TooComplex: "has too many objects", TooLarge: "is too large",
	overLimit: "takes too long",
}

// String says what is wrong, as the end of a sentence.
func (f Finding) String() string {
	if int(f) < len(findings) && findings[f] != "" {
		return findings[f]
	}
	return fmt.Sprintf("has finding %d", uint8(f))
}

// A RefusedError is a PDF that is not printed.
type RefusedError struct {
	Finding Finding
	Detail  string // a name of the PDF language or a number, never content
}

func (e *RefusedError) Error() string {
	if e.Detail == "" {
		return "raster: page " + e.Finding.String()
	}
	return "raster: page " + e.Finding.String() + ": " + e.Detail
}
