package ui

import (
	"image"
	"time"

	"github.com/kioskd/kioskd/ui/node"
)

// Times and ways of a finger that listens.
const (
	tapTime    = 250 * time.Millisecond // a touch that lasts no longer, and
	tapWay     = 50                     // moves no farther (tenths of a millimetre), is a tap
	doubleTime = 400 * time.Millisecond // from a tap to the second one of a double tap
)

// explorer is a finger that listens: while speech is on, a touch says what it is on, and acts by a double tap on what
// was heard, or by a tap of a second finger while the first rests on it. Lifting a finger alone does nothing.
type explorer struct {
	on    bool // the captured finger listens
	from  image.Point
	since time.Duration
	moved bool
	over  target // what the finger is on; zero: nothing

	second bool // it came down so soon after a tap that it may be the second of a double tap
	tapped bool // the last touch was a tap,
	under  target
	lifted time.Duration

	// heard is the control that was said last under a finger that rested or moved: what a double tap means. A tap
	// changes it only once it is clear that it stays alone, for nobody hears a name between two taps.
	heard target

	split   bool // a second finger is down,
	splitBy int64
	splitAt time.Duration
}

// forget drops what was heard: it is gone. A finger that is down goes on listening.
func (x *explorer) forget() {
	x.heard, x.over, x.under, x.tapped, x.second = target{}, target{}, target{}, false, false
}

// under is what tells something or can be chosen at a place, or nil.
func under(t *node.Tree, p image.Point) *node.Node {
	all := read(nil, t.Active(), true)
	for i := len(all) - 1; i >= 0; i-- {
		if p.In(all[i].Rect) {
			return all[i]
		}
	}
	return nil
}

// feel is the finger that came down.
func (a *App) feel(e PointerEvent) {
	x := &a.finger
	x.second = x.tapped && e.At-x.lifted <= doubleTime
	if x.tapped && !x.second && x.under.action != (node.Action{}) {
		x.heard = x.under // that tap stayed alone, and its name was heard
	}
	x.on, x.from, x.since, x.moved, x.split = true, image.Pt(e.X, e.Y), e.At, false, false
	x.tapped = false
	x.over = target{}
	a.touchOn(x.from)
}

// glide is the finger that moves on: what it comes to is heard and meant.
func (a *App) glide(e PointerEvent) {
	x, at := &a.finger, image.Pt(e.X, e.Y)
	way := at.Sub(x.from)
	if limit := a.mm(tapWay); way.X*way.X+way.Y*way.Y > limit*limit {
		x.moved = true
	}
	a.touchOn(at)
	if x.moved || e.At-x.since > tapTime {
		x.mean()
	}
}

// mean takes what the finger is on for what a double tap will act on.
func (x *explorer) mean() {
	if x.over.action != (node.Action{}) {
		x.heard = x.over
	}
}

// touchOn says what is at a place if it is not what was there before.
func (a *App) touchOn(at image.Point) {
	x := &a.finger
	n := under(a.tree, at)
	if n == nil {
		x.over = target{}
		return
	}
	if targetOf(n) == x.over {
		return
	}
	x.over = targetOf(n)
	a.focus = ""
	if !secret(n) { // a ring on a key of the PIN would show it
		a.focus = n.ID
	}
	a.control(n)
}

// leave is the finger that lifts: the one event of this touch.
func (a *App) leave(e PointerEvent) {
	x := &a.finger
	a.glide(e)
	x.on, x.split = false, false
	tap := !x.moved && e.At-x.since <= tapTime
	if !tap {
		a.send(ActionTouch)
		return
	}
	if !x.second {
		x.tapped, x.under, x.lifted = true, x.over, e.At
		a.send(ActionTouch)
		return
	}
	if meant(x.under, x.heard) && meant(x.over, x.heard) && a.doHeard(x.heard, e.At) {
		return
	}
	x.mean() // it was another one: now it has been said
	a.send(ActionTouch)
}

// meant tells whether a tap on this is one for what was heard: it fell on it, or beside everything that acts. A tap on
// something else that was not heard means neither.
func meant(on, heard target) bool { return on == heard || on.action == (node.Action{}) }

// doHeard acts on a control that was heard, if it is still there as it was.
func (a *App) doHeard(t target, at time.Duration) bool {
	if t.action == (node.Action{}) {
		return false
	}
	for _, n := range a.tree.Focus() {
		if targetOf(n) == t && n.Enabled && a.ready(n, at) {
			if secret(n) || n.Role == node.RoleKey {
				a.chime(ChimeKey)
			}
			a.do(n.Action, at)
			return true
		}
	}
	return false
}

// splitDown and splitUp are a second finger while the first listens: a tap of it acts on what the first rests on.
func (a *App) splitDown(e PointerEvent) {
	x := &a.finger
	x.split, x.splitBy, x.splitAt = true, e.Finger, e.At
}

func (a *App) splitUp(e PointerEvent) {
	x := &a.finger
	if !x.split || e.Finger != x.splitBy {
		return
	}
	x.split = false
	if e.At-x.splitAt > tapTime || !a.doHeard(x.over, e.At) {
		a.send(ActionTouch)
	}
	x.mean()
}
