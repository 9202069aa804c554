package ui

import (
	"slices"
	"strconv"
	"time"

	"github.com/kioskd/kioskd/ui/node"
)

// Voice says things aloud. The app calls it with its lock held, so its methods return at once and never call the app.
// What they are given is dropped again: a voice keeps no phrase after it was said.
type Voice interface {
	// Say ends what is being said, and says this. Private phrases are among them only where headphones is true; a voice
	// that finds them gone by then leaves those phrases out.
	Say(v node.Voice, headphones bool, phrases []node.Phrase)
	// Chime plays one of the sounds below, or one of the session's; an unknown name is silence.
	Chime(name string)
	// Stop makes silence within 100 ms.
	Stop()
}

// Queue is a Voice that can also say something after what it says now: what follows a message that nobody may cut.
// A voice without it says the next thing only when it is asked for.
type Queue interface {
	Then(v node.Voice, headphones bool, phrases []node.Phrase)
}

// ChimeKey is the click of a PIN pad's key: the same for each of them.
const ChimeKey = "key"

// State is a state of a control that its own words do not tell.
type State uint8

// The states.
const (
	Selected State = iota
	Unselected
	Off // shown, and cannot be used now
)

// Words say what no node has words for. Each function gives the phrases in a language (BCP 47); nil ones say nothing.
type Words struct {
	Role     func(lang string, r node.Role) []node.Phrase // "button"
	State    func(lang string, s State) []node.Phrase     // "selected", "off"
	Position func(lang string, n, of int) []node.Phrase   // "2 of 5"
	Choices  func(lang string, n int) []node.Phrase       // "5 things can be chosen"
	// Hidden stands for what only headphones may hear.
	Hidden func(lang string) []node.Phrase
}

// The actions by which a person sets how a visit speaks; the session decides and the next tree carries it.
const (
	verbAid    = "aid.set"
	aidSpeech  = "speech=on"
	aidVolume  = "volume="
	aidRate    = "rate="
	loudest    = 5
	fastest    = 3
	middle     = 3 // of the volumes, where a tree names none
	plainSpeed = 2
)

// talk is what the app knows of its voice. It keeps ids and never a phrase: phrases may be private.
type talk struct {
	voice      Voice // nil: nothing is ever said
	words      Words
	headphones bool
	// woken: speech was begun in this visit. Who then switches it off does not want it back at the next key.
	woken bool
	// final: what is being said is a screen's last word, and nobody has touched anything since.
	final bool
	// private: what is being said may only be heard by headphones.
	private bool
}

// Headphones tells the app that headphones were put in or taken out. Putting them in begins speech; taking them out
// ends at once what is being said.
func (a *App) Headphones(in bool, _ time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.talk.headphones == in {
		return
	}
	a.talk.headphones = in
	switch {
	case !in:
		a.hush()
	case a.speaks():
		a.announce()
	default:
		a.begin(true)
	}
}

// begin asks for speech: always where it is wanted again, else once a visit.
func (a *App) begin(again bool) {
	if a.talk.voice == nil || a.tree == nil || a.tree.Voice.On || a.talk.woken && !again {
		return
	}
	a.talk.woken = true
	a.send(node.Action{Verb: verbAid, Arg: aidSpeech})
}

// speaks tells whether this visit wants to hear something.
func (a *App) speaks() bool { return a.talk.voice != nil && a.tree != nil && a.tree.Voice.On }

// hush ends what is being said.
func (a *App) hush() {
	a.talk.final, a.talk.private = false, false
	if a.talk.voice != nil {
		a.talk.voice.Stop()
	}
}

// chime plays a sound to a visit that hears.
func (a *App) chime(name string) {
	if a.speaks() {
		a.talk.voice.Chime(name)
	}
}

// say says phrases in place of what is being said. What is private is left out where no headphones are in.
func (a *App) say(phrases []node.Phrase) {
	if !a.speaks() {
		return
	}
	heard, private := a.permitted(phrases)
	if len(heard) == 0 {
		return
	}
	final := a.talk.final
	a.talk.final, a.talk.private = final || a.tree.Final, private || final && a.talk.private
	if !final {
		a.talk.voice.Say(a.tree.Voice, a.talk.headphones, heard)
	} else if q, ok := a.talk.voice.(Queue); ok {
		q.Then(a.tree.Voice, a.talk.headphones, heard)
	} // else not said, so that the last word is
}

// permitted is what may be heard now, and whether some of it is private.
func (a *App) permitted(phrases []node.Phrase) (heard []node.Phrase, private bool) {
	hidden := false
	for _, p := range phrases {
		switch {
		case p.Text == "" && p.Key == "":
		case !p.Private:
			heard = append(heard, p)
		case a.talk.headphones:
			heard, private = append(heard, p), true
		default:
			hidden = true
		}
	}
	if hidden && a.talk.words.Hidden != nil {
		heard = append(heard, a.talk.words.Hidden(a.tree.Lang)...)
	}
	return heard, private
}

