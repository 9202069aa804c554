package terminal

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/card"
)

// faulty demands what stands against service.
func (r *rig) faulty(want ...health.Fault) {
	r.t.Helper()
	if got := r.view().Faults; !slices.Equal(got, want) {
		r.t.Errorf("faults %v, want %v", got, want)
	}
}

// TestAPrinterInTroubleIsFoundBeforeAnybodyPays: no paper, an open cover and silence each take an idle kiosk out of
// service, and it comes back when they are mended.
func TestAPrinterInTroubleIsFoundBeforeAnybodyPays(t *testing.T) {
	for name, c := range map[string]struct {
		wants []string
		want  []health.Fault
	}{
		"no paper": {[]string{"media-empty"}, []health.Fault{domain.FaultPaper}},
		"open cover and jam": {
			[]string{"cover-open", "media-jam"}, []health.Fault{domain.FaultCover, domain.FaultJam},
		},
		"a word that nobody knows":  {[]string{"unheard-of"}, []health.Fault{domain.FaultPanel}},
		"little toner is no reason": {[]string{"toner-low"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.wait(hoursEvery)
				r.at(session.Attract)
				r.printer.wants = c.wants
				r.wait(hoursEvery)
				if c.want == nil {
					r.at(session.Attract)
					return
				}
				r.at(session.OutOfService)
				r.faulty(c.want...)
				r.touch(session.VerbBegin, "")
				r.at(session.OutOfService)
				r.printer.wants = nil
				r.wait(hoursEvery)
				r.at(session.Attract)
				r.faulty()
			}, paying)
		})
	}
}

// TestAPrinterThatIsGoneWhilePayingGivesTheCoinsBack: nobody goes on paying for what cannot be printed.
func TestAPrinterThatIsGoneWhilePayingGivesTheCoinsBack(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPay()
		r.insert(100)
		r.printer.away = true
		r.wait(hoursEvery + 10*time.Second)
		r.returned(100)
		r.at(session.Refused)
		if r.view().Refusal != domain.PrinterNotReady {
			t.Errorf("refused as %v", r.view().Refusal)
		}
		r.faulty(health.Printer)
		r.printer.away = false
		r.touch(session.VerbDone, "")
		r.at(session.OutOfService)
		r.wait(hoursEvery)
		r.at(session.Attract)
		r.books()
	}, paying)
}

// TestTheReaderGoesAndComesBack: idle, and in the middle of reading.
func TestTheReaderGoesAndComesBack(t *testing.T) {
	withRig(t, func(r *rig) {
		say := func(k card.EventKind) {
			r.reader.events <- card.Event{Kind: k, Reader: "r"}
			r.wait(0)
		}
		say(card.ReaderRemoved)
		r.at(session.OutOfService)
		r.faulty(health.Reader)
		say(card.ReaderAdded)
		r.at(session.Attract)
		r.toPIN()
		say(card.ReaderRemoved)
		r.at(session.Refused)
		r.touch(session.VerbDone, "")
		r.at(session.OutOfService)
		say(card.ReaderAdded)
		r.at(session.Attract)
	})
}

// TestS10_ALostCenterAndAWrongClockKeepResidentsOut: the pulse finds both, and finds their end.
func TestS10_ALostCenterAndAWrongClockKeepResidentsOut(t *testing.T) {
	withRig(t, func(r *rig) {
		ctx, end := context.WithCancel(r.t.Context())
		defer end()
		go r.terminal.Pulse().Run(ctx)
		r.wait(time.Minute)
		r.at(session.Attract)
		r.center.mute = true
		r.wait(30 * time.Second)
		r.at(session.Attract) // a centre that restarts is no news
		r.wait(time.Minute)
		r.at(session.OutOfService)
		r.faulty(health.Center)
		r.center.mute = false
		r.wait(20 * time.Second)
		r.at(session.Attract)
		r.center.askew = true
		r.wait(40 * time.Second)
		r.at(session.OutOfService)
		r.faulty(health.Clock)
		r.center.askew = false
		r.wait(20 * time.Second)
		r.at(session.Attract)
	})
}

// TestAPrinterThatStaysAwayIsOpenedAnew: two looks without an answer end the run, and the next one opens the printer.
func TestAPrinterThatStaysAwayIsOpenedAnew(t *testing.T) {
	withRig(t, func(r *rig) {
		r.printer.away = true
		r.wait(hoursEvery)
		r.at(session.OutOfService)
		if r.ended.Load() {
			t.Error("the run ended after one look")
		}
		r.wait(hoursEvery)
		if !r.ended.Load() {
			t.Error("the run goes on without a printer")
		}
	}, paying)
}
