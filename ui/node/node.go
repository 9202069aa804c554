// Package node is the tree that a screen is made of, and its layout.
//
// A screen function builds a tree of nodes; layout, paint, hit test, focus order, the desk's JSON and speech all read
// that one tree, so that what is seen, touched and heard cannot differ (design §5, reference ui.md §4). The package
// knows no font, no device and no clock: text is measured by a Measurer that the caller passes in.
//
// A tree never holds a PIN: the pad's boxes know only how many digits are in.
package node

import "image"

// Action is what a tap or a key on a node means. It is comparable; the zero Action means nothing.
//
// Verbs are lower-case words with dots ("language", "pin.digit"); Arg is a value of that verb ("zh-Hant", "3").
// Nobody logs or stores the Arg of a verb for which Secret is true.
type Action struct{ Verb, Arg string }

// Secret tells whether the action's argument is part of a PIN and may never be logged, stored or shown.
func (a Action) Secret() bool { return len(a.Verb) >= 4 && a.Verb[:4] == "pin." }

// String gives the verb, and the argument where it is no secret. It exists so that a slip of the log cannot show a PIN.
func (a Action) String() string {
	switch {
	case a.Secret() && a.Arg != "":
		return a.Verb + "([PIN])"
	case a.Arg != "":
		return a.Verb + "(" + a.Arg + ")"
	}
	return a.Verb
}

// GoString hides the argument for %#v as String does for %v.
func (a Action) GoString() string { return "node.Action{" + a.String() + "}" }

// MarshalText hides the argument from JSON and from structured logs.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Kind says what a node draws.
type Kind uint8

// The kinds of node.
const (
	Box     Kind = iota // children only
	Text                // Runs
	Icon                // Icon, a name of paint's icon table
	Picture             // Picture, the key of a municipality's picture
)

// Role says what a node is to somebody who cannot see it. The words follow WAI-ARIA where it has one.
type Role string

// The roles in use. A node without a role is decoration or layout and is left out of the JSON and of speech.
const (
	RoleNone     Role = ""
	RoleHeading  Role = "heading"
	RoleText     Role = "text"
	RoleButton   Role = "button"
	RoleItem     Role = "listitem"
	RoleCheck    Role = "checkbox"
	RoleRadio    Role = "radio"
	RoleKey      Role = "key" // a key of the PIN pad
	RoleImage    Role = "img"
	RoleStatus   Role = "status"
	RoleAlert    Role = "alert"
	RoleDialog   Role = "dialog"
	RoleProgress Role = "progress"
	RoleGroup    Role = "group"
)

// Run is a piece of already localised text with its language (BCP 47: ja en zh-Hans zh-Hant ko es pt). The language
// chooses the shapes of Han characters; a run without one is a fault that the linter reports.
type Run struct{ Text, Lang string }

// Phrase is one piece of what a node says aloud.
type Phrase struct {
	// Key names the recorded clip within its language: a message id with its plural form and part
	// ("enter_pin.tries.other#1"), or "number/42". "" where nobody could record one: a text of a municipality.
	Key  string
	Text string // without markup and break marks
	Lang string // BCP 47
	// Private phrases are said to headphones only.
	Private bool
}

// Node is one rectangle of a screen.
type Node struct {
	// ID names the node within its screen. Every node with an action has one; ids are unique in a tree.
	ID       string
	Kind     Kind
	Role     Role
	Style    Style
	Children []*Node
	// Room are nodes that are never shown: this one is at least as high as each of them would be, so that nothing below
	// it moves when one of them takes its place (a longer notice, a second line).
	Room []*Node

	Runs    []Run  // of a Text
	Icon    string // of an Icon
	Picture string // of a Picture

	// Say is Speak in pieces that can be recorded. Where it is nil, Speak is one piece without a key.
	Say []Phrase
	// Speak is what is said for the node; empty means its own text and then that of its children.
	Speak string
	// Focusable nodes can be reached by keys and touched.
	Focusable bool
	// Enabled is false for a control that is shown but cannot be used now.
	Enabled bool
	// Selected is the state of a checkbox, radio button or item that can be chosen.
	Selected bool
	// Action is what a tap means.
	Action Action
	// Private marks what only the resident may see: it never leaves in the JSON, is never spoken on a loudspeaker.
	Private bool
	// Unguarded nodes take a tap at once after a screen change (Cancel); all others wait 150 ms.
	Unguarded bool
	// Optional children of a column with a Pager go first when it is too high: a large symbol.
	Optional bool
	// Splits lets a column with a Pager share this child's own children out among its pages.
	Splits bool
	// Pager, of a Column, shows the children in pages when they do not fit.
	Pager *Pager
	// Hidden is a result of Layout: the node is on another page. It is not painted, touched, reached or said.
	Hidden bool

	// Quiet nodes show nothing when pressed, so that a bystander cannot see which key of the PIN pad it was.
	Quiet bool

	// Rect and Lines are the results of Layout, in panel pixels.
	Rect  image.Rectangle
	Lines []Line

	sizes [2]measured
}

// measured is one remembered result of Measure: layout asks the same question twice on every level of the tree.
type measured struct {
	max  int
	size image.Point
}

// Walk calls visit for the node and all below it in reading order, until visit returns false.
func (n *Node) Walk(visit func(*Node) bool) bool {
	if n == nil {
		return true
	}
	if !visit(n) {
		return false
	}
	for _, c := range n.Children {
		if !c.Walk(visit) {
			return false
		}
	}
	return true
}

// Content is the node's own text, all runs joined.
func (n *Node) Content() string {
	if len(n.Runs) == 1 {
		return n.Runs[0].Text
	}
	s := ""
	for _, r := range n.Runs {
		s += r.Text
	}
	return s
}

// Spoken is what a listener hears for the node: Speak, or its text followed by that of its children. Private parts
// are left out; hearing them needs headphones and a caller that knows that they are in.
func (n *Node) Spoken() string {
	if n.Private || n.Hidden {
		return ""
	}
	if n.Speak != "" {
		return n.Speak
	}
	s := n.Content()
	for _, c := range n.Children {
		if t := c.Spoken(); t != "" {
			if s != "" {
				s += " "
			}
			s += t
		}
	}
	return Plain(s)
}

// Phrases are the pieces of what a listener hears for the node, those of private parts marked. lang is the language of
// what has none of its own.
func (n *Node) Phrases(lang string) []Phrase { return n.phrases(nil, lang, false) }

func (n *Node) phrases(all []Phrase, lang string, private bool) []Phrase {
	private = private || n.Private
	switch {
	case n.Hidden:
		return all
	case n.Say != nil:
		for _, p := range n.Say {
			p.Private = p.Private || private
			all = append(all, p)
		}
		return all
	case n.Speak != "":
		return append(all, Phrase{Text: n.Speak, Lang: lang, Private: private})
	}
	for _, r := range n.Runs {
		all = append(all, Phrase{Text: Plain(r.Text), Lang: r.Lang, Private: private})
	}
	for _, c := range n.Children {
		all = c.phrases(all, lang, private)
	}
	return all
}
