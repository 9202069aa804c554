package ui_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
)

// TestSameScreenGuardsOnlyWhatChanged redraws a screen on which one target means something else now, as a box that was
// switched on does: the others take a touch at once, that one after the guard, and the aim at an unchanged one stays.
func TestSameScreenGuardsOnlyWhatChanged(t *testing.T) {
	a := newApp(t)
	play(a, touch{ui.Finger, ui.Down, 1, 50, 200 * ms})
	switched := keys("one", "a", "b", "c")
	switched.Find("b").Action.Arg = "off"
	if g := a.Show(switched, 210*ms); g != 2 {
		t.Fatalf("generation %d with another action, want 2", g)
	}
	play(a,
		touch{ui.Finger, ui.Up, 1, 50, 220 * ms}, // down before the redraw
		touch{ui.Finger, ui.Down, 1, 50, 230 * ms}, touch{ui.Finger, ui.Up, 1, 50, 240 * ms},
		touch{ui.Finger, ui.Down, 1, 150, 250 * ms}, touch{ui.Finger, ui.Up, 1, 150, 260 * ms}, // meant for "b"
		touch{ui.Finger, ui.Down, 1, 150, 360 * ms}, touch{ui.Finger, ui.Up, 1, 150, 370 * ms})
	if diff := cmp.Diff([]string{"a", "a", "-", "off"}, actions(a)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	moved := keys("one", "x", "a", "c")
	a.Show(moved, 400*ms)
	play(a, touch{ui.Finger, ui.Down, 1, 150, 410 * ms}, touch{ui.Finger, ui.Up, 1, 150, 600 * ms})
	if diff := cmp.Diff([]string{"-"}, actions(a)); diff != "" {
		t.Errorf("a moved under the finger (-want +got):\n%s", diff)
	}
}

// TestAnotherScreenGuardsAll shows the same targets at the same places on another screen: all are new.
func TestAnotherScreenGuardsAll(t *testing.T) {
	english := keys("one", "a", "b", "c")
	english.Lang = "en"
	for name, next := range map[string]*node.Tree{"screen": keys("two", "a", "b", "c"), "language": english} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t)
			play(a, touch{ui.Finger, ui.Down, 1, 50, 900 * ms})
			a.Show(next, 950*ms)
			play(a, touch{ui.Finger, ui.Up, 1, 50, 960 * ms},
				touch{ui.Finger, ui.Down, 1, 50, 1000 * ms}, touch{ui.Finger, ui.Up, 1, 50, 1010 * ms},
				touch{ui.Finger, ui.Down, 1, 50, 1100 * ms}, touch{ui.Finger, ui.Up, 1, 50, 1110 * ms})
			if diff := cmp.Diff([]string{"-", "-", "a"}, actions(a)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFocusStaysOnABoxThatIsSwitched(t *testing.T) {
	a := newApp(t)
	a.Key(ui.KeyNext, 300*ms)
	a.Key(ui.KeyNext, 310*ms)
	switched := keys("one", "a", "b", "c")
	switched.Find("b").Action.Arg = "off"
	a.Show(switched, 320*ms)
	a.Key(ui.KeyAct, 600*ms)
	if diff := cmp.Diff([]string{"-", "-", "off"}, actions(a)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}
