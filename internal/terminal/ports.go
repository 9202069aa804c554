package terminal

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui"
)

// Ports are everything outside the loop.
type Ports struct {
	Panel  ports.Panel
	Reader ports.Reader
	Center ports.Center
	Pages  ports.Pages // nil: nothing can be printed here
	Coins  ports.Coins // nil: only what costs nothing can be had here

	Printer ports.Printer // nil: nothing can be printed here

	Journal ports.Journal

	Clerk <-chan hand.Turn // nil: no key can be turned here
}

// Event of the panel: a digit goes into the locked page at once and the session hears only how many there are.
func (t *Terminal) touch(u ui.Event) (session.Event, bool) {
	a := u.Action
	if a == ui.ActionTouch {
		return session.Event{Kind: session.Somebody}, true
	}
	if e, ok := session.Touch(a.Verb, a.Arg); ok {
		switch e.Kind {
		case session.Begin:
			e.Application, e.May = domain.NewApplicationID(), t.May
		case session.Another:
			e.Application = domain.NewApplicationID()
		case session.Taken:
			e.N = t.leftForAnother()
		default: // a touch says all by itself
		}
		return e, true
	}
	if t.visit.State != session.EnterPIN || t.visit.Countdown > 0 || t.visit.Overlay != session.NoOverlay {
		return session.Event{Kind: session.Somebody}, true // the pad is not what is seen
	}
	switch a.Verb {
	case session.VerbDigit:
		if len(a.Arg) != 1 || t.pin.Append(a.Arg[0]) != nil {
			return session.Event{}, false
		}
	case session.VerbDeleteDigit:
		t.pin.Delete()
	case session.VerbClearPIN:
		t.pin.Clear()
	default:
		return session.Event{}, false
	}
	return session.Event{Kind: session.PINChanged, N: t.pin.Len()}, true
}
