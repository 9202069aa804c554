package ui

import (
	"image"
	"time"

	"github.com/kioskd/kioskd/ui/node"
)

// Device is what a pointer event comes from.
type Device uint8

// The pointing devices.
const (
	Finger Device = iota
	Mouse
)

// Phase is where in its life a touch is.
type Phase uint8

// The phases of a touch. Cancel ends it without a tap.
const (
	Down Phase = iota
	Move
	Up
	Cancel
)

// PointerEvent is one raw event of a finger or a mouse, as SDL and the bench socket give them.
type PointerEvent struct {
	Device Device
	Phase  Phase
	Finger int64 // which finger; 0 for the mouse
	X, Y   int   // panel pixels
	At     time.Duration
}

// The times of reference ui.md §1.
const (
	// guardTime: what is new on the panel takes no touch that begins within it, except Cancel.
	guardTime = 150 * time.Millisecond
	// ownTime: a touch screen may report one touch as a finger and as a mouse. The device that was first owns the panel
	// for this long after its last event; the other one is not heard.
	ownTime = 500 * time.Millisecond
	// palmTime: so many fingers within it are a palm, not a wish.
	palmTime    = 50 * time.Millisecond
	palmFingers = 3
	// lostTime: a finger that says nothing for so long has lost its "up".
	lostTime = 10 * time.Second
)

// pointers is the state of all fingers. One finger at a time counts: the first.
type pointers struct {
	owner   Device
	last    time.Duration // of the owner's last event
	started bool          // last is valid

	captured bool
	finger   int64
	downs    map[int64]time.Duration // fingers on the glass; at most maxFingers
	palm     bool

	// aim is what the captured finger aims at; empty after it slid off or the target changed under it. pressed is its
	// id where it may be seen.
	aim     target
	pressed string
}

// target is what a touch is meant for: the same thing at the same place. Anything else is another target.
type target struct {
	id     string
	action node.Action
	rect   image.Rectangle
}

func targetOf(n *node.Node) target { return target{n.ID, n.Action, n.Rect} }

// keep carries over what the next tree leaves as it is. A change of screen or of language makes everything new; on the
// same screen only those targets are new, and guarded, that moved or mean something else. So a fast second digit or a
// second box counts, and a touch that was meant for what is gone does not.
func (a *App) keep(next *node.Tree, at time.Duration) {
	same := a.tree != nil && a.tree.Screen == next.Screen && a.tree.Lang == next.Lang
	since, focus, aimed := make(map[target]time.Duration), "", false
	for _, n := range next.Focus() {
		t := targetOf(n)
		since[t] = at
		if old, was := a.since[t]; was && same {
			since[t] = old
			aimed = aimed || t == a.touch.aim
		}
		if same && n.ID == a.focus {
			focus = a.focus
		}
	}
	if !aimed {
		a.touch.forget()
	}
	a.since, a.focus = since, focus
}

// maxFingers bounds the table of fingers. Panels report ten.
const maxFingers = 16

// forget drops the aim: what it was aimed at is gone. The finger stays captured until it lifts.
func (p *pointers) forget() { p.aim, p.pressed = target{}, "" }

// Pointer takes one raw event.
func (a *App) Pointer(e PointerEvent) {
	a.mu.Lock()
	before, revision := a.touch.pressed, a.revision
	if a.tree != nil && a.touch.heard(e) {
		a.pointer(e)
	}
	if a.touch.pressed != before {
		a.repaintNodes(before, a.touch.pressed)
	}
	changed := a.revision != revision
	a.mu.Unlock()
	if changed {
		a.changed()
	}
}

// heard tells whether the event's device owns the panel, and notes that it spoke.
func (p *pointers) heard(e PointerEvent) bool {
	if e.Phase == Move && !p.captured {
		return false // a mouse that hovers owns nothing
	}
	quiet := !p.started || e.At-p.last > ownTime
	if p.started && e.At-p.last > lostTime {
		p.captured, p.palm = false, false
		clear(p.downs)
		p.forget()
	}
	if e.Device != p.owner {
		if p.captured || !quiet || e.Phase != Down {
			return false
		}
		p.owner = e.Device
		clear(p.downs)
		p.palm = false
	}
	p.started, p.last = true, e.At
	return true
}

func (a *App) pointer(e PointerEvent) {
	switch e.Phase {
	case Down:
		a.down(e)
	case Move:
		if a.touch.captured && e.Finger == a.touch.finger {
			a.slide(e)
		}
	case Up:
		a.up(e)
	case Cancel:
		a.touch.lift(e.Finger)
		if e.Finger == a.touch.finger {
			a.touch.captured = false
			a.touch.forget()
		}
	}
}

func (a *App) down(e PointerEvent) {
	p := &a.touch
	if p.press(e) {
		p.forget()
		return
	}
	if p.captured && e.Finger != p.finger {
		return
	}
	p.captured, p.finger = true, e.Finger
	p.forget()
	n := a.tree.Hit(image.Pt(e.X, e.Y))
	if a.focus != "" {
		old := a.focus
		a.focus = ""
		a.repaintNodes(old)
	}
	if n == nil || !n.Enabled || !a.ready(n, e.At) {
		return
	}
	p.aim = targetOf(n)
	if !n.Quiet {
		p.pressed = n.ID
	}
}

// press notes a finger on the glass and tells whether it is part of a palm.
func (p *pointers) press(e PointerEvent) bool {
	if p.downs == nil {
		p.downs = make(map[int64]time.Duration)
	}
	if len(p.downs) < maxFingers {
		p.downs[e.Finger] = e.At
	}
	near := 0
	for _, at := range p.downs {
		if e.At-at <= palmTime {
			near++
		}
	}
	p.palm = p.palm || near >= palmFingers
	return p.palm
}

// lift notes that a finger left the glass; a palm is over when all have.
func (p *pointers) lift(finger int64) {
	delete(p.downs, finger)
	if len(p.downs) == 0 {
		p.palm = false
	}
}

// ready tells whether the node has been there long enough for this touch to be meant for it.
func (a *App) ready(n *node.Node, at time.Duration) bool {
	since := a.since[targetOf(n)]
	if n.Unguarded {
		return at >= since
	}
	return at >= since+guardTime
}

// slide drops the aim when the finger leaves its target.
func (a *App) slide(e PointerEvent) {
	n := a.tree.Hit(image.Pt(e.X, e.Y))
	if n == nil || targetOf(n) != a.touch.aim {
		a.touch.forget()
	}
}

func (a *App) up(e PointerEvent) {
	p := &a.touch
	palm := p.palm
	p.lift(e.Finger)
	if !p.captured || e.Finger != p.finger {
		return
	}
	p.captured = false
	aim := p.aim
	p.forget()
	if palm {
		return
	}
	n := a.tree.Hit(image.Pt(e.X, e.Y))
	if aim == (target{}) || n == nil || targetOf(n) != aim || !n.Enabled {
		a.send(ActionTouch)
		return
	}
	a.do(n.Action, e.At)
}
