package session

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session/aids"
)

// payingVisit is a visit that has just been verified: two copies at ¥100 or ¥0, nothing paid.
func payingVisit(fee domain.Yen, copies int) Visit {
	offer := &Offer{
		Kinds:   []KindOffer{{Kind: domain.ResidentRecord, UnitFee: fee, MaxCopies: 3}},
		Members: []MemberOffer{{Ref: "m1"}},
	}
	return Visit{
		State: Checking, Offer: offer, Copies: copies, Fee: fee * domain.Yen(copies), Sheets: copies,
		Await: 1, Asked: CheckPages, Last: 1,
		Lang: domain.Japanese, Application: domain.ApplicationID{ID: domain.ID{1}},
	}
}

// moneyEvents are all events that can happen to a paying visit, with every count that a device could truly or wrongly
// report within small money.
func moneyEvents(v Visit) []Event {
	var out []Event
	for k := range numKinds {
		switch k {
		case Somebody, Complain, OpenLanguage, PickLanguage, OpenAids, OpenHelp, SetAid, CardIn, CardOut,
			FaultSet, FaultCleared, ReaderGone,
			ReaderBack, CenterLost, CenterBack,
			ClockDoubt, ClockSure, PrinterMended, CoinBack: // they touch no money
		case CoinIn:
			if v.In.Total() < 250 {
				out = append(out, Event{Kind: k, Coin: domain.Yen50}, Event{Kind: k, Coin: domain.Yen100})
			}
		case Fixed, CoinsReturned, ReturnFailed:
			for _, c := range []domain.Count{v.Escrow, {}, fewer1(v.Escrow)} {
				out = append(out, Event{Kind: k, ID: v.Await, Count: c})
			}
		case ChangePaid, ChangeFailed:
			full, _ := change(v.Due)
			for _, c := range []domain.Count{full, {}, fewer1(full)} {
				out = append(out, Event{Kind: k, ID: v.Await, Count: c})
			}
		case CopyFailed:
			for e := range EvidencePartly + 1 {
				out = append(out, Event{Kind: k, ID: v.Await, Evidence: e})
			}
		case Checked:
			out = append(out, Event{Kind: k, ID: v.Await, N: v.payTime()}, Event{Kind: k, ID: v.Await, N: v.payTime() - 1})
		case TimedOut:
			out = append(out, Event{Kind: k, ID: v.Timer})
		case Taken, PaperTaken:
			out = append(out, Event{Kind: k, N: v.anotherTime()}, Event{Kind: k, N: v.anotherTime() - 1})
		case NotMine:
			for _, f := range []domain.FaultCode{domain.FaultNoSheet, domain.FaultForeign} {
				out = append(out, Event{Kind: k, Arg: f.String()})
			}
		case Another:
			out = append(out, Event{Kind: k, Application: domain.ApplicationID{ID: domain.ID{2}}})
		default:
			out = append(out, Event{Kind: k, ID: v.Await, Reason: domain.CoinsNotReady})
		}
	}
	return out
}

func fewer1(c domain.Count) domain.Count {
	for d := range c {
		if c[d] > 0 {
			c[d]--
			return c
		}
	}
	return c
}

func change(due domain.Yen) (c domain.Count, ok bool) {
	for d := int(domain.NumDenominations) - 1; d >= 0; d-- {
		for due >= domain.Denomination(d).Yen() {
			due -= domain.Denomination(d).Yen()
			c[d]++
		}
	}
	return c, due == 0
}

// forget takes the numbers out of a visit that only name requests, so that equal situations are one node.
func forget(v Visit) Visit {
	if v.Await != 0 {
		v.Await = 1
	}
	if v.Countdown > 1 {
		v.Countdown = 2
	}
	if v.Await == 0 {
		v.Asked = 0
	}
	v.Timer, v.Cap, v.Last = 2, 0, 3
	return v
}

// search walks every order of events from a visit and judges each step.
func search(t *testing.T, start Visit, bad func(before, after Visit, e Event, out []Effect) string) int {
	t.Helper()
	start = forget(start)
	seen := map[Visit]bool{start: true}
	for queue := []Visit{start}; len(queue) > 0; queue = queue[1:] {
		v := queue[0]
		for _, e := range moneyEvents(v) {
			next, out := Step(v, e)
			if why := bad(v, next, e, out); why != "" {
				t.Fatalf("%v × %v (%+v): %s\nbefore %+v\nafter  %+v", v.State, e.Kind, e, why, v, next)
			}
			if next.Idle() {
				continue
			}
			if n := forget(next); !seen[n] {
				seen[n] = true
				queue = append(queue, n)
			}
		}
	}
	return len(seen)
}

