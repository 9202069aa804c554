package session

import "github.com/kioskd/kioskd/internal/domain"

// EffectKind is what terminal has to do.
type EffectKind uint8

// The effects. Those marked "asks" end in an answer with the same ID.
const (
	Arm EffectKind = iota // starts the state's timer, Ms long, ID; an older one is void
	// ArmCap starts a limit that no touch makes longer, Ms long, ID; an older one is void.
	ArmCap
	OpenVisit    // records the application in the journal
	Identify     // asks: probe the card, read its certificate, count the tries
	GetChallenge // asks: a nonce of the centre
	// Sign asks: VERIFY with the PIN of the locked page, sign the challenge, power the card off. The PIN is wiped.
	Sign
	Authenticate // asks: send certificate and signature to the centre, take the assertion
	FetchChoices // asks: the municipality's signed choices and pictures
	// Compare asks: read the certificate of the card on the reader and hold its hash against this visit's, in memory. No
	// PIN, no signature.
	Compare
	// Reapply asks: tell the centre all that is still to be told, and let it open this application under the assertion
	// of the one before it.
	Reapply
	// ForgetDocument wipes everything of the application that is over: choices, pictures, order, manifest, pages. What
	// the card proved stays.
	ForgetDocument
	ForgetCard   // erases the card's data but the certificate's hash (D-14)
	WipePIN      // wipes the locked page
	PowerOffCard // powers the card off
	RequestIssue // asks: sign the order, send it, take manifest, delivery and pages, verify them all
	CheckPages   // asks: render every page dry
	OpenDeposit  // asks: prove that change and refund are possible, open the slot for Yen
	// FixDeposit asks: slot off, wait for coins in flight, prove the count, test the hoppers of the change.
	FixDeposit
	ReturnEscrow     // asks: give the same coins back
	KeepEscrow       // asks: move the coins to hoppers and cash box
	PayChange        // asks: pay Yen from the hoppers
	PrintCopy        // asks: print copy N of this document, with evidence
	RegisterDomicile // asks: send the request for 利用登録 to the home municipality
	Abandon          // ends the request that is under way; its answer will be dropped (D-04)
	CancelAtCenter   // tells centre and municipality that the application is over
	LateCoin         // records a coin that came when no deposit was open
	Close            // records the outcome with Yen owed and puts the done note into the outbox
	Alarm            // raises a stop that a person must clear (D-03, D-10)
	CallStaff        // lights the call lamp; Fault says what for, if the resident did
	Wipe             // asks: erase everything personal
	numEffects
)

// Effect is one thing to do, in order; terminal may not reorder.
type Effect struct {
	Kind    EffectKind
	ID      uint32
	Ms      int
	N       int
	Yen     domain.Yen
	Coin    domain.Denomination
	Outcome domain.Outcome
	Reason  domain.RefusalReason
	Fault   domain.FaultCode
}

// answers are the events that may answer each request.
var answers = [numEffects][]Kind{
	Identify:         {Identified, CardRefused},
	GetChallenge:     {ChallengeHeld, CenterFailed},
	Sign:             {Signed, WrongPIN, CardRefused, CenterFailed},
	Authenticate:     {AssertionHeld, CenterFailed},
	FetchChoices:     {ChoicesHeld, CenterFailed},
	Compare:          {SameCard, OtherCard, CardRefused},
	Reapply:          {AssertionHeld, CenterFailed},
	RequestIssue:     {DocumentHeld, CenterFailed},
	CheckPages:       {Checked, CheckFailed},
	OpenDeposit:      {DepositOpen, DepositRefused},
	FixDeposit:       {Fixed, FixFailed},
	ReturnEscrow:     {CoinsReturned, ReturnFailed},
	KeepEscrow:       {EscrowKept, KeepFailed},
	PayChange:        {ChangePaid, ChangeFailed},
	PrintCopy:        {CopyPrinted, CopyFailed},
	RegisterDomicile: {DomicileRegistered, CenterFailed},
	Wipe:             {Wiped},
}

// Asks reports whether an effect of this kind is a request, and what may answer it.
func (k EffectKind) Asks() []Kind { return answers[k] }
