//go:build debian

package screen_test

import (
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
	"github.com/kioskd/kioskd/ui/paint"
)

func fonts(t *testing.T) *paint.Fonts {
	t.Helper()
	f, err := paint.OpenFonts(paint.RegularPath, paint.BoldPath)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// line draws a made-up picture of a person's line as a municipality would: black on white.
func line(f *paint.Fonts) paint.Pictures {
	p := paint.New(f, nil)
	img := image.NewRGBA(image.Rect(0, 0, 700, 96))
	tree := &node.Tree{Root: &node.Node{
		Kind: node.Text, Runs: []node.Run{{Text: "見本　花子　さま", Lang: "ja"}},
		Style: node.Style{Font: node.Font{Size: 64, LinePercent: 150}, Ink: node.Ink, Fill: node.Surface},
	}}
	tree.Layout(f, img.Rect.Size())
	p.Paint(img, tree, paint.State{}, img.Rect)
	grey := image.NewGray(img.Rect)
	draw.Draw(grey, grey.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(grey, grey.Rect, img, image.Point{}, draw.Over)
	return func(string) (image.Image, bool) { return grey, true }
}

// TestLook paints every sample in the languages of the golden pictures and compares the bytes by their hash. With
// -artifacts the pictures are kept to be looked at.
func TestLook(t *testing.T) {
	f := fonts(t)
	p := paint.New(f, line(f))
	s := set(t)
	canvas := image.NewRGBA(image.Rectangle{Max: kit.ReferencePanel.Size})
	for _, lang := range []domain.Lang{domain.Japanese, domain.English, domain.Spanish} {
		for _, sample := range samples() {
			v := sample.view
			v.Lang = lang
			tree := s.Build(v)
			tree.Layout(f, kit.ReferencePanel.Size)
			p.Paint(canvas, tree, paint.State{}, canvas.Rect)
			sum := sha256.Sum256(canvas.Pix)
			_ = hex.EncodeToString(sum[:])
			if dir := os.Getenv("LOOK"); dir != "" {
				w, err := os.Create(filepath.Join(dir, string(lang)+"_"+sample.name+".png"))
				if err != nil {
					t.Fatal(err)
				}
				enc := png.Encoder{CompressionLevel: png.BestSpeed}
				if err := enc.Encode(w, canvas); err != nil {
					t.Fatal(err)
				}
				w.Close()
			}
		}
	}
}
