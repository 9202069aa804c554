package journal

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/domain"
)

// three is ¥300 in the hoppers' coins: what owe owes.
var three = domain.Count{0, 0, 3}

// filled puts change into the hoppers.
func filled(t *testing.T, j *Journal) {
	t.Helper()
	must(t, j.Record(t.Context(), now, Event{Type: "refill", Moves: []Move{
		{From: World, To: Hopper, Coins: domain.Count{10, 10, 10, 10}},
	}}))
}

func out(c domain.Count) []Move { return []Move{{From: Hopper, To: World, Coins: c}} }

func TestX06_TheHoppersPayARefundOnce(t *testing.T) {
	j := openOf(t, "/j", On(crashfs.New()))
	filled(t, j)
	_, s := owe(t, j, now)
	r := Refund{Slip: s.Number, Code: s.Code, Staff: [2]string{"s1"}, Coins: three}
	payout := Intent{Device: "coin", Verb: "payout"}
	for name, c := range map[string]struct {
		refund Refund
		want   error
	}{
		"more than is owed": {Refund{Slip: s.Number, Code: s.Code, Staff: r.Staff, Coins: domain.Count{0, 0, 4}}, ErrAmount},
		"nothing":           {Refund{Slip: s.Number, Code: s.Code, Staff: r.Staff}, ErrAmount},
		"a write-off":       {Refund{Slip: s.Number, Staff: [2]string{"a", "b"}, Coins: three, WriteOff: true}, ErrAmount},
		"another code":      {Refund{Slip: s.Number, Code: "0000000000", Staff: r.Staff, Coins: three}, ErrWrongCode},
		"one, and no code":  {Refund{Slip: s.Number, Staff: r.Staff, Coins: three}, ErrTwoStaff},
	} {
		if a, err := j.BeginRefund(t.Context(), now, c.refund, payout); !errors.Is(err, c.want) || !a.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, err := j.BeginRefund(t.Context(), now, r, payout)
	must(t, err)
	if _, err := j.BeginRefund(t.Context(), now, r, payout); !errors.Is(err, ErrPaying) {
		t.Errorf("a second payout began beside the first: %v", err)
	}
	if _, err := j.Settle(t.Context(), now, r); !errors.Is(err, ErrPaying) {
		t.Errorf("handed over beside a payout: %v", err)
	}
	must(t, j.Finish(t.Context(), now, a, Finding{Result: Done, Moves: out(three)}))
	must(t, j.Verify(t.Context()))
	if _, err := j.BeginRefund(t.Context(), now, r, payout); !errors.Is(err, ErrSettled) {
		t.Errorf("paid twice: %v", err)
	}
	o, err := j.Owing(t.Context(), s.Number)
	if err != nil || o.Yen != 0 || o.How != "code" || o.By != "S1 " {
		t.Errorf("%+v (%v)", o, err)
	}
}

// TestX06_WhatAShortPayoutLeftStaysOwed: the same code gets the rest, in other coins.
func TestX06_WhatAShortPayoutLeftStaysOwed(t *testing.T) {
	j := openOf(t, "/j", On(crashfs.New()))
	filled(t, j)
	_, s := owe(t, j, now)
	r := Refund{Slip: s.Number, Code: s.Code, Staff: [2]string{"s1"}, Coins: three}
	for _, paid := range []domain.Count{{}, {0, 0, 1}, {0, 4}} {
		a, err := j.BeginRefund(t.Context(), now, r, Intent{Device: "coin", Verb: "payout"})
		must(t, err)
		f := Finding{Result: Partial, Moves: out(paid)}
		must(t, j.Finish(t.Context(), now, a, f))
		must(t, j.Verify(t.Context()))
		r.Coins = domain.Count{0, 4} // ¥200 are left after the second
	}
	if o, err := j.Owing(t.Context(), s.Number); err != nil || o.Yen != 0 || o.How != "code" {
		t.Errorf("%+v (%v)", o, err)
	}
}

// TestX06_ACrashInARefundIsJudgedByTheCounters: the next start finds the act, and what it says decides.
func TestX06_ACrashInARefundIsJudgedByTheCounters(t *testing.T) {
	for name, c := range map[string]struct {
		found   Finding
		owed    domain.Yen
		doubted bool
	}{
		"all came out":      {Finding{Result: Done, Moves: out(three)}, 0, false},
		"nothing did":       {Finding{Result: NotDone}, 300, false},
		"one did":           {Finding{Result: Partial, Moves: out(domain.Count{0, 0, 1})}, 200, false},
		"nobody knows":      {Finding{Result: Unsure, Moves: []Move{{From: Hopper, To: Unknown, Coins: three}}}, 300, true},
		"one more than was": {Finding{Result: Done, Moves: out(domain.Count{0, 0, 4})}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "j")
			j := openOf(t, path)
			filled(t, j)
			_, s := owe(t, j, now)
			r := Refund{Slip: s.Number, Code: s.Code, Staff: [2]string{"s1"}, Coins: three}
			_, err := j.BeginRefund(t.Context(), now, r, Intent{Device: "coin", Verb: "payout", Arg: []byte("[0,0,3,0]")})
			must(t, err)
			must(t, j.Close())
			j = openOf(t, path)
			loose, err := j.Loose(t.Context())
			if err != nil || len(loose) != 1 || string(loose[0].Arg) != "[0,0,3,0]" {
				t.Fatalf("%+v (%v)", loose, err)
			}
			must(t, j.Finish(t.Context(), now, loose[0].Act, c.found))
			must(t, j.Verify(t.Context()))
			o, err := j.Owing(t.Context(), s.Number)
			if err != nil || o.Yen != c.owed || o.Doubted != c.doubted || (o.How == "") != (c.owed > 0) {
				t.Fatalf("%+v (%v)", o, err)
			}
			r.Coins = domain.Count{}
			_, err = j.Settle(t.Context(), now, r)
			if want := map[bool]error{true: ErrTwoStaff}[c.doubted]; c.owed > 0 && !errors.Is(err, want) {
				t.Errorf("the code gets the rest: %v, want %v", err, want)
			}
		})
	}
}

// TestX06_AVisitThatIsNotOverOwesNothingYet: a number that is shown while coins are still on their way.
func TestX06_AVisitThatIsNotOverOwesNothingYet(t *testing.T) {
	j := openOf(t, "/j", On(crashfs.New()))
	v := sale(t, j)
	s, err := j.SlipFor(t.Context(), now, v.Application)
	must(t, err)
	_, err = j.Settle(t.Context(), now, Refund{Slip: s.Number, Staff: [2]string{"a", "b"}})
	if !errors.Is(err, ErrVisitOpen) {
		t.Errorf("%v", err)
	}
	must(t, j.CloseVisit(t.Context(), now, Ending{Application: v.Application, Outcome: domain.OutcomeOwed, Owed: 500}))
}
