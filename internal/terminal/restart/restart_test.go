package restart

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/pkg/coin"
)

// vendor is a coin vendor that only tells its counters.
type vendor struct {
	ports.Coins
	now coin.Counters
}

func (v vendor) Counters(context.Context) (coin.Counters, error) { return v.now, nil }

var now = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// paidOnce is a journal in which the hopper of ¥100, of serial 7, had paid 20 coins after its last act.
func paidOnce(t *testing.T, result journal.Result) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), filepath.Join(t.TempDir(), "j"), domain.BootID{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	after, err := json.Marshal(hopper(7, 20))
	if err != nil {
		t.Fatal(err)
	}
	a, err := j.Begin(t.Context(), now, journal.Intent{Device: "coin", Verb: "empty"})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Finish(t.Context(), now, a, journal.Finding{Result: result, After: after}); err != nil {
		t.Fatal(err)
	}
	return j
}

func hopper(serial, dispensed uint32) (c coin.Counters) {
	c.Hoppers[coin.Hundred] = coin.Hopper{Serial: serial, Dispensed: dispensed}
	return c
}

func TestAJournalOlderThanTheHoppersIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		now    coin.Counters
		result journal.Result
		old    bool
	}{
		"as it was left":            {hopper(7, 20), journal.Done, false},
		"three coins more":          {hopper(7, 23), journal.Done, true},
		"the count wrapped":         {hopper(7, 3), journal.Done, false}, // went back: a new memory, not an old journal
		"another hopper":            {hopper(8, 90), journal.Done, false},
		"its end was never proved":  {hopper(7, 23), journal.Unsure, false},
		"more after a partial one":  {hopper(7, 21), journal.Partial, true},
		"as left by one not begun":  {hopper(7, 20), journal.NotDone, false},
		"more after one not begun":  {hopper(7, 29), journal.NotDone, true},
		"many more than a lifetime": {hopper(7, 20+1<<22), journal.Done, true},
	} {
		t.Run(name, func(t *testing.T) {
			j := paidOnce(t, c.result)
			r := Restart{Coins: vendor{now: c.now}, Journal: j, Now: func() time.Time { return now }, Log: slog.Default()}
			_, err := r.Loose(t.Context())
			if journal.Old.Wants(err) != c.old || (err != nil) != c.old {
				t.Fatalf("%v", err)
			}
			if err := j.Record(t.Context(), now, journal.Event{Type: "x"}); (err != nil) != c.old {
				t.Errorf("written into an old copy, or not into the newest: %v", err)
			}
		})
	}
}
