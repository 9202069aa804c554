package terminal

import (
	"context"
	"errors"
	"io"

	"github.com/kioskd/kioskd/internal/paper/raster"
	"github.com/kioskd/kioskd/internal/terminal/sheet"
	"github.com/kioskd/kioskd/pkg/printer"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// Paper makes sheets of pages. Each check and each copy has a renderer process of its own, thrown away after it (D-06).
type Paper struct{ renderer *raster.Renderer }

var _ Pages = (*Paper)(nil)

// NewPaper makes it; start starts a renderer process.
func NewPaper(start raster.Start) *Paper { return &Paper{renderer: raster.New(start)} }

// Warm fills the renderer's cache, so that the first resident does not wait for it.
func (p *Paper) Warm(ctx context.Context) error { return p.renderer.Warm(ctx) }

// Check judges every page and draws it dry.
func (p *Paper) Check(ctx context.Context, pdfs [][]byte) error {
	if len(pdfs) == 0 {
		return errors.New("terminal: a document without a page")
	}
	child, err := p.renderer.Open(ctx)
	if err != nil {
		return err
	}
	for _, pdf := range pdfs {
		if err := child.Check(pdf); err != nil {
			return errors.Join(err, child.Close())
		}
	}
	return child.Close()
}

// Write writes one copy as raster. After an error the document is not whole, and the printer must be told so.
func (p *Paper) Write(ctx context.Context, w io.Writer, caps printer.Capabilities, c Copy) error {
	doc, err := sheet.Assemble(sheet.Source{
		Manifest: c.Manifest, Delivery: c.Delivery, Copy: c.N, PDFs: c.PDFs, Kiosk: c.Kiosk,
	})
	if err != nil {
		return err // nothing was started and nothing has left
	}
	child, err := p.renderer.Open(ctx)
	if err != nil {
		return err
	}
	err = doc.Write(pwg.NewWriter(w, caps.Params(doc.Sheets(), false)), child.Page)
	return errors.Join(err, child.Close())
}
