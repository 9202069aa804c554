//go:build debian && amd64

package screen_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
	"github.com/kioskd/kioskd/ui/paint"
)

// personLine draws a made-up person's line as a municipality would: black on white.
func personLine(f *paint.Fonts) paint.Pictures {
	img := image.NewRGBA(image.Rect(0, 0, 700, 96))
	tree := &node.Tree{Root: &node.Node{
		Kind: node.Text, Runs: []node.Run{{Text: "見本　花子　さま", Lang: "ja"}},
		Style: node.Style{Font: node.Font{Size: 64, LinePercent: 150}, Ink: node.Ink, Fill: node.Surface},
	}}
	tree.Layout(f, img.Rect.Size())
	paint.New(f, nil).Paint(img, tree, paint.State{}, img.Rect)
	grey := image.NewGray(img.Rect)
	draw.Draw(grey, grey.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(grey, grey.Rect, img, image.Point{}, draw.Over)
	return func(string) (image.Image, bool) { return grey, true }
}

// pictures is the diagonal that is compared pixel by pixel: each language once and each theme once.
var pictures = []struct {
	sample, theme string
	lang          domain.Lang
	easy          bool
}{
	{"attract", paint.Default, domain.Japanese, false},
	{"enter_pin", paint.HighDark, domain.Japanese, false},
	{"timeout", paint.Default, domain.English, false},
	{"select_details", paint.Default, domain.Spanish, false},
	{"pay", paint.Default, domain.Korean, false},
	{"confirm", paint.Default, domain.Japanese, false},
	{"consent", paint.Default, domain.Japanese, true},
	{"take_paper", paint.HighLight, domain.SimplifiedChinese, false},
	{"printing", paint.Default, domain.TraditionalChinese, false},
	{"select_members", paint.LowGlare, domain.Japanese, false},
	{"refused_NoAuthCertificate", paint.Default, domain.Portuguese, false},
}

// TestPictures compares the pixels with the golden files, exactly. Expected and actual pictures of a difference are
// left as artifacts; write the files anew with -update and look at them before they are committed.
func TestPictures(t *testing.T) {
	f, s := fonts(t), set(t)
	p := paint.New(f, personLine(f))
	views := map[string]sample{}
	for _, one := range samples() {
		views[one.name] = one
	}
	for _, picture := range pictures {
		name := picture.sample + "." + string(picture.lang) + ".png"
		if picture.easy {
			name = picture.sample + ".easy.png"
		}
		t.Run(name, func(t *testing.T) {
			v := views[picture.sample].view
			v.Lang = picture.lang
			s.Theme, s.Easy = picture.theme, picture.easy
			tree := s.Build(v)
			tree.Layout(f, kit.ReferencePanel.Size)
			canvas := image.NewRGBA(image.Rectangle{Max: kit.ReferencePanel.Size})
			p.Paint(canvas, tree, paint.State{}, canvas.Rect)
			compare(t, canvas, filepath.Join("testdata", name))
		})
	}
}

func compare(t *testing.T, got *image.RGBA, file string) {
	t.Helper()
	if *update {
		write(t, got, file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := image.NewRGBA(decoded.Bounds())
	draw.Draw(want, want.Rect, decoded, image.Point{}, draw.Src)
	differ := 0
	for i := 0; i < len(want.Pix) && i < len(got.Pix); i += 4 {
		if !bytes.Equal(want.Pix[i:i+4], got.Pix[i:i+4]) {
			differ++
		}
	}
	if differ > 0 || want.Rect != got.Rect {
		actual := filepath.Join(t.ArtifactDir(), "actual.png")
		write(t, got, actual)
		t.Errorf("%d pixels differ from %s; see %s", differ, file, actual)
	}
}

func write(t *testing.T, img *image.RGBA, file string) {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPaintingTwiceAndInPartsGivesTheSamePixels holds the clip to its promise: a part painted anew equals the whole.
func TestPaintingTwiceAndInPartsGivesTheSamePixels(t *testing.T) {
	f, s := fonts(t), set(t)
	p := paint.New(f, personLine(f))
	tree := s.Build(with("confirm", session.Confirm, nil).view)
	tree.Layout(f, kit.ReferencePanel.Size)
	whole := image.NewRGBA(image.Rectangle{Max: kit.ReferencePanel.Size})
	p.Paint(whole, tree, paint.State{}, whole.Rect)
	p.Wipe()
	parts := image.NewRGBA(whole.Rect)
	for y := 0; y < 1920; y += 61 {
		for x := 0; x < 1080; x += 97 {
			p.Paint(parts, tree, paint.State{}, image.Rect(x, y, x+97, y+61))
		}
	}
	if !bytes.Equal(whole.Pix, parts.Pix) {
		t.Error("painted in parts, the picture differs")
	}
}

// TestLook writes every screen, or those whose name holds ONLY, to the folder that LOOK names: for eyes, in no golden
// file. With EASY set to anything Japanese is easy Japanese.
func TestLook(t *testing.T) {
	dir, only := os.Getenv("LOOK"), os.Getenv("ONLY")
	if dir == "" {
		return
	}
	f, s := fonts(t), set(t)
	s.Easy = os.Getenv("EASY") != ""
	p := paint.New(f, personLine(f))
	canvas := image.NewRGBA(image.Rectangle{Max: kit.ReferencePanel.Size})
	for _, lang := range domain.Langs {
		for _, one := range samples() {
			if !strings.Contains(one.name, only) {
				continue
			}
			v := one.view
			v.Lang = lang
			tree := s.Build(v)
			tree.Layout(f, kit.ReferencePanel.Size)
			p.Paint(canvas, tree, paint.State{}, canvas.Rect)
			write(t, canvas, filepath.Join(dir, string(lang)+"_"+one.name+".png"))
		}
	}
}
