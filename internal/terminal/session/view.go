package session

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/session/aids"
	"github.com/kioskd/kioskd/internal/terminal/session/alarm"
)

// View is what a screen may know: message ids and data, no text, no PIN digit, no name. Personal lines are pictures of
// the municipality, named by their hash.
type View struct {
	State     State
	Screen    string      // state's screen id; texts are "<screen>.title" and so on
	Lang      domain.Lang // of every text on the screen
	Step      int         // 1 to 5, 0 for none
	CanBack   bool
	CanCancel bool
	Countdown int     // seconds left in the time-out dialogue; 0: no dialogue
	Overlay   Overlay // what lies over the screen
	Aids      aids.Settings
	AppShort  string // the first characters of the application id, shown from the pay screen on

	CardOn   bool // a card lies on the reader
	CardLeft bool // idle phase: the card of the last visit was left; ask for it (D-18)
	CardGone bool // Authenticating: the card may be, and was, taken
	Signed   bool // Authenticating: the card is not needed any more
	Tries    int  // PIN tries left
	PINCount int  // digits entered, 0 to 4
	WrongPIN bool

	Refusal     domain.RefusalReason
	CanRegister bool // Refused: the domicile can be registered here
	Following   bool // another certificate of this visit was paid for before this one
	CanAnother  bool // Finish: another certificate can be had without signing again

	Municipality Text // name, from the catalogue; nil before choices are held
	Holder       signed.Hash
	Kinds        []KindView
	Kind         KindView // the chosen one
	Options      []OptionView
	Members      []MemberView
	Copies       int
	MaxCopies    int
	UnitFee      domain.Yen
	Fee          domain.Yen // total

	Accepting bool // the coin slot is open
	ExactOnly bool // no change can be given
	Inserted  domain.Yen
	Missing   domain.Yen
	Change    domain.Yen // to be given
	Returned  domain.Yen
	InEscrow  domain.Yen // of Inserted: still to be had back as the same coins
	Kept      domain.Yen // of Inserted: in hoppers and cash box
	Unproved  domain.Yen // of Inserted: nobody can say where
	Owed      domain.Yen
	Slip      string // number of an owed amount, for resident and clerk
	Claim     string // its claim code, 10 characters: only the resident sees it, and only here

	Ring        alarm.Ring       // what is to be taken, and how urgently; terminal keeps it
	Said        domain.FaultCode // what the resident says is wrong with the sheets
	SheetsDone  int
	SheetsTotal int
	Outcome     domain.Outcome
	Slips       []SlipView         // Maintenance: what is owed to people, oldest first
	Faults      []domain.FaultCode // what stands against service, in the order of their numbers
}

// SlipView is an amount that is owed to somebody, as a clerk may know it: no name, and no code.
type SlipView struct {
	Number string
	Owed   domain.Yen
	Made   string // when, in Japan: "2026-11-25 12:03"
	Two    bool   // the code alone pays nothing: two of the staff must answer
}

// The verbs of a touch, as a screen's nodes carry them (node.Action.Verb). Arg is given in brackets.
const (
	VerbBegin        = "begin"
	VerbAgree        = "agree"
	VerbDecline      = "decline"
	VerbLanguage     = "language.open" // the pill at the top right of every screen
	VerbPickLang     = "language.pick" // [BCP 47 tag]
	VerbAids         = "aids.open"
	VerbHelp         = "help.open"
	VerbCloseOverlay = "overlay.close"
	VerbSetAid       = "aid.set"    // [name=value, see aids.Settings.With]
	VerbPickScope    = "scope.pick" // [home]
	VerbBack         = "back"
	VerbCancel       = "cancel"
	VerbContinue     = "continue" // the time-out dialogue, or going on after a warning
	VerbDigit        = "pin.digit"
	VerbDeleteDigit  = "pin.delete"
	VerbClearPIN     = "pin.clear"
	VerbSubmitPIN    = "pin.submit"
	VerbItIsMe       = "holder.yes"
	VerbNotMe        = "holder.no"
	VerbPickKind     = "kind.pick"     // [code of the kind]
	VerbPickOption   = "option.pick"   // [code=value]
	VerbMember       = "member.toggle" // [ref]
	VerbNext         = "next"
	VerbFewer        = "copies.fewer"
	VerbMore         = "copies.more"
	VerbConfirm      = "confirm"
	VerbTaken        = "paper.taken" // the resident says that everything was taken
	VerbWrong        = "paper.wrong"
	VerbNotMine      = "paper.says" // [code of the fault]: nothing came, a bad print, not mine
	VerbEnd          = "end"
	VerbReclaim      = "escrow.reclaim" // "give my coins back"
	VerbRegister     = "domicile.register"
	VerbAnother      = "another"     // certificate
	VerbDone         = "acknowledge" // a refusal was read
)
