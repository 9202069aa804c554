package session

import "github.com/kioskd/kioskd/internal/domain"

// rows is the table: what each event means in each state. Zero cells fall back to every.
var rows = [numStates]row{
	Attract: attractRow, ServiceClosed: serviceClosedRow, OutOfService: outOfServiceRow,
	Consent: consentRow, Language: languageRow, Scope: scopeRow,
	PlaceCard: placeCardRow, ReadingCard: readingCardRow, LastTry: lastTryRow, EnterPIN: enterPINRow,
	Authenticating: authenticatingRow, RemoveCard: removeCardRow, Holder: holderRow,
	SelectCertificate: selectCertificateRow, SelectDetails: selectDetailsRow, SelectMembers: selectMembersRow,
	Copies: copiesRow, Confirm: confirmRow,
	Requesting: requestingRow, Checking: checkingRow,
	Pay: payRow, Settling: settlingRow,
	Printing: printingRow, GivingChange: givingChangeRow, TakePaper: takePaperRow,
	Finish: finishRow, Returning: returningRow, Refused: refusedRow, Wiping: wipingRow,
	StaffNeeded: staffNeededRow, GiveBack: giveBackRow,
}

// every is the default of a column. Columns about money, printing and time-outs have none: every row must say what
// they mean there (a default "time-out: return all" once also hit Printing).
var every = row{
	OpenLanguage: {{next: same, do: []action{openLanguages}}},
	PickLanguage: {{next: same, do: []action{setLanguage}}},

	Begin: notHere, Agree: notHere, Decline: notHere, PickScope: notHere, Back: notHere, Cancel: notHere,
	Continue: notHere, PINChanged: notHere, SubmitPIN: notHere, ItIsMe: notHere, NotMe: notHere, PickKind: notHere,
	PickOption: notHere, ToggleMember: notHere, Next: notHere, Fewer: notHere, More: notHere, ConfirmOrder: notHere,
	Taken: notHere, NotMine: notHere, End: notHere, Acknowledge: notHere,
	Reclaim: notHere,

	CardIn:  {{next: same, do: []action{noteCardOn}}},
	CardOut: {{next: same, do: []action{noteCardOff}}},

	Identified: notAsked, CardRefused: notAsked, ChallengeHeld: notAsked, Signed: notAsked, WrongPIN: notAsked,
	AssertionHeld: notAsked, ChoicesHeld: notAsked, DocumentHeld: notAsked, CenterFailed: notAsked,
	Checked: notAsked, CheckFailed: notAsked, DepositOpen: notAsked, DepositRefused: notAsked, Fixed: notAsked,
	FixFailed: notAsked, Wiped: notAsked,

	CoinRejected: stay("the coin lies in the return tray; the screen says which coins are taken"),
	Lever:        stay("the return lever asks for coins of an open deposit; there is none"),
	EscrowFull:   stay("no deposit is open"),
	PaperTaken:   stay("no sheet of this visit is in the tray"),

	StaffGoodPrint: stay("no sheet waits for a decision"),
	StaffNoPrint:   stay("no sheet waits for a decision"),
	StaffClear:     stay("nothing waits for a clerk"),

	FaultSet:     stay("health keeps the fault; it counts when the visit is over"),
	FaultCleared: stay("health keeps the state of the devices"),
	CutOff:       stay("only a start, before anybody is served, finds a visit that was cut off"),
	Closed:       stay("the visit goes on; hours count at its begin"),
	Opened:       stay("the service is open"),

	CapReached: stay("the limit without the card holds only while choosing (X-10)"),
}

var (
	notHere  = stay("this screen has no such button")
	notAsked = stay("only the state that asked may use the answer, and leaving it dropped the request (D-04)")
	noMoney  = []branch{{next: same, do: []action{lateCoin, callStaff}}}
	// leave ends a visit in which no coin was taken.
	leave = []action{abandon, wipePIN, powerOff, cancelAll, record, wipe}
)

func stay(why string) []branch { return []branch{{next: same, why: why}} }

func to(next State, do ...action) []branch { return []branch{{next: next, do: do}} }

// refusing ends in Refused with the reason of the event; pages that are not this resident's also raise the alarm.
func refusing(do ...action) []branch {
	rest := append([]action{refuse}, do...)
	return []branch{
		{when: wrongPeople, next: Refused, do: append([]action{alarm}, rest...)},
		{next: Refused, do: rest},
	}
}

// withoutMoney are the columns that have no default, for a state in which no coin is taken and nothing is printed.
func withoutMoney(r row) row {
	for k, cell := range (row{
		CoinIn: noMoney, CoinsReturned: notAsked, ReturnFailed: notAsked, EscrowKept: notAsked, KeepFailed: notAsked,
		ChangePaid: notAsked, ChangeFailed: notAsked, CopyPrinted: notAsked, CopyFailed: notAsked,
	}) {
		if cell != nil && r[k] == nil {
			r[k] = cell
		}
	}
	return r
}

// leavable adds the two ways out that every screen without money has.
func leavable(r row) row {
	for _, k := range []Kind{Cancel, TimedOut} {
		if r[k] == nil {
			r[k] = to(Wiping, leave...)
		}
	}
	return withoutMoney(r)
}

var (
	attractRow = withoutMoney(row{
		Begin: {
			{when: cardLeft, next: same, why: "the card of the last visit must be taken first (X-12)"},
			{next: Consent, do: []action{begin}},
		},
		CoinIn:   {{next: same, do: []action{idleCoin, callStaff}}},
		FaultSet: to(OutOfService),
		CutOff:   to(GiveBack, takeUp),
		Closed:   to(ServiceClosed),
		TimedOut: to(same, rearm),
	})
	serviceClosedRow = withoutMoney(row{
		Opened:   to(Attract),
		FaultSet: to(OutOfService),
		CoinIn:   {{next: same, do: []action{idleCoin, callStaff}}},
		TimedOut: to(same, rearm),
	})
	outOfServiceRow = withoutMoney(row{
		FaultCleared: to(Attract),
		CoinIn:       {{next: same, do: []action{idleCoin, callStaff}}},
		TimedOut:     to(same, rearm),
	})
	// rearm: nobody is here; the timer only shows that the machine is alive.
	rearm = action{"stay", func(*step) {}}
)

