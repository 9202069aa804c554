package session

import "github.com/kioskd/kioskd/internal/domain"

var (
	cardLeft    = guard{"card left on the reader", func(s *step) bool { return s.v.CardLeft }}
	cardGone    = guard{"card taken", func(s *step) bool { return s.v.CardGone || !s.v.CardOn }}
	hasSigned   = guard{"card has signed", func(s *step) bool { return s.v.IsSigned }}
	noTries     = guard{"no try left", func(s *step) bool { return s.e.N == 0 }}
	lastTry     = guard{"one try left", func(s *step) bool { return s.e.N == 1 }}
	onlyOneTry  = guard{"one try left", func(s *step) bool { return s.v.Tries == 1 }}
	fourDigits  = guard{"four digits", func(s *step) bool { return s.v.PINCount == 4 && s.v.Await == 0 }}
	homeScope   = guard{"home", func(s *step) bool { return s.e.Arg == "home" }}
	wrongPeople = guard{"not this application", func(s *step) bool { return s.e.Reason == domain.DocumentMismatch }}

	homeAndCard   = guard{"home, card on the reader", func(s *step) bool { return homeScope.ok(s) && s.v.CardOn }}
	offeredKind   = guard{"offered", func(s *step) bool { return s.v.Offer.Index(s.e.Arg) >= 0 }}
	plainKind     = guard{"offered, no options", func(s *step) bool { return s.v.Offer.Plain(s.e.Arg) }}
	knownOption   = guard{"an offered value", func(s *step) bool { return s.knownOption() }}
	knownMember   = guard{"a member", func(s *step) bool { return s.v.Offer.Member(s.e.Arg) >= 0 }}
	choosesPeople = guard{"part of the household", func(s *step) bool { return s.v.ScopeValue() == domain.ScopePart }}
	somebody      = guard{"somebody chosen", func(s *step) bool { return s.v.Members != 0 }}
	canMore       = guard{"below the limit", func(s *step) bool { o, _ := s.v.offer(); return s.v.Copies < o.MaxCopies }}
	mayRegister   = guard{"may register", func(s *step) bool { return s.v.canRegister() }}
	mayAnother    = guard{"another can be had", func(s *step) bool { return s.v.canAnother() }}
	nothingAsked  = guard{"nothing asked yet", func(s *step) bool { return s.v.Await == 0 }}
	canFewer      = guard{"more than one", func(s *step) bool { return s.v.Copies > 1 }}

	timeShort    = guard{"too little time left to pay and print", func(s *step) bool { return s.e.N < s.v.payTime() }}
	free         = guard{"¥0", func(s *step) bool { return s.v.Fee == 0 }}
	priceReached = guard{"price reached, nobody is asked about cancelling", func(s *step) bool {
		return s.v.SlotOpen && s.v.Overlay != OverlayCancel && s.withCoin() >= s.v.Fee
	}}
	provedEnough = guard{"proved, price reached", func(s *step) bool { return s.e.Count.Total() >= s.v.Fee }}
	allBack      = guard{"all came back", func(s *step) bool { return s.e.Count == s.v.Escrow }}
	mayReturn    = guard{"once more", func(s *step) bool {
		return s.v.Returns < 2 && s.v.Escrow.Holds(s.e.Count) && s.v.Escrow != s.e.Count
	}}
	wasRefused = guard{"all came back, a reason is to be said", func(s *step) bool {
		return allBack.ok(s) && s.v.Refusal != 0
	}}
	moreCopies  = guard{"more copies", func(s *step) bool { return s.v.Printing < s.v.Copies }}
	firstUnfed  = guard{"not printed, no good copy", func(s *step) bool { return s.unfed() && s.v.CopiesGood == 0 }}
	laterUnfed  = guard{"not printed, k good copies", func(s *step) bool { return s.unfed() && s.v.CopiesGood > 0 }}
	paidInFull  = guard{"paid in full", func(s *step) bool { return s.e.Count.Total() == s.v.Due }}
	holdsEscrow = guard{"coins in escrow", func(s *step) bool { return !s.v.Escrow.IsZero() }}
)

func (s *step) unfed() bool { return s.e.Evidence == EvidenceNotPrinted }

// withCoin is what will be in escrow when the coin of this event is counted.
func (s *step) withCoin() domain.Yen { return s.v.Escrow.Total() + s.e.Coin.Yen() }

func (s *step) knownOption() bool {
	o, _ := s.v.offer()
	_, _, ok := o.Option(s.e.Arg)
	return ok
}

// ScopeValue is the chosen value of the option Scope, or "" where the kind has none.
func (v Visit) ScopeValue() domain.OptionValue {
	o, _ := v.offer()
	return o.Scope(v.Options)
}