// announce says the whole screen: its title, what it asks for and tells, and how many things can be chosen.
func (a *App) announce() {
	var phrases []node.Phrase
	d := a.tree.Modal()
	if d != nil && (d.Say != nil || d.Speak != "") {
		phrases = d.Phrases(a.tree.Lang)
	} else {
		for _, n := range fromTitle(texts(a.tree.Active())) {
			if n.ID != countdown {
				phrases = append(phrases, n.Phrases(a.tree.Lang)...)
			}
		}
	}
	if w := a.talk.words.Choices; w != nil {
		if n := len(choices(a.tree)); n > 0 {
			phrases = append(phrases, w(a.tree.Lang, n)...)
		}
	}
	a.say(phrases)
}

// control says one thing that keys or a finger came to, with its role, its state and where it stands.
func (a *App) control(n *node.Node) {
	if secret(n) && !a.talk.headphones {
		a.hush() // a bystander who hears which key is meant hears the PIN
		return
	}
	lang, w := a.tree.Lang, a.talk.words
	phrases := n.Phrases(lang)
	if n.Private && len(phrases) == 0 { // a picture that nobody can read aloud
		phrases = append(phrases, node.Phrase{Private: true, Lang: lang, Text: ""})
	}
	if w.Role != nil && n.Role != node.RoleNone {
		phrases = append(phrases, w.Role(lang, n.Role)...)
	}
	if w.State != nil {
		for _, s := range states(n) {
			phrases = append(phrases, w.State(lang, s)...)
		}
	}
	all := choices(a.tree)
	if i := slices.Index(all, n); i >= 0 && w.Position != nil {
		phrases = append(phrases, w.Position(lang, i+1, len(all))...)
	}
	a.say(phrases)
}

// states are those that a listener has to know of.
func states(n *node.Node) (all []State) {
	switch {
	case n.Selected:
		all = append(all, Selected)
	case n.Role == node.RoleCheck, n.Role == node.RoleRadio:
		all = append(all, Unselected)
	}
	if n.Focusable && !n.Enabled {
		all = append(all, Off)
	}
	return all
}

// secret tells whether the name of the node is a digit of a PIN.
func secret(n *node.Node) bool { return n.Action.Secret() && n.Action.Arg != "" }

// follow says what the newly shown tree brings to a listener. before is the tree that was shown.
func (a *App) follow(before *node.Tree) {
	t := a.tree
	switch {
	case a.talk.voice == nil:
	case !t.Voice.On:
		if before != nil && before.Voice.On && !a.talk.final {
			a.hush()
		}
	case before == nil || !before.Voice.On || !same(before, t):
		a.talk.woken = true
		a.announce()
	case before.Voice != t.Voice:
		a.again()
	default:
		a.changes(before)
	}
}

// same tells whether a listener is where he was: on the same screen, in the same language, before the same dialog.
func same(t, u *node.Tree) bool {
	return t.Screen == u.Screen && t.Lang == u.Lang && dialog(t) == dialog(u)
}

// dialog is the id of the one that lies over the screen.
func dialog(t *node.Tree) string {
	if d := t.Modal(); d != nil {
		return d.ID
	}
	return ""
}

// again says once more what was said last: the control that has the focus, else the screen.
func (a *App) again() {
	if n := a.tree.Find(a.focus); a.focus != "" && n != nil {
		a.control(n)
		return
	}
	a.announce()
}

// changes says the statuses and alarms that are new on a screen that is known already, and the new state of the control
// that has the focus.
func (a *App) changes(before *node.Tree) {
	lang, known := a.tree.Lang, make(map[string]string)
	for _, n := range texts(before.Active()) {
		known[n.ID] = n.Spoken()
	}
	var phrases []node.Phrase
	for _, n := range texts(a.tree.Active()) {
		was, is := known[n.ID]
		if n.Role != node.RoleStatus && n.Role != node.RoleAlert || is && was == n.Spoken() || passing(n) {
			continue
		}
		phrases = append(phrases, n.Phrases(lang)...)
	}
	if n, m := a.tree.Find(a.focus), before.Find(a.focus); n != nil && m != nil && a.talk.words.State != nil &&
		!slices.Equal(states(n), states(m)) {
		for _, s := range states(n) {
			phrases = append(phrases, a.talk.words.State(lang, s)...)
		}
	}
	if len(phrases) > 0 {
		a.say(phrases)
	}
}

// countdown is the id of the number that changes each second: only each tenth is said, or nothing else could be heard.
const (
	countdown = "countdown"
	tellEach  = 10
)

// passing tells whether the node is a number on its way down that is not said.
func passing(n *node.Node) bool {
	if n.ID != countdown {
		return false
	}
	seconds, err := strconv.Atoi(n.Spoken())
	return err == nil && seconds%tellEach != 0
}

// setVoice asks for another loudness or rate.
func (a *App) setVoice(k Key) {
	v := a.tree.Voice
	if v.Volume == 0 {
		v.Volume = middle
	}
	if v.Rate == 0 {
		v.Rate = plainSpeed
	}
	arg := ""
	switch k {
	case KeyLouder:
		arg = aidVolume + strconv.Itoa(min(v.Volume+1, loudest))
	case KeySofter:
		arg = aidVolume + strconv.Itoa(max(v.Volume-1, 1))
	default:
		arg = aidRate + strconv.Itoa(v.Rate%fastest+1)
	}
	a.send(node.Action{Verb: verbAid, Arg: arg})
}
