package printer

import (
	"slices"

	"github.com/OpenPrinting/goipp"
)

// attributes are those of one group, looked up by name.
type attributes goipp.Attributes

// values returns what stands under a name; none if it is absent or out of band (unknown, no-value).
func (a attributes) values(name string) []goipp.Value {
	for _, attr := range a {
		if attr.Name != name {
			continue
		}
		var out []goipp.Value
		for _, v := range attr.Values {
			if _, none := v.V.(goipp.Void); !none {
				out = append(out, v.V)
			}
		}
		return out
	}
	return nil
}

// words returns keywords, URIs, names and texts.
func (a attributes) words(name string) []string {
	var out []string
	for _, v := range a.values(name) {
		switch v := v.(type) {
		case goipp.String:
			out = append(out, string(v))
		case goipp.TextWithLang:
			out = append(out, v.Text)
		case goipp.Binary:
			out = append(out, string(v))
		}
	}
	return out
}

// word returns the first of them or "".
func (a attributes) word(name string) string {
	if w := a.words(name); len(w) > 0 {
		return w[0]
	}
	return ""
}

// ints returns integers and enums.
func (a attributes) ints(name string) []int {
	var out []int
	for _, v := range a.values(name) {
		if n, ok := v.(goipp.Integer); ok {
			out = append(out, int(n))
		}
	}
	return out
}

// count returns a number that may be absent.
func (a attributes) count(name string) Count {
	if n := a.ints(name); len(n) > 0 && n[0] >= 0 {
		return Known(n[0])
	}
	return Count{}
}

// has reports that a keyword is among the values.
func (a attributes) has(name, word string) bool { return slices.Contains(a.words(name), word) }

// names reports that an attribute is there at all.
func (a attributes) names(name string) bool { return len(a.values(name)) > 0 }

// dpi600 reports that 600 × 600 dots per inch is among the resolutions.
func (a attributes) dpi600(name string) bool {
	for _, v := range a.values(name) {
		if r, ok := v.(goipp.Resolution); ok && r == resolution600 {
			return true
		}
	}
	return false
}

// resolution600 is 600 dots per inch both ways.
var resolution600 = goipp.Resolution{Xres: 600, Yres: 600, Units: goipp.UnitsDpi}

// Count is a number that a device may not tell. Absent is not zero.
type Count struct {
	N     int
	Known bool
}

// Known makes a count that was told.
func Known(n int) Count { return Count{N: n, Known: true} }

// boolsOf returns booleans.
func boolsOf(a attributes, name string) []bool {
	var out []bool
	for _, v := range a.values(name) {
		if b, ok := v.(goipp.Boolean); ok {
			out = append(out, bool(b))
		}
	}
	return out
}
