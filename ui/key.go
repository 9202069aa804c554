package ui

import (
	"strconv"
	"time"
)

// Key is a key of a tactile pad or keyboard, by meaning (reference ui.md §7).
type Key uint8

// The keys. KeyDigit0 … KeyDigit0+9 are the digits; they count only while a PIN pad is shown.
const (
	KeyNext Key = iota
	KeyPrevious
	KeyAct // what has the focus; where nothing has it, the PIN pad's submit
	KeyBack
	KeyDigit0
	_
	_
	_
	_
	_
	_
	_
	_
	KeyDigit9
	KeyClear  // all digits of the PIN
	KeyCancel // the screen's way out
	KeyHelp   // calls staff where a screen has that
	numKeys
)

// names are the keys of a tactile pad as the desk calls them (docs/desk.md); bench/port has the same list.
var names = map[string]Key{
	"clear": KeyClear, "enter": KeyAct, "cancel": KeyCancel, "up": KeyPrevious, "down": KeyNext, "help": KeyHelp,
}

// KeyByName finds a key of a tactile pad: 0 … 9, clear, enter, cancel, up, down, help.
func KeyByName(name string) (Key, bool) {
	if len(name) == 1 && name[0] >= '0' && name[0] <= '9' {
		return KeyDigit0 + Key(name[0]-'0'), true
	}
	k, ok := names[name]
	return k, ok
}

// Key takes one key press.
func (a *App) Key(k Key, at time.Duration) {
	if k >= numKeys {
		return
	}
	a.mu.Lock()
	before, revision := a.focus, a.revision
	if a.tree != nil {
		a.key(k, at)
	}
	if a.focus != before {
		a.repaintNodes(before, a.focus)
	}
	changed := a.revision != revision
	a.mu.Unlock()
	if changed {
		a.changed()
	}
}

func (a *App) key(k Key, at time.Duration) {
	switch {
	case k == KeyNext:
		a.moveFocus(1)
	case k == KeyPrevious:
		a.moveFocus(-1)
	case k == KeyAct && a.focus != "":
		a.act(at, a.focus)
	case k == KeyAct:
		a.act(at, "pin.submit")
	case k == KeyBack:
		a.act(at, "back")
	case k == KeyCancel:
		a.act(at, wayOut...)
	case k == KeyHelp:
		a.act(at, "help")
	case k == KeyClear:
		a.onPad(at, "pin.clear")
	case k >= KeyDigit0 && k <= KeyDigit9:
		a.onPad(at, "pin."+strconv.Itoa(int(k-KeyDigit0)))
	}
}

// wayOut are the ids of what ends a visit: the footer's button, or that of a dialog or the first screen.
var wayOut = []string{"cancel", "cancel_yes", "timeout_end", "end", "decline"}

// onPad presses a key of the PIN pad and takes the focus away, so that KeyAct then means the whole PIN and not what was
// looked at before it.
func (a *App) onPad(at time.Duration, id string) {
	if a.act(at, id) {
		a.focus = ""
	}
}

// act does what a tap on the first of the nodes that is there would do, under the same rules: behind a dialog nothing
// can be reached.
func (a *App) act(at time.Duration, ids ...string) bool {
	order := a.tree.Focus()
	for _, id := range ids {
		for _, n := range order {
			if n.ID == id && n.Enabled && a.ready(n, at) {
				a.do(n.Action, at)
				return true
			}
		}
	}
	return false
}

func (a *App) moveFocus(by int) {
	order := a.tree.Focus()
	if len(order) == 0 {
		return
	}
	now := -1
	for i, n := range order {
		if n.ID == a.focus {
			now = i
		}
	}
	if now < 0 && by < 0 {
		now = 0
	}
	a.focus = order[(now+by+len(order))%len(order)].ID
}
