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

// The themes by name (reference ui.md §3; primitives of the Digital Agency's design system).
const (
	Default   = "default"
	HighDark  = "highDark"
	HighLight = "highLight"
)

// themes is the table behind ThemeByName.
var themes = map[string]*Theme{
	Default: {
		node.Page: rgb(0xf2f5fb), node.Surface: rgb(0xffffff), node.Ink: rgb(0x1a1a1a), node.InkSoft: rgb(0x333333),
		node.Primary: rgb(0x0017c1), node.OnPrimary: rgb(0xffffff), node.Tint: rgb(0xe8f1fe),
		node.Outline: rgb(0x5a6478), node.Hairline: rgb(0xcfd6e6),
		node.ErrorInk: rgb(0x850000), node.ErrorGround: rgb(0xfdeeee),
		node.WarnInk: rgb(0x6d2700), node.WarnGround: rgb(0xffeee2),
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
		node.Primary: rgb(0xffd43d), node.OnPrimary: rgb(0), node.Tint: rgb(0),
		node.Outline: rgb(0xffd43d), node.Hairline: rgb(0xffffff),
		node.ErrorInk: rgb(0xffffff), node.ErrorGround: rgb(0), node.WarnInk: rgb(0xffffff), node.WarnGround: rgb(0),
		node.OkInk: rgb(0xffffff), node.OkGround: rgb(0),
		node.Scrim: {R: 40, G: 40, B: 40, A: 200},
	},
}

// ThemeByName gives the theme, or the default one for a name that is not known.
func ThemeByName(name string) *Theme {
	if t, ok := themes[name]; ok {
		return t
	}
	return themes[Default]
}

// ThemeNames lists the themes in the order of the settings page.
func ThemeNames() []string { return []string{Default, HighLight, HighDark} }

// flat tells whether the theme paints without shadows: the two high-contrast ones do.
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
