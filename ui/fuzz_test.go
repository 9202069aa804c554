package ui_test

import (
	"image"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
)

// hand plays raw events against an app and holds what comes out against what it knows itself: where each finger came
// down, and what was shown then.
type hand struct {
	t     *testing.T
	app   *ui.App
	tree  *node.Tree // what is shown
	shown int        // which of the trees
	now   time.Duration
	came  map[int64]came // fingers, and the mouse as -1
	heard map[string]bool
	loud  bool
	taken int // events that came out
}

type came struct {
	at    image.Point
	shown int
}

// trees are those between which a hand switches: the same targets at other places, and others at the same.
func (h *hand) show(which int) {
	names := [][]string{{"a", "b", "c"}, {"b", "a", "c"}, {"a", "x", "c"}}
	screens := []string{"one", "one", "two"}
	t := keys(screens[which], names[which]...)
	t.Voice.On = h.loud
	h.app.Show(t, h.now)
	if screens[which] != screens[h.shown] {
		h.heard = map[string]bool{}
	}
	h.tree, h.shown = t, which
}

// play is one raw event, and then everything that it must not have done.
func (h *hand) play(e ui.PointerEvent) {
	h.t.Helper()
	at := image.Pt(e.X, e.Y)
	id := e.Finger
	if e.Device == ui.Mouse {
		id = -1
	}
	if e.Phase == ui.Down {
		h.came[id] = came{at, h.shown}
	}
	if n := h.tree.Hit(at); n != nil && (e.Phase == ui.Down || e.Phase == ui.Move) {
		h.heard[n.Action.Arg] = true
	}
	h.app.Pointer(e)
	waiting := len(h.app.Events())
	if limit := map[bool]int{true: 1}[e.Phase == ui.Up]; waiting > limit {
		h.t.Fatalf("%d events of one phase %d", waiting, e.Phase)
	}
	for ; waiting > 0; waiting-- {
		h.taken++
		got := <-h.app.Events()
		if got.Action == ui.ActionTouch {
			continue
		}
		n := h.tree.Find(got.Action.Arg)
		switch from, known := h.came[id]; {
		case n == nil || n.Action != got.Action:
			h.t.Fatalf("%v is not on the screen", got.Action)
		case h.loud && !h.heard[got.Action.Arg]:
			h.t.Fatalf("%v was never heard", got.Action)
		case h.loud:
		case !known || !from.at.In(n.Rect) || !at.In(n.Rect):
			h.t.Fatalf("%v by a finger that came down at %v and lifted at %v", got.Action, from.at, at)
		case from.shown != h.shown && !h.kept(from.shown, n):
			h.t.Fatalf("%v was not there when the finger came down", got.Action)
		}
	}
	if e.Phase == ui.Up || e.Phase == ui.Cancel {
		delete(h.came, id)
	}
}

// kept tells whether a change between two trees left the node as it was: only c, and only on the same screen.
func (h *hand) kept(before int, n *node.Node) bool {
	return n.ID == "c" && before < 2 && h.shown < 2
}

func newHand(t *testing.T, loud bool) *hand {
	v := &tape{}
	o := ui.Options{Size: image.Pt(400, 200), Measurer: em{}}
	if loud {
		o.Voice = v
	}
	h := &hand{t: t, app: ui.New(o), came: map[int64]came{}, heard: map[string]bool{}, loud: loud}
	h.show(0)
	return h
}

// fields is how many bytes of a fuzz input make one event.
const fields = 5

func (h *hand) playAll(data []byte) {
	for ; len(data) >= fields; data = data[fields:] {
		h.now += time.Duration(data[0]) * 3 * ms
		if data[1]&0x30 == 0x30 {
			h.show(int(data[2]) % 3)
			continue
		}
		e := ui.PointerEvent{
			Device: ui.Device(data[1] >> 7), Phase: ui.Phase(data[1] & 3), Finger: int64(data[2] % 4),
			X: int(data[3])*2 - 40, Y: int(data[4]) - 20, At: h.now,
		}
		if e.Device == ui.Mouse {
			e.Finger = 0
		}
		h.play(e)
	}
}

// alive taps once more after everything, as the next person would: no sequence of events may block the panel.
func (h *hand) alive() {
	h.t.Helper()
	h.now += 11 * time.Second
	h.show(0)
	h.now += time.Second
	tap := func() {
		for _, phase := range []ui.Phase{ui.Down, ui.Up} {
			h.now += 20 * ms
			h.app.Pointer(ui.PointerEvent{Phase: phase, Finger: 9, X: 150, Y: 50, At: h.now})
		}
	}
	tap()
	if h.loud {
		h.now += time.Second
		tap()
		tap()
	}
	last := ui.Event{}
	for len(h.app.Events()) > 0 {
		last = <-h.app.Events()
	}
	if last.Action.Arg != "b" {
		h.t.Fatalf("the next person's tap was %v", last.Action)
	}
}

func FuzzPointers(f *testing.F) {
	f.Add([]byte{100, 0, 1, 45, 70, 10, 2, 1, 45, 70}, false)
	f.Add([]byte{200, 0, 1, 45, 70, 255, 1, 1, 45, 70, 5, 2, 1, 45, 70, 200, 0, 1, 45, 70, 9, 2, 1, 45, 70}, true)
	f.Add([]byte{100, 0, 1, 45, 70, 0, 0, 2, 90, 70, 0, 0, 3, 45, 70, 9, 0x30, 1, 0, 0, 10, 2, 1, 45, 70}, false)
	f.Fuzz(func(t *testing.T, data []byte, loud bool) {
		h := newHand(t, loud)
		h.playAll(data[:min(len(data), 400*fields)])
		h.alive()
	})
}

// TestAFloodOfEventsKeepsTheRules is 10,000 events of a panel gone mad, twice, of fingers that also tap well.
func TestAFloodOfEventsKeepsTheRules(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 22))
	for _, loud := range []bool{false, true} {
		h := newHand(t, loud)
		data := make([]byte, 10_000*fields)
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		for i := 0; i < len(data); i += fields {
			if random.IntN(4) > 0 { // mostly on the glass, and in order
				data[i+1] = byte(i/fields%2) * 2
				data[i+2] = 1
				data[i+3] = 40
			}
			data[i+4] = byte(random.IntN(140))
		}
		h.playAll(data)
		if h.taken < 1000 {
			t.Errorf("only %d touches came through: the flood proves nothing", h.taken)
		}
		h.alive()
	}
}
