package terminal

import (
	"context"

	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
)

// lies is what is to be taken now; was is what was to be taken before. Sheets that nobody took before staff were
// called, and a card that was there when the visit ended, are found things; a resident who calls staff is there.
func lies(v session.Visit, was alarm.What) alarm.What {
	switch {
	case v.CardOn && (v.State == session.RemoveCard || v.State == session.Finish || v.State == session.Refused):
		return alarm.Card
	case v.State == session.TakePaper:
		return alarm.Paper
	case v.State == session.StaffNeeded && v.Said == 0 && (was == alarm.Paper || was == alarm.Found):
		return alarm.Found
	case v.Idle() && v.CardLeft:
		return alarm.Found
	default:
		return alarm.Nothing
	}
}

// remind begins and ends the alarm with what lies there, and gives how it stands. It decides nothing: the visit goes
// its way by the table, with its own times.
func (t *Terminal) remind() alarm.Ring {
	if what := lies(t.visit, t.ring.What); what != t.ring.What {
		t.ring = alarm.Ring{What: what}
		t.armRing()
	}
	return t.ring
}

// louder raises the alarm once more; the screen stays, and says it more urgently.
func (t *Terminal) louder(ctx context.Context) {
	t.ring = t.ring.Risen()
	t.armRing()
	t.Log.Info("something is left", "evt", "left", "what", t.ring.What.String(), "level", int(t.ring.Level))
	t.show(ctx)
}

func (t *Terminal) armRing() {
	after, ok := t.ring.Next(t.visit.Aids.Pace())
	if !ok {
		t.rises.Stop()
		return
	}
	t.rises.Arm(0, t.patience(after*1000))
}
