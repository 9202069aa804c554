package raster

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// engine is pdfium in a sandbox. It ends with its context, also in the middle of a page.
type engine struct {
	pool pdfium.Pool
	pdf  pdfium.Pdfium
}

// memoryPages bounds pdfium's own memory, in pages of 64 KiB: 256 MiB, five times what a page needs.
const memoryPages = 4096

// openEngine compiles the module, or takes it from the cache.
func openEngine(ctx context.Context, cacheDir string) (*engine, error) {
	cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
	if err != nil {
		return nil, fmt.Errorf("raster: cache: %w", err)
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MinIdle: 1, MaxIdle: 1, MaxTotal: 1, ReuseWorkers: true,
		FSConfig: wazero.NewFSConfig(), // empty: the default is the whole disk
		Stdout:   io.Discard,           // the process's own carries frames
		Stderr:   io.Discard,
		RuntimeConfig: wazero.NewRuntimeConfig().WithCompilationCache(cache).WithCloseOnContextDone(true).
			WithMemoryLimitPages(memoryPages).WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling),
	})
	if err != nil {
		return nil, fmt.Errorf("raster: engine: %w", err)
	}
	pdf, err := pool.GetInstance(startLimit)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("raster: engine: %w", err), pool.Close())
	}
	return &engine{pool, pdf}, nil
}

func (e *engine) close() error { return errors.Join(e.pdf.Close(), e.pool.Close()) }

// draw judges a PDF and gives its rows, band by band.
func (e *engine) draw(pdf []byte, yield func(Band) error) error {
	if err := scan(pdf); err != nil {
		return err
	}
	opened, err := e.pdf.OpenDocument(&requests.OpenDocument{File: &pdf})
	switch {
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return &RefusedError{Finding: Encrypted}
	case err != nil:
		return &RefusedError{Finding: Unreadable}
	}
	doc := opened.Document
	defer func() { _, _ = e.pdf.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: doc}) }() // it ends soon
	if err := e.judgeDocument(doc); err != nil {
		return err
	}
	page := requests.Page{ByIndex: &requests.PageByIndex{Document: doc}}
	if err := e.judgePage(page); err != nil {
		return err
	}
	for y := 0; y < Height; y += bandRows {
		if err := e.band(page, y, yield); err != nil {
			return err
		}
	}
	return nil
}

// judgeDocument asks pdfium what the scan has asked the bytes.
func (e *engine) judgeDocument(doc references.FPDF_DOCUMENT) error {
	revision, err := e.pdf.FPDF_GetSecurityHandlerRevision(&requests.FPDF_GetSecurityHandlerRevision{Document: doc})
	if err != nil || revision.SecurityHandlerRevision != -1 {
		return &RefusedError{Finding: Encrypted}
	}
	pages, err := e.pdf.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc})
	if err != nil {
		return &RefusedError{Finding: Unreadable}
	}
	if pages.PageCount != 1 {
		return &RefusedError{Finding: PageCount, Detail: fmt.Sprint(pages.PageCount)}
	}
	scripts, err := e.pdf.FPDFDoc_GetJavaScriptActionCount(&requests.FPDFDoc_GetJavaScriptActionCount{Document: doc})
	if err != nil || scripts.JavaScriptActionCount != 0 {
		return &RefusedError{Finding: Active, Detail: "script"}
	}
	files, err := e.pdf.FPDFDoc_GetAttachmentCount(&requests.FPDFDoc_GetAttachmentCount{Document: doc})
	if err != nil || files.AttachmentCount != 0 {
		return &RefusedError{Finding: Active, Detail: "attachment"}
	}
	return nil
}

// A4 in points of 1/72 inch; a page may differ by 1 mm.
const (
	pointsPerMM = 72 / 25.4
	a4Width     = 210 * pointsPerMM
	a4Height    = 297 * pointsPerMM
)

func (e *engine) judgePage(page requests.Page) error {
	size, err := e.pdf.GetPageSize(&requests.GetPageSize{Page: page})
	if err != nil {
		return &RefusedError{Finding: Unreadable, Detail: "page"}
	}
	if math.Abs(size.Width-a4Width) > pointsPerMM || math.Abs(size.Height-a4Height) > pointsPerMM {
		return &RefusedError{Finding: PageSize, Detail: fmt.Sprintf("%.0f × %.0f points", size.Width, size.Height)}
	}
	return e.judgeFonts(page)
}

// band draws one band and reduces it to ink and paper. A page that is smaller than the sheet ends in white.
func (e *engine) band(page requests.Page, y int, yield func(Band) error) error {
	const points = 72.0 / DPI
	rows := min(bandRows, Height-y)
	drawn, err := e.pdf.RenderPageInDPI(&requests.RenderPageInDPI{
		Page: page, DPI: DPI, RenderFlags: enums.FPDF_RENDER_FLAG_PRINTING,
		ImageFormat: requests.RenderImageFormatGrayscale,
		Crop: &requests.RenderPageCrop{
			Y: float64(y) * points, Width: Width * points, Height: float64(rows) * points,
		},
	})
	if err != nil {
		return &RefusedError{Finding: Unreadable, Detail: "drawing"}
	}
	defer drawn.Cleanup()
	grey, ok := drawn.Result.RenderedImage.(*image.Gray)
	if !ok || grey.Rect.Dx() != Width || grey.Rect.Dy() != rows {
		return &RefusedError{Finding: Unreadable, Detail: "size of a band"}
	}
	return yield(Band{Y: y, Rows: reduce(grey)})
}

// reduce sets a bit for each grey below the threshold.
func reduce(grey *image.Gray) []byte {
	out := make([]byte, grey.Rect.Dy()*RowBytes)
	for y := range grey.Rect.Dy() {
		row := out[y*RowBytes:]
		for x, g := range grey.Pix[y*grey.Stride:][:Width] {
			if g < threshold {
				row[x>>3] |= 0x80 >> (x & 7)
			}
		}
	}
	return out
}

// within runs f and reports whether it went over the limit of a page.
func within(limit time.Duration, cancel context.CancelFunc, f func() error) error {
	late := time.AfterFunc(limit, cancel)
	err := f()
	if !late.Stop() {
		return &RefusedError{Finding: overLimit}
	}
	return err
}
