// Package session is the resident's visit as a pure state machine: an event comes in, Step answers with the next Visit
// and an ordered list of effects. It has no clock, file, network, goroutine or randomness, so the same input always
// gives the same output; whatever is hard about money, identity and time is decided here and can be tried a million
// times.
//
// terminal calls Step and carries the effects out in their order. ui draws what View says. The table is written in
// table_*.go, one file a phase, and printed whole in docs/session.md (go generate).
package session

import "github.com/kioskd/kioskd/internal/terminal/session/choice"

//go:generate go tool -modfile=../../../tools/go.mod stringer -type=State,Kind,EffectKind -output=names_string.go
//go:generate go run ./gendoc -o ../../../docs/session.md

// What a resident may choose from, and what a screen knows of it; choice has the types.
type (
	Offer       = choice.Offer
	KindOffer   = choice.KindOffer
	OptionOffer = choice.OptionOffer
	MemberOffer = choice.MemberOffer
	Order       = choice.Order
	Text        = choice.Text
	KindView    = choice.KindView
	OptionView  = choice.OptionView
	ChoiceView  = choice.ChoiceView
	MemberView  = choice.MemberView
)

// Bounds of an offer; a larger one is refused by terminal before it comes here.
const (
	MaxKinds   = choice.MaxKinds
	MaxOptions = choice.MaxOptions
	MaxMembers = choice.MaxMembers
)
