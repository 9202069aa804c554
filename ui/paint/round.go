package paint

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/vector"
)

// shapes draws rectangles with round corners from remembered corner masks.
type shapes struct{ corners map[int]*image.Alpha }

// maxCorners bounds the corner masks: a design has a handful of radii.
const maxCorners = 64

// kappa is how far the control points of a quarter circle lie from its ends, in 1/1000 of the radius.
const kappa = 552

// corner is the coverage of the upper left quarter of a disc of radius r.
func (s *shapes) corner(r int) *image.Alpha {
	if m, ok := s.corners[r]; ok {
		return m
	}
	if s.corners == nil || len(s.corners) >= maxCorners {
		s.corners = make(map[int]*image.Alpha)
	}
	z := vector.NewRasterizer(r, r)
	f := float32(r)
	c := snap(float32(r*(1000-kappa)) / 1000)
	z.MoveTo(0, f)
	z.CubeTo(0, c, c, 0, f, 0)
	z.LineTo(f, f)
	z.ClosePath()
	m := image.NewAlpha(image.Rect(0, 0, r, r))
	z.DrawOp = draw.Src
	z.Draw(m, m.Bounds(), image.Opaque, image.Point{})
	s.corners[r] = m
	return m
}

// fill paints a rectangle with corners of the given radius.
func (s *shapes) fill(dst *image.RGBA, r image.Rectangle, radius int, c color.RGBA) {
	if !r.Overlaps(dst.Rect) || r.Empty() {
		return
	}
	radius = min(radius, r.Dx()/2, r.Dy()/2)
	src := image.NewUniform(premultiplied(c))
	if radius <= 0 {
		draw.Draw(dst, r, src, image.Point{}, draw.Over)
		return
	}
	draw.Draw(dst, image.Rect(r.Min.X+radius, r.Min.Y, r.Max.X-radius, r.Max.Y), src, image.Point{}, draw.Over)
	draw.Draw(dst, image.Rect(r.Min.X, r.Min.Y+radius, r.Min.X+radius, r.Max.Y-radius), src, image.Point{}, draw.Over)
	draw.Draw(dst, image.Rect(r.Max.X-radius, r.Min.Y+radius, r.Max.X, r.Max.Y-radius), src, image.Point{}, draw.Over)
	m := s.corner(radius)
	for _, flip := range []struct{ x, y bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
		at := r.Min
		if flip.x {
			at.X = r.Max.X - radius
		}
		if flip.y {
			at.Y = r.Max.Y - radius
		}
		drawFlipped(dst, at, m, flipped{flip.x, flip.y, src})
	}
}

type flipped struct {
	x, y bool
	src  *image.Uniform
}

// drawFlipped paints through a corner mask that is mirrored as told.
func drawFlipped(dst *image.RGBA, at image.Point, m *image.Alpha, f flipped) {
	size := m.Rect.Dx()
	row := image.NewAlpha(image.Rect(0, 0, size, 1))
	for y := range size {
		from := y
		if f.y {
			from = size - 1 - y
		}
		line := m.Pix[from*m.Stride : from*m.Stride+size]
		for x := range line {
			if f.x {
				row.Pix[x] = line[size-1-x]
			} else {
				row.Pix[x] = line[x]
			}
		}
		r := image.Rect(at.X, at.Y+y, at.X+size, at.Y+y+1)
		draw.DrawMask(dst, r, f.src, image.Point{}, row, image.Point{}, draw.Over)
	}
}

// premultiplied gives the colour as image/draw wants it.
func premultiplied(c color.RGBA) color.RGBA {
	a := uint32(c.A)
	return color.RGBA{uint8(uint32(c.R) * a / 255), uint8(uint32(c.G) * a / 255), uint8(uint32(c.B) * a / 255), c.A}
}
