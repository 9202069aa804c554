package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

var noon = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// owing makes a journal in which ¥500 are owed, and leaves it open.
func owing(t *testing.T) (path, slip string, j *journal.Journal) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "journal")
	j, err := journal.Open(t.Context(), path, domain.BootID{}, journal.Of("K-000012", []byte("key")))
	if err != nil {
		t.Fatal(err)
	}
	v := journal.Visit{Application: domain.NewApplicationID(), Kind: domain.ResidentRecord, Fee: 200, Copies: 1}
	for _, err := range []error{
		j.OpenVisit(t.Context(), noon, v),
		j.Record(t.Context(), noon, journal.Event{Application: v.Application, Type: "coin.in", Moves: []journal.Move{
			{From: journal.World, To: journal.Escrow, Coins: domain.Count{0, 0, 0, 1}},
		}}),
		j.CloseVisit(t.Context(), noon, journal.Ending{Application: v.Application, Outcome: domain.OutcomeOwed, Owed: 500}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	slips, err := j.Slips(t.Context(), true)
	if err != nil || len(slips) != 1 {
		t.Fatalf("%v (%v)", slips, err)
	}
	return path, slips[0].Number, j
}

func TestLedgerReadsTheFileOrTheCopyBesideARunningKiosk(t *testing.T) {
	path, slip, j := owing(t)
	var out, note bytes.Buffer
	l := ledger{path: path, out: &out, note: &note}
	if err := l.read(t.Context(), l.show); !journal.Owned.Wants(err) {
		t.Fatalf("without a copy: %v", err)
	}
	if err := j.Copy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.read(t.Context(), l.show); err != nil || !strings.Contains(note.String(), "copy") {
		t.Fatalf("%v, %q", err, note.String())
	}
	if !strings.Contains(out.String(), slip) || !strings.Contains(out.String(), "K-000012") {
		t.Errorf("%s", out.String())
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	note.Reset()
	l.json = true
	if err := l.read(t.Context(), l.show); err != nil || note.Len() > 0 {
		t.Fatalf("%v, %q", err, note.String())
	}
	var s shown
	if err := json.Unmarshal(out.Bytes(), &s); err != nil || s.Open[0].Yen != 500 || s.Claims["owed"] != 500 ||
		s.Coins[journal.Escrow].Total() != 500 || s.Outcomes["owed"] != 1 {
		t.Errorf("%+v (%v)", s, err)
	}
	out.Reset()
	if err := l.read(t.Context(), l.verify); err != nil || !strings.HasPrefix(out.String(), "ok") {
		t.Errorf("%v: %s", err, out.String())
	}
	out.Reset()
	if err := l.read(t.Context(), l.export); err != nil || strings.Count(out.String(), "\n") != 4 {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestR06_RenewKeepsTheOldAndWaitsForAPerson(t *testing.T) {
	path, _, j := owing(t)
	var out bytes.Buffer
	l := ledger{path: path, out: &out, note: &out, kiosk: "K-000012", key: []byte("key")}
	l.counts = domain.Count{10, 5, 8, 2}
	if err := l.renew(t.Context(), noon); !journal.Owned.Wants(err) {
		t.Fatalf("beside a running kiosk: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		if err := l.renew(t.Context(), noon.Add(time.Duration(n)*time.Hour)); err != nil {
			t.Fatal(err)
		}
		l.epoch = 0
	}
	kept, err := filepath.Glob(path + ".kept-*Z")
	if err != nil || len(kept) != 2 {
		t.Fatalf("%v (%v)", kept, err)
	}
	fresh, err := journal.Open(t.Context(), path, domain.BootID{})
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	s, err := fresh.Summary(t.Context())
	b, _ := fresh.Balances(t.Context())
	stops, _ := fresh.Stops(t.Context())
	if err != nil || s.Epoch != 3 || b[journal.Hopper] != l.counts || len(stops) != 1 || stops[0] != "renewed" {
		t.Errorf("%+v, %v, %v (%v)", s, b, stops, err)
	}
}
