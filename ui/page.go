package ui

import (
	"time"

	"github.com/kioskd/kioskd/ui/node"
)

// do carries out what was asked for: the panel itself turns pages, the terminal hears of everything else. The lock is
// held.
func (a *App) do(action node.Action, at time.Duration) {
	if a.turn(action, at) {
		action = ActionTouch
	}
	a.send(action)
}

// turn shows another page of a list. It reports whether the action was one of a pager.
func (a *App) turn(action node.Action, at time.Duration) bool {
	by := map[string]int{node.VerbPageUp: -1, node.VerbPageDown: 1}[action.Verb]
	if by == 0 {
		return false
	}
	for _, n := range a.tree.Pagers() {
		if n.ID != action.Arg {
			continue
		}
		a.pages[n.ID] = min(max(n.Pager.Page.Now-1+by, 0), n.Pager.Page.All-1)
		a.tree.Layout(a.measurer, a.size)
		a.tree.Generation++
		a.keep(a.tree, at) // what stays where it was may be touched at once
		a.repaint(a.canvas.Rect)
		break
	}
	return true
}
