package session

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session/aids"
)

// Visit is all that the machine knows of the resident in front of it. Its zero value is nobody: a visit ends with
// Visit{} but for the ids of requests and timers, which go on rising so that a late answer finds no namesake (D-04).
type Visit struct {
	State       State
	Lang        domain.Lang // "" is Japanese
	Overlay     Overlay
	Countdown   int
	May         Offers
	Aids        aids.Settings
	Application domain.ApplicationID
	After       domain.ApplicationID // the application before this one in the same visit; zero: none
	Before      uint8                // how many there were
	Left        int                  // seconds that the card's proof still lived when the sheets were taken

	Tries    int
	PINCount int
	WrongPIN bool
	IsSigned bool // the card has signed; it is not needed any more
	CardGone bool // taken after it had signed
	CardOn   bool // a card lies on the reader; outlives the visit
	CardLeft bool // the card of the last visit still lies there; no new visit before it is taken

	Refusal domain.RefusalReason
	Offer   *Offer
	Kind    int // index into Offer.Kinds
	Options [MaxOptions]uint8
	Members uint32 // bit n: Offer.Members[n]
	Copies  int
	Fee     domain.Yen // total

	SlotOpen   bool
	ExactOnly  bool
	Returns    uint8        // how often the escrow was asked to give back
	In         domain.Count // accepted
	Escrow     domain.Count // of In: in escrow
	Kept       domain.Count // of In: moved to hoppers or cash box
	Back       domain.Count // of In: came back as the same coins
	PaidOut    domain.Count // from the hoppers
	Lost       domain.Count // of In: place not proved
	Due        domain.Yen   // change and refund that the resident has earned, not yet paid
	Sheets     int          // of the document, all copies
	Printing   int          // copy under way, 1 …
	CopiesGood int
	Outcome    domain.Outcome
	Said       domain.FaultCode // what the resident says is wrong with the sheets
	Owed       domain.Yen

	Await uint32     // request under way; 0: none
	Asked EffectKind // what it asked; an answer of another kind is a stranger
	Timer uint32
	Cap   uint32
	Last  uint32 // last id given
}

// Idle reports whether nobody is here and nothing is held.
func (v Visit) Idle() bool { return v.State.Phase() == PhaseIdle }

// Nobody reports that no resident is here and nothing is held: the machine is idle, or a clerk works at it.
func (v Visit) Nobody() bool { return v.Idle() || v.State == Maintenance }

// Earned is what the public earned by the good copies of this visit.
func (v Visit) Earned() domain.Yen {
	if v.Copies == 0 {
		return 0
	}
	return v.Fee / domain.Yen(v.Copies) * domain.Yen(v.CopiesGood)
}

// Missing is what must still be put in.
func (v Visit) Missing() domain.Yen { return max(0, v.Fee-v.Escrow.Total()) }

// offer is the chosen kind; ok is false before one is chosen.
func (v Visit) offer() (o KindOffer, ok bool) {
	if v.Offer == nil || v.Kind >= len(v.Offer.Kinds) {
		return KindOffer{}, false
	}
	return v.Offer.Kinds[v.Kind], true
}

// following is the visit with nothing left of the application that is over: who stands there in which language, and the
// next application.
func following(v Visit, app domain.ApplicationID) Visit {
	return Visit{
		State: v.State, Lang: v.Lang, Overlay: v.Overlay, May: v.May, Aids: v.Aids, Application: app,
		After: v.Application, Before: v.Before + 1, CardOn: v.CardOn, Timer: v.Timer, Last: v.Last,
	}
}

// cleared is the machine after a visit's end: nobody. Only the ids go on rising, so that a late answer finds no
// namesake, and a card that was left is remembered.
func cleared(v Visit) Visit {
	return Visit{State: v.State, Last: v.Last, CardOn: v.CardOn, CardLeft: v.CardOn}
}
