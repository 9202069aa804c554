package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
)

// TestALogBesideAnOlderFileIsNotMerged: somebody brings back an older file and leaves the log. SQLite itself plays the
// log over it, and where the file has not grown in between no page is missing.
func TestALogBesideAnOlderFileIsNotMerged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	var old [][]byte
	for range 20 {
		j := open(t, path)
		v := sale(t, j)
		must(t, j.CloseVisit(t.Context(), now, Ending{Application: v.Application, Outcome: domain.OutcomeOwed, Owed: 500}))
		must(t, j.Close())
		old = append(old, read(t, path))
	}
	j := open(t, path)
	must(t, j.Record(t.Context(), now, Event{Type: "x"}))
	j.disk.Freeze(errors.New("the process died"))
	_ = j.db.Close()
	log, seen := read(t, path+"-wal"), map[Problem]int{}
	for n, file := range old[:len(old)-1] {
		must(t, os.WriteFile(path, file, 0o600))
		must(t, os.WriteFile(path+"-wal", log, 0o600))
		err := reopen(t, path)
		f, ok := errors.AsType[*FileError](err)
		if !ok {
			t.Fatalf("visit %d: a log of another time was played over the file: %v", n, err)
		}
		seen[f.Problem]++
		if !bytes.Equal(log, read(t, path+"-wal")) || !bytes.Equal(file, read(t, path)) {
			t.Fatalf("visit %d: the files were changed", n)
		}
	}
	t.Log(seen)
	must(t, os.WriteFile(path, old[len(old)-1], 0o600))
	must(t, reopen(t, path)) // the file that the log belongs to
}

// TestFilesTakenAwayWhileItRunsAreFound: from then on nothing would be written where the next start looks.
func TestFilesTakenAwayWhileItRunsAreFound(t *testing.T) {
	for _, taken := range [][]string{{""}, {"-wal"}, {"", "-wal"}} {
		path := filepath.Join(t.TempDir(), "j")
		j := open(t, path)
		sale(t, j)
		for _, suffix := range taken {
			must(t, os.Remove(path+suffix))
		}
		err := j.Record(t.Context(), now, Event{Type: "x"})
		if _, ok := errors.AsType[*FileError](err); !ok {
			t.Errorf("without %q it writes on: %v", taken, err)
		}
		_ = j.Close()
	}
}
