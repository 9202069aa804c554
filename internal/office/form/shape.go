package form

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tdewolff/canvas"
)

// errShaping: the drawing library chose another glyph than the font's own table names. Nothing is drawn then: a wrong
// shape of a name is worse than no certificate.
var errShaping = errors.New("form: the shaper chose another glyph than the font's character table")

// wake fills the shaper's caches. canvas makes its face without the constructor that marks them empty (seen with
// go-text/typesetting v0.3.5), so that an untouched entry claims "not in the font" for every character below U+2000 and
// "glyph 0" below U+0100. Characters that lie in every slot of both caches replace all of those entries once and for
// all: 8,192 that the font does not have and 256 that it has.
func wake(f *canvas.Font, g glyphs) error {
	const absentSlots, presentSlots = 1 << 13, 1 << 8
	face := f.Face(pt(1), canvas.Black)
	face.Glyphs(g.oneInEachSlot(0x100000, absentSlots, false)) // from plane 16, private use
	face.Glyphs(g.oneInEachSlot(0x4E00, presentSlots, true))   // from the first ideograph
	var ascii strings.Builder
	for r := rune(' '); r < 0x7F; r++ {
		ascii.WriteRune(r)
	}
	return g.shapedRight(face, ascii.String())
}

// oneInEachSlot gives one character for each value of the low bits, present in the font or absent from it.
func (g glyphs) oneInEachSlot(first rune, slots int, present bool) string {
	const tries = 7 // 7 × 8,192 characters from plane 16, 7 × 256 ideographs
	var out strings.Builder
	for i := range rune(slots) {
		for k := range rune(tries) {
			r := first + i + k*rune(slots)
			if _, ok := g.font.NominalGlyph(r); ok == present {
				out.WriteRune(r)
				break
			}
		}
	}
	return out.String()
}

// shapedRight compares what the shaper makes of a text with the font's character table, glyph by glyph.
func (g glyphs) shapedRight(face *canvas.FontFace, s string) error {
	want, exact := g.ids(s)
	have := face.Glyphs(s)
	if exact && len(have) != len(want) {
		return errShaping
	}
	for i, h := range have {
		if h.ID == 0 || exact && h.ID != want[i] {
			return errShaping
		}
	}
	return nil
}

// ids gives the glyph of each unit. It is not exact where combining marks stand, since the shaper may compose them.
func (g glyphs) ids(s string) (out []uint16, exact bool) {
	exact = true
	for _, u := range units(s) {
		base, n := utf8.DecodeRuneInString(u)
		gid, _ := g.font.NominalGlyph(base)
		if selector, size := utf8.DecodeRuneInString(u[n:]); isSelector(selector) {
			gid, _ = g.font.VariationGlyph(base, selector)
			n += size
		}
		exact = exact && !strings.ContainsFunc(u[n:], func(r rune) bool { return unicode.Is(unicode.M, r) })
		out = append(out, uint16(gid))
	}
	return out, exact
}

// readings tells the PDF writer which character a glyph stands for that only a variation selector leads to: its base.
// Without it the text layer would lack the character. It is a subtable of the font's character table. Only the holder
// of Former.mu touches it.
type readings map[uint16]rune

// Get implements the subtable: it leads to no glyph.
func (readings) Get(rune) (uint16, bool) { return 0, false }

// ToUnicode implements the subtable.
func (r readings) ToUnicode(glyph uint16) (rune, bool) {
	base, ok := r[glyph]
	return base, ok
}

// learn notes the units of a text that have a selector.
func (r readings) learn(g glyphs, s string) {
	for _, u := range units(s) {
		base, n := utf8.DecodeRuneInString(u)
		selector, _ := utf8.DecodeRuneInString(u[n:])
		if !isSelector(selector) {
			continue
		}
		if gid, ok := g.font.VariationGlyph(base, selector); ok {
			r[uint16(gid)] = base
		}
	}
}
