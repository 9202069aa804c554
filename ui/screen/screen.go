// Package screen turns a session.View into a tree: one file a screen or a group that shares its look, no state, no
// I/O. What a screen says comes from locales, what it looks like from ui/kit, what a touch means from session's verbs.
package screen

import (
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/session/aids"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// Set makes the screens of one kiosk.
type Set struct {
	Panel     kit.Panel
	Catalogue *locales.Catalogue
	Theme     string // of a visit that has set none; "" is the default
	Speaks    bool   // the machine has a voice; without one no visit is offered speech
	Machine   string // the number of this kiosk, as staff are told it; "" is none
	Phone     string // of the operator, as staff and residents dial it; "" is none
	// Easy shows Japanese as easy Japanese, with the readings of its kanji. It means nothing in other languages.
	Easy bool
	// Problem is told about every text that could not be given; may be nil.
	Problem func(error)
}

// page is one view on its way to a tree: the kit of its language and what the visit knows.
type page struct {
	kit.Kit
	session.View
	set *Set
}

// screens is the one table of all screens; a test walks it.
var screens = [session.NumStates]func(page) kit.FrameSpec{
	session.Attract:           attract,
	session.ServiceClosed:     closed,
	session.OutOfService:      outOfService,
	session.Consent:           consent,
	session.Language:          language,
	session.Scope:             scope,
	session.PlaceCard:         placeCard,
	session.ReadingCard:       readingCard,
	session.LastTry:           lastTry,
	session.EnterPIN:          enterPIN,
	session.Authenticating:    authenticating,
	session.RemoveCard:        removeCard,
	session.Holder:            holder,
	session.PlaceAgain:        placeAgain,
	session.ReadingAgain:      authenticating,
	session.SelectCertificate: selectCertificate,
	session.SelectDetails:     selectDetails,
	session.SelectMembers:     selectMembers,
	session.Copies:            copies,
	session.Confirm:           confirm,
	session.HonsekiRegister:   honsekiRegister,
	session.HonsekiRegistered: honsekiRegistered,
	session.Requesting:        requesting,
	session.Checking:          checking,
	session.Pay:               pay,
	session.Settling:          settling,
	session.Printing:          printing,
	session.GivingChange:      givingChange,
	session.TakePaper:         takePaper,
	session.Finish:            finish,
	session.Returning:         returning,
	session.Refused:           refused,
	session.StaffNeeded:       staffNeeded,
	session.Maintenance:       maintenance,
	session.Wiping:            wiping,
	session.SlipWaits:         slipWaits,
	session.GiveBack:          giveBackCoins,
}

// Build makes the tree of a view. It never fails: a missing text shows its id and is told to Problem.
func (s *Set) Build(v session.View) *node.Tree { return s.Look(v, v.Aids.Size.Percent(), v.Aids.Low) }

// easyLargest is the largest text size of easy Japanese in percent.
const easyLargest = 150

// Look is Build in a text size, in percent, and in the low layout.
func (s *Set) Look(v session.View, size int, low bool) *node.Tree {
	if v.Aids.Easy && !s.Easy {
		easy := *s
		easy.Easy = true
		return easy.Look(v, size, low)
	}
	p := page{s.kit(v.Lang), v, s}
	p.Size, p.Low = size, low
	if p.Easy { // at ×2 the readings would take the room of the PIN pad's notice
		p.Size = min(size, easyLargest)
	}
	f := screens[v.State](p)
	f.Screen, f.Theme = v.Screen, s.Theme
	if v.Aids.Theme != aids.ThemeDefault {
		f.Theme = v.Aids.Theme.String()
	}
	if f.Title.None() {
		f.Title = p.T(msg.Title(v.Screen))
	}
	f.Step = kit.Step(p.step())
	f.Back, f.Cancel = v.CanBack, v.CanCancel
	phase := v.State.Phase()
	f.Tools = phase != session.PhaseIdle && phase != session.PhaseStaff
	f.NoLanguage = f.NoLanguage || phase == session.PhaseIdle
	if v.State != session.StaffNeeded && (v.Owed == 0 || v.State.Phase() != session.PhaseEnd) { // these show it large
		f.Reference = v.AppShort
	}
	switch {
	case v.Countdown > 0:
		f.Dialog = p.timeout()
	case overlays[v.Overlay] != nil:
		f.Dialog = overlays[v.Overlay](p)
	}
	tree := p.Frame(f)
	if phase != session.PhaseStaff && v.State != session.SlipWaits && v.State != session.GiveBack { // nobody's visit
		tree.Voice = node.Voice{On: v.Aids.Speech, Volume: v.Aids.Volume(), Rate: v.Aids.Rate()}
	}
	tree.Final = v.State == session.Finish
	return tree
}

// step is where the bar stands; a visit that ended without a certificate has none.
func (p page) step() int {
	if p.State == session.Finish && (p.Outcome == domain.OutcomeRefunded || p.Outcome == domain.OutcomeNothing) {
		return 0
	}
	return p.Step
}

func (s *Set) kit(lang domain.Lang) kit.Kit {
	k := kit.Kit{Panel: s.Panel, Texts: s.Catalogue.Localizer(lang), Problem: s.Problem}
	if s.Easy && lang == domain.Japanese {
		k.Texts, k.Easy = k.Texts.Easy(), true
	}
	return k
}

// lead is the screen's own lead line.
func (p page) lead() kit.Words { return p.T(msg.Lead(p.Screen)) }

// in gives a municipality's text in the visit's language, or in Japanese.
func (p page) in(t session.Text) kit.Words {
	s, l := t.In(p.Texts.Lang())
	return kit.Data(s, string(l))
}

// button is a button whose label is a text of the catalogue.
func (p page) button(label locales.Message, verb string) *kit.ButtonSpec {
	return &kit.ButtonSpec{
		ID: strings.ReplaceAll(verb, ".", "_"), Label: p.T(label), Action: node.Action{Verb: verb},
	}
}

// forward is the main action of a screen that leads on.
func (p page) forward(label locales.Message, verb string) *kit.ButtonSpec {
	b := p.button(label, verb)
	b.IconAfter = "chevron_right"
	return b
}

// timeout is the question after too long a time without a touch. Its buttons have names of their own: the screen under
// it may have a button of the same verb.
func (p page) timeout() *node.Node {
	text, withMoney := p.T(msg.TimeoutText()), kit.Words{}
	if p.State.Phase() == session.PhasePay {
		withMoney = text.Then(sentenceBreak, p.T(msg.TimeoutMoney()))
	}
	if !withMoney.None() && p.Inserted > 0 {
		text = withMoney
	}
	further, end := p.button(msg.TimeoutGo(), session.VerbContinue), p.button(msg.TimeoutEnd(), session.VerbEnd)
	further.ID, end.ID = "timeout_go", "timeout_end"
	return p.Dialog(kit.DialogSpec{
		ID: "timeout", Title: p.T(msg.TimeoutTitle()), Text: text, OrText: withMoney, Seconds: p.Countdown,
		Primary: *further, Second: end,
	})
}

// sentenceBreak stands between two sentences of which each is read at a glance: each begins a line.
const sentenceBreak = "\n"
