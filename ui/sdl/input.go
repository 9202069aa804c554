//go:build cgo

package sdl

import (
	"image"

	"github.com/veandco/go-sdl2/sdl"

	"github.com/kioskd/kioskd/ui"
)

// keys maps a keyboard or a tactile pad, which is a keyboard to the system. Digits follow in keyOf.
var keys = map[sdl.Keycode]ui.Key{
	sdl.K_DOWN: ui.KeyNext, sdl.K_RIGHT: ui.KeyNext, sdl.K_UP: ui.KeyPrevious, sdl.K_LEFT: ui.KeyPrevious,
	sdl.K_RETURN: ui.KeyAct, sdl.K_KP_ENTER: ui.KeyAct, sdl.K_SPACE: ui.KeyAct, sdl.K_ESCAPE: ui.KeyBack,
	sdl.K_F1: ui.KeyRepeat, sdl.K_F2: ui.KeySofter, sdl.K_F3: ui.KeyLouder, sdl.K_F4: ui.KeyRate,
	sdl.K_F6: ui.KeySwitchNext, sdl.K_F7: ui.KeySwitchSelect, sdl.K_F8: ui.KeySwitch,
}

// event hands one event to the app; false means that the window was closed.
func (w *window) event(e sdl.Event) bool {
	switch e := e.(type) {
	case *sdl.QuitEvent:
		return false
	case *sdl.WindowEvent:
		if e.Event == sdl.WINDOWEVENT_EXPOSED || e.Event == sdl.WINDOWEVENT_SIZE_CHANGED {
			w.app.Expose()
		}
	case *sdl.TouchFingerEvent:
		w.finger(e)
	case *sdl.MouseButtonEvent:
		if e.Which != sdl.TOUCH_MOUSEID && e.Button == sdl.BUTTON_LEFT {
			phase := ui.Down
			if e.Type == sdl.MOUSEBUTTONUP {
				phase = ui.Up
			}
			w.mouse(phase, e.X, e.Y)
		}
	case *sdl.MouseMotionEvent:
		if e.Which != sdl.TOUCH_MOUSEID && e.State != 0 {
			w.mouse(ui.Move, e.X, e.Y)
		}
	case *sdl.KeyboardEvent:
		w.key(e)
	}
	return true
}

// finger turns 0…1 of the window into panel pixels. A place that is none ends a touch without a tap: the lift of a
// finger may never be lost.
func (w *window) finger(e *sdl.TouchFingerEvent) {
	phase := ui.Move
	switch e.Type {
	case sdl.FINGERDOWN:
		phase = ui.Down
	case sdl.FINGERUP:
		phase = ui.Up
	}
	at, on := ui.Place(e.X, e.Y, w.options.Rotate.Size(w.app.Size()))
	if !on {
		phase = ui.Cancel
	}
	at = w.options.Rotate.Back(at, w.app.Size())
	w.app.Pointer(ui.PointerEvent{
		Device: ui.Finger, Phase: phase, Finger: int64(e.FingerID), X: at.X, Y: at.Y, At: w.options.Since(),
	})
}

func (w *window) mouse(phase ui.Phase, x, y int32) {
	size := w.options.Rotate.Size(w.app.Size())
	if w.size.X == 0 || w.size.Y == 0 {
		return
	}
	at := image.Pt(int(x)*size.X/w.size.X, int(y)*size.Y/w.size.Y)
	at = w.options.Rotate.Back(at, w.app.Size())
	w.app.Pointer(ui.PointerEvent{Device: ui.Mouse, Phase: phase, X: at.X, Y: at.Y, At: w.options.Since()})
}

// key hands a key over and clears it in SDL's memory: a digit may be one of a PIN.
func (w *window) key(e *sdl.KeyboardEvent) {
	if e.Type != sdl.KEYDOWN || e.Repeat != 0 {
		return
	}
	k, ok := keyOf(e.Keysym)
	e.Keysym = sdl.Keysym{}
	if ok {
		w.app.Key(k, w.options.Since())
	}
	sdl.FlushEvent(sdl.TEXTINPUT)
}

func keyOf(s sdl.Keysym) (ui.Key, bool) {
	if s.Sym == sdl.K_TAB {
		if s.Mod&sdl.KMOD_SHIFT != 0 {
			return ui.KeyPrevious, true
		}
		return ui.KeyNext, true
	}
	if s.Sym >= sdl.K_0 && s.Sym <= sdl.K_9 {
		return ui.KeyDigit0 + ui.Key(s.Sym-sdl.K_0), true
	}
	switch {
	case s.Sym == sdl.K_KP_0:
		return ui.KeyDigit0, true
	case s.Sym >= sdl.K_KP_1 && s.Sym <= sdl.K_KP_9:
		return ui.KeyDigit0 + 1 + ui.Key(s.Sym-sdl.K_KP_1), true
	}
	k, ok := keys[s.Sym]
	return k, ok
}
