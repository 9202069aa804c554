package session

import (
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// slowest is a resident who uses up all the time that there is: no touch before the countdown is nearly over, until the
// screen's own limit is near.
type slowest struct {
	t   *testing.T
	v   Visit
	now int // seconds
	// when timer and limit end
	timer, limit int
}

func (r *slowest) give(e Event) {
	if e.ID == 0 && e.Kind.isAnswer() {
		e.ID = r.v.Await
	}
	var out []Effect
	r.v, out = Step(r.v, e)
	for _, f := range out {
		switch f.Kind {
		case Arm:
			r.timer = r.now + f.Ms/1000
		case ArmCap:
			r.limit = r.now + f.Ms/1000
		default: // no time
		}
	}
}

// linger touches at the last second, again and again, until the limit is a second away.
func (r *slowest) linger(in State) {
	r.t.Helper()
	for {
		if r.v.State != in {
			r.t.Fatalf("in %v, not %v, after %d s", r.v.State, in, r.now)
		}
		if r.timer >= r.limit {
			r.now = max(r.now, r.limit-1)
			if r.v.Countdown > 0 {
				r.give(Event{Kind: Continue})
			}
			return
		}
		r.now = r.timer
		r.give(Event{Kind: TimedOut, ID: r.v.Timer})
		if r.v.Countdown == 1 {
			r.give(Event{Kind: Continue})
		}
	}
}

// last answers a request a second before its state gives up.
func (r *slowest) last(in State, e Event) {
	r.t.Helper()
	if r.v.State != in {
		r.t.Fatalf("in %v, not %v", r.v.State, in)
	}
	r.now = r.timer - 1
	r.give(e)
}

// TestX20_TheSlowestVisitMeetsNoExpiredNote: all extensions, aids ×3, 4 sheets, 3 copies; from the challenge to the
// last signature, and from the assertion to the last sheet.
func TestX20_TheSlowestVisitMeetsNoExpiredNote(t *testing.T) {
	for _, aids := range settings {
		r := slowToAssertion(t, aids)
		if life := int(domain.ChallengeLife / time.Second); r.now > life {
			t.Errorf("%q: the card signs after %d s, the challenge lives %d s", aids, r.now, life)
		}
		asserted := r.now
		slowToPages(r)
		r.last(Checking, Event{Kind: Checked, N: int(domain.NoteLife/time.Second) - (r.timer - 1 - asserted)})
		r.give(Event{Kind: DepositOpen})
		r.linger(Pay)
		for range 12 {
			r.give(Event{Kind: CoinIn, Coin: domain.Yen50})
		}
		r.last(Settling, Event{Kind: Fixed, Count: r.v.Escrow})
		for range 3 {
			r.last(Printing, Event{Kind: CopyPrinted})
		}
		if life := int(domain.NoteLife / time.Second); r.now-asserted > life {
			t.Errorf("%q: printed after %d s, the notes live %d s", aids, r.now-asserted, life)
		}
		r.give(Event{Kind: EscrowKept})
		if r.v.Outcome != domain.OutcomePrintedPaid {
			t.Errorf("%q: ended as %v in %v", aids, r.v.Outcome, r.v.State)
		}
		t.Logf("%q: %d s from the challenge, %d s from the assertion", aids, asserted, r.now-asserted)
	}
}

// settings are one of each pace.
var settings = [...]string{"size=100", "size=125", "speech=on"}

func slowToAssertion(t *testing.T, aids string) *slowest {
	r := &slowest{t: t}
	for _, e := range []Event{
		{Kind: Begin},
		{Kind: SetAid, Arg: aids},
		{Kind: Agree},
		{Kind: PickLanguage, Arg: "en"},
		{Kind: PickScope, Arg: "home"},
		{Kind: CardIn},
		{Kind: Identified, N: 3},
	} {
		r.give(e)
	}
	if pace := map[string]int{"size=100": 1, "size=125": 2, "speech=on": 3}[aids]; r.v.pace() != pace {
		t.Fatalf("%s: pace %d, want %d", aids, r.v.pace(), pace)
	}
	r.give(Event{Kind: ChallengeHeld})
	r.linger(EnterPIN)
	r.give(Event{Kind: PINChanged, N: 4})
	r.give(Event{Kind: SubmitPIN})
	r.last(Authenticating, Event{Kind: Signed})
	return r
}

func slowToPages(r *slowest) {
	r.give(Event{Kind: AssertionHeld})
	r.last(Authenticating, Event{Kind: ChoicesHeld, Offer: storyOffer})
	r.linger(RemoveCard)
	slowFromRemoved(r)
}

// slowFromRemoved takes the card away and orders twelve sheets.
func slowFromRemoved(r *slowest) {
	r.give(Event{Kind: CardOut})
	r.linger(Holder)
	for _, e := range []Event{
		{Kind: ItIsMe},
		{Kind: PickKind, Arg: string(domain.ResidentRecord)},
		{Kind: Next},
		{Kind: More},
		{Kind: More},
		{Kind: Next},
		{Kind: ConfirmOrder},
	} {
		r.give(e)
	}
	r.last(Requesting, Event{Kind: DocumentHeld, N: 12})
}

// TestX20_PayIsEnteredOnlyIfItCanEnd: a second too little, and no coin is taken.
func TestX20_PayIsEnteredOnlyIfItCanEnd(t *testing.T) {
	for _, fee := range []domain.Yen{0, 100} {
		v := payingVisit(fee, 2)
		enough := v.payTime()
		if next, _ := Step(v, Event{Kind: Checked, ID: v.Await, N: enough}); next.State == Refused {
			t.Errorf("¥%d: refused with %d s", fee, enough)
		}
		next, out := Step(v, Event{Kind: Checked, ID: v.Await, N: enough - 1})
		if next.State != Refused || next.Refusal != domain.DeadlinePassed {
			t.Errorf("¥%d: %v, %v", fee, next.State, next.Refusal)
		}
		for _, f := range out {
			if f.Kind == OpenDeposit || f.Kind == PrintCopy {
				t.Errorf("¥%d: %v", fee, f.Kind)
			}
		}
	}
}

// TestX20_NoTouchMakesALimitLonger: PIN, card and payment end, however often somebody touches.
func TestX20_NoTouchMakesALimitLonger(t *testing.T) {
	for s, want := range map[State]State{
		EnterPIN: Refused, LastTry: Refused, RemoveCard: Wiping, Pay: Returning, Holder: Wiping,
	} {
		v := Visit{State: s, Cap: 9, Timer: 8, Last: 9, Copies: 1, Fee: 100, Escrow: domain.Count{1}, In: domain.Count{1}}
		if next, _ := Step(v, Event{Kind: CapReached, ID: 9}); next.State != want {
			t.Errorf("%v: %v, want %v", s, next.State, want)
		}
	}
}
