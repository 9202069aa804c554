package pages

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/sheet"
	"github.com/kioskd/kioskd/internal/terminal/sheet/sheettest"
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
func testCopy(pdfs [][]byte) ports.Copy {
	w := sheettest.New(signed.EnvTest, pdfs...)
	n := w.Notes()
	return ports.Copy{
		Manifest: w.Manifest, Delivery: w.Delivery, N: 1, PDFs: pdfs, Kiosk: sheettest.Kiosk,
		Proof: sheet.Proof{
			Assertion: n.Assertion, Choices: n.Choices, Order: n.Order, Manifest: n.Manifest, Delivery: n.Delivery,
			Application: w.Order.Application,
			Challenge:   w.Challenge, Anchors: w.Ring(), OwnName: w.Kiosk.Name(), Own: w.Kiosk.Key.Public,
			At: sheettest.Noon,
		},
	}
}
