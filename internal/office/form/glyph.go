package form

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// maxText bounds one text in characters (server.md §2.2, type Text).
const maxText = 400

// glyphs answers whether the font can show a text. It reads cmap formats 4/12 and 14 only and never falls back to a
// base without its selector: drawing libraries do, silently (printer.md §10).
type glyphs struct{ font *font.Font }

// characterTables are what the font says of characters, sorted. The outlines stay away: parsed, they would fill a
// hundred megabytes that are never asked for.
var characterTables = []string{"OS/2", "cmap", "head", "hhea", "hmtx", "maxp"}

func newGlyphs(b []byte) (glyphs, error) {
	whole, err := opentype.NewLoader(bytes.NewReader(b))
	if err != nil {
		return glyphs{}, fmt.Errorf("form: read font tables: %w", err)
	}
	var few []opentype.Table
	for _, name := range characterTables {
		tag := opentype.MustNewTag(name)
		raw, err := whole.RawTable(tag)
		if err != nil {
			return glyphs{}, fmt.Errorf("form: read font table %s: %w", name, err)
		}
		few = append(few, opentype.Table{Tag: tag, Content: raw})
	}
	loader, err := opentype.NewLoader(bytes.NewReader(opentype.WriteTTF(few)))
	if err != nil {
		return glyphs{}, fmt.Errorf("form: read font tables: %w", err)
	}
	f, err := font.NewFont(loader)
	if err != nil {
		return glyphs{}, fmt.Errorf("form: read font tables: %w", err)
	}
	return glyphs{f}, nil
}

// CheckText says whether every character of s can be drawn. Errors: ErrCharacterPending, ErrTextTooLong (more than 400
// characters; whether a text fits its cell is only known from the whole form, see CheckResidentRecord).
func (f *Former) CheckText(s string) error { return f.glyphs.check(s) }

func (g glyphs) check(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%w: not UTF-8", ErrCharacterPending)
	}
	if utf8.RuneCountInString(s) > maxText {
		return ErrTextTooLong
	}
	for _, u := range units(s) {
		if !g.has(u) {
			return ErrCharacterPending // which one is personal data: it does not stand in the error
		}
	}
	return nil
}

// has reports whether the font has a unit: a base, with at most one variation selector, and combining marks.
func (g glyphs) has(unit string) bool {
	base, n := utf8.DecodeRuneInString(unit)
	if isSelector(base) || unicode.IsControl(base) || unicode.Is(unicode.Cf, base) { // nothing that is not seen
		return false
	}
	if gid, ok := g.font.NominalGlyph(base); !ok || gid == 0 {
		return false
	}
	rest := unit[n:]
	selector, n := utf8.DecodeRuneInString(rest)
	if isSelector(selector) {
		if gid, ok := g.font.VariationGlyph(base, selector); !ok || gid == 0 {
			return false
		}
		rest = rest[n:]
	}
	for _, mark := range rest {
		if isSelector(mark) {
			return false
		}
		if gid, ok := g.font.NominalGlyph(mark); !ok || gid == 0 {
			return false
		}
	}
	return true
}

// isSelector: VS1–VS16 and VS17–VS256.
func isSelector(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF }

// units splits a text where it may be split at all: a base stays with its selector and its combining marks. Nothing is
// normalised (domain.md §9).
func units(s string) []string {
	var out []string
	start := 0
	for i, r := range s {
		if i > start && !isSelector(r) && !unicode.Is(unicode.M, r) {
			out = append(out, s[start:i])
			start = i
		}
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}