// judge holds one step against the promises about money and paper.
func judge(before, after Visit, e Event, out []Effect) string {
	if err := conserved(after); err != nil {
		return err.Error()
	}
	for _, f := range out {
		switch {
		case f.Kind == PrintCopy && f.N != before.Printing+1:
			return "a copy is printed twice or out of order"
		case f.Kind == PrintCopy && after.Fee > 0 && after.Escrow.Total() < after.Fee:
			return "printing begins before the price is in escrow"
		case f.Kind == KeepEscrow && after.CopiesGood == 0:
			return "money is kept and no copy is good"
		case f.Kind == ReturnEscrow && after.CopiesGood > 0:
			return "the same coins go back although a copy is good"
		case f.Kind == CancelAtCenter && after.CopiesGood > 0:
			return "an application with a good copy is cancelled"
		case f.Kind == Close:
			if why := judgeClose(after, f); why != "" {
				return why
			}
		}
	}
	if after.Before != before.Before && !after.Nobody() {
		if why := judgeNext(before, after); why != "" {
			return why
		}
	}
	if after.Nobody() && !before.Nobody() && before.Outcome == domain.OutcomeOpen {
		return "the visit ended without an outcome"
	}
	return ""
}

// judgeNext: the second application begins when the first is settled to the last yen, and with nothing of it.
func judgeNext(before, after Visit) string {
	paid := before.In.Total() - before.Back.Total() - before.PaidOut.Total()
	switch {
	case before.Outcome != domain.OutcomePrintedPaid || before.CopiesGood != before.Copies:
		return "another begins after one that was not printed"
	case before.Due > 0 || before.Owed != 0 || !before.Escrow.IsZero() || !before.Lost.IsZero():
		return "another begins before the money of the last is settled"
	case paid > before.Fee || paid < before.Fee && before.Due >= 0: // Due below zero: a hopper paid too much, our loss
		return "another begins although the last was not paid exactly"
	case before.Before+1 >= domain.MaxApplications:
		return "one more than an assertion carries"
	case after.Application == before.Application || after.After != before.Application:
		return "two applications under one id"
	}
	fresh := Visit{
		State: after.State, Lang: before.Lang, May: before.May, Application: after.Application, After: before.Application,
		Before: before.Before + 1, Aids: before.Aids, CardOn: before.CardOn, Timer: after.Timer, Cap: after.Cap,
		Last: after.Last,
	}
	if after != fresh {
		return "something of the last application is left"
	}
	return ""
}

func judgeClose(v Visit, f Effect) string {
	got := v.Back.Total() + v.PaidOut.Total()
	switch f.Outcome {
	case domain.OutcomeOpen:
		return "a visit is closed as open"
	case domain.OutcomeNothing:
		if v.In.Total() != 0 || v.CopiesGood != 0 {
			return "nothing, but something happened"
		}
	case domain.OutcomeRefunded:
		if got != v.In.Total() {
			return "refunded, but not all came back"
		}
	case domain.OutcomePrintedPaid, domain.OutcomePartPaid:
		if v.In.Total()-got != v.Earned() && v.Due >= 0 {
			return "printed, but the resident did not pay exactly the good copies"
		}
	case domain.OutcomeOwed:
		if v.In.Total()-got-v.Earned() != f.Yen && v.Escrow.IsZero() && v.Due >= 0 {
			return "the amount owed is not what is missing"
		}
	}
	return ""
}

func TestX02_X05_D11_EveryOrderOfMoneyEventsKeepsEveryYen(t *testing.T) {
	for _, c := range []struct {
		fee    domain.Yen
		copies int
	}{{0, 1}, {100, 1}, {100, 2}, {0, 2}} {
		n := search(t, payingVisit(c.fee, c.copies), judge)
		t.Logf("fee %d × %d: %d situations", c.fee, c.copies, n)
	}
	spoken := payingVisit(100, 1)
	spoken.Aids = aids.Settings{Speech: true}
	search(t, spoken, judge)
	for before := range uint8(domain.MaxApplications) {
		v := payingVisit(100, 1)
		v.May, v.Before = OfferAnother, before
		next := 0
		search(t, v, func(b, a Visit, e Event, out []Effect) string {
			if e.Kind == Another && a.State == PlaceAgain {
				next++
			}
			return judge(b, a, e, out)
		})
		if offered := before+1 < domain.MaxApplications; offered != (next > 0) {
			t.Errorf("after %d others, another began %d times", before, next)
		}
	}
	cutOff, _ := Step(Visit{}, Event{
		Kind: CutOff, Application: domain.ApplicationID{ID: domain.ID{1}}, Yen: 100, N: 1, Count: domain.Count{0, 1, 1, 0},
	})
	if n := search(t, cutOff, judge); n < 10 {
		t.Errorf("a visit that was cut off has only %d situations", n)
	}
}

