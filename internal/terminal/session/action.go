package session

import "github.com/kioskd/kioskd/internal/domain"

// effectOf is an action that emits one effect; asking is one that emits a request.
func effectOf(name string, e Effect) action { return action{name, func(s *step) { s.emit(e) }} }

func asking(name string, k EffectKind) action {
	return action{name, func(s *step) { s.ask(Effect{Kind: k}) }}
}

var (
	begin = action{"begin", func(s *step) {
		s.v.Application, s.v.Lang, s.v.May = s.e.Application, domain.Japanese, s.e.May
	}}
	takeUp = action{"take the visit up", func(s *step) {
		s.v.Application, s.v.Lang, s.v.Fee, s.v.Copies = s.e.Application, domain.Japanese, s.e.Yen, s.e.N
		s.v.In, s.v.Escrow = s.e.Count, s.e.Count
	}}
	openLanguages = action{"show languages", func(s *step) { s.v.LangOpen = true }}
	setLanguage   = action{"set language", func(s *step) {
		for _, l := range domain.Langs {
			if string(l) == s.e.Arg {
				s.v.Lang, s.v.LangOpen = l, false
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
	armCap       = action{"start limit without card", func(s *step) { s.cap(awayLimit, domain.AwayAidsFactor) }}
	capPIN       = action{"start limit of PIN", func(s *step) { s.cap(pinLimit, domain.AidsFactor) }}
	capRemove    = action{"start limit of card", func(s *step) { s.cap(removeLimit, domain.AidsFactor) }}
	capPay       = action{"start limit of payment", func(s *step) { s.cap(payLimit, domain.AidsFactor) }}
	forgetCard   = effectOf("forget card", Effect{Kind: ForgetCard})
	wipePIN      = action{"wipe PIN", func(s *step) { s.v.PINCount = 0; s.emit(Effect{Kind: WipePIN}) }}
	powerOff     = effectOf("power card off", Effect{Kind: PowerOffCard})

	pickKind = action{"pick kind", func(s *step) {
		s.v.Kind = s.kindIndex(s.e.Arg)
		s.v.Copies = 1
		s.v.Options = [MaxOptions]uint8{}
		for i, o := range s.v.Offer.Kinds[s.v.Kind].Options {
			s.v.Options[i] = uint8(o.Default)
		}
		s.v.Members = 0
		s.takeMembers()
	}}
	pickOption = action{"pick option", func(s *step) {
		o, val, _ := s.option()
		s.v.Options[o] = uint8(val)
		s.takeMembers()
	}}
	toggleMember = action{"toggle member", func(s *step) { s.v.Members ^= 1 << s.member() }}
	fewer        = action{"one copy fewer", func(s *step) { s.v.Copies-- }}
	more         = action{"one copy more", func(s *step) { s.v.Copies++ }}
	setFee       = action{"set fee", func(s *step) {
		o, _ := s.v.offer()
		s.v.Fee = o.UnitFee * domain.Yen(s.v.Copies)
	}}

	noteLeft        = action{"note time left", func(s *step) { s.v.Left = s.e.N }}
	nextApplication = action{"next application", func(s *step) { s.v = following(s.v, s.e.Application) }}
	forgetDocument  = effectOf("forget document", Effect{Kind: ForgetDocument})
	capAgain        = action{"start limit of card again", func(s *step) { s.cap(againLimit, domain.AidsFactor) }}
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
	alarm     = action{"alarm", func(s *step) { s.emit(Effect{Kind: Alarm, Reason: s.e.Reason}) }}
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

// takeMembers follows the option Scope: everybody, the holder alone, or a choice that begins with the holder.
func (s *step) takeMembers() {
	n := len(s.v.Offer.Members)
	switch s.v.ScopeValue() {
	case domain.ScopeWhole:
		s.v.Members = uint32(uint64(1)<<n - 1)
	case domain.ScopePart:
		if s.v.Members == 0 || s.v.Members == uint32(uint64(1)<<n-1) {
			s.v.Members = 1
		}
	default:
		s.v.Members = 1
	}
}

// record closes the visit's money and paper once (design §3: outcomes).
func (s *step) record() {
	if s.v.Outcome != domain.OutcomeOpen {
		return
	}
	switch {
	case s.v.Owed > 0:
		s.v.Outcome = domain.OutcomeOwed
	case s.v.Copies > 0 && s.v.CopiesGood == s.v.Copies:
		s.v.Outcome = domain.OutcomePrintedPaid
	case s.v.CopiesGood > 0:
		s.v.Outcome = domain.OutcomePartPaid
	case !s.v.In.IsZero():
		s.v.Outcome = domain.OutcomeRefunded
	default:
		s.v.Outcome = domain.OutcomeNothing
	}
	s.emit(Effect{Kind: Close, Outcome: s.v.Outcome, Yen: s.v.Owed})
}
