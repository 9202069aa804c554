package journal

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// TestR05_AWholeCheckFindsWhatAQuickOneDoesNot: an index that does not fit its table. The file is refused from then on
// by every start, and by no other.
func TestR05_AWholeCheckFindsWhatAQuickOneDoesNot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := openOf(t, path, Today(now))
	owe(t, j, now)
	if last, ok, err := j.LastCheck(t.Context()); ok || err != nil { // a new file holds nothing to check
		t.Errorf("checked at %v (%v)", last, err)
	}
	must(t, j.CheckWhole(t.Context(), now))
	for _, q := range []string{
		"PRAGMA writable_schema=ON",
		"UPDATE sqlite_schema SET sql = 'CREATE INDEX entry_tx ON entry (coin)' WHERE name = 'entry_tx'",
	} {
		_, err := j.db.ExecContext(t.Context(), q)
		must(t, err)
	}
	must(t, j.Close())
	start := func(after time.Duration) error {
		j, err := Open(t.Context(), path, domain.BootID{}, Of("K-000012", key32), Today(now.Add(after)))
		if err == nil {
			err = j.Close()
		}
		return err
	}
	must(t, start(CheckEvery-time.Minute)) // quick
	wants(t, start(CheckEvery), Damaged)
	wants(t, start(CheckEvery+time.Hour), Damaged)
	wants(t, start(-time.Hour), Damaged) // the clock stepped back
	j = openOf(t, path)
	wants(t, j.CheckWhole(t.Context(), now), Damaged)
	wants(t, j.Record(t.Context(), now, Event{Type: "x"}), Damaged)
}

func TestR05_ACheckThatIsBrokenOffProvesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := openOf(t, path)
	owe(t, j, now)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.CheckWhole(ctx, now); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, ok, err := j.LastCheck(t.Context()); ok || err != nil {
		t.Errorf("it counts as made (%v)", err)
	}
	must(t, j.CheckWhole(t.Context(), now))
	must(t, j.Close())
	j = openOf(t, path, Today(now.Add(CheckEvery)))
	if last, ok, err := j.LastCheck(t.Context()); err != nil || !ok || !last.Equal(now.Add(CheckEvery)) {
		t.Errorf("the start after a day made none: %v, %v (%v)", last, ok, err)
	}
}
