package ui_test

import (
	"image"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/ui"
)

func TestD06_WipeLeavesNoPixel(t *testing.T) {
	a := newApp(t)
	a.Wipe()
	f := a.Frame()
	for i, v := range f.Image.Pix {
		if v != 0 {
			t.Fatalf("byte %d of the picture is %d", i, v)
		}
	}
	if s := mustJSON(t, a); strings.Contains(s, `"a"`) {
		t.Errorf("the tree is still there: %s", s)
	}
}

func TestPressIsDamageOfOneKey(t *testing.T) {
	a := newApp(t)
	woken := 0
	a.OnChange(func() { woken++ })
	show := func(_ *image.RGBA, _ image.Rectangle) error { return nil }
	if err := a.Present(show); err != nil {
		t.Fatal(err)
	}
	play(a, touch{ui.Finger, ui.Down, 1, 50, 200 * ms})
	var got image.Rectangle
	if err := a.Present(func(_ *image.RGBA, r image.Rectangle) error { got = r; return nil }); err != nil {
		t.Fatal(err)
	}
	if want := image.Rect(0, 0, 118, 118); got != want || woken != 1 {
		t.Errorf("damage %v, woken %d times; want %v, once", got, woken, want)
	}
}
