package sheet

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"iter"

	"github.com/kioskd/kioskd/internal/paper/raster"
)

// A Picture is one side as the reader sees it, at 600 dpi; 1 is ink. The zero picture is white.
//
// It has all its rows, or only those from line first on, and lies on another picture that has the others and is never
// changed: most of a back is the same on every sheet.
type Picture struct {
	rows  []byte
	first int
	under *Picture
}

// row gives the bytes of line y.
func (p *Picture) row(y int) []byte {
	if at := (y - p.first) * raster.RowBytes; at >= 0 && at < len(p.rows) {
		return p.rows[at:][:raster.RowBytes]
	}
	return p.under.row(y)
}

// has reports whether line y can be drawn on.
func (p *Picture) has(y int) bool { return y >= p.first && (y-p.first)*raster.RowBytes < len(p.rows) }

// lay makes rows of its own for n lines, a copy of what lies under them.
func (p *Picture) lay(under *Picture, first, n int) {
	if len(p.rows) != n*raster.RowBytes {
		p.rows = make([]byte, n*raster.RowBytes)
	}
	p.first, p.under = first, under
	copy(p.rows, under.rows[first*raster.RowBytes:])
}

// clear makes the whole picture white.
func (p *Picture) clear() {
	if p.rows == nil {
		p.rows = make([]byte, raster.Height*raster.RowBytes)
	}
	clear(p.rows)
}

// wipe overwrites and lets go.
func (p *Picture) wipe() {
	clear(p.rows)
	*p = Picture{}
}

// fill takes the rows of a page. A page that is not whole is an error.
func (p *Picture) fill(bands iter.Seq2[raster.Band, error]) error {
	p.clear()
	done := 0
	for b, err := range bands {
		if err != nil {
			return err
		}
		if b.Y*raster.RowBytes != done || len(b.Rows) > len(p.rows)-done {
			return fmt.Errorf("%w: rows out of order", raster.ErrChild)
		}
		done += copy(p.rows[done:], b.Rows)
	}
	if done != len(p.rows) {
		return fmt.Errorf("%w: page is not whole", raster.ErrChild)
	}
	return nil
}

// Line copies line y: as bits where dst is a line of bits, as grey (0 is black) where it has a byte for each pixel.
func (p *Picture) Line(y int, dst []byte) error {
	if y < 0 || y >= raster.Height {
		return fmt.Errorf("sheet: no line %d", y)
	}
	switch row := p.row(y); len(dst) {
	case raster.RowBytes:
		copy(dst, row)
	case raster.Width:
		for x := range dst {
			dst[x] = (row[x>>3]>>(7-x&7)&1 - 1) // 1 → 0 black, 0 → 255 white
		}
	default:
		return fmt.Errorf("sheet: a line has %d bits or %d greys, not %d bytes", raster.Width, raster.Width, len(dst))
	}
	return nil
}

// set inks one pixel; outside the picture's own rows is nothing.
func (p *Picture) set(x, y int) {
	if x >= 0 && x < raster.Width && p.has(y) {
		p.row(y)[x>>3] |= 0x80 >> (x & 7)
	}
}

// box inks or whitens a rectangle.
func (p *Picture) box(r image.Rectangle, ink bool) {
	r = r.Intersect(image.Rect(0, p.first, raster.Width, p.first+len(p.rows)/raster.RowBytes))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			bit := byte(0x80 >> (x & 7))
			if p.row(y)[x>>3] &^= bit; ink {
				p.row(y)[x>>3] |= bit
			}
		}
	}
}

// PNG gives the picture reduced by a whole number, for tests and for the bench. It holds what the page holds.
func (p *Picture) PNG(scale int) ([]byte, error) {
	if scale < 1 || p.rows == nil {
		return nil, fmt.Errorf("sheet: no picture at 1/%d", scale)
	}
	img := image.NewGray(image.Rect(0, 0, raster.Width/scale, raster.Height/scale))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			ink := 0
			for i := range scale * scale {
				px := x*scale + i%scale
				ink += int(p.row(y*scale + i/scale)[px>>3] >> (7 - px&7) & 1)
			}
			img.SetGray(x, y, color.Gray{Y: byte(255 - 255*ink/(scale*scale))})
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, img)
	return out.Bytes(), err
}
