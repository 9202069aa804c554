package form

import (
	"bytes"
	"fmt"
	"image/color"
	"math"

	"github.com/tdewolff/canvas"
	"github.com/tdewolff/canvas/renderers/pdf"
)

// Colours. The seal is red in the PDF; its grey (74) lies below the kiosk's threshold of 112, so it prints black.
var (
	ink     = color.RGBA{A: 255}
	sealRed = color.RGBA{R: 200, G: 16, B: 46, A: 255}
	// sampleGrey is dark enough for the kiosk's threshold; the letters are light because they are only dotted outlines.
	sampleGrey = color.RGBA{R: 90, G: 90, B: 90, A: 255}
)

// drawing puts a layout on a canvas. The caller holds Former.mu.
type drawing struct {
	*Former
	ctx *canvas.Context
}

// drawPage gives the unsigned PDF of one page.
func (f *Former) drawPage(l *layout, title string) ([]byte, error) {
	var b bytes.Buffer
	out := pdf.New(&b, pageWidth, pageHeight, &pdf.Options{Compress: true, SubsetFonts: true})
	out.SetInfo(title, "", "", "", "kioskd issuerd")
	d := drawing{f, canvas.NewContext(out)}
	if l.sample {
		if err := d.sample(); err != nil {
			return nil, err
		}
	}
	for _, r := range l.rules {
		d.rule(r)
	}
	for _, t := range l.texts {
		if err := d.text(t, ink); err != nil {
			return nil, err
		}
	}
	if l.seal != nil {
		if err := d.seal(l.seal); err != nil {
			return nil, err
		}
	}
	if err := out.Close(); err != nil {
		return nil, fmt.Errorf("form: write PDF: %w", err)
	}
	return b.Bytes(), nil
}

func (d *drawing) rule(r rule) {
	d.ctx.SetFillColor(canvas.Transparent)
	d.ctx.SetStrokeColor(ink)
	d.ctx.SetStrokeWidth(r.width)
	d.ctx.SetStrokeCapper(canvas.SquareCap)
	if r.dotted {
		d.dashes(r.width, 0.4, 0.4)
	}
	p := &canvas.Path{}
	p.MoveTo(r.x0, pageHeight-r.y0)
	p.LineTo(r.x1, pageHeight-r.y1)
	d.ctx.DrawPath(0, 0, p)
	d.ctx.SetDashes(0)
}

// dashes are given in mm; the library takes them as multiples of the line's width. At 600 dpi a piece or a gap below
// 0.15 mm falls between the pixels and comes and goes along the line.
func (d *drawing) dashes(width, on, off float64) {
	d.ctx.SetStrokeCapper(canvas.ButtCap)
	d.ctx.SetDashes(0, on/width, off/width)
}

// text draws one line. The library's own centring puts lines of mixed scripts over each other, so the side is ours.
func (d *drawing) text(t textMark, c color.RGBA) error {
	face := d.font.Face(pt(t.size), c)
	if err := d.glyphs.shapedRight(face, t.text); err != nil {
		return err
	}
	d.readings.learn(d.glyphs, t.text)
	x := t.x
	switch t.align {
	case toLeft:
	case toCenter:
		x -= face.TextWidth(t.text) / 2
	case toRight:
		x -= face.TextWidth(t.text)
	}
	d.ctx.DrawText(x, pageHeight-t.y, canvas.NewTextLine(face, t.text, canvas.Left))
	return nil
}

// seal draws the seal picture: a square frame, the characters in columns from the right, each stretched to its field as
// on a carved seal.
func (d *drawing) seal(s *sealMark) error {
	const border = 0.9
	chars := units(s.text)
	columns := max(1, int(math.Round(math.Sqrt(float64(len(chars))*0.8))))
	rows := (len(chars) + columns - 1) / columns
	d.ctx.SetStrokeColor(canvas.Transparent)
	d.ctx.SetFillColor(sealRed)
	outer := canvas.RoundedRectangle(s.w, s.h, 1.2)
	inner := canvas.RoundedRectangle(s.w-2*border, s.h-2*border, 0.7).Translate(border, border)
	d.ctx.DrawPath(s.x, pageHeight-s.y-s.h, outer.Append(inner.Reverse()))
	w := (s.w - 4*border) / float64(columns)
	h := (s.h - 4*border) / float64(rows)
	for i, c := range chars {
		column, row := i/rows, i%rows
		field := box{
			s.x + s.w - 2*border - w*float64(column+1), s.y + 2*border + h*float64(row), w, h,
		}
		if err := d.carve(c, field); err != nil {
			return err
		}
	}
	return nil
}

// carve draws one character stretched to a field, with thickened strokes.
func (d *drawing) carve(char string, b box) error {
	path, _, err := d.font.Face(pt(10), ink).ToPath(char)
	if err != nil {
		return fmt.Errorf("form: outline: %w", err)
	}
	from := path.Bounds()
	if from.W() == 0 || from.H() == 0 {
		return ErrCharacterPending
	}
	const gap = 0.45
	sx, sy := (b.w-2*gap)/from.W(), (b.h-2*gap)/from.H()
	m := canvas.Identity.Translate(b.x+gap, pageHeight-b.y-b.h+gap).Scale(sx, sy).Translate(-from.X0, -from.Y0)
	d.ctx.SetStrokeColor(sealRed)
	d.ctx.SetStrokeWidth(0.22)
	d.ctx.SetStrokeJoiner(canvas.RoundJoin)
	d.ctx.SetFillColor(sealRed)
	d.ctx.DrawPath(0, 0, path.Transform(m))
	d.ctx.SetStrokeColor(canvas.Transparent)
	return nil
}

// sample puts 見本 across the page, as dotted outlines so that the text over it stays readable, and in a frame at the
// top: demo data are unmistakable (design §8, X-26).
func (d *drawing) sample() error {
	const outline = 0.2 // mm: round about five pixels
	for i, c := range []string{"見", "本"} {
		path, _, err := d.font.Face(pt(78), ink).ToPath(c)
		if err != nil {
			return fmt.Errorf("form: outline: %w", err)
		}
		d.ctx.SetFillColor(canvas.Transparent)
		d.ctx.SetStrokeColor(sampleGrey)
		d.ctx.SetStrokeWidth(outline)
		d.dashes(outline, outline, 5*outline)
		d.ctx.DrawPath(66, 158-float64(i)*82, path)
		d.ctx.SetDashes(0)
	}
	b := box{left, titleTop - 1, 37, 10}
	d.ctx.SetStrokeColor(sealRed)
	d.ctx.SetStrokeWidth(0.6)
	d.ctx.DrawPath(b.x, pageHeight-b.y-b.h, canvas.Rectangle(b.w, b.h))
	d.ctx.SetStrokeColor(canvas.Transparent)
	if err := d.text(textMark{b.x + 2.8, midline(b.y, b.h, 5.2), 5.2, toLeft, "見本"}, sealRed); err != nil {
		return err
	}
	return d.text(textMark{b.x + 15.6, midline(b.y, b.h, 2.7), 2.7, toLeft, "SAMPLE 無効"}, sealRed)
}
