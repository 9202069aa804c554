package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

func signingLedger(t *testing.T, path string, out *bytes.Buffer) ledger {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, "kioskd.kiosk/K-000012")
	if err != nil {
		t.Fatal(err)
	}
	l := ledger{path: path, out: out, note: out, kiosk: "K-000012", key: []byte("key"), config: "1"}
	if l.signer, err = note.NewSigner(private); err != nil {
		t.Fatal(err)
	}
	if l.public, err = note.NewVerifier(public); err != nil {
		t.Fatal(err)
	}
	l.refund.from = "cash"
	return l
}

func TestX06_SettleClosesASlipOfAKioskThatStandsStill(t *testing.T) {
	path, slip, j := owing(t)
	var out bytes.Buffer
	l := signingLedger(t, path, &out)
	l.refund.slip, l.refund.staff = slip, "s1,s2"
	if err := l.settle(t.Context(), noon); !journal.Owned.Wants(err) {
		t.Fatalf("beside a running kiosk: %v", err)
	}
	clerk := journal.Move{From: journal.Escrow, To: journal.Staff, Coins: domain.Count{0, 0, 0, 1}}
	err := j.Record(t.Context(), noon, journal.Event{Type: "x", Moves: []journal.Move{clerk}})
	if err = errors.Join(err, j.Close()); err != nil {
		t.Fatal(err)
	}
	bare := l
	bare.signer = nil
	if err := bare.settle(t.Context(), noon); err == nil || !strings.Contains(err.Error(), "-config") {
		t.Errorf("without the kiosk's key: %v", err)
	}
	one := l
	one.refund.staff = "s1"
	if err := one.settle(t.Context(), noon); !errors.Is(err, journal.ErrTwoStaff) {
		t.Errorf("by one: %v", err)
	}
	coded := one
	coded.refund.code, coded.in = true, strings.NewReader("0000000000\n")
	if err := coded.settle(t.Context(), noon); !errors.Is(err, journal.ErrTwoStaff) { // nobody was shown a code
		t.Errorf("a guessed code: %v", err)
	}
	l.refund.from = "custody"
	if err := l.settle(t.Context(), noon); err != nil || !strings.Contains(out.String(), "pay ¥500 now, in [0 0 0 1]") {
		t.Fatalf("%v: %s", err, &out)
	}
	if err := l.settle(t.Context(), noon); !errors.Is(err, journal.ErrSettled) {
		t.Errorf("paid twice: %v", err)
	}
	out.Reset()
	if err := l.read(t.Context(), l.verify); err != nil || !strings.Contains(out.String(), "ok: ") {
		t.Errorf("%v: %s", err, &out)
	}
}

func TestR21_VerifySaysWhatTheSignaturesCover(t *testing.T) {
	path, _, j := owing(t) // its heads have no signature
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	l := signingLedger(t, path, &out)
	j, err := journal.Open(t.Context(), path, domain.BootID{}, journal.Of(l.kiosk, l.key), journal.SignedBy(l.signer, "1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(j.Seal(t.Context(), noon), j.Record(t.Context(), noon, journal.Event{Type: "x"}),
		j.Close()); err != nil {
		t.Fatal(err)
	}
	err = l.read(t.Context(), l.verify)
	if err != nil || !strings.Contains(out.String(), "1 signed heads, 1 unsigned; 1 events are unsealed: the run") {
		t.Errorf("%v: %s", err, &out)
	}
	stranger := signingLedger(t, path, &out)
	if err := stranger.read(t.Context(), stranger.verify); !errors.Is(err, journal.ErrBroken) {
		t.Errorf("signed by another: %v", err)
	}
}
