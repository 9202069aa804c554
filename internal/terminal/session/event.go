package session

import "github.com/kioskd/kioskd/internal/domain"

// Kind is what happened. It is the column of the table.
type Kind uint8

// The events.
const (
	// Touches. Each is one verb of a screen; see the Verb constants.
	Begin Kind = iota // carries a fresh Application
	Agree
	Decline
	Somebody // a touch that meets nothing, or turns a page: the time starts anew
	OpenLanguage
	OpenAids
	OpenHelp
	CloseOverlay
	SetAid // Arg: "size=150"; also a headphone that is put in
	PickLanguage
	PickScope
	Back
	Cancel
	Continue
	PINChanged // N digits are in the locked page; the digits never come here
	SubmitPIN
	ItIsMe
	NotMe
	PickKind
	PickOption
	ToggleMember
	Next
	Fewer
	More
	ConfirmOrder
	Taken    // N: seconds that the card's proof still lives; 0 where the machine could serve nobody after this
	Complain // opens the question what is wrong with the sheets
	NotMine  // Arg: the code of the fault, such as "bad-sheet"
	End
	Reclaim  // "give my coins back", at the panel of a machine that has just started
	Register // of the domicile, after a refusal that asks for it; carries a fresh Application
	Another  // certificate, under the same assertion; carries a fresh Application
	Acknowledge

	// The card.
	CardIn
	CardOut

	// Answers. Each carries the ID of the request that it answers; Step drops all others (D-04).
	Identified // N tries left
	CardRefused
	SameCard  // the card on the reader is the one that signed: its certificate has the hash that this visit holds
	OtherCard // it is another one
	ChallengeHeld
	Signed
	WrongPIN // N tries left
	AssertionHeld
	ChoicesHeld  // Offer
	DocumentHeld // N sheets; verified against what this visit holds (design §6)
	CenterFailed
	Checked // every page was rendered dry; N seconds are left of what was signed
	CheckFailed
	DepositOpen // Flag: exact money only
	DepositRefused
	Fixed // Count: what is in escrow, proved by counters
	FixFailed
	CoinsReturned // Count: what came back
	ReturnFailed  // Count: what came back before it failed
	EscrowKept
	KeepFailed
	ChangePaid // Count: what was paid
	ChangeFailed
	CopyPrinted
	CopyFailed // Evidence
	DomicileRegistered
	Wiped

	// The coin vendor, of itself.
	CoinIn // Coin
	CoinRejected
	Lever
	EscrowFull

	// The printer's tray.
	PaperTaken // N: as of Taken

	// The clerk.
	StaffGoodPrint // the sheets were counted and are a complete set
	StaffNoPrint   // no usable sheet came out; all are in the envelope
	StaffClear     // tray, device and reader are empty; the fault is cleared
	StaffOpen      // a clerk begins to work at the machine
	StaffClose     // and has ended

	// Devices and peers, of themselves.
	PrinterFault // Fault: no paper, an open cover …: nothing can be printed now
	PrinterMended
	PrinterGone // it does not answer
	CoinFault   // Fault: the coin acceptor is jammed, broken, or was tampered with
	CoinDoubt   // money may have moved unseen; the slot is shut
	CoinGone    // it does not answer; what it holds stays held
	CoinBack
	ReaderGone // and a card on it with it
	ReaderBack
	CenterLost // no heartbeat is answered
	CenterBack
	ClockDoubt // the machine's clock is not the centre's
	ClockSure

	// The machine.
	FaultSet
	FaultCleared
	CutOff // a start found a visit whose coins may be offered: Application, Yen: fee, N: copies, Count: in escrow
	Closed // opening hours
	Opened

	// Time.
	TimedOut
	CapReached
	numKinds
)

// Evidence is what the printer's counters prove of a copy that did not end well (printer §7).
type Evidence uint8

// The evidence.
const (
	EvidenceUnknown Evidence = iota
	EvidenceNotPrinted
	EvidencePartly
)

// Event is one thing that happened. Fields beyond Kind are set as the constants say.
type Event struct {
	Kind        Kind
	ID          uint32 // of the request answered, or of the timer
	N           int
	Arg         string // a touch's argument
	Reason      domain.RefusalReason
	Fault       domain.FaultCode
	Application domain.ApplicationID
	May         Offers // Begin: what this site offers
	Offer       *Offer
	Count       domain.Count
	Yen         domain.Yen
	Coin        domain.Denomination
	Flag        bool
	Evidence    Evidence
}

// Offers are what a site offers beyond a certificate; the zero value is nothing.
type Offers uint8

// The offers.
const (
	OfferRegister Offers = 1 << iota // of the domicile, where 戸籍 needs it (K20)
	OfferAnother                     // certificate in the same visit
)

// isTouch reports whether the event is a touch of the resident.
func (k Kind) isTouch() bool { return k <= Acknowledge }

// isAnswer reports whether the event answers a request and so must carry its id.
func (k Kind) isAnswer() bool { return k >= Identified && k <= Wiped }

// touches maps the verb of a node to the event. Digits do not come here: terminal moves them into the locked page and
// sends PINChanged.
var touches = map[string]Kind{
	VerbBegin: Begin, VerbAgree: Agree, VerbDecline: Decline, VerbLanguage: OpenLanguage, VerbPickLang: PickLanguage,
	VerbAids: OpenAids, VerbHelp: OpenHelp, VerbCloseOverlay: CloseOverlay, VerbSetAid: SetAid,
	VerbPickScope: PickScope, VerbBack: Back, VerbCancel: Cancel, VerbContinue: Continue, VerbSubmitPIN: SubmitPIN,
	VerbItIsMe: ItIsMe, VerbNotMe: NotMe, VerbPickKind: PickKind, VerbPickOption: PickOption,
	VerbMember: ToggleMember, VerbNext: Next, VerbFewer: Fewer, VerbMore: More, VerbConfirm: ConfirmOrder,
	VerbTaken: Taken, VerbWrong: Complain, VerbNotMine: NotMine, VerbEnd: End, VerbReclaim: Reclaim,
	VerbRegister: Register, VerbAnother: Another, VerbDone: Acknowledge,
}

// Touch makes the event of a touch; ok is false for a verb that is none of the session's.
func Touch(verb, arg string) (e Event, ok bool) {
	k, ok := touches[verb]
	return Event{Kind: k, Arg: arg}, ok
}
