package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/config"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

// served is the configuration of a kiosk whose journal holds an owed slip and was closed well.
func served(t *testing.T) config.Kiosk {
	t.Helper()
	private, _, err := note.GenerateKey(rand.Reader, "kioskd.kiosk/K-000012")
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.Kiosk, c.Version = "K-000012", "1"
	c.Keys.Note, c.Journal.Path = filepath.Join(t.TempDir(), "note.key"), filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(c.Keys.Note, []byte(private), 0o600); err != nil {
		t.Fatal(err)
	}
	j := opened(t, c)
	v := journal.Visit{Application: domain.NewApplicationID(), Kind: domain.ResidentRecord, Fee: 200, Copies: 1}
	for _, err := range []error{
		j.OpenVisit(t.Context(), noon, v),
		j.Record(t.Context(), noon, journal.Event{Application: v.Application, Type: "coin.in", Moves: []journal.Move{
			{From: journal.World, To: journal.Escrow, Coins: domain.Count{0, 0, 0, 1}},
		}}),
		j.CloseVisit(t.Context(), noon, journal.Ending{Application: v.Application, Outcome: domain.OutcomeOwed, Owed: 500}),
		j.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func opened(t *testing.T, c config.Kiosk) *journal.Journal {
	t.Helper()
	j, err := openJournal(t.Context(), c, domain.BootID{ID: domain.NewID()}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// A file of another version as that version writes it is refused in internal/terminal/journal; here its number alone is
// another, and its checksum tells.

// TestR06_ABadJournalIsKeptAndServesNobody takes the way by which the daemon opens its journal. The error names the
// file and what to do; every start says it again; the file stays byte for byte; and service begins anew only when a
// person has counted the coins and turned the service key.
func TestR06_ABadJournalIsKeptAndServesNobody(t *testing.T) {
	const renew = "kioskd ledger renew"
	for name, c := range map[string]struct {
		spoil   func([]byte) []byte
		problem journal.Problem
		way     string
	}{
		"another version":  {func(b []byte) []byte { b[63]++; return b }, journal.Damaged, renew},
		"truncated":        {func(b []byte) []byte { return b[:len(b)/2] }, journal.Truncated, renew},
		"one flipped byte": {func(b []byte) []byte { b[len(b)-100] ^= 4; return b }, journal.Damaged, renew},
		"no journal":       {func(b []byte) []byte { return b[100:] }, journal.Foreign, "journal.path"},
	} {
		t.Run(name, func(t *testing.T) {
			conf := served(t)
			path := conf.Journal.Path
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			bad := c.spoil(bytes.Clone(whole))
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err := openJournal(t.Context(), conf, domain.BootID{}, noon)
				f, ok := errors.AsType[*journal.FileError](err)
				if !ok || f.Problem != c.problem {
					t.Fatalf("%v", err)
				}
				if text := err.Error(); !strings.Contains(text, path) || !strings.Contains(text, c.way) {
					t.Errorf("it names no file or no way out: %s", text)
				}
				if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, bad) {
					t.Errorf("the file was changed (%v)", err)
				}
			}
			renewedWaits(t, conf, bad)
		})
	}
}

// renewedWaits begins a new journal, and demands that the bad one is kept and the new one stands still.
func renewedWaits(t *testing.T, conf config.Kiosk, bad []byte) {
	t.Helper()
	var out bytes.Buffer
	l := ledger{path: conf.Journal.Path, out: &out, note: &out, kiosk: "K-000012"}
	if err := l.renew(t.Context(), noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob(conf.Journal.Path + ".kept-*Z")
	if err != nil || len(kept) != 1 {
		t.Fatalf("%v (%v)", kept, err)
	}
	if b, err := os.ReadFile(kept[0]); err != nil || !bytes.Equal(b, bad) {
		t.Errorf("the old file is not kept as it was (%v)", err)
	}
	j := opened(t, conf)
	stops, err := j.Stops(t.Context())
	if err = errors.Join(err, j.Close()); err != nil || !slices.Equal(stops, []string{"renewed"}) {
		t.Errorf("the new journal serves at once: %v (%v)", stops, err)
	}
}

func TestR02_AnotherProcessHoldsTheJournal(t *testing.T) {
	conf := served(t)
	j := opened(t, conf)
	_, err := openJournal(t.Context(), conf, domain.BootID{}, noon)
	if !journal.Owned.Wants(err) || !strings.Contains(err.Error(), conf.Journal.Path) ||
		!strings.Contains(err.Error(), "stop the other kioskd") {
		t.Errorf("%v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := opened(t, conf).Close(); err != nil {
		t.Error(err)
	}
}
