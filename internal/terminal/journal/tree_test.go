package journal

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

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
	check(j.Record(ctx, now, Event{Type: "float", Moves: []Move{
		{From: World, To: Hopper, Coins: domain.Count{0, 0, 1 << 20}},
	}}))
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
			Application: v.Application, Type: "coin.in", Moves: []Move{
				{From: World, To: Escrow, Coins: domain.Count{0, 0, 0, 1}},
			},
		}))
		act(v, "printer", "print")
		act(v, "coin", "keep", Move{From: Escrow, To: Hopper, Coins: domain.Count{0, 0, 0, 1}})
		act(v, "coin", "payout", Move{From: Hopper, To: World, Coins: domain.Count{0, 0, 3}})
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

func signing(t *testing.T) (note.Signer, note.Verifier) {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, "kioskd.kiosk/K-000012")
	must(t, err)
	s, err := note.NewSigner(private)
	must(t, err)
	v, err := note.NewVerifier(public)
	must(t, err)
	return s, v
}

// TestR21_TheHeadsAreSigned: whoever writes the file anew has not the kiosk's key; and what came after the last head is
// told as unsealed, never as good.
func TestR21_TheHeadsAreSigned(t *testing.T) {
	signer, verifier := signing(t)
	_, stranger := signing(t)
	path := filepath.Join(t.TempDir(), "j")
	j := openOf(t, path, SignedBy(signer, "2026-11-01.1"))
	owe(t, j, now)
	must(t, j.Record(t.Context(), now, Event{Type: "x"}))
	s, err := j.VerifyHeads(t.Context(), verifier)
	size, _, sizeErr := j.Head(t.Context())
	if err != nil || sizeErr != nil || s.Signed != 1 || s.Covered != size-1 || s.Sealed {
		t.Errorf("%+v of %d (%v, %v)", s, size, err, sizeErr)
	}
	must(t, j.Seal(t.Context(), now))
	must(t, j.Close())
	j = openOf(t, path)
	if s, err = j.VerifyHeads(t.Context(), verifier); err != nil || s.Signed != 2 || s.Covered != size+1 || !s.Sealed {
		t.Errorf("%+v (%v)", s, err)
	}
	if _, err := j.VerifyHeads(t.Context(), stranger); !errors.Is(err, ErrBroken) {
		t.Errorf("by a stranger's key: %v", err)
	}
	for name, q := range map[string]string{
		"without its note":      "UPDATE head SET note = NULL WHERE size > 5",
		"another head's note":   "UPDATE head SET note = (SELECT note FROM head LIMIT 1)",
		"another kiosk's store": "UPDATE head SET size = size + 1",
	} {
		t.Run(name, func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "j")
			must(t, j.Copy(t.Context()))
			must(t, os.Rename(CopyOf(path), copied))
			c := openOf(t, copied)
			for _, change := range []string{"DROP TRIGGER head_update", q} {
				_, err := c.db.ExecContext(t.Context(), change)
				must(t, err)
			}
			if _, err := c.VerifyHeads(t.Context(), verifier); !errors.Is(err, ErrBroken) {
				t.Errorf("%v", err)
			}
		})
	}
}
