package ui_test

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
)

// tape is a voice that writes down what it was told: what is said, "*name" for a chime, "." for silence, "+" before
// what is to follow. Silence twice is silence once.
type tape struct {
	heard []string
	sound bool // something was said since the last silence
}

func (v *tape) note(s string) {
	if s != "." || v.sound {
		v.heard = append(v.heard, s)
	}
	v.sound = s != "."
}

func (v *tape) Say(_ node.Voice, headphones bool, phrases []node.Phrase) {
	v.note(said(headphones, phrases))
}

func (v *tape) Then(_ node.Voice, headphones bool, phrases []node.Phrase) {
	v.note("+" + said(headphones, phrases))
}
func (v *tape) Chime(name string) { v.note("*" + name) }
func (v *tape) Stop()             { v.note(".") }

// take gives what was heard since the last time.
func (v *tape) take() []string {
	heard := v.heard
	v.heard = nil
	return heard
}

func said(headphones bool, phrases []node.Phrase) string {
	var parts []string
	for _, p := range phrases {
		if p.Private && !headphones {
			panic("a private phrase for the loudspeaker")
		}
		parts = append(parts, p.Text)
	}
	return strings.Join(parts, " ")
}

// words are those of a language whose only word is what they mean.
var words = ui.Words{
	Role: func(lang string, r node.Role) []node.Phrase { return phrase(lang, string(r)) },
	State: func(lang string, s ui.State) []node.Phrase {
		return phrase(lang, map[ui.State]string{ui.Selected: "chosen", ui.Unselected: "not chosen", ui.Off: "off"}[s])
	},
	Position: func(lang string, n, of int) []node.Phrase { return phrase(lang, fmt.Sprintf("%d/%d", n, of)) },
	Choices:  func(lang string, n int) []node.Phrase { return phrase(lang, fmt.Sprintf("(%d)", n)) },
	Hidden:   func(lang string) []node.Phrase { return phrase(lang, "headphones!") },
}

func phrase(lang, text string) []node.Phrase { return []node.Phrase{{Text: text, Lang: lang}} }

func told(id, text string, role node.Role) *node.Node {
	return &node.Node{
		ID: id, Role: role, Kind: node.Text, Runs: []node.Run{{Text: text, Lang: "ja"}},
		Style: node.Style{Height: 20, Font: node.Font{Size: 1}},
	}
}

func pressable(id string, role node.Role) *node.Node {
	return &node.Node{
		ID: id, Role: role, Speak: id, Focusable: true, Enabled: true, Action: node.Action{Verb: "do", Arg: id},
		Style: node.Style{Height: 100, Fill: node.Surface},
	}
}

// spoken is a screen with a header, a title, a lead, a status and three things to choose, that wants speech.
func spoken(screen string, changes ...func(*node.Tree)) *node.Tree {
	t := &node.Tree{Screen: screen, Lang: "ja", Voice: node.Voice{On: true, Volume: 3, Rate: 2}, Root: &node.Node{
		Style: node.Style{Dir: node.Stack}, Children: []*node.Node{{Children: []*node.Node{
			pressable("language", node.RoleButton),
			told("steps", "step", node.RoleProgress),
			told("title", "title of "+screen, node.RoleHeading), told("lead", "lead", node.RoleNone),
			told("money", "0 yen", node.RoleStatus),
			pressable("one", node.RoleRadio), pressable("two", node.RoleButton), pressable("cancel", node.RoleButton),
		}}},
	}}
	for _, change := range changes {
		change(t)
	}
	return t
}

func with(id string, change func(*node.Node)) func(*node.Tree) {
	return func(t *node.Tree) { change(t.Find(id)) }
}

func pays(text string) func(*node.Tree) {
	return with("money", func(n *node.Node) { n.Runs[0].Text = text })
}

func asked(id string) func(*node.Tree) {
	return func(t *node.Tree) {
		t.Root.Children = append(t.Root.Children, &node.Node{
			ID: id, Role: node.RoleDialog, Speak: "really?", Children: []*node.Node{
				told(id+".title", "really?", node.RoleHeading), told("countdown", "30", node.RoleStatus),
				pressable("go", node.RoleButton), pressable("end", node.RoleButton),
			},
		})
	}
}

func speaking(t *testing.T) (*ui.App, *tape) {
	t.Helper()
	v := &tape{}
	a := ui.New(ui.Options{Size: image.Pt(400, 900), Measurer: em{}, Voice: v, Words: words})
	return a, v
}

