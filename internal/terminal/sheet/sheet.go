// Package sheet makes printed sheets: the municipality's page with the kiosk's foot in front, the copy-deterrent ground
// (複写) behind, as pixels for pkg/printer/pwg.
//
// It is the last place where a page could be mixed up (D-02). Every page carries whose it is and which one it is, and
// its digest as the municipality signed it. Package terminal proved all of it before payment; this package believes
// nothing of that: [Verify] opens every signed note of the application again and holds the copy and the page in hand
// against it, for all pages before the first byte of a copy, and for each page before it is drawn and again just before
// its bytes leave.
//
// A front is a whole picture of one bit, 4.4 MB, because a page is written only when all of it is there. A back may be
// asked for from its last line; its ground is drawn once, and only the lines with the ids are its own. Both are wiped.
package sheet

import (
	"fmt"
	"iter"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/paper/raster"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// A MixError is a page that does not belong where it stands. Nothing may be printed; the kiosk must raise its alarm.
type MixError struct {
	Page  int // 1 …; 0: the document
	Field string
	Cause error // why a signed note does not hold; nil where Field says it all. Never content
}

func (e *MixError) Error() string {
	text := fmt.Sprintf("sheet: page %d: %s is not as this application holds it: print nothing", e.Page, e.Field)
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *MixError) Unwrap() error { return e.Cause }

// Source is one copy of a verified document.
type Source struct {
	Manifest signed.Manifest
	Delivery signed.Delivery
	Copy     int // which copy, 1 …
	PDFs     [][]byte
	Kiosk    domain.KioskID
	Proof    Proof
}

// A Page is one page with everything that says whose it is.
type Page struct {
	Application domain.ApplicationID
	Number, Of  int // n of N
	Digest      signed.Hash
	Sheet       domain.SheetID
	PDF         []byte // of the caller; not kept after Write
}

// A Document is one copy, ready for the printer. Make it with [Assemble].
type Document struct {
	application domain.ApplicationID
	kiosk       domain.KioskID
	copy, of    int
	sample      bool
	pages       []Page
	source      Source // for Verify; of the caller
}

// Draw gives the rows of a page; [raster.Child.Page] is one.
type Draw func(pdf []byte) iter.Seq2[raster.Band, error]

// Assemble joins pages, manifest and delivery. Its errors are *[MixError].
func Assemble(s Source) (Document, error) {
	m, d := s.Manifest, s.Delivery
	doc := Document{
		application: m.Application, kiosk: s.Kiosk, copy: s.Copy, of: m.Copies, sample: m.Env != signed.EnvProd,
		source: s,
	}
	for _, rule := range []struct {
		field string
		holds bool
	}{
		{"application", !m.Application.IsZero() && m.Application == d.Application},
		{"kiosk", s.Kiosk != "" && s.Kiosk == d.Kiosk},
		{"environment", m.Env == d.Env},
		{"copy", s.Copy >= 1 && s.Copy <= m.Copies},
		{"pages", len(s.PDFs) > 0 && len(s.PDFs) == len(m.Pages)},
		{"sheets", len(d.Sheets) == m.Copies*len(m.Pages)},
		{"back", d.Back == signed.BackNone},
	} {
		if !rule.holds {
			return Document{}, &MixError{Field: rule.field}
		}
	}
	for i, pdf := range s.PDFs {
		page, sh := m.Pages[i], d.Sheets[(s.Copy-1)*len(m.Pages)+i]
		switch {
		case sh.Copy != s.Copy || sh.Page != i+1:
			return Document{}, &MixError{Page: i + 1, Field: "sheet"}
		case page.Orientation != signed.Portrait: // no form lies down yet; the job would have to be turned with it
			return Document{}, &MixError{Page: i + 1, Field: "orientation"}
		case page.Bytes != len(pdf):
			return Document{}, &MixError{Page: i + 1, Field: "length"}
		}
		doc.pages = append(doc.pages, Page{
			Application: m.Application, Number: i + 1, Of: len(m.Pages), Digest: page.Digest, Sheet: sh.ID, PDF: pdf,
		})
	}
	return doc, doc.check()
}

// Sheets is how many sheets the copy has.
func (d Document) Sheets() int { return len(d.pages) }

// check refuses a mix: every page of this application, each number once and in order, each PDF and sheet as signed.
func (d Document) check() error {
	if len(d.pages) == 0 {
		return &MixError{Field: "pages"}
	}
	for i, p := range d.pages {
		if p.Number != i+1 {
			return &MixError{Page: i + 1, Field: "number"}
		}
		if err := d.checkPage(p); err != nil {
			return err
		}
	}
	return nil
}

// checkPage holds a page against the application and opens every signed note again.
func (d Document) checkPage(p Page) error {
	switch {
	case p.Application != d.application:
		return &MixError{Page: p.Number, Field: "application"}
	case p.Number < 1 || p.Number > len(d.pages) || p.Of != len(d.pages):
		return &MixError{Page: p.Number, Field: "number"}
	case signed.HashOf(p.PDF) != p.Digest:
		return &MixError{Page: p.Number, Field: "digest"}
	}
	if err := Verify(d.source, p.Number); err != nil {
		return err
	}
	// What is drawn and written on the paper is what was verified.
	m, delivery := d.source.Manifest, d.source.Delivery
	same := p.Of == len(m.Pages) && p.Application == m.Application && p.Digest == m.Pages[p.Number-1].Digest &&
		p.Sheet == delivery.Sheets[(d.copy-1)*len(m.Pages)+p.Number-1].ID && d.copy == d.source.Copy
	if !same {
		return &MixError{Page: p.Number, Field: "sheet"}
	}
	return nil
}

// Write writes the whole copy: each page as a front with its back. After an error the job must not be ended as if it
// were whole.
func (d Document) Write(w *pwg.Writer, draw Draw) error {
	if err := d.check(); err != nil {
		return err
	}
	var s Sheet
	defer s.Wipe()
	for _, p := range d.pages {
		if err := d.compose(&s, p, draw); err != nil {
			return err
		}
		if err := d.checkPage(p); err != nil { // drawing took a while
			return err
		}
		if err := w.WritePage(pwg.Front, s.Front.Line); err != nil {
			return err
		}
		if err := w.WritePage(pwg.Back, s.Back.Line); err != nil {
			return err
		}
	}
	return w.Close()
}

// A Sheet is both sides of one sheet.
type Sheet struct{ Front, Back Picture }

// Wipe overwrites both sides.
func (s *Sheet) Wipe() {
	s.Front.wipe()
	s.Back.wipe()
}

// Compose makes one sheet, n of N, to be looked at.
func (d Document) Compose(n int, draw Draw) (*Sheet, error) {
	if n < 1 || n > len(d.pages) {
		return nil, &MixError{Page: n, Field: "number"}
	}
	var s Sheet
	return &s, d.compose(&s, d.pages[n-1], draw)
}

// compose checks the page and sets both sides. Nothing of the sheet before remains.
func (d Document) compose(s *Sheet, p Page, draw Draw) error {
	if err := d.checkPage(p); err != nil {
		return err
	}
	if err := s.Front.fill(draw(p.PDF)); err != nil {
		return fmt.Errorf("sheet: page %d: %w", p.Number, err)
	}
	if err := d.foot(&s.Front, p); err != nil {
		return err
	}
	return d.back(&s.Back, p)
}
