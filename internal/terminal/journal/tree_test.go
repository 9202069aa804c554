package journal

import (
	"errors"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/domain"
)

func TestATreeThatWasWrittenAnewIsFound(t *testing.T) {
	for name, q := range map[string]string{
		"as it was written":    "",
		"an event was changed": "UPDATE ev SET body = x'00' WHERE seq = 2",
		"another type":         "UPDATE ev SET type = 'x' WHERE seq = 1",
		"a hash was changed":   "UPDATE leafhash SET h = zeroblob(32) WHERE n = 0",
		"a head was changed":   "UPDATE head SET root = zeroblob(32)",
		"the end was cut":      "DELETE FROM ev WHERE seq = (SELECT max(seq) FROM ev)",
	} {
		t.Run(name, func(t *testing.T) {
			j := openOf(t, "/j", On(crashfs.New()))
			owe(t, j, now)
			for _, change := range []string{
				"DROP TRIGGER ev_update", "DROP TRIGGER ev_delete", "DROP TRIGGER leaf_update", "DROP TRIGGER head_update", q,
			} {
				_, err := j.db.ExecContext(t.Context(), change)
				must(t, err)
			}
			if _, err := j.VerifyTree(t.Context()); errors.Is(err, ErrBroken) != (q != "") || (err != nil) != (q != "") {
				t.Errorf("%v", err)
			}
		})
	}
}

// BenchmarkVisit is a paid visit with change, on a disk that takes no time: what it costs is the processor's.
func BenchmarkVisit(b *testing.B) {
	j, err := Open(b.Context(), "/j", domain.BootID{}, On(crashfs.New()))
	if err != nil {
		b.Fatal(err)
	}
	ctx := b.Context()
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	check(j.Record(ctx, now, Event{Type: "float", Moves: []Move{{World, Hopper, domain.Count{0, 0, 1 << 20}}}}))
	act := func(v Visit, device, verb string, moves ...Move) {
		a, err := j.Begin(ctx, now, Intent{Application: v.Application, Device: device, Verb: verb})
		check(err)
		check(j.Finish(ctx, now, a, Finding{Result: Done, Moves: moves}))
	}
	for b.Loop() {
		v := Visit{Application: domain.NewApplicationID(), Kind: domain.ResidentRecord, Fee: 200, Copies: 1}
		check(j.OpenVisit(ctx, now, v))
		check(j.Record(ctx, now, Event{Application: v.Application, Type: "deposit.begin"}))
		check(j.Record(ctx, now, Event{
			Application: v.Application, Type: "coin.in", Moves: []Move{{World, Escrow, domain.Count{0, 0, 0, 1}}},
		}))
		act(v, "printer", "print")
		act(v, "coin", "keep", Move{Escrow, Hopper, domain.Count{0, 0, 0, 1}})
		act(v, "coin", "payout", Move{Hopper, World, domain.Count{0, 0, 3}})
		check(j.CloseVisit(ctx, now, Ending{
			Application: v.Application, Outcome: domain.OutcomePrintedPaid, Good: 1, Revenue: 200, Done: []byte("note"),
		}))
	}
}

func BenchmarkEvent(b *testing.B) {
	j, err := Open(b.Context(), "/j", domain.BootID{}, On(crashfs.New()))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := j.Record(b.Context(), now, Event{Type: "x"}); err != nil {
			b.Fatal(err)
		}
	}
}
