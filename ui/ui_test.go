package ui_test

import (
	"bytes"
	"fmt"
	"image"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
)

// em measures every rune as one em: enough for layout where no font is at hand.
type em struct{}

func (em) Break(runs []node.Run, f node.Font, _ int) []node.Line {
	n := 0
	for _, r := range runs {
		n += len([]rune(r.Text))
	}
	return []node.Line{{Runs: runs, Width: n * f.Size}}
}

// keys is a tree of square keys of 100 pixels in a row, with the given ids; the last one is unguarded.
func keys(screen string, ids ...string) *node.Tree {
	row := &node.Node{Style: node.Style{Dir: node.Row, Main: node.Start, Height: 100}}
	for i, id := range ids {
		row.Children = append(row.Children, &node.Node{
			ID: id, Role: node.RoleKey, Focusable: true, Enabled: true, Action: node.Action{Verb: "do", Arg: id},
			Unguarded: i == len(ids)-1, Style: node.Style{Width: 100, Height: 100, Fill: node.Surface},
		})
	}
	return &node.Tree{Screen: screen, Lang: "ja", Root: &node.Node{Children: []*node.Node{row}}}
}

const ms = time.Millisecond

// newApp shows keys a b c and lets the guard pass.
func newApp(t *testing.T) *ui.App {
	t.Helper()
	a := ui.New(ui.Options{Size: image.Pt(400, 200), Measurer: em{}})
	a.Show(keys("one", "a", "b", "c"), 0)
	return a
}

// actions are the arguments of all events that wait; a touch on nothing is "-".
func actions(a *ui.App) []string {
	got := []string{}
	for {
		select {
		case e := <-a.Events():
			if e.Action == ui.ActionTouch {
				got = append(got, "-")
			} else {
				got = append(got, e.Action.Arg)
			}
		default:
			return got
		}
	}
}

type touch struct {
	device ui.Device
	phase  ui.Phase
	finger int64
	x      int
	at     time.Duration
}

func play(a *ui.App, touches ...touch) {
	for _, e := range touches {
		a.Pointer(ui.PointerEvent{Device: e.device, Phase: e.phase, Finger: e.finger, X: e.x, Y: 50, At: e.at})
	}
}

