package session

import (
	"cmp"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session/choice"
	"github.com/kioskd/kioskd/internal/terminal/session/times"
)

// effectOf is an action that emits one effect; asking is one that emits a request.
func effectOf(name string, e Effect) action { return action{name, func(s *step) { s.emit(e) }} }

func asking(name string, k EffectKind) action {
	return action{name, func(s *step) { s.ask(Effect{Kind: k}) }}
}

var (
	begin = action{"begin", func(s *step) {
		s.v.Application, s.v.Lang, s.v.May = s.e.Application, cmp.Or(s.v.Lang, domain.Japanese), s.e.May
	}}
	takeUp = action{"take the visit up", func(s *step) {
		s.v.Application, s.v.Lang, s.v.Fee, s.v.Copies = s.e.Application, domain.Japanese, s.e.Yen, s.e.N
		s.v.In, s.v.Escrow = s.e.Count, s.e.Count
	}}
	setLanguage = action{"set language", func(s *step) {
		for _, l := range domain.Langs {
			if string(l) == s.e.Arg {
				s.v.Lang, s.v.Overlay = l, NoOverlay
			}
		}
	}}
	noteCardOn  = action{"note card", func(s *step) { s.v.CardOn = true }}
	noteCardOff = action{"note card gone", func(s *step) {
		s.v.CardOn, s.v.CardLeft = false, false
		if s.v.IsSigned {
			s.v.CardGone = true
		}
	}}

	identify     = asking("identify card", Identify)
	getChallenge = asking("get challenge", GetChallenge)
	setTries     = action{"set tries", func(s *step) { s.v.Tries = s.e.N }}
	countPIN     = action{"count digits", func(s *step) { s.v.PINCount, s.v.WrongPIN = s.e.N, false }}
	sign         = action{"verify PIN and sign", func(s *step) { s.v.PINCount = 0; s.ask(Effect{Kind: Sign}) }}
	noteWrongPIN = action{"note wrong PIN", func(s *step) { s.v.Tries, s.v.WrongPIN, s.v.PINCount = s.e.N, true, 0 }}
	authenticate = action{"authenticate", func(s *step) { s.v.IsSigned = true; s.ask(Effect{Kind: Authenticate}) }}
	fetchChoices = asking("fetch choices", FetchChoices)
	holdOffer    = action{"hold choices", func(s *step) { s.v.Offer = s.e.Offer }}
	armCap       = action{"start limit without card", func(s *step) { s.cap(times.AwayLimit, domain.AwayAidsFactor) }}
	capPIN       = action{"start limit of PIN", func(s *step) { s.cap(times.PINLimit, domain.AidsFactor) }}
	capRemove    = action{"start limit of card", func(s *step) { s.cap(times.RemoveLimit, domain.AidsFactor) }}
	capPay       = action{"start limit of payment", func(s *step) { s.cap(times.PayLimit, domain.AidsFactor) }}
	forgetCard   = effectOf("forget card", Effect{Kind: ForgetCard})
	wipePIN      = action{"wipe PIN", func(s *step) { s.v.PINCount = 0; s.emit(Effect{Kind: WipePIN}) }}
	powerOff     = effectOf("power card off", Effect{Kind: PowerOffCard})

	pickKind = action{"pick kind", func(s *step) {
		s.v.Kind, s.v.Copies, s.v.Members = s.v.Offer.Index(s.e.Arg), 1, 0
		s.v.Options = s.v.Offer.Kinds[s.v.Kind].Defaults()
		s.takeMembers()
	}}
	pickOption = action{"pick option", func(s *step) {
		kind, _ := s.v.offer()
		o, val, _ := kind.Option(s.e.Arg)
		s.v.Options[o] = uint8(val)
		s.takeMembers()
	}}
	toggleMember = action{"toggle member", func(s *step) { s.v.Members ^= 1 << s.v.Offer.Member(s.e.Arg) }}
	fewer        = action{"one copy fewer", func(s *step) { s.v.Copies-- }}
	more         = action{"one copy more", func(s *step) { s.v.Copies++ }}
	setFee       = action{"set fee", func(s *step) {
		o, _ := s.v.offer()
		s.v.Fee = o.UnitFee * domain.Yen(s.v.Copies)
	}}

	noteLeft        = action{"note time left", func(s *step) { s.v.Left = s.e.N }}
	nextApplication = action{"next application", func(s *step) { s.v = following(s.v, s.e.Application) }}
	forgetDocument  = effectOf("forget document", Effect{Kind: ForgetDocument})
	capAgain        = action{"start limit of card again", func(s *step) { s.cap(times.AgainLimit, domain.AidsFactor) }}
	compare         = asking("compare card", Compare)
	noteProved      = action{"card is the same", func(s *step) { s.v.IsSigned = true }}
	reapply         = asking("open next application", Reapply)

	newApplication   = action{"new application", func(s *step) { s.v.Application = s.e.Application }}
	registerDomicile = asking("register domicile", RegisterDomicile)

	openVisit    = effectOf("open in journal", Effect{Kind: OpenVisit})
	requestIssue = asking("request issue", RequestIssue)
	countSheets  = action{"count sheets", func(s *step) { s.v.Sheets = s.e.N }}
	checkPages   = asking("render dry", CheckPages)

	openDeposit = action{"open deposit", func(s *step) { s.ask(Effect{Kind: OpenDeposit, Yen: s.v.Fee}) }}
	noteOpen    = action{"slot open", func(s *step) { s.v.SlotOpen, s.v.ExactOnly = true, s.e.Flag }}
	recordCoin  = action{"record coin", func(s *step) {
		s.v.In[s.e.Coin]++
		s.v.Escrow[s.e.Coin]++
	}}
	// lateCoin is a credit outside a deposit: recorded, owed, never ignored. Before anything is ordered the slot
	// was never open for this resident, and the journal holds no visit: then it is a coin of before.
	lateCoin = action{"record late coin as owed", func(s *step) {
		if s.v.State.Phase() < PhaseObtain {
			idleCoin.do(s)
			return
		}
		s.v.In[s.e.Coin]++
		s.v.Lost[s.e.Coin]++
		s.v.Owed += s.e.Coin.Yen()
		s.emit(Effect{Kind: LateCoin, Coin: s.e.Coin, Yen: s.e.Coin.Yen()})
	}}
	// idleCoin is a credit while nobody is here: there is no visit to hold it, so the journal holds it.
	idleCoin = action{"record coin of nobody", func(s *step) {
		s.emit(Effect{Kind: LateCoin, Coin: s.e.Coin, Yen: s.e.Coin.Yen()})
	}}
	fixDeposit = action{"fix deposit", func(s *step) {
		s.v.SlotOpen = false
		s.ask(Effect{Kind: FixDeposit, Yen: s.v.Fee})
	}}
	takeProved = action{"take proved count", func(s *step) {
		s.v.Escrow = s.e.Count
		s.v.In = s.v.Escrow.Plus(s.v.Kept).Plus(s.v.Back).Plus(s.v.Lost)
	}}
	giveBack = action{"give the same coins back", func(s *step) {
		s.v.SlotOpen = false
		s.v.Returns++
		s.ask(Effect{Kind: ReturnEscrow})
	}}
	noteBack = action{"note coins back", func(s *step) {
		s.v.Back = s.v.Back.Plus(s.e.Count)
		s.v.Escrow = s.v.Escrow.Minus(s.e.Count)
	}}
	loseEscrow = action{"escrow not proved", func(s *step) {
		s.v.Lost = s.v.Lost.Plus(s.v.Escrow)
		s.v.Owed += s.v.Escrow.Total()
		s.v.Escrow = domain.Count{}
	}}
	keepEscrow = asking("keep escrow", KeepEscrow)
	noteKept   = action{"note kept", func(s *step) {
		s.v.Kept = s.v.Kept.Plus(s.v.Escrow)
		s.v.Escrow = domain.Count{}
		s.v.Due = s.v.Kept.Total() - s.v.Earned()
	}}
	payChange  = action{"pay change", func(s *step) { s.ask(Effect{Kind: PayChange, Yen: s.v.Due}) }}
	noteChange = action{"note change", func(s *step) {
		s.v.PaidOut = s.v.PaidOut.Plus(s.e.Count)
		s.v.Due -= s.e.Count.Total()
	}}
	oweDue = action{"owe the rest", func(s *step) {
		if s.v.Due > 0 { // below zero the hoppers paid too much: our loss, never the resident's
			s.v.Owed += s.v.Due
			s.v.Due = 0
		}
	}}

	printCopy = action{"print copy", func(s *step) {
		s.v.Printing++
		s.ask(Effect{Kind: PrintCopy, N: s.v.Printing})
	}}
	copyGood = action{"count good copy", func(s *step) { s.v.CopiesGood = s.v.Printing }}
	allGood  = action{"count all copies good", func(s *step) { s.v.CopiesGood = s.v.Printing }}
	refuse   = action{"say reason", func(s *step) { s.v.Refusal = s.e.Reason }}
	abandon  = action{"abandon request", func(s *step) { s.v.Await = 0; s.emit(Effect{Kind: Abandon}) }}
	// cancelAll does nothing once a copy is good: that application is done, not cancelled.
	cancelAll = action{"cancel at centre", func(s *step) {
		if s.v.CopiesGood == 0 && s.v.Outcome == domain.OutcomeOpen {
			s.emit(Effect{Kind: CancelAtCenter, Reason: s.v.Refusal})
		}
	}}
	raise     = action{"alarm", func(s *step) { s.emit(Effect{Kind: Alarm, Reason: s.e.Reason}) }}
	callStaff = effectOf("call staff", Effect{Kind: CallStaff})
	record    = action{"record outcome", func(s *step) { s.record() }}
	wipe      = asking("wipe", Wipe)
	clear     = action{"nobody", func(s *step) { s.v = cleared(s.v) }}
)

// cap starts a limit that no touch makes longer; aids do, up to a factor.
func (s *step) cap(seconds, most int) {
	s.v.Cap = s.id()
	s.emit(Effect{Kind: ArmCap, ID: s.v.Cap, Ms: seconds * min(most, s.v.pace()) * 1000})
}

// saying is refuse with a reason of our own.
func saying(r domain.RefusalReason) action {
	return action{"say " + r.Code(), func(s *step) { s.v.Refusal = r }}
}

// takeMembers follows the option Scope.
func (s *step) takeMembers() {
	s.v.Members = choice.Follow(s.v.ScopeValue(), s.v.Members, len(s.v.Offer.Members))
}

// record closes the visit's money and paper once (design §3: outcomes).
func (s *step) record() {
	if s.v.Outcome != domain.OutcomeOpen {
		return
	}
	s.v.Outcome = domain.OutcomeOf(s.v.Owed, s.v.Copies, s.v.CopiesGood, s.v.In)
	s.emit(Effect{Kind: Close, Outcome: s.v.Outcome, Yen: s.v.Owed})
}
