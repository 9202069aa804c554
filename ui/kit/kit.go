// Package kit is the widgets that screens are made of: the frame, buttons, cards, the PIN pad, dialogs, amounts and
// notices, with the sizes and weights of reference ui.md §3. A widget is a function that gives a node; it keeps
// nothing.
package kit

import (
	"image"

	"github.com/kioskd/kioskd/locales"
)

// Panel is the screen's size in pixels and how many of them make a millimetre, in hundredths (558 = 5.58 px/mm). The
// reference panel is 15.6 inches upright.
type Panel struct {
	Size           image.Point
	PxPerMMPercent int
}

// ReferencePanel is the panel that all sizes were chosen on: 1080 × 1920, 194 × 344 mm.
var ReferencePanel = Panel{image.Pt(1080, 1920), 558}

// Kit makes widgets for one panel in one language. It is a plain value.
type Kit struct {
	Panel Panel
	// Size is the text size of the visit in percent: 100, 125, 150 or 200; 0 is 100.
	Size int
	// Low puts all that can be touched into the lower part of an upright panel, for somebody who sits.
	Low   bool
	Texts *locales.Localizer
	// Problem is told about every text that could not be given; may be nil.
	Problem func(error)
}

// MM turns tenths of a millimetre into pixels, whatever the text size is.
func (k Kit) MM(tenths int) int { return (tenths*k.Panel.PxPerMMPercent + 500) / 1000 }

// Em turns tenths of a millimetre of text, or of an icon beside it, into pixels of the visit's text size.
func (k Kit) Em(tenths int) int { return k.MM(tenths * k.size() / 100) }

func (k Kit) size() int { return max(k.Size, 100) }

// Lang is the language of the kit's texts as a node wants it.
func (k Kit) Lang() string { return string(k.Texts.Lang()) }
