package session

import (
	"testing"

	"github.com/kioskd/kioskd/internal/terminal/session/times"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session/aids"
)

func touch(v Visit, verb, arg string) (Visit, []Effect) {
	e, ok := Touch(verb, arg)
	if !ok {
		panic(verb)
	}
	return Step(v, e)
}

// paying has coins in the machine and the slot open.
func paying(in domain.Count) Visit {
	return Visit{
		State: Pay, SlotOpen: true, Copies: 1, Fee: 200, In: in, Escrow: in, Timer: 5, Last: 5,
		Application: domain.ApplicationID{ID: domain.ID{1}},
	}
}

// TestCancelAsksOnceWhereMoneyOrPaperIsAtStake: the first touch asks and does nothing, the second decides; nowhere else
// is anybody asked.
func TestCancelAsksOnceWhereMoneyOrPaperIsAtStake(t *testing.T) {
	for s := range numStates {
		if !states[s].cancel {
			continue
		}
		v := Visit{State: s, Copies: 1, Fee: 200, Timer: 5, Last: 5, Offer: &Offer{}}
		asked, out := touch(v, VerbCancel, "")
		switch s {
		case Requesting, Checking, Pay:
			if asked.State != s || asked.Overlay != OverlayCancel || len(out) != 1 || out[0].Kind != Arm {
				t.Errorf("%v: not asked: %v, %v, %+v", s, asked.State, asked.Overlay, out)
			}
			again, _ := touch(asked, VerbCancel, "")
			if want := map[State]State{Requesting: Wiping, Checking: Wiping, Pay: Returning}[s]; again.State != want {
				t.Errorf("%v, the second time: %v", s, again.State)
			}
			if again.Overlay != NoOverlay {
				t.Errorf("%v: the question stands over %v", s, again.State)
			}
			if on, _ := touch(asked, VerbCloseOverlay, ""); on.State != s || on.Overlay != NoOverlay {
				t.Errorf("%v, going on: %v, %v", s, on.State, on.Overlay)
			}
		default:
			if asked.State == s || asked.Overlay != NoOverlay {
				t.Errorf("%v: asked although nothing is at stake, or not ended: %v", s, asked.State)
			}
		}
	}
}

// TestTheTimeOutAndTheLeverDoNotAsk, and neither does a machine that fails.
func TestTheTimeOutAndTheLeverDoNotAsk(t *testing.T) {
	for _, e := range []Event{
		{Kind: Lever}, {Kind: EscrowFull}, {Kind: PrinterGone}, {Kind: CoinDoubt}, {Kind: CapReached, ID: 4},
	} {
		for _, o := range []Overlay{NoOverlay, OverlayCancel, OverlayAids} {
			v := paying(domain.Count{0, 0, 1})
			v.Overlay, v.Cap = o, 4
			if next, out := Step(v, e); next.State != Returning || next.Overlay != NoOverlay || !has(out, ReturnEscrow) {
				t.Errorf("%v under %v: %v", e.Kind, o, next.State)
			}
		}
	}
	v, _ := touch(paying(domain.Count{0, 0, 1}), VerbCancel, "")
	for n := 0; v.State == Pay; n++ {
		if n > times.Countdown {
			t.Fatal("the question has no end")
		}
		v, _ = Step(v, Event{Kind: TimedOut, ID: v.Timer})
	}
	if v.State != Returning {
		t.Errorf("nobody answered: %v", v.State)
	}
}

// TestACoinThatFallsWhileCancelIsAsked waits for the answer: it neither prints what somebody is about to cancel, nor is
// it lost when they go on.
func TestACoinThatFallsWhileCancelIsAsked(t *testing.T) {
	v, _ := touch(paying(domain.Count{0, 0, 1}), VerbCancel, "")
	v, out := Step(v, Event{Kind: CoinIn, Coin: domain.Yen100})
	if v.State != Pay || v.Escrow.Total() != 200 || v.Overlay != OverlayCancel || has(out, FixDeposit) {
		t.Fatalf("%v, ¥%d, %v", v.State, v.Escrow.Total(), v.Overlay)
	}
	for _, verb := range []string{VerbAids, VerbHelp, VerbLanguage} { // nothing takes the question away unanswered
		if next, _ := touch(v, verb, ""); next.Overlay != OverlayCancel {
			t.Errorf("%s: %v", verb, next.Overlay)
		}
	}
	if back, out := touch(v, VerbCancel, ""); back.State != Returning || !has(out, ReturnEscrow) || back.SlotOpen {
		t.Errorf("cancelled: %v, %+v", back.State, out)
	}
	if on, out := touch(v, VerbCloseOverlay, ""); on.State != Settling || !has(out, FixDeposit) || on.SlotOpen {
		t.Errorf("went on: %v, %+v", on.State, out)
	}
	short, _ := touch(paying(domain.Count{0, 0, 1}), VerbCancel, "")
	if on, _ := touch(short, VerbCloseOverlay, ""); on.State != Pay || !on.SlotOpen {
		t.Errorf("went on with too little: %v", on.State)
	}
}