// pointerRules are the rules of reference ui.md §1, each as a story and the actions that come of it.
var pointerRules = map[string]struct {
	touches []touch
	want    []string
}{
	"a tap is one action": {
		[]touch{{ui.Finger, ui.Down, 1, 50, 200 * ms}, {ui.Finger, ui.Up, 1, 50, 260 * ms}},
		[]string{"a"},
	},
	"a touch on nothing says that somebody is there": {
		[]touch{{ui.Finger, ui.Down, 1, 390, 200 * ms}, {ui.Finger, ui.Up, 1, 390, 260 * ms}},
		[]string{"-"},
	},
	"X-27 one touch as finger and then as mouse is one tap": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Mouse, ui.Down, 0, 50, 201 * ms},
			{ui.Finger, ui.Up, 1, 50, 260 * ms},
			{ui.Mouse, ui.Up, 0, 50, 261 * ms},
		},
		[]string{"a"},
	},
	"one touch as mouse and then as finger is one tap": {
		[]touch{
			{ui.Mouse, ui.Down, 0, 50, 200 * ms},
			{ui.Mouse, ui.Up, 0, 50, 240 * ms},
			{ui.Finger, ui.Down, 1, 50, 260 * ms},
			{ui.Finger, ui.Up, 1, 50, 300 * ms},
		},
		[]string{"a"},
	},
	"the mouse is heard again half a second after the finger": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Finger, ui.Up, 1, 50, 260 * ms},
			{ui.Mouse, ui.Down, 0, 150, 900 * ms},
			{ui.Mouse, ui.Up, 0, 150, 950 * ms},
		},
		[]string{"a", "b"},
	},
	"a mouse that hovers does not lock the finger out": {
		[]touch{
			{ui.Mouse, ui.Move, 0, 50, 290 * ms},
			{ui.Finger, ui.Down, 1, 50, 300 * ms},
			{ui.Finger, ui.Up, 1, 50, 360 * ms},
		},
		[]string{"a"},
	},
	"fast digits of one finger all count": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Finger, ui.Up, 1, 50, 230 * ms},
			{ui.Finger, ui.Down, 2, 50, 260 * ms},
			{ui.Finger, ui.Up, 2, 50, 290 * ms},
			{ui.Finger, ui.Down, 1, 150, 320 * ms},
			{ui.Finger, ui.Up, 1, 150, 350 * ms},
		},
		[]string{"a", "a", "b"},
	},
	"sliding off and back is no tap": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Finger, ui.Move, 1, 150, 220 * ms},
			{ui.Finger, ui.Move, 1, 50, 240 * ms},
			{ui.Finger, ui.Up, 1, 50, 260 * ms},
		},
		[]string{"-"},
	},
	"lifting over another key is no tap": {
		[]touch{{ui.Finger, ui.Down, 1, 50, 200 * ms}, {ui.Finger, ui.Up, 1, 150, 260 * ms}},
		[]string{"-"},
	},
	"a second finger is ignored until the first lifts": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Finger, ui.Down, 2, 150, 300 * ms},
			{ui.Finger, ui.Up, 2, 150, 320 * ms},
			{ui.Finger, ui.Up, 1, 50, 360 * ms},
		},
		[]string{"a"},
	},
	"three fingers at once are a palm": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Finger, ui.Down, 2, 150, 210 * ms},
			{ui.Finger, ui.Down, 3, 250, 220 * ms},
			{ui.Finger, ui.Up, 1, 50, 300 * ms},
			{ui.Finger, ui.Up, 2, 150, 300 * ms},
			{ui.Finger, ui.Up, 3, 250, 300 * ms},
			{ui.Finger, ui.Down, 4, 50, 400 * ms},
			{ui.Finger, ui.Up, 4, 50, 450 * ms},
		},
		[]string{"a"},
	},
	"a new screen takes no touch for 150 ms": {
		[]touch{{ui.Finger, ui.Down, 1, 50, 149 * ms}, {ui.Finger, ui.Up, 1, 50, 300 * ms}},
		[]string{"-"},
	},
	"cancel is taken at once": {
		[]touch{{ui.Finger, ui.Down, 1, 250, 10 * ms}, {ui.Finger, ui.Up, 1, 250, 60 * ms}},
		[]string{"c"},
	},
	"a finger that lost its up does not block the panel": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Finger, ui.Down, 2, 150, 11 * time.Second},
			{ui.Finger, ui.Up, 2, 150, 11*time.Second + 50*ms},
		},
		[]string{"b"},
	},
	"a finger that lost its up does not block a person who goes on tapping": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Finger, ui.Down, 2, 150, 6 * time.Second},
			{ui.Finger, ui.Up, 2, 150, 6*time.Second + 50*ms},
			{ui.Finger, ui.Down, 2, 150, 11 * time.Second},
			{ui.Finger, ui.Up, 2, 150, 11*time.Second + 50*ms},
		},
		[]string{"b"},
	},
	"nor does a palm of which one finger lost its up": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Finger, ui.Down, 2, 150, 210 * ms},
			{ui.Finger, ui.Down, 3, 250, 220 * ms},
			{ui.Finger, ui.Up, 1, 50, 300 * ms},
			{ui.Finger, ui.Up, 2, 150, 300 * ms},
			{ui.Finger, ui.Down, 4, 150, 6 * time.Second},
			{ui.Finger, ui.Up, 4, 150, 6*time.Second + 50*ms},
			{ui.Finger, ui.Down, 5, 150, 11 * time.Second},
			{ui.Finger, ui.Up, 5, 150, 11*time.Second + 50*ms},
		},
		[]string{"b"},
	},
	"a double tap is two": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Finger, ui.Up, 1, 50, 210 * ms},
			{ui.Finger, ui.Down, 1, 50, 220 * ms},
			{ui.Finger, ui.Up, 1, 50, 230 * ms},
		},
		[]string{"a", "a"},
	},
	"a cancelled touch is none": {
		[]touch{
			{ui.Finger, ui.Down, 1, 50, 200 * ms},
			{ui.Finger, ui.Cancel, 1, 50, 210 * ms},
			{ui.Finger, ui.Up, 1, 50, 220 * ms},
		},
		[]string{},
	},
	"an up without a down is none": {
		[]touch{{ui.Finger, ui.Up, 1, 50, 200 * ms}}, []string{},
	},
	"places far outside are nothing": {
		[]touch{
			{ui.Finger, ui.Down, 1, math.MinInt, 200 * ms},
			{ui.Finger, ui.Up, 1, math.MaxInt, 210 * ms},
			{ui.Finger, ui.Down, 1, 50, 220 * ms},
			{ui.Finger, ui.Up, 1, -1, 230 * ms},
			{ui.Finger, ui.Down, 1, -1, 240 * ms},
			{ui.Finger, ui.Up, 1, 50, 250 * ms},
		},
		[]string{"-", "-", "-"},
	},
}

