package screen_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/aids"
	"github.com/kioskd/kioskd/ui/node"
)

// overlaySamples are what lies over a screen.
func overlaySamples() []sample {
	return []sample{
		with("pay_cancel", session.Pay, func(v *session.View) {
			v.Accepting, v.Inserted, v.InEscrow, v.Missing, v.Overlay = true, 150, 150, 250, session.OverlayCancel
		}),
		with("aids", session.Confirm, func(v *session.View) { v.Overlay = session.OverlayAids }),
		with("aids_idle_dark", session.Attract, func(v *session.View) {
			v.Overlay, v.Aids = session.OverlayAids, chosen("theme=highDark")
		}),
		with("aids_speech", session.EnterPIN, func(v *session.View) {
			v.Overlay, v.Aids = session.OverlayAids, chosen("speech=on", "size=150", "low=on", "volume=5")
		}),
		with("help_idle", session.OutOfService, func(v *session.View) { v.Overlay = session.OverlayHelp }),
		with("help_money", session.Pay, func(v *session.View) {
			v.Accepting, v.Inserted, v.InEscrow, v.Missing, v.Overlay = true, 150, 150, 250, session.OverlayHelp
		}),
		with("requesting_cancel", session.Requesting, func(v *session.View) { v.Overlay = session.OverlayCancel }),
	}
}

// chosen are settings by the arguments of the touches that make them.
func chosen(args ...string) (s aids.Settings) {
	for _, arg := range args {
		s, _ = s.With(arg)
	}
	return s
}

// TestEveryOverlayIsShownAndHasAWayBack: something lies over the screen, it takes the touches, and one of them ends it.
func TestEveryOverlayIsShownAndHasAWayBack(t *testing.T) {
	s := set(t)
	for o := session.OverlayLanguages; int(o) < session.NumOverlays; o++ {
		v := with("", session.Pay, func(v *session.View) { v.Overlay = o }).view
		back := map[string]bool{session.VerbCloseOverlay: true, session.VerbPickLang: true}
		found := false
		for _, n := range s.Build(v).Focus() {
			found = found || back[n.Action.Verb]
			if e, ok := session.Touch(n.Action.Verb, n.Action.Arg); ok && !slices.Contains(o.Through(), e.Kind) {
				t.Errorf("%v: %s cannot get through", o, n.ID)
			}
		}
		if !found {
			t.Errorf("%v: no way back", o)
		}
	}
}

// TestEveryAidIsOneThatTheSessionKnows and says what it is set to.
func TestEveryAidIsOneThatTheSessionKnows(t *testing.T) {
	s, seen := set(t), map[string]bool{}
	v := with("", session.Confirm, func(v *session.View) {
		v.Overlay, v.Aids, v.Lang = session.OverlayAids, chosen("speech=on", "size=150", "theme=highDark"), "ja"
	}).view
	for _, n := range s.Build(v).Focus() {
		if n.Action.Verb != session.VerbSetAid {
			continue
		}
		with, ok := v.Aids.With(n.Action.Arg)
		if !ok {
			t.Errorf("%s: %q is no setting", n.ID, n.Action.Arg)
		}
		name, _, _ := strings.Cut(n.Action.Arg, "=")
		seen[name] = true
		if n.Role == node.RoleRadio && n.Selected != (with == v.Aids) {
			t.Errorf("%s: selected %v", n.ID, n.Selected)
		}
		if n.Role == node.RoleCheck && with == v.Aids {
			t.Errorf("%s: a touch changes nothing", n.ID)
		}
	}
	if len(seen) != 7 {
		t.Errorf("only %v can be set", seen)
	}
}
