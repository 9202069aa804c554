package ui_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
)

// TestX27_NoDigitWaitsBehindThePad leaves digits in the queue of a terminal that is busy, and takes the pad away.
func TestX27_NoDigitWaitsBehindThePad(t *testing.T) {
	padded := func() *node.Tree {
		t := keys("pin", "1", "2", "c")
		t.Root.Children[0].ID = "pin.pad"
		t.Find("1").Action.Verb, t.Find("2").Action.Verb = "pin.digit", "pin.digit"
		return t
	}
	for name, leave := range map[string]func(*ui.App){
		"the next screen": func(a *ui.App) { a.Show(keys("two", "a", "b", "c"), 900*ms) },
		"the end":         func(a *ui.App) { a.Wipe() },
	} {
		a := newApp(t)
		a.Show(padded(), 0)
		play(a,
			touch{ui.Finger, ui.Down, 1, 390, 200 * ms}, touch{ui.Finger, ui.Up, 1, 390, 210 * ms},
			touch{ui.Finger, ui.Down, 1, 50, 220 * ms}, touch{ui.Finger, ui.Up, 1, 50, 230 * ms},
			touch{ui.Finger, ui.Down, 1, 150, 240 * ms}, touch{ui.Finger, ui.Up, 1, 150, 250 * ms},
			touch{ui.Finger, ui.Down, 1, 250, 260 * ms}, touch{ui.Finger, ui.Up, 1, 250, 270 * ms})
		a.Show(padded(), 280*ms)
		if n := len(a.Events()); n != 4 {
			t.Fatalf("%s: %d events before it, want 4", name, n)
		}
		leave(a)
		if diff := cmp.Diff([]string{"-", "c"}, actions(a)); diff != "" {
			t.Errorf("%s: what waits (-want +got):\n%s", name, diff)
		}
	}
}

func TestATouchOfTheLowerThirdIsLow(t *testing.T) {
	a := newApp(t)
	got := map[int]bool{}
	for _, y := range []int{0, 132, 133, 199} { // of 200
		a.Pointer(ui.PointerEvent{Phase: ui.Down, Finger: 1, X: 390, Y: y, At: 200 * ms})
		a.Pointer(ui.PointerEvent{Phase: ui.Up, Finger: 1, X: 390, Y: 0, At: 210 * ms})
		got[y] = (<-a.Events()).Low
	}
	a.Key(ui.KeyNext, 300*ms)
	got[-1] = (<-a.Events()).Low
	if diff := cmp.Diff(map[int]bool{0: false, 132: false, 133: true, 199: true, -1: false}, got); diff != "" {
		t.Errorf("low (-want +got):\n%s", diff)
	}
}
