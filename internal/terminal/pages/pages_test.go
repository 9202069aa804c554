package pages

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal"
	"github.com/kioskd/kioskd/internal/terminal/sheet"
	"github.com/kioskd/kioskd/pkg/printer"
)

func TestD02_MixedPagesStartNoRendererAndLeaveNoByte(t *testing.T) {
	started := 0
	p := New(func(context.Context) (io.ReadWriteCloser, func() error, error) {
		started++
		return nil, nil, errors.New("no renderer in this test")
	})
	c := testCopy([][]byte{[]byte("mine"), []byte("mine too")})
	var out bytes.Buffer
	if err := p.Write(t.Context(), &out, printer.Capabilities{}, c); err == nil || started != 1 {
		t.Fatalf("control: %v, %d processes", err, started)
	}
	c.PDFs[1] = []byte("not mine")
	_, mixed := errors.AsType[*sheet.MixError](p.Write(t.Context(), &out, printer.Capabilities{}, c))
	if !mixed || started != 1 || out.Len() != 0 {
		t.Errorf("mix: %t, %d processes, %d bytes", mixed, started, out.Len())
	}
}

// testCopy makes the notes that belong to some pages.
func testCopy(pdfs [][]byte) terminal.Copy {
	app := domain.NewApplicationID()
	c := terminal.Copy{
		Manifest: signed.Manifest{Env: signed.EnvTest, Application: app, Copies: 1},
		Delivery: signed.Delivery{Env: signed.EnvTest, Application: app, Kiosk: "K-000001", Back: signed.BackNone},
		N:        1, PDFs: pdfs, Kiosk: "K-000001",
	}
	for i, p := range pdfs {
		c.Manifest.Pages = append(c.Manifest.Pages, signed.Page{
			Orientation: signed.Portrait, Bytes: len(p), Digest: signed.HashOf(p),
		})
		c.Delivery.Sheets = append(c.Delivery.Sheets, signed.Sheet{
			Copy: 1, Page: i + 1, ID: domain.SheetID{ID: domain.NewID()},
		})
	}
	return c
}
