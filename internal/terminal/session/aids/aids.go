// Package aids is what a resident may set for one visit: size and colours of the screen, where it stands, easy Japanese
// and speech. The session keeps the settings in its Visit and forgets them with it; screens and speaker read them from
// the View. Nothing here acts.
package aids

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
)

// Size is how large texts are.
type Size uint8

// The sizes (reference ui.md §3).
const (
	Size100 Size = iota
	Size125
	Size150
	Size200
)

// Sizes are all of them, smallest first.
var Sizes = [...]Size{Size100, Size125, Size150, Size200}

var percents = [...]int{Size100: 100, Size125: 125, Size150: 150, Size200: 200}

// Percent is the size in percent of the default: 100, 125, 150 or 200.
func (s Size) Percent() int { return percents[s] }

func (s Size) String() string { return strconv.Itoa(s.Percent()) }

// Theme is the colours of the screen.
type Theme uint8

// The themes (reference ui.md §3).
const (
	ThemeDefault Theme = iota
	ThemeHighLight
	ThemeHighDark
	ThemeLowGlare
)

// Themes are all of them.
var Themes = [...]Theme{ThemeDefault, ThemeHighLight, ThemeHighDark, ThemeLowGlare}

var themeNames = [...]string{
	ThemeDefault: "default", ThemeHighLight: "highLight", ThemeHighDark: "highDark", ThemeLowGlare: "lowGlare",
}

// String is the name that a screen's tree carries.
func (t Theme) String() string { return themeNames[t] }

// Bounds of volume and rate, and where they stand when nobody has set them.
const (
	MinVolume, MiddleVolume, MaxVolume = 1, 3, 5
	MinRate, MiddleRate, MaxRate       = 1, 2, 3
)

// Settings are those of one visit. They can be compared; the zero value is what nobody has changed.
type Settings struct {
	Size   Size
	Theme  Theme
	Low    bool // the seated layout: all that can be touched is in the lower part of the panel
	Easy   bool // easy Japanese with readings; means nothing in another language
	Speech bool
	louder int8 // volume beyond the middle
	faster int8 // rate beyond the middle
}

// Volume is 1 to 5.
func (s Settings) Volume() int { return MiddleVolume + int(s.louder) }

// Rate is 1 (slow) to 3 (fast).
func (s Settings) Rate() int { return MiddleRate + int(s.faster) }

// Pace is how many times longer the person may take: 3 with speech, 2 with larger text, else 1. It is never
// above domain.AidsFactor, from which the lives of all signed notes are derived.
func (s Settings) Pace() int {
	switch {
	case s.Speech:
		return domain.AidsFactor
	case s.Size > Size100:
		return domain.LargerTextFactor
	default:
		return 1
	}
}

// The names of a setting, as the argument of the touch carries them: "size=150", "low=on".
const (
	NameSize   = "size"
	NameTheme  = "theme"
	NameLow    = "low"
	NameEasy   = "easy"
	NameSpeech = "speech"
	NameVolume = "volume"
	NameRate   = "rate"
)

// With gives the settings with one of them changed, by an argument "name=value" as docs/ui.md lists them. ok is false,
// and nothing is changed, for any other argument.
func (s Settings) With(arg string) (with Settings, ok bool) {
	name, value, found := strings.Cut(arg, "=")
	if !found {
		return s, false
	}
	with = s
	switch name {
	case NameSize:
		i := slices.IndexFunc(Sizes[:], func(z Size) bool { return z.String() == value })
		with.Size, ok = Size(max(0, i)), i >= 0
	case NameTheme:
		i := slices.Index(themeNames[:], value)
		with.Theme, ok = Theme(max(0, i)), i >= 0
	case NameLow:
		with.Low, ok = onOff(value)
	case NameEasy:
		with.Easy, ok = onOff(value)
	case NameSpeech:
		with.Speech, ok = onOff(value)
	case NameVolume:
		with.louder, ok = step(value, MinVolume, MiddleVolume, MaxVolume)
	case NameRate:
		with.faster, ok = step(value, MinRate, MiddleRate, MaxRate)
	}
	if !ok {
		return s, false
	}
	return with, true
}

// Set writes the argument of a touch that changes one setting.
func Set(name, value string) string { return name + "=" + value }

// Switch writes the argument of a touch that turns a setting on or off.
func Switch(name string, on bool) string {
	if on {
		return Set(name, "on")
	}
	return Set(name, "off")
}

func onOff(value string) (on, ok bool) { return value == "on", value == "on" || value == "off" }

// step reads one digit from least to most, as its distance from the middle.
func step(value string, least, middle, most int) (beyond int8, ok bool) {
	if len(value) != 1 {
		return 0, false
	}
	n := int(value[0] - '0')
	if n < least || n > most {
		return 0, false
	}
	return int8(n - middle), true
}
