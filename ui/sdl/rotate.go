package sdl

import "image"

// Rotation is by how many degrees clockwise the picture is turned on its way to the panel: 0, 90, 180 or 270.
type Rotation int

// The rotations.
const (
	Upright    Rotation = 0
	Right      Rotation = 90
	UpsideDown Rotation = 180
	Left       Rotation = 270
)

// Size is how large the turned picture is when the app's is of that size, in pixels.
func (r Rotation) Size(app image.Point) image.Point {
	if r == Right || r == Left {
		return image.Pt(app.Y, app.X)
	}
	return app
}

// to says where the pixel p of a picture of that size lies on the panel.
func (r Rotation) to(p, app image.Point) image.Point {
	switch r {
	case Right:
		return image.Pt(app.Y-1-p.Y, p.X)
	case UpsideDown:
		return image.Pt(app.X-1-p.X, app.Y-1-p.Y)
	case Left:
		return image.Pt(p.Y, app.X-1-p.X)
	case Upright:
	}
	return p
}

// Back says which pixel of the app's picture of that size a finger touches at p of the panel. A finger on the panel's
// far edge (SDL gives 1.0 there) touches the pixel beside the picture, as it does upright.
func (r Rotation) Back(p, app image.Point) image.Point {
	return ((360 - r) % 360).to(p, r.Size(app))
}

// Turn copies the rectangle of the app's picture into the turned one, and says where it lies there. dst is as large as
// Size says.
func (r Rotation) Turn(dst, src *image.RGBA, part image.Rectangle) image.Rectangle {
	part = part.Intersect(src.Rect)
	if part.Empty() {
		return image.Rectangle{}
	}
	app := src.Rect.Size()
	a, b := r.to(part.Min, app), r.to(part.Max.Sub(image.Pt(1, 1)), app)
	turned := image.Rectangle{Min: a, Max: b}.Canon()
	turned.Max = turned.Max.Add(image.Pt(1, 1))
	if part.Dx() > 1 { // else the row has no direction, and none is needed
		b = r.to(part.Min.Add(image.Pt(1, 0)), app)
	}
	step := dst.PixOffset(b.X, b.Y) - dst.PixOffset(a.X, a.Y)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		at := r.to(image.Pt(part.Min.X, y), app)
		to, from := dst.PixOffset(at.X, at.Y), src.PixOffset(part.Min.X, y)
		for range part.Dx() {
			copy(dst.Pix[to:to+4], src.Pix[from:from+4])
			to, from = to+step, from+4
		}
	}
	return turned
}