func TestPointerRules(t *testing.T) {
	for name, tt := range pointerRules {
		t.Run(name, func(t *testing.T) {
			a := newApp(t)
			play(a, tt.touches...)
			if diff := cmp.Diff(tt.want, actions(a)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTapOfAnOldGenerationIsDropped(t *testing.T) {
	a := newApp(t)
	play(a, touch{ui.Finger, ui.Down, 1, 50, 200 * ms})
	if g := a.Show(keys("two", "a", "b", "c"), 220*ms); g != 2 {
		t.Fatalf("generation %d of another screen, want 2", g)
	}
	play(a, touch{ui.Finger, ui.Up, 1, 50, 400 * ms})
	if diff := cmp.Diff([]string{"-"}, actions(a)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}

func TestSameTargetsKeepTheGeneration(t *testing.T) {
	a := newApp(t)
	play(a, touch{ui.Finger, ui.Down, 1, 50, 200 * ms})
	if g := a.Show(keys("one", "a", "b", "c"), 220*ms); g != 1 {
		t.Fatalf("generation %d of the same screen, want 1", g)
	}
	play(a, touch{ui.Finger, ui.Up, 1, 50, 230 * ms})
	if diff := cmp.Diff([]string{"a"}, actions(a)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	if g := a.Show(keys("one", "a", "b", "x"), 240*ms); g != 2 {
		t.Errorf("generation %d with another action, want 2", g)
	}
}

func TestDisabledAndModal(t *testing.T) {
	a := newApp(t)
	tree := keys("one", "a", "b", "c")
	tree.Find("b").Enabled = false
	a.Show(tree, 0)
	play(a, touch{ui.Finger, ui.Down, 1, 150, 200 * ms}, touch{ui.Finger, ui.Up, 1, 150, 260 * ms})
	dialog := keys("one", "a", "b", "c")
	dialog.Root.Style.Dir = node.Stack
	dialog.Root.Children = append(dialog.Root.Children, &node.Node{ID: "dialog", Role: node.RoleDialog})
	a.Show(dialog, 300*ms)
	play(a, touch{ui.Finger, ui.Down, 1, 50, 700 * ms}, touch{ui.Finger, ui.Up, 1, 50, 760 * ms})
	a.Key(ui.KeyAct, 800*ms)
	if diff := cmp.Diff([]string{"-", "-"}, actions(a)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}

func TestKeysMoveTheFocusAndAct(t *testing.T) {
	a := newApp(t)
	for _, k := range []ui.Key{ui.KeyNext, ui.KeyNext, ui.KeyAct, ui.KeyPrevious, ui.KeyPrevious, ui.KeyAct} {
		a.Key(k, 300*ms)
	}
	if diff := cmp.Diff([]string{"-", "-", "b", "-", "-", "c"}, actions(a)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}

// TestX27_NoTraceOfTheDigit presses a PIN key and looks for it everywhere an observer could.
func TestX27_NoTraceOfTheDigit(t *testing.T) {
	a := ui.New(ui.Options{Size: image.Pt(400, 200), Measurer: em{}})
	pad := func() *node.Tree {
		tree := keys("EnterPIN", "pin.3", "pin.4", "cancel")
		for _, id := range []string{"pin.3", "pin.4"} {
			n := tree.Find(id)
			n.Quiet, n.Action = true, node.Action{Verb: "pin.digit", Arg: id[4:]}
		}
		return tree
	}
	a.Show(pad(), 0)
	before, beforeJSON := a.Frame(), mustJSON(t, a)
	play(a, touch{ui.Finger, ui.Down, 1, 50, 200 * ms})
	if string(before.Image.Pix) != string(a.Frame().Image.Pix) {
		t.Error("the pressed key can be seen")
	}
	play(a, touch{ui.Finger, ui.Up, 1, 50, 260 * ms})
	if got := mustJSON(t, a); got != beforeJSON {
		t.Errorf("the tree changed: %s", got)
	}
	e := <-a.Events()
	if e.Action.Arg != "3" {
		t.Fatalf("digit %q arrived, want 3", e.Action.Arg)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})).Info("tap", "event", e, "action", e.Action)
	if strings.Contains(log.String(), "3") {
		t.Errorf("the log shows the digit: %s", log.String())
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if s := fmt.Sprintf(verb, e); strings.Contains(s, "3") {
			t.Errorf("printing the event with %s shows the digit: %s", verb, s)
		}
	}
}

func mustJSON(t *testing.T, a *ui.App) string {
	t.Helper()
	b, err := a.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFullQueueDropsAndCounts(t *testing.T) {
	a := newApp(t)
	for i := range 100 {
		at := time.Second + time.Duration(i)*100*ms
		play(a, touch{ui.Finger, ui.Down, 1, 50, at}, touch{ui.Finger, ui.Up, 1, 50, at + 10*ms})
	}
	if got := len(actions(a)); got+int(a.Dropped()) != 100 || a.Dropped() == 0 {
		t.Errorf("%d events and %d dropped of 100", got, a.Dropped())
	}
}
