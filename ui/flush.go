package ui

import "github.com/kioskd/kioskd/ui/node"

// padID is the node that holds the keys of a PIN.
const padID = "pin.pad"

// pad tells whether the tree has a PIN pad, be it behind a dialog.
func pad(t *node.Tree) bool { return t != nil && t.Find(padID) != nil }

// flush takes the keys of a PIN out of the queue and leaves everything else in its order: what was typed after the pad
// is gone means nothing any more, and a digit may not wait in memory. The lock is held, so that nothing is sent
// meanwhile; what the terminal takes out meanwhile it has taken before the pad was gone.
func (a *App) flush() {
	var kept []Event
	for waiting := len(a.events); waiting > 0; waiting-- {
		select {
		case e := <-a.events:
			if !e.Action.Secret() {
				kept = append(kept, e)
			}
		default: // the terminal was faster
		}
	}
	for _, e := range kept {
		a.events <- e // there is room: only this goroutine puts something in
	}
}
