package session

import (
	"slices"

	"github.com/kioskd/kioskd/internal/terminal/session/aids"
)

// Overlay is what lies over a screen and takes its touches. The screen under it goes on: answers, coins and time-outs
// mean what they mean there, and whatever leads to another screen takes the overlay away.
type Overlay uint8

// The overlays.
const (
	NoOverlay        Overlay = iota
	OverlayLanguages         // the pill at the top right
	OverlayAids              // the settings of the visit
	OverlayHelp              // how to call staff
	OverlayCancel            // money or a paper is at stake: "cancel" asks once
	OverlayPaper             // what is wrong with the sheets
	NumOverlays      = int(iota)
)

var overlayNames = [NumOverlays]string{"none", "languages", "aids", "help", "cancel", "paper"}

func (o Overlay) String() string { return overlayNames[o] }

// through are the touches that mean something under each overlay; all others only say that somebody is there.
var through = [NumOverlays][]Kind{
	OverlayLanguages: {PickLanguage, CloseOverlay, SetAid, OpenLanguage, OpenAids, OpenHelp, PINChanged},
	OverlayAids:      {CloseOverlay, SetAid, OpenLanguage, OpenAids, OpenHelp, PINChanged},
	OverlayHelp:      {CloseOverlay, SetAid, OpenLanguage, OpenAids, OpenHelp, PINChanged},
	OverlayCancel:    {CloseOverlay, SetAid, Cancel},
	OverlayPaper:     {CloseOverlay, SetAid, NotMine},
}

// Through gives the touches that mean something while this lies over a screen.
func (o Overlay) Through() []Kind { return through[o] }

// Asks reports whether "cancel" asks first: a certificate is being made, or coins are in the machine.
func (s State) Asks() bool {
	return states[s].cancel && (s.Phase() == PhaseObtain || s.Phase() == PhasePay)
}

// covered handles what lies over the screen before the table is asked. It reports whether the event is used up.
func (s *step) covered() bool {
	o := s.v.Overlay
	if o == NoOverlay && s.e.Kind == Cancel && s.v.State.Asks() {
		s.v.Overlay = OverlayCancel
	} else if o == NoOverlay || !s.e.Kind.isTouch() || slices.Contains(through[o], s.e.Kind) {
		return false
	}
	if s.renews() {
		s.armState()
	}
	return true
}

func over(o Overlay) action {
	return action{"show " + o.String(), func(s *step) { s.v.Overlay = o }}
}

func opening(o Overlay) []branch {
	return []branch{
		{when: canCover, next: same, do: []action{over(o)}},
		{next: same, why: "a clerk's screen, or one that is being erased"},
	}
}

var (
	canCover = guard{"a screen of a resident", func(s *step) bool {
		return s.v.State != Maintenance && s.v.State != Wiping
	}}
	uncover  = action{"take overlay away", func(s *step) { s.v.Overlay = NoOverlay }}
	knownAid = guard{"a setting", func(s *step) bool { _, ok := s.v.Aids.With(s.e.Arg); return ok }}
	setAid   = action{"set aid", func(s *step) { s.v.Aids, _ = s.v.Aids.With(s.e.Arg) }}
	// forgetAids: somebody chose a size or a language and did not begin. Nobody else finds it so.
	forgetAids = action{"forget aids", func(s *step) {
		s.v.Aids, s.v.Overlay, s.v.Lang = aids.Settings{}, NoOverlay, ""
	}}
	// priceHeld: coins that reached the price while "cancel" was asked wait for the answer.
	priceHeld = guard{"price reached", func(s *step) bool { return s.v.SlotOpen && s.v.Escrow.Total() >= s.v.Fee }}
)

// isSet reports an idle machine that somebody has touched without beginning.
func (v Visit) isSet() bool {
	return v.Overlay != NoOverlay || v.Lang != "" || v.Aids != aids.Settings{}
}
