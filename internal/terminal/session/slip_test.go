package session

import (
	"testing"

	"github.com/kioskd/kioskd/internal/terminal/session/times"

	"github.com/kioskd/kioskd/internal/domain"
)

// owing is a visit whose change was not paid: the journal has closed it, and its slip is on the screen.
func owing(s State) Visit {
	return Visit{
		State: s, Outcome: domain.OutcomeOwed, Owed: 300, Copies: 1, CopiesGood: 1, Printing: 1, Fee: 200, Timer: 5, Last: 5,
		In: domain.Count{0, 0, 0, 1}, Kept: domain.Count{0, 0, 0, 1}, Offer: &Offer{}, Refusal: domain.CoinsNotReady,
		Application: domain.ApplicationID{ID: domain.ID{1}},
	}
}

// TestX06_ASlipThatNobodyReadDoesNotVanish: only a touch or a clerk ends it as read. With the time-out everything
// personal goes, a clerk is called, and amount and number stand.
func TestX06_ASlipThatNobodyReadDoesNotVanish(t *testing.T) {
	for _, from := range []State{Finish, Refused} {
		v := owing(from)
		if v.limit()+times.Countdown*min(1, states[from].idle) != times.OwedLimit {
			t.Errorf("%v: %d s to write it down", from, v.limit())
		}
		v.Countdown = min(1, states[from].idle)
		next, out := Step(v, Event{Kind: TimedOut, ID: v.Timer})
		if next.State != SlipWaits || next.Owed != v.Owed || next.View().Owed != v.Owed {
			t.Fatalf("%v: %v, ¥%d", from, next.State, next.Owed)
		}
		if next.Offer != nil || next.Refusal != 0 || !has(out, CallStaff) || !has(out, Wipe) || has(out, Close) {
			t.Errorf("%v: %+v, %+v", from, next, out)
		}
		for e, want := range map[Event]State{
			{Kind: Wiped, ID: next.Await}: SlipWaits, {Kind: FaultSet}: SlipWaits, {Kind: Begin}: SlipWaits,
			{Kind: End}: SlipWaits, {Kind: CoinIn, Coin: domain.Yen10}: SlipWaits,
			{Kind: Acknowledge}: Wiping, {Kind: StaffClear}: Wiping, {Kind: TimedOut, ID: next.Timer}: Wiping,
		} {
			if last, _ := Step(next, e); last.State != want || want == SlipWaits && last.Owed != v.Owed {
				t.Errorf("%v, then %v: %v, ¥%d", from, e.Kind, last.State, last.Owed)
			}
		}
		read, _ := Step(v, Event{Kind: Continue}) // in the dialogue a touch gives the whole time again
		if from == Refused && (read.State != from || read.Countdown != 0) {
			t.Errorf("%+v", read)
		}
		v.Countdown, v.Owed = min(1, states[from].idle), 0
		if next, _ := Step(v, Event{Kind: TimedOut, ID: v.Timer}); next.State != Wiping {
			t.Errorf("%v: nothing is owed, and it stands in %v", from, next.State)
		}
	}
}

// TestX06_X01_MoneyOfAnEmptyRoomHasANumberOnTheScreen: a clerk who did not come, and coins that nobody took back.
func TestX06_X01_MoneyOfAnEmptyRoomHasANumberOnTheScreen(t *testing.T) {
	held := domain.Count{0, 0, 1, 1}
	for name, c := range map[string]struct {
		v    Visit
		want State
		owed domain.Yen
	}{
		"no copy is good": {Visit{State: StaffNeeded, In: held, Escrow: held, Copies: 2, Fee: 400}, SlipWaits, 600},
		"one copy is good": {Visit{
			State: StaffNeeded, In: held, Escrow: held, Copies: 2, CopiesGood: 1, Printing: 2, Fee: 400,
		}, SlipWaits, 400},
		"paid exactly for the good one": {Visit{
			State: StaffNeeded, In: domain.Count{0, 0, 2}, Escrow: domain.Count{0, 0, 2}, Copies: 2, CopiesGood: 1, Printing: 2,
			Fee: 400,
		}, Wiping, 0},
		"nothing is held":  {Visit{State: StaffNeeded, Copies: 1}, Wiping, 0},
		"owed already":     {owing(StaffNeeded), SlipWaits, 300},
		"nobody came back": {Visit{State: GiveBack, In: held, Escrow: held, Copies: 1, Fee: 200}, SlipWaits, 600},
	} {
		c.v.Timer, c.v.Last = 5, 5
		next, out := Step(c.v, Event{Kind: TimedOut, ID: 5})
		if next.State != c.want || next.Owed != c.owed || has(out, Close) == (c.v.Outcome != domain.OutcomeOpen) {
			t.Errorf("%s: %v, ¥%d, %+v", name, next.State, next.Owed, out)
		}
		if err := conserved(next); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func has(out []Effect, k EffectKind) bool {
	for _, f := range out {
		if f.Kind == k {
			return true
		}
	}
	return false
}
