package paint

import (
	"bytes"
	"image"
	"image/color"
	"strings"
	"testing"

	"golang.org/x/image/vector"

	"github.com/kioskd/kioskd/ui/node"
)

func TestEveryIconFileCanBeDrawn(t *testing.T) {
	entries, err := iconFiles.ReadDir("icons")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".svg")
		m, err := (&icons{}).mask(iconKey{name, 48})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		ink := 0
		for _, v := range m.Pix {
			if v > 128 {
				ink++
			}
		}
		if ink < 40 || ink > 48*48*3/4 {
			t.Errorf("%s covers %d of %d pixels", name, ink, 48*48)
		}
	}
	if HasIcon("unicorn") {
		t.Error("there is a unicorn")
	}
}

func TestPathCommandsThatAreNotUnderstoodAreErrors(t *testing.T) {
	for _, text := range []string{"M1 1A2 2 0 0 1 3 3", "M1", "Lx", "M1 1 S1 1 2 2", "1 1", "M1 1Z2"} {
		if err := drawPath(vector.NewRasterizer(10, 10), text, 1); err == nil {
			t.Errorf("path %q was taken", text)
		}
	}
}

func FuzzDrawPath(f *testing.F) {
	f.Add("M304.15-110.91q-28.35 0-48.24-20.02t-19.89-48.11Z")
	f.Add("m1 1 2 2h3v-.5.5l1-1z")
	f.Fuzz(func(t *testing.T, text string) {
		_ = drawPath(vector.NewRasterizer(4, 4), text, 1.0/iconBox)
	})
}

func TestRoundRectangleKeepsItsCornersFree(t *testing.T) {
	dst := image.NewRGBA(image.Rect(0, 0, 40, 40))
	(&shapes{}).fill(dst, image.Rect(5, 5, 35, 35), 10, rgb(0xff0000))
	for _, p := range []struct {
		at   image.Point
		want uint8
	}{
		{image.Pt(5, 5), 0},
		{image.Pt(34, 5), 0},
		{image.Pt(5, 34), 0},
		{image.Pt(34, 34), 0},
		{image.Pt(20, 5), 255},
		{image.Pt(5, 20), 255},
		{image.Pt(20, 20), 255},
		{image.Pt(4, 20), 0},
		{image.Pt(35, 20), 0},
	} {
		if got := dst.RGBAAt(p.at.X, p.at.Y).A; got != p.want {
			t.Errorf("coverage at %v is %d, want %d", p.at, got, p.want)
		}
	}
	for y := range 40 { // the four corners are mirror images
		for x := range 40 {
			if dst.RGBAAt(x, y) != dst.RGBAAt(39-x, y) || dst.RGBAAt(x, y) != dst.RGBAAt(x, 39-y) {
				t.Fatalf("not symmetric at %d,%d", x, y)
			}
		}
	}
}

func TestCacheForgetsWhatWasNotAskedFor(t *testing.T) {
	c := lru[string, int]{max: 10}
	c.put("a", 1, 4)
	c.put("b", 2, 4)
	c.get("a")
	c.put("c", 3, 4)
	if _, ok := c.get("b"); ok || c.cost != 8 {
		t.Errorf("b is still there, cost %d", c.cost)
	}
	if v, ok := c.get("a"); !ok || v != 1 {
		t.Error("a is gone")
	}
	c.wipe()
	if _, ok := c.get("a"); ok || c.cost != 0 {
		t.Error("the cache was not wiped")
	}
}

// TestPictureIsPaintedInTheThemesInk paints a black-on-white picture: its ink takes the theme's colour,
// its ground none.
func TestPictureIsPaintedInTheThemesInk(t *testing.T) {
	half := image.NewGray(image.Rect(0, 0, 20, 10))
	for i := range half.Pix {
		if i%20 >= 10 {
			half.Pix[i] = 0xff
		}
	}
	p := New(nil, func(key string) (image.Image, bool) { return half, key == "k" })
	tree := &node.Tree{Theme: HighDark, Root: &node.Node{
		Kind: node.Picture, Picture: "k", Style: node.Style{Ink: node.Ink},
	}}
	tree.Layout(nil, image.Pt(20, 10))
	dst := image.NewRGBA(image.Rect(0, 0, 20, 10))
	p.Paint(dst, tree, State{}, dst.Rect)
	if got := dst.RGBAAt(2, 5); got != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("ink is %v, want the dark theme's white", got)
	}
	if got := dst.RGBAAt(15, 5); got != (color.RGBA{0, 0, 0, 255}) {
		t.Errorf("ground is %v, want the dark theme's black", got)
	}
}

// TestQuietNodeShowsNoPress is the negative control of the PIN pad's silence: a common button does change.
func TestQuietNodeShowsNoPress(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		p := New(nil, nil)
		tree := &node.Tree{Root: &node.Node{ID: "k", Quiet: quiet, Style: node.Style{Fill: node.Surface}}}
		tree.Layout(nil, image.Pt(30, 30))
		rest, pressed := image.NewRGBA(image.Rect(0, 0, 30, 30)), image.NewRGBA(image.Rect(0, 0, 30, 30))
		p.Paint(rest, tree, State{}, rest.Rect)
		p.Paint(pressed, tree, State{Pressed: "k", PressWidth: 6}, pressed.Rect)
		if same := bytes.Equal(rest.Pix, pressed.Pix); same != quiet {
			t.Errorf("quiet %v: same picture %v", quiet, same)
		}
	}
}
