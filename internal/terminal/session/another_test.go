package session

import (
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// TestX11_X20_TheSlowestRestMeetsNoExpiredNote: whoever is offered another certificate at the last possible second, and
// uses up every limit after it, is printed and paid before the assertion ends; a second later nobody is offered one.
func TestX11_X20_TheSlowestRestMeetsNoExpiredNote(t *testing.T) {
	life := int(domain.NoteLife / time.Second)
	for _, aids := range settings {
		r := slowToAssertion(t, aids)
		asserted := r.now
		r.give(Event{Kind: AssertionHeld})
		r.v.State, r.v.Outcome, r.v.May, r.v.Copies = TakePaper, domain.OutcomePrintedPaid, OfferAnother, 1
		r.v.CardOn, r.v.CardGone = false, true
		r.now = asserted + life - r.v.anotherTime()
		if first := r.now - asserted; first < int(domain.FirstAllowance/time.Second) {
			t.Errorf("%q: the first certificate may take only %d s", aids, first)
		}
		late, _ := Step(r.v, Event{Kind: Taken, N: r.v.anotherTime() - 1})
		if late.canAnother() {
			t.Errorf("%q: offered a second too late", aids)
		}
		r.give(Event{Kind: Taken, N: r.v.anotherTime()})
		r.last(Finish, Event{Kind: Another, Application: domain.ApplicationID{ID: domain.ID{2}}})
		r.linger(PlaceAgain)
		r.give(Event{Kind: CardIn})
		r.give(Event{Kind: SameCard})
		r.give(Event{Kind: AssertionHeld})
		r.last(ReadingAgain, Event{Kind: ChoicesHeld, Offer: storyOffer})
		r.linger(RemoveCard)
		slowFromCard(r)
		if took := r.now - asserted; took > life {
			t.Errorf("%q: printed after %d s, the notes live %d s", aids, took, life)
		}
		if r.give(Event{Kind: EscrowKept}); r.v.Outcome != domain.OutcomePrintedPaid || r.v.Before != 1 {
			t.Errorf("%q: ended as %v in %v", aids, r.v.Outcome, r.v.State)
		}
		t.Logf("%q: another is offered until %d s after the assertion", aids, life-r.v.anotherTime())
	}
}

// slowFromCard takes the card away at the last second and goes on to the last sheet.
func slowFromCard(r *slowest) {
	slowFromRemoved(r)
	r.last(Checking, Event{Kind: Checked, N: r.v.payTime()})
	r.give(Event{Kind: DepositOpen})
	r.linger(Pay)
	for range 12 {
		r.give(Event{Kind: CoinIn, Coin: domain.Yen50})
	}
	r.last(Settling, Event{Kind: Fixed, Count: r.v.Escrow})
	for range 3 {
		r.last(Printing, Event{Kind: CopyPrinted})
	}
}

// TestX10_TheCardMustBePlacedAgain: one that lies there when another certificate is wanted is not enough.
func TestX10_TheCardMustBePlacedAgain(t *testing.T) {
	v := Visit{
		State: Finish, May: OfferAnother, Outcome: domain.OutcomePrintedPaid, CardOn: true, Left: 1 << 20,
		Application: domain.ApplicationID{ID: domain.ID{1}},
	}
	v, out := Step(v, Event{Kind: Another, Application: domain.ApplicationID{ID: domain.ID{2}}})
	if v.State != PlaceAgain || v.Await != 0 || out[0].Kind != ForgetDocument {
		t.Fatalf("%v, %+v", v.State, out)
	}
	v, _ = Step(v, Event{Kind: CardOut})
	if v, _ = Step(v, Event{Kind: CardIn}); v.State != ReadingAgain || v.Asked != Compare {
		t.Errorf("%v asks %v", v.State, v.Asked)
	}
	// Nothing is asked of the centre before the card is known to be the same one.
	if next, _ := Step(v, Event{Kind: AssertionHeld, ID: v.Await}); next != v {
		t.Errorf("%v", next.State)
	}
	other, _ := Step(v, Event{Kind: OtherCard, ID: v.Await})
	if other.State != Refused || other.Refusal != domain.OtherCard || other.Outcome != domain.OutcomeNothing {
		t.Errorf("%+v", other)
	}
}
