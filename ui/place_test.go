package ui_test

import (
	"image"
	"math"
	"testing"

	"github.com/kioskd/kioskd/ui"
)

func TestPlacesOfAWindowAreOnThePanelOrNowhere(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		x, y float32
		want image.Point
		on   bool
	}{
		{0, 0, image.Pt(0, 0), true},
		{1, 0, image.Pt(1079, 0), true},
		{0, 1, image.Pt(0, 1919), true},
		{1, 1, image.Pt(1079, 1919), true},
		{0.5, 0.25, image.Pt(540, 480), true},
		{-0.01, 1.01, image.Pt(0, 1919), true},
		{-0.03, 0.5, image.Point{}, false},
		{0.5, 1.03, image.Point{}, false},
		{nan, 0.5, image.Point{}, false},
		{0.5, nan, image.Point{}, false},
		{inf, 0.5, image.Point{}, false},
		{0.5, -inf, image.Point{}, false},
		{math.MaxFloat32, 0.5, image.Point{}, false},
	} {
		if at, on := ui.Place(c.x, c.y, image.Pt(1080, 1920)); at != c.want || on != c.on {
			t.Errorf("(%v, %v) is %v, %v; want %v, %v", c.x, c.y, at, on, c.want, c.on)
		}
	}
}
