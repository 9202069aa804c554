package screen_test

import (
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// overlaySamples are what lies over a screen.
func overlaySamples() []sample {
	return []sample{
		with("pay_cancel", session.Pay, func(v *session.View) {
			v.Accepting, v.Inserted, v.InEscrow, v.Missing, v.Overlay = true, 150, 150, 250, session.OverlayCancel
		}),
		with("requesting_cancel", session.Requesting, func(v *session.View) { v.Overlay = session.OverlayCancel }),
	}
}
