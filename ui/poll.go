package ui

import "time"

const (
	// holdTime is how long a finger rests on the lower left corner to begin speech.
	holdTime = 3 * time.Second
	// holdSide is the side of that corner in tenths of a millimetre.
	holdSide = 300
	// usualDensity is that of the reference panel, in hundredths of pixels a millimetre.
	usualDensity = 558
)

// mm turns tenths of a millimetre into pixels.
func (a *App) mm(tenths int) int { return (tenths*a.density + 500) / 1000 }

// Poll does what is due by time alone: a finger that has rested long enough on the corner, the next step of a scan.
// Whoever feeds the app calls it, and again at the time that it gives; waits is false where nothing waits. The app
// tells of a change (OnChange) when something begins to wait.
func (a *App) Poll(at time.Duration) (next time.Duration, waits bool) {
	a.enter(func() { a.due(at) })
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.next()
}

// next is the earliest time at which something is due.
func (a *App) next() (at time.Duration, waits bool) {
	switch {
	case a.touch.holding && a.scan.auto:
		return min(a.touch.holdEnd, a.scan.due), true
	case a.touch.holding:
		return a.touch.holdEnd, true
	case a.scan.auto:
		return a.scan.due, true
	}
	return 0, false
}

// due does what has become due. Events do the same by their own time, so that a late Poll changes nothing.
func (a *App) due(at time.Duration) {
	p := &a.touch
	if p.holding && at >= p.holdEnd {
		p.holding, p.held = false, true
		p.forget()
		a.begin(true)
	}
	a.scanStep(at)
}

// hold begins to wait where a finger came down on the corner, of a visit that does not hear yet.
func (a *App) hold(e PointerEvent) {
	a.touch.held = false
	a.touch.holding = a.talk.voice != nil && !a.speaks() && a.corner(e)
	a.touch.holdEnd = e.At + holdTime
}

// corner tells whether a touch is on the lower left corner.
func (a *App) corner(e PointerEvent) bool {
	side := a.mm(holdSide)
	return e.X >= 0 && e.X < side && e.Y >= a.size.Y-side && e.Y < a.size.Y
}
