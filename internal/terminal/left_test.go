package terminal

import (
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
)

// TestAForgottenCardIsCalledForLouderAndLouder: the view says so at 3, 10, 20 and 30 seconds, the screen stays, and the
// visit goes on when the card is taken.
func TestAForgottenCardIsCalledForLouderAndLouder(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPIN()
		r.pin("1234")
		r.at(session.RemoveCard)
		begun, seen := time.Now(), []time.Duration{}
		for level := uint8(0); level < alarm.Levels && time.Since(begun) < time.Minute; {
			r.wait(100 * time.Millisecond)
			if now := r.view().Ring; now.Level != level {
				level = now.Level
				seen = append(seen, time.Since(begun).Round(time.Second))
			}
			r.at(session.RemoveCard)
		}
		want := []time.Duration{3 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second}
		if !slices.Equal(seen, want) || r.view().Ring.Chime() != "chime.card.4" {
			t.Errorf("%v, want %v; %q", seen, want, r.view().Ring.Chime())
		}
		r.take()
		r.at(session.Holder)
		if ring := r.view().Ring; ring != (alarm.Ring{}) {
			t.Errorf("the card is gone: %+v", ring)
		}
	})
}

// TestX15_WhatAResidentSaysOfTheSheetsIsWrittenDown: staff see it, it outlives a start, and the clerk's key ends it. A
// sheet of somebody else is a stop, which only the operator's key ends.
func TestX15_WhatAResidentSaysOfTheSheetsIsWrittenDown(t *testing.T) {
	for _, said := range health.Said {
		t.Run(said.String(), func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.toPay()
				r.insert(100, 100)
				r.wait(20 * time.Second)
				r.touch(session.VerbWrong, "")
				r.at(session.TakePaper)
				r.touch(session.VerbNotMine, said.String())
				r.at(session.StaffNeeded)
				if v := r.view(); v.Said != said || !slices.Contains(v.Faults, said) || !slices.Contains(v.Faults, health.Staff) {
					t.Errorf("said %v, faults %v", v.Said, v.Faults)
				}
				r.restart()
				r.at(session.OutOfService)
				if v := r.view(); !slices.Contains(v.Faults, said) {
					t.Errorf("after a start: %v", v.Faults)
				}
				if _, err := r.turn(health.Clerk, hand.Nothing); err != nil {
					t.Fatal(err)
				}
				if foreign := said == domain.FaultForeign; foreign {
					r.at(session.OutOfService)
					r.ends(health.Service, health.Stop)
				}
				r.at(session.Attract)
				r.books()
			}, paying)
		})
	}
}

// TestWhatIsLeftIsCalledForByTheVisitsProfile: sheets later with speech, always before staff is called; then they are a
// found thing.
func TestWhatIsLeftIsCalledForByTheVisitsProfile(t *testing.T) {
	for _, c := range []struct {
		set  string
		pace time.Duration
	}{{"size=100", 1}, {"speech=on", 3}} {
		t.Run(c.set, func(t *testing.T) {
			withRig(t, func(r *rig) {
				r.touch(session.VerbSetAid, c.set)
				r.toPay()
				r.insert(100, 100)
				for r.view().State != session.TakePaper {
					r.wait(time.Second)
				}
				ring := r.view().Ring
				for ring.Level == 0 {
					r.wait(time.Second)
					ring = r.view().Ring
				}
				begun := time.Now()
				for ring.Level < alarm.Levels {
					r.wait(time.Second)
					ring = r.view().Ring
				}
				if took := time.Since(begun); ring.What != alarm.Paper || took != 45*time.Second*c.pace {
					t.Errorf("%v, %v from the first alarm to the last", ring.What, took)
				}
				r.at(session.TakePaper)
				r.wait(domain.TakeLimit)
				r.at(session.StaffNeeded)
				if ring = r.view().Ring; ring.What != alarm.Found || !ring.Rings() {
					t.Errorf("nobody took the sheets: %+v", ring)
				}
			}, paying)
		})
	}
}

// TestACardThatStaysIsAFoundThing: the visit is over, nobody can begin, and whoever passes by is told.
func TestACardThatStaysIsAFoundThing(t *testing.T) {
	withRig(t, func(r *rig) {
		r.toPIN()
		r.pin("1234")
		r.at(session.RemoveCard)
		r.wait(domain.IdleBeforeCard + domain.Countdown + time.Minute)
		r.at(session.Attract)
		if v := r.view(); !v.CardLeft || v.Ring.What != alarm.Found || v.Ring.Level < 2 {
			t.Errorf("left %v, %+v", v.CardLeft, v.Ring)
		}
		r.take()
		r.wait(3 * time.Minute)
		if v := r.view(); v.Ring != (alarm.Ring{}) {
			t.Errorf("it is gone: %+v", v.Ring)
		}
	})
}
