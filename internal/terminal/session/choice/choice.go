// Package choice is what a resident may choose from, and what a screen may know of it: data of the session, without its
// rules. The session gives these types its own names.
package choice

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// Offer is what this holder may choose from: the municipality's signed choices joined with its catalogue. It is made
// once and never changed.
type Offer struct {
	Holder  signed.Hash // picture of the holder line
	Kinds   []KindOffer
	Members []MemberOffer // the first one is the holder
}

// KindOffer is one kind.
type KindOffer struct {
	Kind      domain.Kind
	Refusal   domain.RefusalReason
	UnitFee   domain.Yen
	MaxCopies int
	Options   []OptionOffer
}

// OptionOffer is one option of a kind.
type OptionOffer struct {
	Code    domain.OptionCode
	Values  []domain.OptionValue
	Default int // index into Values
}

// MemberOffer is one person.
type MemberOffer struct {
	Ref     string
	Picture signed.Hash
}

// Bounds of an offer; a larger one is refused by terminal before it comes here.
const (
	MaxKinds   = 16
	MaxOptions = 12
	MaxMembers = 32
)

// Text is one text in the languages that the municipality wrote it in; Japanese is always there.
type Text map[domain.Lang]string

// In gives the text in a language, or in Japanese where the municipality has none, and the language it is in.
func (t Text) In(l domain.Lang) (string, domain.Lang) {
	if s, ok := t[l]; ok {
		return s, l
	}
	return t[domain.Japanese], domain.Japanese
}

// KindView is one row of the list of certificates.
type KindView struct {
	Kind    domain.Kind
	Label   Text
	Help    Text
	Fee     domain.Yen
	Refusal domain.RefusalReason // NoRefusal where it can be had
}

// OptionView is one option of the chosen kind with its values; Chosen is an index into Choices.
type OptionView struct {
	Code    domain.OptionCode
	Label   Text
	Choices []ChoiceView
	Chosen  int
}

// ChoiceView is one value of an option.
type ChoiceView struct {
	Value domain.OptionValue
	Label Text
}

// MemberView is one person who may stand on the certificate.
type MemberView struct {
	Ref     string
	Picture signed.Hash
	Chosen  bool
}

// Order is what the resident chose, for the order note.
type Order struct {
	Kind    domain.Kind
	Options []domain.Option
	Members []string
	Copies  int
	UnitFee domain.Yen
	Fee     domain.Yen
}

// Order makes the order of a kind: values is an index into each option's values, chosen has a bit for each of members.
func (k KindOffer) Order(members []MemberOffer, values [MaxOptions]uint8, chosen uint32, copies int) Order {
	o := Order{Kind: k.Kind, Copies: copies, UnitFee: k.UnitFee, Fee: k.UnitFee * domain.Yen(copies)}
	for i, opt := range k.Options {
		o.Options = append(o.Options, domain.Option{Code: opt.Code, Value: opt.Values[values[i]]})
	}
	for i, m := range members {
		if chosen>>i&1 == 1 {
			o.Members = append(o.Members, m.Ref)
		}
	}
	return o
}
