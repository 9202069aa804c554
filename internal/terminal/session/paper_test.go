package session

import (
	"slices"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
)

// TestX15_WhatIsWrongWithTheSheets: the question lies over the screen; each answer calls staff for itself, and a sheet
// of somebody else is a stop that a person of the operator must clear.
func TestX15_WhatIsWrongWithTheSheets(t *testing.T) {
	asked, out := Step(Visit{State: TakePaper, Timer: 5, Last: 5}, Event{Kind: Complain})
	if asked.Overlay != OverlayPaper || asked.State != TakePaper || has(out, CallStaff) {
		t.Fatalf("%+v, %v", asked, out)
	}
	if back, _ := Step(asked, Event{Kind: CloseOverlay}); back.Overlay != NoOverlay || back.State != TakePaper {
		t.Errorf("closed: %v in %v", back.Overlay, back.State)
	}
	for f, stop := range map[domain.FaultCode]bool{
		domain.FaultNoSheet: false, domain.FaultBadSheet: false, domain.FaultForeign: true,
	} {
		next, out := Step(asked, Event{Kind: NotMine, Arg: f.String()})
		i := slices.IndexFunc(out, func(e Effect) bool { return e.Kind == CallStaff })
		if next.State != StaffNeeded || next.View().Said != f || i < 0 || out[i].Fault != f || has(out, Alarm) != stop {
			t.Errorf("%v: %v, said %v, %+v", f, next.State, next.Said, out)
		}
	}
	for _, other := range []string{"", "stop", "tray", "no-sheet ", "bad"} {
		if next, out := Step(asked, Event{Kind: NotMine, Arg: other}); next.State != TakePaper || has(out, CallStaff) {
			t.Errorf("%q: %v", other, next.State)
		}
	}
}
