// Package pages makes a terminal's paper: it judges and renders the municipality's pages in a child process of their
// own, and writes copies as raster. One child serves one call and is thrown away with all it has seen (D-06).
package pages

import (
	"context"
	"io"

	"github.com/kioskd/kioskd/internal/paper/raster"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/sheet"
	"github.com/kioskd/kioskd/pkg/printer"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// Pages renders with one kind of child.
type Pages struct{ renderer *raster.Renderer }

var _ ports.Pages = (*Pages)(nil)

// New makes pages with children that start starts.
func New(start raster.Start) *Pages { return &Pages{renderer: raster.New(start)} }

// Warm fills the renderer's cache of compiled code: some seconds of one processor the first time, nothing afterwards.
// Run it at start, so that no resident waits for it.
func (p *Pages) Warm(ctx context.Context) error { return p.renderer.Warm(ctx) }

// Check renders every page dry. An error, *raster.RefusedError or one of raster's sentinels, says that the document
// must not be printed.
func (p *Pages) Check(ctx context.Context, pdfs [][]byte) (err error) {
	child, err := p.renderer.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = first(err, child.Close()) }()
	for _, pdf := range pdfs {
		if err := child.Check(pdf); err != nil {
			return err
		}
	}
	return nil
}

// Write writes one copy for a printer. Every signed note is opened and every digest taken again just before each sheet
// leaves; an error means that the job must not be ended as if it were whole.
func (p *Pages) Write(ctx context.Context, w io.Writer, caps printer.Capabilities, c ports.Copy) (err error) {
	doc, err := sheet.Assemble(sheet.Source{
		Manifest: c.Manifest, Delivery: c.Delivery, Copy: c.N, PDFs: c.PDFs, Kiosk: c.Kiosk,
		Proof: c.Proof,
	})
	if err != nil {
		return err
	}
	child, err := p.renderer.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = first(err, child.Close()) }()
	return doc.Write(pwg.NewWriter(w, caps.Params(doc.Sheets(), false)), child.Page)
}

// first is the error that says more.
func first(err, later error) error {
	if err != nil {
		return err
	}
	return later
}
