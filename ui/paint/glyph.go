package paint

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"github.com/kioskd/kioskd/ui/node"
)

// rasterizer is the one path rasteriser that is used again and again.
type rasterizer = vector.Rasterizer

type maskKey struct {
	glyph uint32
	size  int
	bold  bool
	sub   uint8 // quarter pixels to the right
}

// mask is the coverage of one glyph; its upper left corner lies at offset from the pen.
type mask struct {
	alpha  *image.Alpha
	offset image.Point
}

// snap moves a coordinate to 1/64 pixel. Outlines are the only floats in painting; the explicit float32 conversions
// forbid the compiler to fuse multiply and add, so that every amd64 build gives the same bytes (reference ui.md §4).
func snap(v float32) float32 {
	return float32(math.Floor(float64(v)*64+0.5)) / 64
}

func (f *Fonts) mask(key maskKey) mask {
	if m, ok := f.masks.get(key); ok {
		return m
	}
	m := f.rasterize(key)
	f.masks.put(key, m, len(m.alpha.Pix)+64)
	return m
}

func (f *Fonts) rasterize(key maskKey) mask {
	face := f.face(key.bold)
	outline, _ := face.GlyphDataOutline(font.GID(key.glyph))
	scale := float32(key.size) / float32(face.Upem())
	shift := float32(key.sub) / 4
	point := func(p opentype.SegmentPoint) (float32, float32) {
		return snap(float32(p.X*scale) + shift), snap(-float32(p.Y * scale))
	}
	var box bounds
	for i := range outline.Segments {
		for _, p := range outline.Segments[i].ArgsSlice() {
			box.add(point(p))
		}
	}
	r := box.rect()
	m := mask{alpha: image.NewAlpha(image.Rectangle{Max: r.Size()}), offset: r.Min}
	if r.Empty() {
		return m
	}
	ox, oy := float32(r.Min.X), float32(r.Min.Y)
	f.rasterizer.Reset(r.Dx(), r.Dy())
	for i := range outline.Segments {
		f.segment(&outline.Segments[i], func(p opentype.SegmentPoint) (float32, float32) {
			x, y := point(p)
			return x - ox, y - oy
		})
	}
	f.rasterizer.ClosePath()
	f.rasterizer.DrawOp = draw.Src
	f.rasterizer.Draw(m.alpha, m.alpha.Bounds(), image.Opaque, image.Point{})
	return m
}

func (f *Fonts) segment(s *opentype.Segment, at func(opentype.SegmentPoint) (float32, float32)) {
	ax, ay := at(s.Args[0])
	switch s.Op {
	case opentype.SegmentOpMoveTo:
		f.rasterizer.ClosePath()
		f.rasterizer.MoveTo(ax, ay)
	case opentype.SegmentOpLineTo:
		f.rasterizer.LineTo(ax, ay)
	case opentype.SegmentOpQuadTo:
		bx, by := at(s.Args[1])
		f.rasterizer.QuadTo(ax, ay, bx, by)
	case opentype.SegmentOpCubeTo:
		bx, by := at(s.Args[1])
		cx, cy := at(s.Args[2])
		f.rasterizer.CubeTo(ax, ay, bx, by, cx, cy)
	}
}

// bounds collects the box of a path.
type bounds struct {
	minX, minY, maxX, maxY float32
	some                   bool
}

func (b *bounds) add(x, y float32) {
	if !b.some {
		*b = bounds{x, y, x, y, true}
		return
	}
	b.minX, b.minY = min(b.minX, x), min(b.minY, y)
	b.maxX, b.maxY = max(b.maxX, x), max(b.maxY, y)
}

func (b *bounds) rect() image.Rectangle {
	floor := func(v float32) int { return int(math.Floor(float64(v))) }
	ceil := func(v float32) int { return int(math.Ceil(float64(v))) }
	return image.Rect(floor(b.minX), floor(b.minY), ceil(b.maxX), ceil(b.maxY))
}

// drawText paints the lines of a text node.
func (f *Fonts) drawText(dst *image.RGBA, n *node.Node, ink color.RGBA) {
	set := n.Style.Font
	in := n.Inner()
	src := image.NewUniform(ink)
	for i, line := range n.Lines {
		top := in.Min.Y + i*set.LineHeight()
		if top >= dst.Rect.Max.Y || top+set.LineHeight() <= dst.Rect.Min.Y {
			continue
		}
		x := in.Min.X
		switch n.Style.TextSide {
		case node.Center:
			x += (in.Dx() - line.Width) / 2
		case node.End:
			x += in.Dx() - line.Width
		case node.Stretch, node.Start, node.Between:
		}
		f.drawLine(dst, line, penAt{fixed.I(x), baseline(top, set), set}, src)
	}
}

// baseline is where the letters of a line stand: the em box (0.88 above, 0.12 below in Noto Sans CJK) in its middle.
func baseline(top int, set node.Font) int {
	return top + set.Above() + (set.LineHeight()-set.Above()-set.Size)/2 + set.Size*88/100
}

type penAt struct {
	x   fixed.Int26_6
	y   int
	set node.Font
}

func (f *Fonts) drawLine(dst *image.RGBA, line node.Line, pen penAt, src *image.Uniform) {
	for _, run := range line.Runs {
		s, over := f.shape(run, pen.set), f.reading(run, pen.set)
		width := max(s.advance, over.advance)
		small := pen.set.Reading()
		f.drawGlyphs(dst, s, penAt{pen.x + (width-s.advance)/2, pen.y, pen.set}, src)
		above := pen.y - pen.set.Size*88/100 - small.Size*12/100
		f.drawGlyphs(dst, over, penAt{pen.x + (width-over.advance)/2, above, small}, src)
		pen.x += width
	}
}

// reading is the shape of what stands above a run; empty where nothing does.
func (f *Fonts) reading(run node.Run, set node.Font) *shapedText {
	if run.Ruby == "" {
		return &shapedText{}
	}
	s := *f.shape(node.Run{Text: run.Ruby, Lang: run.Lang}, set.Reading())
	s.advance += fixed.I(set.Reading().Size) / 4 // two readings side by side stay two
	return &s
}

func (f *Fonts) drawGlyphs(dst *image.RGBA, s *shapedText, pen penAt, src *image.Uniform) {
	for _, g := range s.glyphs {
		x := pen.x + g.x
		m := f.mask(maskKey{g.id, pen.set.Size, pen.set.Bold, uint8(x>>4) & 3})
		at := image.Pt(x.Floor(), pen.y-g.y.Round()).Add(m.offset)
		r := m.alpha.Bounds().Add(at)
		if r.Overlaps(dst.Rect) {
			draw.DrawMask(dst, r, src, image.Point{}, m.alpha, image.Point{}, draw.Over)
		}
	}
}
