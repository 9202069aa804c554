package terminal

import (
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
)

// TestHoursHoldWhereAVisitBegins: fake time begins at 2000-01-01 00:00 UTC, which is 09:00 in Japan.
func TestHoursHoldWhereAVisitBegins(t *testing.T) {
	withRig(t, func(r *rig) {
		r.at(session.Attract)
		r.shift(11*time.Hour + 58*time.Minute) // 20:58
		r.toPlaceCard()
		r.wait(100 * time.Second)
		r.shift(time.Minute)
		r.at(session.PlaceCard) // who has begun goes on
		r.touch(session.VerbCancel, "")
		r.wait(time.Second)
		r.at(session.ServiceClosed)
		r.touch(session.VerbBegin, "")
		r.at(session.ServiceClosed)
		r.restart()
		r.at(session.ServiceClosed)
		r.shift(10 * time.Hour)
		r.wait(hoursEvery)
		r.at(session.Attract)
	}, func(_ *rig, o *Options) { o.Hours = domain.Hours{Open: 6*60 + 30, Close: 21 * 60} })
}
