package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
)

var first = fstest.MapFS{
	"0001_application.sql": {Data: []byte(`CREATE TABLE application (id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
CREATE TABLE event (n INTEGER PRIMARY KEY, id TEXT NOT NULL REFERENCES application (id)) STRICT;`)},
}

func open(t *testing.T, path string, m fstest.MapFS) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestD07_OfManyRequestsForOneIdExactlyOneWins(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "a.db"), first)
	if err := s.Write(t.Context(), func(tx *Tx) error {
		return tx.Exec(`INSERT INTO application VALUES ('a', 'Received')`)
	}); err != nil {
		t.Fatal(err)
	}
	const racers = 64
	won := make(chan bool, racers)
	var all sync.WaitGroup
	for range racers {
		all.Go(func() {
			err := s.Write(t.Context(), func(tx *Tx) error {
				ok, err := tx.Change(`UPDATE application SET state='Issued' WHERE id='a' AND state='Received'`)
				won <- ok
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(won)
	winners := 0
	for w := range won {
		if w {
			winners++
		}
	}
	if winners != 1 {
		t.Errorf("%d requests won", winners)
	}
}

func TestAnErrorChangesNothingAndIsGivenBackAsItIs(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "a.db"), first)
	mine := errors.New("mine")
	err := s.Write(t.Context(), func(tx *Tx) error {
		if err := tx.Exec(`INSERT INTO application VALUES ('a', 'Received')`); err != nil {
			return err
		}
		return mine
	})
	if !errors.Is(err, mine) {
		t.Errorf("got %v", err)
	}
	var state string
	err = s.Read(t.Context(), func(tx *Tx) error {
		return tx.One(`SELECT state FROM application WHERE id=?`, []any{"a"}, &state)
	})
	if !errors.Is(err, ErrNone) {
		t.Errorf("the row stayed: %v, %q", err, state)
	}
}

func TestKeysForeignKeysAndReadersAreHeld(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "a.db"), first)
	insert := func(tx *Tx) error { return tx.Exec(`INSERT INTO application VALUES ('a', 'Received')`) }
	if err := s.Write(t.Context(), insert); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), insert); !errors.Is(err, ErrExists) {
		t.Errorf("a doubled key gave %v", err)
	}
	if err := s.Write(t.Context(), func(tx *Tx) error {
		return tx.Exec(`INSERT INTO event VALUES (1, 'nobody')`)
	}); err == nil {
		t.Error("a foreign key was not held")
	}
	if err := s.Read(t.Context(), func(tx *Tx) error {
		return tx.Exec(`DELETE FROM application`)
	}); err == nil {
		t.Error("a reader wrote")
	}
	n := 0
	if err := s.Read(t.Context(), func(tx *Tx) error {
		return tx.Each(`SELECT id FROM application`, nil, func(r Row) error { n++; var id string; return r.Scan(&id) })
	}); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestSettingsAreDurableAndTheFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s := open(t, path, first)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := s.write.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", pragma, got, want, err)
		}
	}
	for _, p := range []string{path, path + "-wal"} {
		if i, err := os.Stat(p); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", filepath.Base(p), i, err)
		}
	}
}

func TestMigrationsRunOnceAndTheirHistoryIsHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	second := fstest.MapFS{
		"0001_application.sql": first["0001_application.sql"],
		"0002_rev.sql":         {Data: []byte(`ALTER TABLE application ADD COLUMN rev INTEGER NOT NULL DEFAULT 0;`)},
	}
	for range 2 {
		if err := open(t, path, second).Close(); err != nil {
			t.Fatal(err)
		}
	}
	changed := fstest.MapFS{
		"0001_application.sql": {Data: []byte(`CREATE TABLE x (y) STRICT`)},
		"0002_rev.sql":         second["0002_rev.sql"],
	}
	for want, files := range map[error]fstest.MapFS{ErrNewer: first, ErrHistory: changed} {
		if _, err := Open(context.Background(), path, files); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	broken := fstest.MapFS{
		"0001_application.sql": first["0001_application.sql"], "0002_rev.sql": second["0002_rev.sql"],
		"0003_x.sql": {Data: []byte(`CREATE TABLE half (x TEXT) STRICT; nonsense;`)},
	}
	if _, err := Open(context.Background(), path, broken); err == nil {
		t.Fatal("a broken migration ran")
	}
	s := open(t, path, second)
	if err := s.Read(t.Context(), func(tx *Tx) error { return tx.Exec(`SELECT * FROM half`) }); err == nil {
		t.Error("half of a migration stayed")
	}
}
