//go:build debian

package screen_test

import (
	"image"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/paint"
	"github.com/kioskd/kioskd/ui/screen"
)

// BenchmarkScreen builds, lays out and paints the confirm screen: with all caches warm, and with none.
func BenchmarkScreen(b *testing.B) {
	f, err := paint.OpenFonts(paint.RegularPath, paint.BoldPath)
	if err != nil {
		b.Fatal(err)
	}
	catalogue, err := locales.Open()
	if err != nil {
		b.Fatal(err)
	}
	s := &screen.Set{Panel: kit.ReferencePanel, Catalogue: catalogue}
	p := paint.New(f, nil)
	v := with("confirm", session.Confirm, nil).view
	v.Lang = domain.Japanese
	canvas := image.NewRGBA(image.Rectangle{Max: kit.ReferencePanel.Size})
	for _, name := range []string{"cached", "cold"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if name == "cold" {
					p.Wipe()
				}
				tree := s.Build(v)
				tree.Layout(f, kit.ReferencePanel.Size)
				p.Paint(canvas, tree, paint.State{}, canvas.Rect)
			}
		})
	}
}
