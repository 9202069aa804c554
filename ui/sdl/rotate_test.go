package sdl

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
)

var rotations = []Rotation{Upright, Right, UpsideDown, Left}

// numbered is a picture whose pixels are all different.
func numbered(size image.Point) *image.RGBA {
	img := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			img.SetRGBA(x, y, color.RGBA{R: uint8(x), G: uint8(y), B: 7, A: 255})
		}
	}
	return img
}

// TestCornersGoWhereAHandWouldTurnThem says by hand where the four corners of a 30 × 50 picture land.
func TestCornersGoWhereAHandWouldTurnThem(t *testing.T) {
	app := image.Pt(30, 50)
	corners := [4]image.Point{{0, 0}, {29, 0}, {29, 49}, {0, 49}}
	for r, want := range map[Rotation][4]image.Point{
		Upright:    {{0, 0}, {29, 0}, {29, 49}, {0, 49}},
		Right:      {{49, 0}, {49, 29}, {0, 29}, {0, 0}},
		UpsideDown: {{29, 49}, {0, 49}, {0, 0}, {29, 0}},
		Left:       {{0, 29}, {0, 0}, {49, 0}, {49, 29}},
	} {
		src := numbered(app)
		dst := image.NewRGBA(image.Rectangle{Max: r.Size(app)})
		if got := r.Turn(dst, src, src.Rect); got != dst.Rect {
			t.Errorf("%d: turned %v, want all of %v", r, got, dst.Rect)
		}
		for i, c := range corners {
			if dst.RGBAAt(want[i].X, want[i].Y) != src.RGBAAt(c.X, c.Y) {
				t.Errorf("%d: corner %v is not at %v", r, c, want[i])
			}
			if got := r.Back(want[i], app); got != c {
				t.Errorf("%d: a finger at %v touches %v, want %v", r, want[i], got, c)
			}
		}
	}
}

// TestAFingerTouchesWhatItSees holds the pointer's way against the picture's at every pixel.
func TestAFingerTouchesWhatItSees(t *testing.T) {
	src := numbered(image.Pt(30, 50))
	for _, r := range rotations {
		dst := image.NewRGBA(image.Rectangle{Max: r.Size(src.Rect.Size())})
		r.Turn(dst, src, src.Rect)
		for y := range dst.Rect.Dy() {
			for x := range dst.Rect.Dx() {
				p := r.Back(image.Pt(x, y), src.Rect.Size())
				if dst.RGBAAt(x, y) != src.RGBAAt(p.X, p.Y) {
					t.Fatalf("%d: a finger at %d,%d touches %v, which is drawn elsewhere", r, x, y, p)
				}
			}
		}
	}
}

// TestPartsMakeTheWhole turns a picture in random parts, as damage comes: nothing else changes, and the rectangle that
// is told holds all that did.
func TestPartsMakeTheWhole(t *testing.T) {
	src := numbered(image.Pt(30, 50))
	random := rand.New(rand.NewPCG(1, 2))
	for _, r := range rotations {
		whole := image.NewRGBA(image.Rectangle{Max: r.Size(src.Rect.Size())})
		r.Turn(whole, src, src.Rect)
		for range 300 {
			part := image.Rect(random.IntN(34)-2, random.IntN(54)-2, random.IntN(34)-2, random.IntN(54)-2)
			dst := image.NewRGBA(whole.Rect)
			told := r.Turn(dst, src, part)
			for y := range dst.Rect.Dy() {
				for x := range dst.Rect.Dx() {
					at := image.Pt(x, y)
					want := color.RGBA{}
					if at.In(told) {
						want = whole.RGBAAt(x, y)
					}
					if got := dst.RGBAAt(x, y); got != want {
						t.Fatalf("%d: part %v told %v: %v is %v, want %v", r, part, told, at, got, want)
					}
				}
			}
			part = part.Intersect(src.Rect)
			if got := told.Dx() * told.Dy(); got != part.Dx()*part.Dy() {
				t.Fatalf("%d: part %v told %v", r, part, told)
			}
		}
	}
}

func BenchmarkTurn(b *testing.B) {
	src := numbered(image.Pt(1080, 1920))
	for _, r := range rotations {
		b.Run(map[Rotation]string{Upright: "0", Right: "90", UpsideDown: "180", Left: "270"}[r], func(b *testing.B) {
			dst := image.NewRGBA(image.Rectangle{Max: r.Size(src.Rect.Size())})
			for b.Loop() {
				r.Turn(dst, src, src.Rect)
			}
		})
	}
}
