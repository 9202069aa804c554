package sheet

import (
	"fmt"
	"image"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// Places of the kiosk's own lines, in pixels of 600 dpi: below the picture, at least 5 mm (118 px) from every edge.
const (
	left     = 380  // 16.1 mm
	right    = 4580 // 193.9 mm
	footLine = 6815 // 288.5 mm: top of the line
	letter   = 5    // one pixel of the font is 5 pixels: letters of 2.3 mm
	shortID  = 10   // characters of the application's id on the front; the back has all
)

// foot writes whose sheet this is under the municipality's page (printer §6, D-02).
func (d Document) foot(p *Picture, page Page) {
	p.write(left, footLine, fmt.Sprintf("%.*s  %d/%d  copy %d/%d  %s",
		shortID, page.Application, page.Number, page.Of, d.copy, d.of, d.kiosk))
	if d.sample {
		p.word("見本", image.Pt(right-2*80, footLine-10), 80)
	}
}

// footBehind writes the same on the back, in full.
func (d Document) footBehind(p *Picture, page Page) {
	p.write(left, footLine, fmt.Sprintf("%s  %d/%d  sheet %s", page.Application, page.Number, page.Of, page.Sheet))
	if d.sample {
		const size = 600 // 25 mm
		box := image.Rect(right-2*size-200, top+100, right-100, top+size+200)
		p.box(box, true)
		p.box(box.Inset(12), false)
		p.word("見本", box.Min.Add(image.Pt(50, 50)), size)
	}
}

// write sets a line of ASCII, its upper left corner at x, y. The font is a bitmap inside the program.
func (p *Picture) write(x, y int, text string) {
	face := basicfont.Face7x13
	line := image.NewAlpha(image.Rect(0, 0, face.Advance*len(text), face.Height))
	d := font.Drawer{Dst: line, Src: image.Opaque, Face: face, Dot: fixed.P(0, face.Ascent)}
	d.DrawString(text)
	for dy := range line.Rect.Dy() {
		for dx := range line.Rect.Dx() {
			if line.AlphaAt(dx, dy).A > 0 {
				p.box(image.Rect(0, 0, letter, letter).Add(image.Pt(x+dx*letter, y+dy*letter)), true)
			}
		}
	}
}
