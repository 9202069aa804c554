package journal

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

var now = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

func open(t *testing.T, path string) *Journal {
	t.Helper()
	j, err := Open(t.Context(), path, domain.BootID{ID: domain.NewID()})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sale(t *testing.T, j *Journal) Visit {
	t.Helper()
	v := Visit{Application: domain.NewApplicationID(), Kind: domain.ResidentRecord, Fee: 200, Copies: 1}
	must(t, j.OpenVisit(t.Context(), now, v))
	must(t, j.Record(t.Context(), now, Event{
		Application: v.Application, Type: "coin.in", Moves: []Move{
			{From: World, To: Escrow, Coins: domain.Count{0, 0, 0, 1}},
		},
	}))
	return v
}

func TestASaleAddsUp(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	ctx := t.Context()
	must(t, j.Record(ctx, now, Event{Type: "refill", Moves: []Move{
		{From: World, To: Hopper, Coins: domain.Count{0, 0, 20, 0}},
	}}))
	v := sale(t, j)
	a, err := j.Begin(ctx, now, Intent{Application: v.Application, Device: "coin", Verb: "keep"})
	must(t, err)
	must(t, j.Finish(ctx, now, a, Finding{Result: Done, Moves: []Move{
		{From: Escrow, To: Hopper, Coins: domain.Count{0, 0, 0, 1}},
	}}))
	a, err = j.Begin(ctx, now, Intent{Application: v.Application, Device: "coin", Verb: "payout"})
	must(t, err)
	must(t, j.Finish(ctx, now, a, Finding{Result: Done, Moves: []Move{
		{From: Hopper, To: World, Coins: domain.Count{0, 0, 3, 0}},
	}}))
	must(t, j.CloseVisit(ctx, now, Ending{
		Application: v.Application, Outcome: domain.OutcomePrintedPaid, Good: 1, Revenue: 200, Done: []byte("note"),
	}))
	b, err := j.Balances(ctx)
	must(t, err)
	if (b[Hopper] != domain.Count{0, 0, 17, 1}) || (b[Escrow] != domain.Count{}) {
		t.Errorf("%v", b)
	}
	must(t, j.Verify(ctx))
	l, ok, err := j.NextLetter(ctx)
	must(t, err)
	if !ok || l.Application != v.Application || string(l.Note) != "note" {
		t.Fatalf("%+v %v", l, ok)
	}
	must(t, j.Delivered(ctx, now, l.Seq))
	if _, ok, _ := j.NextLetter(ctx); ok {
		t.Error("a delivered letter is sent again")
	}
}

func TestD11_AnEndingInWhichAYenIsMissingIsRefused(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	v := sale(t, j)
	err := j.CloseVisit(t.Context(), now, Ending{
		Application: v.Application, Outcome: domain.OutcomePrintedPaid, Good: 1, Revenue: 200,
	})
	if !errors.Is(err, ErrBroken) {
		t.Fatalf("¥500 in, ¥200 earned, nothing out: %v", err)
	}
	must(t, j.CloseVisit(t.Context(), now, Ending{
		Application: v.Application, Outcome: domain.OutcomeOwed, Good: 1, Revenue: 200, Owed: 300,
	}))
}

func TestNoAccountGoesBelowZero(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	err := j.Record(t.Context(), now, Event{Type: "x", Moves: []Move{{From: Hopper, To: World, Coins: domain.Count{1}}}})
	if !errors.Is(err, ErrBroken) {
		t.Errorf("an empty hopper paid: %v", err)
	}
	if b, _ := j.Balances(t.Context()); len(b) != 0 {
		t.Errorf("the refused posting stands: %v", b)
	}
}

func TestOneVisitAtATime(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	sale(t, j)
	if err := j.OpenVisit(t.Context(), now, Visit{Application: domain.NewApplicationID(), Copies: 1}); err == nil {
		t.Error("two visits are open")
	}
}

func TestAnActIsFinishedOnce(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	v := sale(t, j)
	a, err := j.Begin(t.Context(), now, Intent{Application: v.Application, Device: "coin", Verb: "repay"})
	must(t, err)
	must(t, j.Finish(t.Context(), now, a, Finding{Result: NotDone}))
	if err := j.Finish(t.Context(), now, a, Finding{Result: Done}); err == nil {
		t.Error("an act was finished twice")
	}
	if err := j.Finish(t.Context(), now, Act{}, Finding{Result: Done}); err == nil {
		t.Error("an act that was never begun was finished")
	}
}

func TestTheBooksAreAppendOnly(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	v := sale(t, j)
	must(t, j.CloseVisit(t.Context(), now, Ending{Application: v.Application, Outcome: domain.OutcomeOwed, Owed: 500}))
	for _, q := range []string{
		"UPDATE entry SET pieces = 5", "DELETE FROM entry", "UPDATE claim SET yen = 1", "DELETE FROM ev",
		"UPDATE ev SET type = 'x'", "UPDATE tx SET outcome = 'nothing'", "DELETE FROM tx", "DELETE FROM leafhash",
		"UPDATE head SET size = 1", "DELETE FROM head", "UPDATE store SET epoch = 9", "DELETE FROM slip",
		"UPDATE slip SET number = '1'", "UPDATE slip SET tries = -1",
	} {
		if _, err := j.db.ExecContext(t.Context(), q); err == nil {
			t.Errorf("%s: done", q)
		}
	}
}

func TestWhatACrashLeftIsFoundAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := open(t, path)
	v := sale(t, j)
	_, err := j.Begin(t.Context(), now, Intent{
		Application: v.Application, Device: "printer", Verb: "print", Before: []byte("7"),
	})
	must(t, err)
	size, root, err := j.Head(t.Context())
	must(t, err)
	must(t, j.Close())
	j = open(t, path)
	l, ok, err := j.Left(t.Context())
	must(t, err)
	if !ok || l.Application != v.Application || (l.In != domain.Count{0, 0, 0, 1}) || l.Held != l.In || len(l.Acts) != 1 ||
		string(l.Acts[0].Before) != "7" || len(l.Prints) != 1 || l.Prints[0] != "" {
		t.Errorf("%+v %v", l, ok)
	}
	size2, root2, err := j.Head(t.Context())
	must(t, err)
	if size2 != size || root2 != root || size != 3 {
		t.Errorf("tree of %d became %d", size, size2)
	}
}
