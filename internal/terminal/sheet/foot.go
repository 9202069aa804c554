package sheet

import (
	"fmt"
	"image"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Places of the kiosk's own lines, in pixels of 600 dpi: below the picture, at least 5 mm (118 px) from every edge.
const (
	left       = 354  // 15 mm, under the edge of the municipality's form
	right      = 4606 // 195 mm
	footLine   = 6815 // 288.5 mm: top of the line
	letter     = 64   // 7.7 pt: capitals of 2 mm
	footHeight = 100  // lines: of the letters, and some air
	shortID    = 10   // characters of the application's id on the front; the back has all
)

// foot writes whose sheet this is under the municipality's page (printer §6, D-02).
func (d Document) foot(p *Picture, page Page) error {
	if d.sample {
		p.word("見本", image.Pt(right-2*80, footLine-10), 80)
	}
	return p.write(left, footLine, fmt.Sprintf("%.*s  %d/%d  copy %d/%d  %s",
		shortID, page.Application, page.Number, page.Of, d.copy, d.of, d.kiosk))
}

// back lays the ground and writes the same on it, in full.
func (d Document) back(p *Picture, page Page) error {
	ground := plainGround()
	if d.sample {
		ground = sampleGround()
	}
	p.lay(ground, footLine, footHeight)
	return p.write(left, footLine,
		fmt.Sprintf("%s  %d/%d  sheet %s", page.Application, page.Number, page.Of, page.Sheet))
}

// ascii is the font of the kiosk's own lines; it is inside the program, so that no font file can be missing.
var ascii = sync.OnceValue(func() *opentype.Font {
	f, err := opentype.Parse(gomono.TTF)
	if err != nil {
		panic("sheet: the font inside the program is broken: " + err.Error()) // cannot be: it is a constant
	}
	return f
})

// write sets a line of ASCII, its upper left corner at x, y. Half-covered pixels are ink.
func (p *Picture) write(x, y int, text string) error {
	face, err := opentype.NewFace(ascii(), &opentype.FaceOptions{Size: letter, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return fmt.Errorf("sheet: font: %w", err)
	}
	ascent := face.Metrics().Ascent.Ceil()
	line := image.NewAlpha(image.Rect(0, 0, font.MeasureString(face, text).Ceil(), ascent+face.Metrics().Descent.Ceil()))
	if last := image.Pt(x, y).Add(line.Rect.Max); last.X > right || !p.has(last.Y) {
		return fmt.Errorf("sheet: a line of %d letters does not fit", len(text))
	}
	d := font.Drawer{Dst: line, Src: image.Opaque, Face: face, Dot: fixed.P(0, ascent)}
	d.DrawString(text)
	for dy := range line.Rect.Dy() {
		for dx := range line.Rect.Dx() {
			if line.AlphaAt(dx, dy).A >= 0x80 {
				p.set(x+dx, y+dy)
			}
		}
	}
	clear(line.Pix)
	return face.Close()
}
