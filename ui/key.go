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
	KeyAct
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
	numKeys
)

// KeyByName finds a key by the name that the desk uses: next, previous, act, back, 0 … 9.
func KeyByName(name string) (Key, bool) {
	switch name {
	case "next":
		return KeyNext, true
	case "previous":
		return KeyPrevious, true
	case "act":
		return KeyAct, true
	case "back":
		return KeyBack, true
	}
	if len(name) == 1 && name[0] >= '0' && name[0] <= '9' {
		return KeyDigit0 + Key(name[0]-'0'), true
	}
	return 0, false
}

// Key takes one key press.
func (a *App) Key(k Key, at time.Duration) {
	if k >= numKeys {
		return
	}
	a.mu.Lock()
	before := a.focus
	if a.tree != nil {
		a.key(k, at)
	}
	changed := a.focus != before
	if changed {
		a.repaintNodes(before, a.focus)
	}
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
	case k == KeyAct:
		a.act(a.focus, at)
	case k == KeyBack:
		a.act("back", at)
	case k >= KeyDigit0 && k <= KeyDigit9:
		a.act("pin."+strconv.Itoa(int(k-KeyDigit0)), at)
	}
}

// act does what a tap on the node would do, under the same rules: behind a dialog nothing can be reached.
func (a *App) act(id string, at time.Duration) {
	for _, n := range a.tree.Focus() {
		if n.ID == id && id != "" && n.Enabled && a.ready(n, at) {
			a.send(n.Action)
			return
		}
	}
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
