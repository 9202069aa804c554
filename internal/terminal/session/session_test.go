package session

import (
	"fmt"
	"testing"
)

// noDefault are the columns that every row must fill itself (money, printing, time-outs).
var noDefault = []Kind{
	CoinIn, DepositOpen, DepositRefused, Fixed, FixFailed, CoinsReturned, ReturnFailed, EscrowKept, KeepFailed,
	ChangePaid, ChangeFailed, CopyPrinted, CopyFailed, PrinterFault, PrinterGone,
	CoinFault, CoinDoubt, CoinGone, Lever, EscrowFull, TimedOut, CapReached,
}

func eachCell(t *testing.T, f func(s State, k Kind, cell []branch)) {
	t.Helper()
	for s := range numStates {
		for k := range numKinds {
			cell := rows[s][k]
			if cell == nil {
				cell = every[k]
			}
			f(s, k, cell)
		}
	}
}

func TestTotal(t *testing.T) {
	for _, k := range noDefault {
		if every[k] != nil {
			t.Errorf("column %v has a default", k)
		}
	}
	eachCell(t, func(s State, k Kind, cell []branch) {
		if len(cell) == 0 {
			t.Errorf("%v × %v is empty", s, k)
			return
		}
		for i, b := range cell {
			last := i == len(cell)-1
			if last != (b.when.ok == nil) {
				t.Errorf("%v × %v: branch %d of %d guarded=%v", s, k, i, len(cell), b.when.ok != nil)
			}
			if len(b.do) == 0 && (b.next == same || b.next == s) && b.why == "" {
				t.Errorf("%v × %v: nothing is done and no reason given", s, k)
			}
		}
	})
}

func TestEveryStateHasScreenTimerAndWayOut(t *testing.T) {
	screens := map[string]State{}
	for s := range numStates {
		info := states[s]
		if info.screen == "" {
			t.Errorf("%v has no screen", s)
		}
		if other, double := screens[info.screen]; double {
			t.Errorf("%v and %v share screen %s", s, other, info.screen)
		}
		screens[info.screen] = s
		if (info.idle == 0) == (info.act == 0) {
			t.Errorf("%v: exactly one of idle and act must be set", s)
		}
		if info.cancel && !leads(s, Cancel) {
			t.Errorf("%v says that it can be cancelled and cannot", s)
		}
		if !info.cancel && leads(s, Cancel) && s != Finish {
			t.Errorf("%v can be cancelled and does not say so", s)
		}
	}
}

// reach gives all states that can follow from s, over any branch.
func reach(from State) map[State]bool {
	seen := map[State]bool{from: true}
	for queue := []State{from}; len(queue) > 0; queue = queue[1:] {
		for k := range numKinds {
			cell := rows[queue[0]][k]
			if cell == nil {
				cell = every[k]
			}
			for _, b := range cell {
				if b.next != same && !seen[b.next] {
					seen[b.next] = true
					queue = append(queue, b.next)
				}
			}
		}
	}
	return seen
}

func TestLive(t *testing.T) {
	all := reach(Attract)
	for s := range numStates {
		if !all[s] {
			t.Errorf("%v cannot be reached", s)
		}
		if r := reach(s); !r[Attract] || !r[OutOfService] {
			t.Errorf("%v cannot reach Attract and OutOfService", s)
		}
	}
}

// TestTimeOutAloneLeadsHome: with nobody touching anything and no device answering, every state ends in the idle phase.
func TestTimeOutAloneLeadsHome(t *testing.T) {
	for s := range numStates {
		v := Visit{State: s, Offer: &Offer{}, Copies: 1}
		for i := 0; !v.Idle(); i++ {
			if i > 200 {
				t.Fatalf("%v: still in %v after %d time-outs", s, v.State, i)
			}
			v.Timer = 1
			v, _ = Step(v, Event{Kind: TimedOut, ID: v.Timer})
		}
	}
}

// conserved gives an error where a yen is lost or doubled.
func conserved(v Visit) error {
	if v.Idle() {
		return nil
	}
	if got := v.Escrow.Plus(v.Kept).Plus(v.Back).Plus(v.Lost); got != v.In {
		return fmt.Errorf("in %v, accounted for %v", v.In, got)
	}
	for d := range v.In {
		if v.Escrow[d] < 0 || v.Kept[d] < 0 || v.Back[d] < 0 || v.Lost[d] < 0 {
			return fmt.Errorf("an account is below zero: %+v", v)
		}
	}
	if v.Kept.Total() > 0 && v.Kept.Total() != v.Earned()+v.PaidOut.Total()+v.Due+v.Owed-v.Lost.Total() {
		return fmt.Errorf("kept %v ≠ earned %v + paid %v + due %v + owed %v − lost %v", v.Kept.Total(), v.Earned(),
			v.PaidOut.Total(), v.Due, v.Owed, v.Lost.Total())
	}
	if v.CopiesGood > v.Printing || v.Printing > max(1, v.Copies) {
		return fmt.Errorf("%d good of %d printed of %d ordered", v.CopiesGood, v.Printing, v.Copies)
	}
	if !v.Escrow.IsZero() && !states[v.State].money {
		return fmt.Errorf("coins in escrow in %v", v.State)
	}
	if v.Offer != nil && !states[v.State].personal {
		return fmt.Errorf("personal data in %v", v.State)
	}
	return nil
}

func TestD04_LateAndForeignAnswersAreDropped(t *testing.T) {
	v := Visit{State: Requesting, Await: 7, Asked: RequestIssue, Timer: 8, Copies: 1}
	for _, e := range []Event{
		{Kind: DocumentHeld, ID: 6},
		{Kind: DocumentHeld},
		{Kind: CopyPrinted, ID: 7},
		{Kind: TimedOut, ID: 7},
		{Kind: TimedOut},
		{Kind: CapReached},
	} {
		if next, out := Step(v, e); next != v || out != nil || !Stranger(v, e) {
			t.Errorf("%v with id %d changed the visit", e.Kind, e.ID)
		}
	}
	if next, _ := Step(v, Event{Kind: DocumentHeld, ID: 7, N: 1}); next.State != Checking {
		t.Errorf("the right answer led to %v", next.State)
	}
}
