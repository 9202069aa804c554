package ui

import (
	"slices"
	"strconv"
	"time"

	"github.com/kioskd/kioskd/ui/node"
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
	KeyRepeat // says once more what was said last
	KeyLouder
	KeySofter
	KeyRate // the next of the rates, and around
	// Two switches, of which one steps and one chooses; and one alone, which begins a scan and then chooses.
	KeySwitchNext
	KeySwitchSelect
	KeySwitch
	numKeys
)

// names are the keys of a tactile pad as the desk calls them (docs/desk.md); bench/port has the same list.
var names = map[string]Key{
	"clear": KeyClear, "enter": KeyAct, "cancel": KeyCancel, "up": KeyPrevious, "down": KeyNext, "help": KeyHelp,
	"repeat": KeyRepeat, "louder": KeyLouder, "softer": KeySofter, "rate": KeyRate,
	"switch_next": KeySwitchNext, "switch_select": KeySwitchSelect, "switch": KeySwitch,
}

// KeyByName finds a key of a tactile pad: 0 … 9, clear, enter, cancel, up, down, help,
// repeat, louder, softer, rate, and the switches switch_next, switch_select, switch.
func KeyByName(name string) (Key, bool) {
	if len(name) == 1 && name[0] >= '0' && name[0] <= '9' {
		return KeyDigit0 + Key(name[0]-'0'), true
	}
	k, ok := names[name]
	return k, ok
}

// Key takes one key press. It ends what is being said; the first one of a visit begins speech, if it is none of a PIN.
func (a *App) Key(k Key, at time.Duration) {
	if k >= numKeys {
		return
	}
	a.enter(func() {
		a.due(at)
		a.hush()
		a.touch.low = false
		if a.byKeys = k < KeySwitchNext; !a.byKeys { // who presses a switch may well hear and see
			a.scanning(k, at)
			return
		}
		a.endScan(at)
		begins := !a.typing(k)
		a.key(k, at)
		if begins {
			a.begin(false)
		}
	})
}

// typing tells whether the key enters a PIN: who sees may do that by keys too, and does not want the kiosk to begin to
// talk.
func (a *App) typing(k Key) bool {
	digit := k >= KeyDigit0 && k <= KeyDigit9 || k == KeyClear
	return a.tree.Find(padID) != nil && (digit || k == KeyAct && a.focus == "")
}

func (a *App) key(k Key, at time.Duration) {
	switch {
	case k == KeyNext:
		a.moveFocus(1)
	case k == KeyPrevious:
		a.moveFocus(-1)
	case k == KeyAct && a.focus != "":
		if n := a.tree.Find(a.focus); n != nil && !n.Focusable {
			a.again()
			return
		}
		a.act(at, a.focus)
	case k == KeyAct:
		a.act(at, "pin.submit")
	case k == KeyBack:
		a.act(at, "back")
	case k == KeyCancel:
		a.act(at, wayOut...)
	case k == KeyHelp:
		a.act(at, "help_open")
	case k == KeyClear:
		a.onPad(at, "pin.clear")
	case k >= KeyDigit0 && k <= KeyDigit9:
		a.onPad(at, "pin."+strconv.Itoa(int(k-KeyDigit0)))
	case !a.speaks():
	case k == KeyRepeat:
		a.again()
	default:
		a.setVoice(k)
	}
}

// wayOut are the ids of what ends a visit: the footer's button, or that of a dialog or the first screen.
var wayOut = []string{"cancel", "cancel_yes", "timeout_end", "end", "decline"}

// onPad presses a key of the PIN pad and takes the focus away, so that KeyAct then means the whole PIN and not what was
// looked at before it.
func (a *App) onPad(at time.Duration, id string) {
	if a.act(at, id) {
		a.focus = ""
		a.chime(ChimeKey)
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

// moveFocus goes to the next or the previous stop and says it. Somebody is there, then, except before the question
// whether anybody is: its answers are what the keys go to.
func (a *App) moveFocus(by int) {
	order := a.stops()
	if len(order) == 0 {
		return
	}
	now := slices.IndexFunc(order, func(n *node.Node) bool { return n.ID == a.focus && a.focus != "" })
	if now < 0 && by < 0 {
		now = 0
	}
	to := order[(now+by+len(order))%len(order)]
	a.focus = to.ID
	a.control(to)
	a.present()
}

// timeoutID is the dialog that ends a visit to which nobody comes back.
const timeoutID = "timeout"
