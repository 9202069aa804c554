// Package paint turns a laid-out tree into pixels: text, rectangles with round corners, icons and the municipality's
// pictures, in pure Go, the same bytes with and without a display (reference ui.md §0 U1, §4).
//
// It opens no window and knows no message ids. The caller makes sure that one goroutine at a time uses a Painter.
package paint

import (
	"image"
	"image/color"
	"image/draw"

	"github.com/kioskd/kioskd/ui/node"
)

// Pictures finds a municipality's picture (ink dark on light) by its key; false if the visit holds none.
type Pictures func(key string) (image.Image, bool)

// Painter paints trees.
type Painter struct {
	fonts    *Fonts
	pictures Pictures
	shapes   shapes
	icons    icons
}

// New makes a painter. Fonts may be nil (nothing is written then); pictures may be nil.
func New(fonts *Fonts, pictures Pictures) *Painter {
	if pictures == nil {
		pictures = func(string) (image.Image, bool) { return nil, false }
	}
	return &Painter{fonts: fonts, pictures: pictures}
}

// State is what the tree itself does not know: where the finger is and where the focus.
type State struct {
	Pressed, Focused string // ids
	FocusWidth       int    // of the ring, pixels
	PressWidth       int    // of a pressed node's border, pixels
	Theme            *Theme // nil: the tree's own
}

// Paint paints what lies in clip. The rest of dst is left as it is.
func (p *Painter) Paint(dst *image.RGBA, t *node.Tree, s State, clip image.Rectangle) {
	clip = clip.Intersect(dst.Rect)
	if clip.Empty() {
		return
	}
	if s.Theme == nil {
		s.Theme = ThemeByName(t.Theme)
	}
	sub := dst.SubImage(clip).(*image.RGBA)
	draw.Draw(sub, sub.Rect, image.NewUniform(s.Theme[node.Page]), image.Point{}, draw.Src)
	p.node(sub, t.Root, &s, node.Page)
	if s.Focused != "" {
		if n := t.Find(s.Focused); n != nil {
			p.ring(sub, n, &s)
		}
	}
}

func (p *Painter) node(dst *image.RGBA, n *node.Node, s *State, ground node.Colour) {
	if n == nil || n.Hidden || !n.Rect.Inset(-8).Overlaps(dst.Rect) {
		return
	}
	if n.Style.Fill != node.NoColour {
		ground = n.Style.Fill
	}
	p.box(dst, n, s, ground)
	switch n.Kind {
	case node.Text:
		if p.fonts != nil {
			p.fonts.drawText(dst, n, s.Theme[n.Style.Ink])
		}
	case node.Icon:
		size := n.Style.Font.Size
		in := n.Inner()
		at := in.Min.Add(image.Pt((in.Dx()-size)/2, (in.Dy()-size)/2))
		p.icons.draw(dst, at, iconKey{n.Icon, size}, s.Theme[n.Style.Ink])
	case node.Picture:
		p.picture(dst, n, s)
	case node.Box:
	}
	for _, c := range n.Children {
		p.node(dst, c, s, ground)
	}
}

// box paints the node's shadow, border and ground.
func (p *Painter) box(dst *image.RGBA, n *node.Node, s *State, ground node.Colour) {
	st := &n.Style
	fill, border, width := st.Fill, st.Border, st.BorderWidth
	if n.ID != "" && n.ID == s.Pressed && !n.Quiet {
		border, width = node.Primary, max(width, s.PressWidth)
		if fill != node.Primary {
			fill = node.Tint
		} else {
			border = node.Ink
		}
	}
	if st.Shadow && !s.Theme.flat() {
		p.shapes.fill(dst, n.Rect.Add(image.Pt(0, 3)), st.Radius, s.Theme[node.Hairline])
	}
	if border != node.NoColour && width > 0 {
		p.shapes.fill(dst, n.Rect, st.Radius, s.Theme[border])
		inside := fill
		if inside == node.NoColour {
			inside = ground
		}
		p.shapes.fill(dst, n.Rect.Inset(width), st.Radius-width, s.Theme[inside])
		return
	}
	if fill != node.NoColour {
		p.shapes.fill(dst, n.Rect, st.Radius, s.Theme[fill])
	}
}

// ring paints the focus around a node: two colours, so that it shows on any ground. It is drawn as frames, because
// the node itself is there already.
func (p *Painter) ring(dst *image.RGBA, n *node.Node, s *State) {
	w := max(s.FocusWidth, 2)
	outer, inner := color.RGBA{A: 0xff}, rgb(0xffd43d)
	if s.Theme == themes[HighDark] {
		outer, inner = rgb(0xffffff), color.RGBA{A: 0xff}
	}
	frame(dst, n.Rect.Inset(-w), w/2, outer)
	frame(dst, n.Rect.Inset(-w+w/2), w-w/2, inner)
}

func frame(dst *image.RGBA, r image.Rectangle, w int, c color.RGBA) {
	src := image.NewUniform(c)
	for _, side := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+w)},
		{image.Pt(r.Min.X, r.Max.Y-w), r.Max},
		{r.Min, image.Pt(r.Min.X+w, r.Max.Y)},
		{image.Pt(r.Max.X-w, r.Min.Y), r.Max},
	} {
		draw.Draw(dst, side, src, image.Point{}, draw.Over)
	}
}

// Wipe forgets all shapes of texts.
func (p *Painter) Wipe() {
	if p.fonts != nil {
		p.fonts.Wipe()
	}
}
