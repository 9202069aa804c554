//go:build debian

package screen_test

import (
	"fmt"
	"image"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
	"github.com/kioskd/kioskd/ui/paint"
	"github.com/kioskd/kioskd/ui/screen"
)

// typist types on the pad of a live app. The terminal's answer to a digit, the next picture, comes late: at any moment
// up to and into the next press.
type typist struct {
	set    *screen.Set
	app    *ui.App
	view   session.View
	keys   map[string]image.Rectangle
	device ui.Device
	at     time.Duration
}

func newTypist(s *screen.Set, f *paint.Fonts, v session.View) *typist {
	w := &typist{
		set: s, view: v, keys: map[string]image.Rectangle{}, at: time.Second,
		app: ui.New(ui.Options{Size: kit.ReferencePanel.Size, Fonts: f}),
	}
	tree := s.Build(v)
	w.app.Show(tree, 0)
	tree.Root.Walk(func(n *node.Node) bool {
		if n.Focusable {
			w.keys[n.ID] = n.Rect
		}
		return true
	})
	return w
}

// press is one key, up after half of the time to the next one.
func (w *typist) press(id string, phase ui.Phase) {
	r := w.keys[id]
	w.app.Pointer(ui.PointerEvent{
		Device: w.device, Phase: phase, X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2, At: w.at,
	})
}

// redraw shows what the session makes of the digits so far.
func (w *typist) redraw(count int) {
	w.view.PINCount, w.view.WrongPIN = count, w.view.WrongPIN && count == 0
	w.app.Show(w.set.Build(w.view), w.at)
}

// arrived takes what the pad has sent.
func (w *typist) arrived() string {
	got := ""
	for {
		select {
		case e := <-w.app.Events():
			got += e.Action.Arg
		default:
			return got
		}
	}
}

// TestFastTypingLosesNoDigit types 8 digits a second, by mouse and by finger, first and after a wrong PIN, with the
// picture of each digit coming before, during and after the next press.
func TestFastTypingLosesNoDigit(t *testing.T) {
	const digit = 125 * time.Millisecond
	f, s := fonts(t), set(t)
	for _, lang := range domain.Langs {
		for i := range 2 * 2 * 3 {
			v := with("enter_pin", session.EnterPIN, nil).view
			v.Lang, v.WrongPIN = lang, i%2 == 1
			if v.WrongPIN {
				v.Tries = 2
			}
			w := newTypist(s, f, v)
			w.device = []ui.Device{ui.Mouse, ui.Finger}[i/2%2]
			for n, key := range []string{"pin.7", "pin.0", "pin.7", "pin.7"} {
				late := i / 4 // 0: before the next press; 1: while it is down; 2: after it
				if late == 0 {
					w.redraw(n)
				}
				w.press(key, ui.Down)
				w.at += digit / 2
				if late == 1 {
					w.redraw(n)
				}
				w.press(key, ui.Up)
				w.at += digit / 2
			}
			if got := w.arrived(); got != "7077" {
				t.Errorf("%s, wrong before %v, device %d, picture %d: %q arrived of 7077", lang, v.WrongPIN, w.device, i/4, got)
			}
		}
	}
}

// TestFastBoxesAllCount switches three boxes within 300 ms: each switches, though the picture changes between.
func TestFastBoxesAllCount(t *testing.T) {
	f, s := fonts(t), set(t)
	v := with("select_details", session.SelectDetails, nil).view
	v.Lang = domain.Japanese
	v.Options = append([]session.OptionView(nil), v.Options...)
	w := newTypist(s, f, v)
	want := ""
	for i, o := range v.Options[1:4] {
		id := "option_" + string(o.Code)
		w.press(id, ui.Down)
		w.at += 50 * time.Millisecond
		w.press(id, ui.Up)
		w.at += 50 * time.Millisecond
		want += fmt.Sprintf("%s=%s", o.Code, o.Choices[1-o.Chosen].Value)
		w.view.Options[i+1].Chosen = 1 - o.Chosen
		w.redraw(0)
	}
	if got := w.arrived(); got != want {
		t.Errorf("%q arrived of %q", got, want)
	}
}