// TestSearchFindsABrokenTable is the negative control: the same search must find a table that loses a coin.
func TestSearchFindsABrokenTable(t *testing.T) {
	saved := rows[Printing][CoinIn]
	rows[Printing][CoinIn] = stay("broken on purpose")
	lost := false
	func() {
		defer func() { rows[Printing][CoinIn] = saved }()
		search(t, payingVisit(100, 1), func(before, after Visit, e Event, out []Effect) string {
			served := before.State != Wiping && before.State != SlipWaits && !before.Idle()
			if e.Kind == CoinIn && after.In == before.In && served {
				lost = true
			}
			return ""
		})
	}()
	if !lost {
		t.Error("the search walked past a credit that was ignored")
	}
	search(t, payingVisit(100, 1), func(before, after Visit, e Event, out []Effect) string {
		if e.Kind == CoinIn && after.In == before.In && before.State != Wiping && before.State != SlipWaits {
			return "a credit was ignored"
		}
		return ""
	})
}

func FuzzMoneyIsConserved(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		r := rand.New(rand.NewPCG(a, b))
		v := payingVisit(domain.Yen(r.IntN(3)*100), 1+r.IntN(3))
		for range 60 {
			events := moneyEvents(v)
			e := events[r.IntN(len(events))]
			next, out := Step(v, e)
			if why := judge(v, next, e, out); why != "" {
				t.Fatalf("%v × %v: %s", v.State, e.Kind, why)
			}
			if v = next; v.Idle() {
				return
			}
		}
	})
}

func TestX02_ACreditOfNobodyIsRecorded(t *testing.T) {
	for _, s := range []State{Attract, ServiceClosed, OutOfService, Maintenance, Wiping, SlipWaits} {
		_, out := Step(Visit{State: s}, Event{Kind: CoinIn, Coin: domain.Yen100})
		if len(out) == 0 || out[0].Kind != LateCoin || out[0].Yen != 100 {
			t.Errorf("%v: %+v", s, out)
		}
	}
}

// TestStepIsCheap: two allocations at most, for the visit and its effects, in every cell. The runtime counts what the
// whole process allocates, its own goroutines too, which only ever adds: so the least of three counts is the step's.
func TestStepIsCheap(t *testing.T) {
	for s := range numStates {
		for k := range numKinds {
			v := payingVisit(100, 2)
			v.State, v.Await, v.Timer, v.Cap = s, 7, 7, 7
			for a := range numEffects {
				if slices.Contains(answers[a], k) {
					v.Asked = a
				}
			}
			e := Event{Kind: k, ID: 7, Arg: "en", Offer: v.Offer}
			count := func() float64 { return testing.AllocsPerRun(1, func() { Step(v, e) }) }
			if n := count(); n > 2 && min(count(), count()) > 2 {
				t.Errorf("%v × %v: %v allocations", s, k, n)
			}
		}
	}
}

func BenchmarkStep(b *testing.B) {
	b.ReportAllocs()
	v := payingVisit(100, 1)
	v.State = Pay
	v.SlotOpen = true
	for b.Loop() {
		Step(v, Event{Kind: CoinIn, Coin: domain.Yen50})
	}
}

// TestX02_ACoinGoesWithThoseItLiesWith: where coins are held, a late one lies among them; where the slot was never open
// for this resident, it is a coin of before and nobody's.
func TestX02_ACoinGoesWithThoseItLiesWith(t *testing.T) {
	coin := Event{Kind: CoinIn, Coin: domain.Yen50}
	for _, s := range []State{StaffNeeded, GiveBack, Printing, Returning} {
		held := domain.Count{0, 0, 1, 0}
		v, _ := Step(Visit{State: s, Fee: 100, Copies: 1, In: held, Escrow: held}, coin)
		if v.Escrow != (domain.Count{0, 1, 1, 0}) || v.In != v.Escrow || v.Owed != 0 {
			t.Errorf("%v: in %v, escrow %v, owed %d", s, v.In, v.Escrow, v.Owed)
		}
	}
	if v, _ := Step(Visit{State: StaffNeeded}, coin); v.Owed != 50 || !v.Escrow.IsZero() {
		t.Errorf("StaffNeeded, nothing held: escrow %v, owed %d", v.Escrow, v.Owed)
	}
	for _, s := range []State{Consent, PlaceCard, Holder, Confirm} {
		v, out := Step(Visit{State: s}, coin)
		if v.In != (domain.Count{}) || v.Owed != 0 || len(out) == 0 || out[0].Kind != LateCoin {
			t.Errorf("%v: in %v, owed %d, %+v", s, v.In, v.Owed, out)
		}
	}
}
