package screen_test

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
)

// ringing is a view with an alarm.
func ringing(what alarm.What, level uint8) func(*session.View) {
	return func(v *session.View) {
		v.Ring, v.CardLeft = alarm.Ring{What: what, Level: level}, v.State == session.Attract
		if v.State == session.StaffNeeded {
			v.AppShort = "01J87QTX"
		}
	}
}

// samplesOfWhatIsLeft are those in which something lies there, or sheets are not as they should be.
func samplesOfWhatIsLeft() []sample {
	return []sample{
		with("attract_card_found", session.Attract, ringing(alarm.Found, 3)),
		with("remove_card_still", session.RemoveCard, ringing(alarm.Card, 2)),
		with("remove_card_now", session.RemoveCard, ringing(alarm.Card, 4)),
		with("take_paper_now", session.TakePaper, ringing(alarm.Paper, 3)),
		with("take_paper_wrong", session.TakePaper, func(v *session.View) { v.Overlay = session.OverlayPaper }),
		with("staff_needed_found", session.StaffNeeded, ringing(alarm.Found, 2)),
		with("staff_needed_foreign", session.StaffNeeded, func(v *session.View) {
			v.AppShort, v.Said = "01J87QTX", domain.FaultForeign
			v.Faults = []domain.FaultCode{domain.FaultStop, domain.FaultStaff, domain.FaultTray, domain.FaultForeign}
		}),
	}
}