var (
	consentRow = leavable(row{
		Agree:   to(Language),
		Decline: to(Wiping, leave...),
	})
	languageRow = leavable(row{
		PickLanguage: to(Scope, setLanguage),
		Back:         to(Consent),
	})
	scopeRow = leavable(row{
		PickScope: {
			{when: homeAndCard, next: ReadingCard, do: []action{identify}},
			{when: homeScope, next: PlaceCard},
			{next: same, why: "another municipality needs the registration that a later version builds"},
		},
		Back: to(Language),
	})
)

var (
	placeCardRow = leavable(row{
		CardIn: to(ReadingCard, noteCardOn, identify),
		Back:   to(Scope),
	})
	readingCardRow = leavable(row{
		Identified: {
			{when: noTries, next: Refused, do: []action{saying(domain.PINBlocked), powerOff, record}},
			{next: same, do: []action{setTries, getChallenge}},
		},
		ChallengeHeld: {
			{when: onlyOneTry, next: LastTry},
			{next: EnterPIN},
		},
		CardRefused:  refusing(powerOff, record),
		CenterFailed: refusing(powerOff, record),
		CardOut:      to(Refused, removedEarly...),
		TimedOut:     to(Refused, abandon, saying(domain.CardUnreadable), powerOff, cancelAll, record),
	})
	lastTryRow = leavable(row{
		Continue: to(EnterPIN),
		CardOut:  to(Refused, removedEarly...),
	})
	enterPINRow = leavable(row{
		PINChanged: to(same, countPIN),
		SubmitPIN: {
			{when: fourDigits, next: Authenticating, do: []action{sign}},
			{next: same, why: "a PIN has four digits; a shorter one would cost a try"},
		},
		CardOut: to(Refused, removedEarly...),
	})
	authenticatingRow = withoutMoney(row{
		Signed: to(same, authenticate),
		WrongPIN: {
			{when: noTries, next: Refused, do: []action{saying(domain.PINBlocked), powerOff, cancelAll, record}},
			{when: lastTry, next: LastTry, do: []action{noteWrongPIN}},
			{next: EnterPIN, do: []action{noteWrongPIN}},
		},
		AssertionHeld: to(same, fetchChoices),
		ChoicesHeld: {
			{when: cardGone, next: Holder, do: []action{holdOffer, forgetCard, armCap}},
			{next: RemoveCard, do: []action{holdOffer, forgetCard}},
		},
		CardRefused:  refusing(wipePIN, powerOff, cancelAll, record),
		CenterFailed: refusing(wipePIN, powerOff, cancelAll, record),
		CardOut: {
			{when: hasSigned, next: same, do: []action{noteCardOff}},
			{next: Refused, do: removedEarly},
		},
		TimedOut: to(Refused, abandon, saying(domain.CenterUnreachable), wipePIN, powerOff, cancelAll, record),
	})
	removeCardRow = leavable(row{
		CardOut: to(Holder, noteCardOff, armCap),
	})
	holderRow = leavable(row{
		ItIsMe:     to(SelectCertificate),
		NotMe:      to(Refused, saying(domain.NotMe), alarmNotMe, cancelAll, record),
		CapReached: to(Wiping, leave...),
	})
	removedEarly = []action{
		noteCardOff, abandon, saying(domain.CardRemovedTooEarly), wipePIN, powerOff, cancelAll, record,
	}
	alarmNotMe = action{"alarm", func(s *step) { s.emit(Effect{Kind: Alarm, Reason: domain.NotMe}) }}
)

var (
	selectCertificateRow = leavable(row{
		PickKind: {
			{when: plainKind, next: Copies, do: []action{pickKind}},
			{when: offeredKind, next: SelectDetails, do: []action{pickKind}},
			{next: same, why: "not offered; the row says why"},
		},
		CapReached: to(Wiping, leave...),
	})
	selectDetailsRow = leavable(row{
		PickOption: {
			{when: knownOption, next: same, do: []action{pickOption}},
			{next: same, why: "no such option"},
		},
		Next: {
			{when: choosesPeople, next: SelectMembers},
			{next: Copies},
		},
		Back:       to(SelectCertificate),
		CapReached: to(Wiping, leave...),
	})
	selectMembersRow = leavable(row{
		ToggleMember: {
			{when: knownMember, next: same, do: []action{toggleMember}},
			{next: same, why: "no such member"},
		},
		Next: {
			{when: somebody, next: Copies},
			{next: same, why: "nobody is chosen; the button is dim"},
		},
		Back:       to(SelectDetails),
		CapReached: to(Wiping, leave...),
	})
	copiesRow = leavable(row{
		More: {
			{when: canMore, next: same, do: []action{more}},
			{next: same, why: "the municipality's limit is reached"},
		},
		Fewer: {
			{when: canFewer, next: same, do: []action{fewer}},
			{next: same, why: "at least one copy"},
		},
		Next: to(Confirm, setFee),
		Back: {
			{when: choosesPeople, next: SelectMembers},
			{next: SelectDetails},
		},
		CapReached: to(Wiping, leave...),
	})
	confirmRow = leavable(row{
		ConfirmOrder: to(Requesting, openVisit, requestIssue),
		Back:         to(Copies),
		CapReached:   to(Wiping, leave...),
	})
)
