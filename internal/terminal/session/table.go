package session

// rows is the table: what each event means in each state. Zero cells fall back to every.
var rows = [numStates]row{
	Attract: attractRow, ServiceClosed: serviceClosedRow, OutOfService: outOfServiceRow,
	Consent: consentRow, Language: languageRow, Scope: scopeRow,
	PlaceCard: placeCardRow, ReadingCard: readingCardRow, LastTry: lastTryRow, EnterPIN: enterPINRow,
	Authenticating: authenticatingRow, RemoveCard: removeCardRow, Holder: holderRow,
	SelectCertificate: selectCertificateRow, SelectDetails: selectDetailsRow, SelectMembers: selectMembersRow,
	Copies: copiesRow, Confirm: confirmRow,
	PlaceAgain: placeAgainRow, ReadingAgain: readingAgainRow,
	HonsekiRegister: honsekiRegisterRow, HonsekiRegistered: honsekiRegisteredRow,
	Requesting: requestingRow, Checking: checkingRow,
	Pay: payRow, Settling: settlingRow,
	Printing: printingRow, GivingChange: givingChangeRow, TakePaper: takePaperRow,
	Finish: finishRow, Returning: returningRow, Refused: refusedRow, Wiping: wipingRow,
	StaffNeeded: staffNeededRow, Maintenance: maintenanceRow, SlipWaits: slipWaitsRow, GiveBack: giveBackRow,
}

// every is the default of a column. Columns about money, printing and time-outs have none: every row must say what
// they mean there (a default "time-out: return all" once also hit Printing).
var every = row{
	OpenLanguage: opening(OverlayLanguages), OpenAids: opening(OverlayAids), OpenHelp: opening(OverlayHelp),
	CloseOverlay: {{next: same, do: []action{uncover}}},
	SetAid: {
		{when: knownAid, next: same, do: []action{setAid}},
		{next: same, why: "no such setting"},
	},
	PickLanguage: {{next: same, do: []action{setLanguage}}},

	Somebody: stay("the time starts anew"),

	Begin: notHere, Agree: notHere, Decline: notHere, PickScope: notHere, Back: notHere, Cancel: notHere,
	Continue: notHere, PINChanged: notHere, SubmitPIN: notHere, ItIsMe: notHere, NotMe: notHere, PickKind: notHere,
	PickOption: notHere, ToggleMember: notHere, Next: notHere, Fewer: notHere, More: notHere, ConfirmOrder: notHere,
	Taken: notHere, Complain: notHere, NotMine: notHere, End: notHere, Another: notHere, Acknowledge: notHere,
	Reclaim: notHere, Register: notHere,

	CardIn:  {{next: same, do: []action{noteCardOn}}},
	CardOut: {{next: same, do: []action{noteCardOff}}},

	SameCard: notAsked, OtherCard: notAsked,
	Identified: notAsked, CardRefused: notAsked, ChallengeHeld: notAsked, Signed: notAsked, WrongPIN: notAsked,
	AssertionHeld: notAsked, ChoicesHeld: notAsked, DocumentHeld: notAsked, CenterFailed: notAsked,
	Checked: notAsked, CheckFailed: notAsked, DomicileRegistered: notAsked, Wiped: notAsked,

	CoinRejected: stay("the coin lies in the return tray; the screen says which coins are taken"),
	PaperTaken:   stay("no sheet of this visit is in the tray"),

	StaffGoodPrint: stay("no sheet waits for a decision"),
	StaffNoPrint:   stay("no sheet waits for a decision"),
	StaffClear:     stay("nothing waits for a clerk"),
	StaffOpen:      stay("somebody is being served: the clerk waits until the visit is over"),
	StaffClose:     stay("no clerk works at the machine"),

	PrinterMended: stay("health keeps the state of the devices"),
	CoinBack:      stay("health keeps the state of the devices"),
	ReaderGone:    {{next: same, do: []action{noteCardOff}}},
	ReaderBack:    stay("health keeps the state of the devices"),
	CenterLost:    stay("a request under way says so itself; without one the centre is not needed now"),
	CenterBack:    stay("the visit goes on as it was"),
	ClockDoubt:    stay("it counts when the visit is over: no new one begins"),
	ClockSure:     stay("health keeps the state of the devices"),

	FaultSet:     stay("health keeps the fault; it counts when the visit is over"),
	FaultCleared: stay("health keeps the state of the devices"),
	CutOff:       stay("only a start, before anybody is served, finds a visit that was cut off"),
	Closed:       stay("the visit goes on; hours count at its begin"),
	Opened:       stay("the service is open"),
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
		{when: wrongPeople, next: Refused, do: append([]action{raise}, rest...)},
		{next: Refused, do: rest},
	}
}

// answered are the columns of money, printing and time that mean nothing where nobody asked. They are no defaults: each
// row takes them in by name, and what a row says itself comes first.
var answered = row{
	DepositOpen: notAsked, DepositRefused: notAsked, Fixed: notAsked, FixFailed: notAsked, CoinsReturned: notAsked,
	ReturnFailed: notAsked, EscrowKept: notAsked, KeepFailed: notAsked, ChangePaid: notAsked, ChangeFailed: notAsked,
	CopyPrinted: notAsked, CopyFailed: notAsked,

	PrinterFault: stay("the printer is asked again before a coin is taken"),
	PrinterGone:  stay("the printer is asked again before a coin is taken"),
	CoinFault:    stay("no deposit is open; health keeps the fault"),
	CoinDoubt:    stay("no deposit is open; a clerk is called by health"),
	CoinGone:     stay("no deposit is open; health keeps the fault"),

	Lever:      stay("the return lever asks for coins of an open deposit; there is none"),
	EscrowFull: stay("no deposit is open"),
	CapReached: stay("the limit of an earlier screen; this one has its own time"),
}

// complete fills the columns of answered that the row does not speak of.
func complete(r row) row {
	for k, cell := range answered {
		if r[k] == nil {
			r[k] = cell
		}
	}
	return r
}

// idling is a machine that waits for a resident: whatever stands against service takes it out of service before anybody
// begins, and a clerk may open it.
func idling(r row) row {
	for _, k := range []Kind{
		FaultSet, PrinterFault, PrinterGone, CoinFault, CoinDoubt, CoinGone, CenterLost, ClockDoubt,
	} {
		r[k] = to(OutOfService)
	}
	r[ReaderGone] = to(OutOfService, noteCardOff)
	r[StaffOpen] = to(Maintenance)
	return withoutMoney(r)
}

// withoutMoney is a state of a visit in which no coin is taken and nothing is printed.
func withoutMoney(r row) row {
	if r[CoinIn] == nil {
		r[CoinIn] = noMoney
	}
	return complete(r)
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
