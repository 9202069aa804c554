package choice

import "github.com/kioskd/kioskd/internal/domain"

// Index finds a kind that can be had by its code; -1 for any other.
func (o *Offer) Index(code string) int {
	if o == nil {
		return -1
	}
	for i, k := range o.Kinds {
		if string(k.Kind) == code && k.Refusal == domain.NoRefusal {
			return i
		}
	}
	return -1
}

// Plain reports a kind that can be had and has nothing to choose.
func (o *Offer) Plain(code string) bool {
	i := o.Index(code)
	return i >= 0 && len(o.Kinds[i].Options) == 0
}

// Member finds a person by the municipality's reference; -1 for a stranger.
func (o *Offer) Member(ref string) int {
	if o == nil {
		return -1
	}
	for i, m := range o.Members {
		if m.Ref == ref {
			return i
		}
	}
	return -1
}

// Defaults are the values that a kind begins with.
func (k KindOffer) Defaults() (values [MaxOptions]uint8) {
	for i, o := range k.Options {
		values[i] = uint8(o.Default)
	}
	return values
}

// Option finds "code=value" among the options: which one, and which of its values.
func (k KindOffer) Option(arg string) (option, value int, ok bool) {
	for i, opt := range k.Options {
		for j, val := range opt.Values {
			if string(opt.Code)+"="+string(val) == arg {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// Scope is the chosen value of the option Scope, or "" where the kind has none.
func (k KindOffer) Scope(values [MaxOptions]uint8) domain.OptionValue {
	for i, opt := range k.Options {
		if opt.Code == domain.OptionScope {
			return opt.Values[values[i]]
		}
	}
	return ""
}

// Follow gives the members that follow from the option Scope: everybody, the holder alone, or a choice that begins with
// the holder. chosen has a bit for each of n people, the holder's first.
func Follow(scope domain.OptionValue, chosen uint32, n int) uint32 {
	all := uint32(uint64(1)<<n - 1)
	switch {
	case scope == domain.ScopeWhole:
		return all
	case scope == domain.ScopePart && chosen != 0 && chosen != all:
		return chosen
	default:
		return 1
	}
}

// KindViews are the rows of the list of certificates.
func (o *Offer) KindViews() []KindView {
	all := make([]KindView, 0, len(o.Kinds))
	for _, k := range o.Kinds {
		all = append(all, KindView{Kind: k.Kind, Fee: k.UnitFee, Refusal: k.Refusal})
	}
	return all
}

// MemberViews are the people who may stand on a certificate.
func (o *Offer) MemberViews(chosen uint32) []MemberView {
	all := make([]MemberView, 0, len(o.Members))
	for i, m := range o.Members {
		all = append(all, MemberView{Ref: m.Ref, Picture: m.Picture, Chosen: chosen>>i&1 == 1})
	}
	return all
}

// OptionViews are the options of a kind with what is chosen.
func (k KindOffer) OptionViews(values [MaxOptions]uint8) []OptionView {
	all := make([]OptionView, 0, len(k.Options))
	for i, opt := range k.Options {
		v := OptionView{Code: opt.Code, Chosen: int(values[i])}
		for _, val := range opt.Values {
			v.Choices = append(v.Choices, ChoiceView{Value: val})
		}
		all = append(all, v)
	}
	return all
}