// TestAnOverlayTakesTheTouches: what is under it does not hear them, but for the count of a PIN, which is what the
// locked page holds; everything that is no touch means what it always means.
func TestAnOverlayTakesTheTouches(t *testing.T) {
	for o := OverlayLanguages; int(o) < NumOverlays; o++ {
		for k := Begin; k.isTouch(); k++ {
			through := false
			for _, one := range o.Through() {
				through = through || one == k
			}
			v := Visit{State: EnterPIN, PINCount: 4, Overlay: o, Timer: 5, Last: 5}
			next, out := Step(v, Event{Kind: k, N: 2, Arg: "en"})
			switch {
			case !through && (next.State != v.State || next.Overlay != o || next.PINCount != 4):
				t.Errorf("%v under %v: %v, %v", k, o, next.State, next.Overlay)
			case !through && (len(out) != 1 || out[0].Kind != Arm):
				t.Errorf("%v under %v: %+v", k, o, out)
			case k == PINChanged && through && next.PINCount != 2:
				t.Errorf("%v under %v: %d digits", k, o, next.PINCount)
			}
		}
		v := Visit{State: EnterPIN, Overlay: o, CardOn: true, Timer: 5, Last: 5}
		if next, _ := Step(v, Event{Kind: CardOut}); next.State != Refused || next.Overlay != NoOverlay {
			t.Errorf("card gone under %v: %v, %v", o, next.State, next.Overlay)
		}
	}
	for verb, want := range map[string]Overlay{
		VerbLanguage: OverlayLanguages, VerbAids: OverlayAids, VerbHelp: OverlayHelp,
	} {
		for s := range numStates {
			next, _ := touch(Visit{State: s}, verb, "")
			if covered := s != Maintenance && s != Wiping; (next.Overlay == want) != covered || next.State != s {
				t.Errorf("%s in %v: %v", verb, s, next.Overlay)
			}
		}
	}
}

func TestSettingsBelongToTheVisit(t *testing.T) {
	v, _ := touch(Visit{State: Attract}, VerbSetAid, "size=150")
	v, _ = touch(v, VerbPickLang, "ko")
	v, _ = Step(v, Event{Kind: Begin})
	if v.Aids.Size != aids.Size150 || v.Lang != domain.Korean || v.View().Aids != v.Aids {
		t.Errorf("begun with %+v in %q", v.Aids, v.Lang)
	}
	v, _ = touch(v, VerbSetAid, "speech=on")
	v, _ = touch(v, VerbSetAid, "speech=loud") // no such value
	if !v.Aids.Speech || v.Aids.Size != aids.Size150 {
		t.Errorf("%+v", v.Aids)
	}
	if next := following(v, domain.ApplicationID{ID: domain.ID{2}}); next.Aids != v.Aids {
		t.Errorf("another certificate: %+v", next.Aids)
	}
	v, _ = Step(v, Event{Kind: Decline})
	v, _ = Step(v, Event{Kind: Wiped, ID: v.Await})
	if v.State != Attract || v.Aids != (aids.Settings{}) || v.Lang != "" || v.Overlay != NoOverlay {
		t.Errorf("the next resident finds %+v in %q", v.Aids, v.Lang)
	}
}

// TestWhatSomebodySetWithoutBeginningIsForgotten after a minute.
func TestWhatSomebodySetWithoutBeginningIsForgotten(t *testing.T) {
	for _, s := range []State{Attract, ServiceClosed, OutOfService} {
		for verb, arg := range map[string]string{VerbSetAid: "speech=on", VerbPickLang: "pt", VerbAids: "", VerbHelp: ""} {
			v, out := touch(Visit{State: s}, verb, arg)
			if len(out) != 1 || out[0].Kind != Arm || out[0].Ms != times.IdleSet*1000 {
				t.Fatalf("%v, %s: %+v", s, verb, out)
			}
			v, out = Step(v, Event{Kind: TimedOut, ID: v.Timer})
			if v.State != s || v.isSet() || out[0].Ms == times.IdleSet*1000 {
				t.Errorf("%v, %s: %+v, %+v", s, verb, v, out)
			}
		}
	}
}

// TestAHeadphoneGoesOnAndSpeaks: it is put in while the time-out dialogue stands.
func TestAHeadphoneGoesOnAndSpeaks(t *testing.T) {
	v, out := touch(Visit{State: Confirm, Countdown: 3, Timer: 5, Last: 5}, VerbSetAid, "speech=on")
	if v.Countdown != 0 || !v.Aids.Speech || len(out) != 1 || out[0].Ms != 3*times.IdleAfterCard*1000 {
		t.Errorf("%+v, %+v", v, out)
	}
}

// TestATouchThatMeansNothing gives a screen its time again, and no act any more.
func TestATouchThatMeansNothing(t *testing.T) {
	for s := range numStates {
		_, out := Step(Visit{State: s, Timer: 5, Last: 5}, Event{Kind: Somebody})
		if idle := states[s].idle > 0; idle != (len(out) == 1) {
			t.Errorf("%v: %+v", s, out)
		}
	}
}
