package paint

import (
	"image"
	"image/color"
	"image/draw"

	xdraw "golang.org/x/image/draw"

	"github.com/kioskd/kioskd/ui/node"
)

// picture paints a municipality's picture: its darkness is the coverage, the theme gives the ink, so that a line made
// as black on white can also be read in the dark theme. It is scaled to the node's height, never cut: a line that is
// too long becomes lower as a whole.
func (p *Painter) picture(dst *image.RGBA, n *node.Node, s *State) {
	img, ok := p.pictures(n.Picture)
	if !ok || img.Bounds().Empty() {
		return
	}
	in := n.Inner()
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	size := image.Pt(w*in.Dy()/h, in.Dy())
	if size.X > in.Dx() {
		size = image.Pt(in.Dx(), h*in.Dx()/w)
	}
	if size.X <= 0 || size.Y <= 0 {
		return
	}
	cover := scaledInk(img, size)
	at := in.Min.Add(image.Pt(0, (in.Dy()-size.Y)/2))
	switch n.Style.TextSide {
	case node.Center:
		at.X += (in.Dx() - size.X) / 2
	case node.End:
		at.X += in.Dx() - size.X
	case node.Stretch, node.Start, node.Between:
	}
	r := image.Rectangle{at, at.Add(size)}
	draw.DrawMask(dst, r, image.NewUniform(s.Theme[n.Style.Ink]), image.Point{}, cover, image.Point{}, draw.Over)
	clear(cover.Pix)
}

// scaledInk is the picture's darkness at the wanted size.
func scaledInk(img image.Image, size image.Point) *image.Alpha {
	b := img.Bounds()
	grey := image.NewGray(image.Rectangle{Max: b.Size()})
	draw.Draw(grey, grey.Rect, image.NewUniform(color.Gray{Y: 0xff}), image.Point{}, draw.Src)
	draw.Draw(grey, grey.Rect, img, b.Min, draw.Over)
	scaled := grey
	if size != b.Size() {
		scaled = image.NewGray(image.Rectangle{Max: size})
		xdraw.BiLinear.Scale(scaled, scaled.Rect, grey, grey.Rect, xdraw.Src, nil)
		clear(grey.Pix)
	}
	cover := image.NewAlpha(image.Rectangle{Max: size})
	for i, y := range scaled.Pix {
		cover.Pix[i] = 0xff - y
	}
	clear(scaled.Pix)
	return cover
}
