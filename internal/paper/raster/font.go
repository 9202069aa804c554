package raster

import (
	"fmt"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// Bounds of what is drawn on one page; a resident record of four persons has some hundred objects.
const (
	maxObjects = 20000
	maxNesting = 8
)

// fontWalk visits every object of a page.
type fontWalk struct {
	*engine
	seen int
}

// judgeFonts refuses a page that draws text in a font which it does not bring with it: the shape would be the
// renderer's choice (printer §5).
func (e *engine) judgeFonts(page requests.Page) error {
	w := fontWalk{engine: e}
	count, err := e.pdf.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil {
		return &RefusedError{Finding: Unreadable, Detail: "objects"}
	}
	for i := range count.Count {
		o, err := e.pdf.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil {
			return &RefusedError{Finding: Unreadable, Detail: "object"}
		}
		if err := w.object(o.PageObject, 0); err != nil {
			return err
		}
	}
	return nil
}

func (w *fontWalk) object(o references.FPDF_PAGEOBJECT, depth int) error {
	if w.seen++; w.seen > maxObjects || depth > maxNesting {
		return &RefusedError{Finding: TooComplex, Detail: fmt.Sprintf("%d objects, depth %d", w.seen, depth)}
	}
	what, err := w.pdf.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o})
	if err != nil {
		return &RefusedError{Finding: Unreadable, Detail: "object"}
	}
	switch what.Type {
	case enums.FPDF_PAGEOBJ_TEXT:
		return w.text(o)
	case enums.FPDF_PAGEOBJ_FORM:
		return w.form(o, depth)
	default:
		return nil
	}
}

func (w *fontWalk) text(o references.FPDF_PAGEOBJECT) error {
	font, err := w.pdf.FPDFTextObj_GetFont(&requests.FPDFTextObj_GetFont{PageObject: o})
	if err != nil {
		return &RefusedError{Finding: ForeignFont}
	}
	own, err := w.pdf.FPDFFont_GetIsEmbedded(&requests.FPDFFont_GetIsEmbedded{Font: font.Font})
	if err != nil || !own.IsEmbedded {
		return &RefusedError{Finding: ForeignFont}
	}
	return nil
}

func (w *fontWalk) form(o references.FPDF_PAGEOBJECT, depth int) error {
	count, err := w.pdf.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: o})
	if err != nil {
		return nil // an empty form draws nothing
	}
	for i := range count.Count {
		inner, err := w.pdf.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: o, Index: uint64(i)})
		if err != nil {
			return &RefusedError{Finding: Unreadable, Detail: "object"}
		}
		if err := w.object(inner.PageObject, depth+1); err != nil {
			return err
		}
	}
	return nil
}