func expect(t *testing.T, v *tape, what string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, v.take()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestAScreenIsSaidOnceAndThenItsChanges(t *testing.T) {
	a, v := speaking(t)
	a.Show(spoken("pay"), 0)
	expect(t, v, "a new screen", "title of pay lead 0 yen step (4)")
	a.Show(spoken("pay"), 1*ms)
	expect(t, v, "the same again")
	a.Show(spoken("pay", pays("100 yen")), 2*ms)
	expect(t, v, "a status", "100 yen")
	a.Show(spoken("pay", pays("100 yen"), func(t *node.Tree) { t.Lang = "ko" }), 3*ms)
	expect(t, v, "another language", "title of pay lead 100 yen step (4)")
	a.Show(spoken("print"), 4*ms)
	expect(t, v, "the next screen", "title of print lead 0 yen step (4)")
	a.Show(spoken("print", func(t *node.Tree) { t.Voice.Volume = 4 }), 5*ms)
	expect(t, v, "another loudness is heard", "title of print lead 0 yen step (4)")
	a.Show(spoken("print", func(t *node.Tree) { t.Voice = node.Voice{} }), 6*ms)
	expect(t, v, "switched off", ".")
	a.Show(spoken("end", func(t *node.Tree) { t.Voice = node.Voice{} }), 7*ms)
	a.Key(ui.KeyNext, 8*ms)
	expect(t, v, "silence stays")
}

func TestKeysWalkFromTheTitleOverBodyAndFooterToTheHeader(t *testing.T) {
	a, v := speaking(t)
	a.Show(spoken("pay", with("two", func(n *node.Node) { n.Enabled = false })), 0)
	v.take()
	for _, want := range []string{
		"title of pay heading", "lead", "0 yen status", "one radio not chosen 1/3", "two button off",
		"cancel button 2/3", "language button 3/3", "step progress", "title of pay heading",
	} {
		a.Key(ui.KeyNext, 300*ms)
		expect(t, v, "down", ".", want)
	}
	a.Key(ui.KeyPrevious, 400*ms)
	expect(t, v, "up", ".", "step progress")
	a.Key(ui.KeyAct, 400*ms)
	expect(t, v, "enter on what is only told says it again", ".", "step progress")
	a.Key(ui.KeyPrevious, 400*ms)
	actions(a)
	a.Key(ui.KeyAct, 400*ms)
	if diff := cmp.Diff([]string{"language"}, actions(a)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	v.take()
	a.Show(spoken("next"), 500*ms)
	expect(t, v, "the next screen begins at its title", "title of next lead 0 yen step (4)")
	a.Key(ui.KeyNext, 800*ms)
	expect(t, v, "down", ".", "lead")
	a.Key(ui.KeyNext, 800*ms)
	a.Key(ui.KeyNext, 800*ms)
	v.take()
	a.Show(spoken("next", with("one", func(n *node.Node) { n.Selected = true })), 810*ms)
	expect(t, v, "a box that was switched", "chosen")
}

func TestADialogCatchesTheFocusAndGivesItBack(t *testing.T) {
	a, v := speaking(t)
	a.Show(spoken("pay"), 0)
	for range 4 {
		a.Key(ui.KeyNext, 300*ms)
	}
	v.take()
	a.Show(spoken("pay", asked("timeout")), 400*ms)
	expect(t, v, "the dialog", "really? (2)")
	actions(a)
	a.Key(ui.KeyNext, 800*ms)
	a.Key(ui.KeyAct, 800*ms)
	if diff := cmp.Diff([]string{"end"}, actions(a)); diff != "" {
		t.Errorf("the first of its controls had the focus, and only them (-want +got):\n%s", diff)
	}
	v.take()
	for s, want := range map[string][]string{"29": nil, "20": {"20"}} {
		a.Show(spoken("pay", asked("timeout"), with("countdown", func(n *node.Node) { n.Runs[0].Text = s })), 900*ms)
		expect(t, v, "countdown "+s, want...)
	}
	a.Show(spoken("pay"), 1000*ms)
	v.take()
	a.Key(ui.KeyAct, 1300*ms)
	if diff := cmp.Diff([]string{"one"}, actions(a)); diff != "" {
		t.Errorf("the focus came back (-want +got):\n%s", diff)
	}
}

func TestPrivatePartsAreForHeadphonesAlone(t *testing.T) {
	hidden := func(t *node.Tree) {
		name := told("holder", "HANAKO", node.RoleText)
		name.Private = true
		one := t.Find("one")
		one.Private = true
		page := t.Root.Children[0]
		page.Children = append(page.Children, name)
	}
	a, v := speaking(t)
	a.Show(spoken("holder", hidden), 0)
	expect(t, v, "loudspeaker", "title of holder lead 0 yen step (4) headphones!")
	a.Headphones(true, 10*ms)
	expect(t, v, "put in", "title of holder lead 0 yen HANAKO step (4)")
	a.Headphones(false, 20*ms)
	expect(t, v, "taken out", ".")
	for range 4 {
		a.Key(ui.KeyNext, 300*ms)
	}
	expect(t, v, "a private control", "title of holder heading", ".", "lead", ".", "0 yen status", ".",
		"radio not chosen 1/4 headphones!")
}

func TestHeadphonesBeginSpeechEachTimeAndKeysOnce(t *testing.T) {
	a, _ := speaking(t)
	silent := func(t *node.Tree) { t.Voice = node.Voice{} }
	a.Show(spoken("one", silent), 0)
	a.Key(ui.KeyHelp, 300*ms)
	a.Key(ui.KeyCancel, 300*ms)
	if diff := cmp.Diff([]string{"speech=on", "cancel"}, actions(a)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	a.Headphones(true, 310*ms)
	a.Headphones(true, 320*ms)
	a.Headphones(false, 320*ms)
	if diff := cmp.Diff([]string{"speech=on"}, actions(a)); diff != "" {
		t.Errorf("headphones (-want +got):\n%s", diff)
	}
	a.Show(spoken("one"), 330*ms)
	a.Show(spoken("one", silent), 340*ms) // switched off by hand
	a.Key(ui.KeyAct, 350*ms)
	if got := actions(a); len(got) != 0 {
		t.Errorf("a key brought speech back: %v", got)
	}
	a.Wipe()
	a.Show(spoken("one", silent), 400*ms)
	a.Key(ui.KeyAct, 700*ms)
	if diff := cmp.Diff([]string{"speech=on"}, actions(a)); diff != "" {
		t.Errorf("the next person (-want +got):\n%s", diff)
	}
}

func TestKeysOfTheVoice(t *testing.T) {
	a, v := speaking(t)
	a.Show(spoken("one"), 0)
	v.take()
	a.Key(ui.KeyRepeat, 1*ms)
	expect(t, v, "the screen again", ".", "title of one lead 0 yen step (4)")
	a.Key(ui.KeyPrevious, 1*ms)
	a.Key(ui.KeyPrevious, 1*ms)
	v.take()
	a.Key(ui.KeyRepeat, 1*ms)
	expect(t, v, "the control again", ".", "language button 4/4")
	actions(a)
	for _, k := range []ui.Key{ui.KeyLouder, ui.KeySofter, ui.KeyRate} {
		a.Key(k, 2*ms)
	}
	a.Show(spoken("one", func(t *node.Tree) { t.Voice = node.Voice{On: true, Volume: 5, Rate: 3} }), 3*ms)
	for _, k := range []ui.Key{ui.KeyLouder, ui.KeyRate} {
		a.Key(k, 4*ms)
	}
	if diff := cmp.Diff([]string{"volume=4", "volume=2", "rate=3", "volume=5", "rate=1"}, actions(a)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}

func TestTheLastWordIsSaidToItsEnd(t *testing.T) {
	final := func(t *node.Tree) { t.Final = true }
	a, v := speaking(t)
	a.Show(spoken("finish", final), 0)
	v.take()
	a.Show(spoken("next"), 10*ms)
	expect(t, v, "the next screen waits", "+title of next lead 0 yen step (4)")
	a.Wipe()
	expect(t, v, "nor does the end cut what waits behind it")
	a.Show(spoken("finish", final), 20*ms)
	v.take()
	a.Wipe()
	a.Show(spoken("attract", func(t *node.Tree) { t.Voice = node.Voice{} }), 30*ms)
	expect(t, v, "the end of the visit does not cut it")
	a.Pointer(ui.PointerEvent{Phase: ui.Down, Finger: 1, X: 5, Y: 5, At: 40 * ms})
	expect(t, v, "a touch does", ".")
	a.Show(spoken("pay"), 50*ms)
	v.take()
	a.Wipe()
	expect(t, v, "what is not the last word ends with the visit", ".")
	a.Headphones(true, 60*ms)
	a.Show(spoken("finish", final, with("money", func(n *node.Node) { n.Private = true })), 70*ms)
	v.take()
	a.Wipe()
	expect(t, v, "nothing private outlasts a visit", ".")
}

// TestWhatHasNoNameIsComeToAndLeft: a listener goes by keys over texts that no screen has given a name.
func TestWhatHasNoNameIsComeToAndLeft(t *testing.T) {
	text := func(s string) *node.Node {
		return &node.Node{Kind: node.Text, Role: node.RoleText, Speak: s, Runs: []node.Run{{Text: s, Lang: "en"}}}
	}
	tree := keys("one", "a")
	tree.Root.Children = append([]*node.Node{text("first"), text("second")}, tree.Root.Children...)
	tree.Voice = node.Voice{On: true}
	a := ui.New(ui.Options{Size: image.Pt(400, 200), Measurer: em{}, Voice: &tape{}})
	a.Show(tree, 0)
	for range 3 {
		a.Key(ui.KeyNext, 1000*ms)
	}
	a.Key(ui.KeyAct, 1000*ms)
	if got := actions(a); len(got) == 0 || got[len(got)-1] != "a" {
		t.Errorf("%q", got)
	}
}
