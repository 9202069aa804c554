package paint

import (
	"image/color"
	"math"

	"github.com/kioskd/kioskd/ui/node"
)

// Theme gives each colour role its value.
type Theme [node.NumColours]color.RGBA

func rgb(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// The themes by name (reference ui.md §3). The primitives are the Digital Agency's, but for the blue and the inks of
// errors and warnings, which are darker: text reaches 10:1 on their tints.
const (
	Default   = "default"
	HighDark  = "highDark"
	HighLight = "highLight"
	LowGlare  = "lowGlare"
)

// themes is the table behind ThemeByName.
var themes = map[string]*Theme{
	Default: {
		node.Page: rgb(0xf2f5fb), node.Surface: rgb(0xffffff), node.Ink: rgb(0x1a1a1a), node.InkSoft: rgb(0x333333),
		node.Primary: rgb(0x0015b4), node.OnPrimary: rgb(0xffffff), node.Tint: rgb(0xe8f1fe),
		node.Outline: rgb(0x5a6478), node.Hairline: rgb(0xcfd6e6),
		node.ErrorInk: rgb(0x780000), node.ErrorGround: rgb(0xfdeeee),
		node.WarnInk: rgb(0x662400), node.WarnGround: rgb(0xffeee2),
		node.OkInk: rgb(0x08351f), node.OkGround: rgb(0xe6f5ec),
		node.Scrim: {R: 10, G: 16, B: 32, A: 150},
	},
	HighLight: {
		node.Page: rgb(0xffffff), node.Surface: rgb(0xffffff), node.Ink: rgb(0), node.InkSoft: rgb(0),
		node.Primary: rgb(0), node.OnPrimary: rgb(0xffffff), node.Tint: rgb(0xffffff),
		node.Outline: rgb(0), node.Hairline: rgb(0),
		node.ErrorInk: rgb(0), node.ErrorGround: rgb(0xffffff), node.WarnInk: rgb(0), node.WarnGround: rgb(0xffffff),
		node.OkInk: rgb(0), node.OkGround: rgb(0xffffff),
		node.Scrim: {A: 190},
	},
	HighDark: {
		node.Page: rgb(0), node.Surface: rgb(0), node.Ink: rgb(0xffffff), node.InkSoft: rgb(0xffffff),
		node.Primary: rgb(0xffffff), node.OnPrimary: rgb(0), node.Tint: rgb(0),
		node.Outline: rgb(0xffd43d), node.Hairline: rgb(0xffffff),
		node.ErrorInk: rgb(0xffffff), node.ErrorGround: rgb(0), node.WarnInk: rgb(0xffffff), node.WarnGround: rgb(0),
		node.OkInk: rgb(0xffffff), node.OkGround: rgb(0),
		node.Scrim: {R: 40, G: 40, B: 40, A: 200},
	},
	// Grey on grey for eyes that light hurts, so its text is held to WCAG's 4.5:1 and not to 10.
	LowGlare: {
		node.Page: rgb(0x222222), node.Surface: rgb(0x222222), node.Ink: rgb(0x8a8a8a), node.InkSoft: rgb(0x8a8a8a),
		node.Primary: rgb(0x8a8a8a), node.OnPrimary: rgb(0x222222), node.Tint: rgb(0x222222),
		node.Outline: rgb(0x8a8a8a), node.Hairline: rgb(0x707070),
		node.ErrorInk: rgb(0x8a8a8a), node.ErrorGround: rgb(0x222222),
		node.WarnInk: rgb(0x8a8a8a), node.WarnGround: rgb(0x222222),
		node.OkInk: rgb(0x8a8a8a), node.OkGround: rgb(0x222222),
		node.Scrim: {A: 160},
	},
}

// The least contrast by theme, 1…21: of text, and of what shows where a control is.
const (
	leastText     = 10
	leastHighText = 20
	leastGlare    = 4.5
	LeastControl  = 3
)

// LeastText is the least contrast of text in the theme of that name.
func LeastText(name string) float64 {
	switch name {
	case HighDark, HighLight:
		return leastHighText
	case LowGlare:
		return leastGlare
	}
	return leastText
}

// ring gives the two colours of the focus: they stand out from each other, and the outer one from the ground.
func (t *Theme) ring() (outer, inner color.RGBA) {
	switch t {
	case themes[HighDark]:
		return rgb(0xffffff), rgb(0)
	case themes[LowGlare]:
		return t[node.Ink], t[node.Page]
	}
	return rgb(0), rgb(0xffd43d)
}

// ThemeByName gives the theme, or the default one for a name that is not known.
func ThemeByName(name string) *Theme {
	if t, ok := themes[name]; ok {
		return t
	}
	return themes[Default]
}

// ThemeNames lists the themes in the order of the settings page.
func ThemeNames() []string { return []string{Default, HighLight, HighDark, LowGlare} }

// flat tells whether the theme paints without shadows: all but the default one do.
func (t *Theme) flat() bool { return t != themes[Default] }

// luminance is the relative luminance of WCAG 2.2 in the range 0…1. Used by the contrast linter only, never by paint.
func luminance(c color.RGBA) float64 {
	lin := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}

// Contrast is the contrast ratio of WCAG 2.2 between two roles of the theme, 1…21.
func (t *Theme) Contrast(a, b node.Colour) float64 {
	x, y := luminance(t[a]), luminance(t[b])
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}
