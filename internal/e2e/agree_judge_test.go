//go:build judge

package e2e

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

// The knobs of `make kill9`.
var (
	kill9Kills = flag.Int("kills", 20, "how often kioskd is killed at random moments")
	kill9Rate  = flag.Int("line-rate", 1, "how many times 9600 baud the coin vendor's line has while it kills")
	kill9Seed  = flag.Uint64("kill-seed", 0, "of the moments; 0: another one each time")
)

// kill9 counts what the kills showed.
var kill9 killTally

type killTally struct {
	sync.Mutex
	kills, money, paper int
}

// count reports what was found after so many kills.
func (k *killTally) count(t *testing.T, kills int, money, paper []string) {
	t.Helper()
	for _, what := range slices.Concat(money, paper) {
		t.Error(what)
	}
	k.Lock()
	defer k.Unlock()
	k.kills += kills
	k.money += len(money)
	k.paper += len(paper)
}

func (k *killTally) say(t *testing.T, seed uint64) {
	k.Lock()
	defer k.Unlock()
	t.Logf("kill9: %d kills, %d times the coins and %d times the sheets were not as the books say, "+
		"line at ×%d, seed %d", k.kills, k.money, k.paper, *kill9Rate, seed)
}

// moneyAgrees holds the books against the trays: every coin lies where they say, and whatever machine and clerk have
// more than in the beginning is earned or owed.
func (w *world) moneyAgrees(b books, now trays) (wrong []string) {
	found := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	stays := now.Escrow.total() + now.Hoppers.total() + now.CashBox.total() - w.float.total()
	if staff := b.accounts[journal.Staff].total(); stays+staff != b.revenue+b.owed+b.due {
		found("¥%d more in the machine and ¥%d with the clerk, but ¥%d earned, ¥%d owed, ¥%d due", stays, staff, b.revenue,
			b.owed, b.due)
	}
	for account, pieces := range map[journal.Account]coins{
		journal.Escrow: now.Escrow, journal.Hopper: now.Hoppers, journal.CashBox: now.CashBox,
	} {
		if booked := b.accounts[account].plus(); len(b.accounts[journal.Unknown]) == 0 && !maps.Equal(booked, pieces) {
			found("%s holds %v, the books say %v", account, pieces, booked)
		}
	}
	booked := b.accounts[journal.Escrow].plus(b.accounts[journal.Hopper], b.accounts[journal.CashBox],
		b.accounts[journal.Unknown])
	if real := now.Escrow.plus(now.Hoppers, now.CashBox); !maps.Equal(booked, real) {
		found("the machine holds %v, the books say %v", real, booked)
	}
	for _, outcome := range b.outcomes {
		if outcome == "" && b.due > 0 {
			continue // it is being offered back
		}
		if _, err := domain.ParseOutcome(outcome); err != nil {
			found("outcome %q: %v", outcome, err)
		}
	}
	return wrong
}

// paperAgrees: one copy was ordered. Earned is only what lies there on paper, and a sheet that is not earned is one of
// which nobody could prove that it was printed.
func paperAgrees(b books, sheets int, now seen) (wrong []string) {
	found := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	switch {
	case sheets > 1 || now.Printer.Jobs > 0:
		found("%d sheets, %d jobs that are not at their end", sheets, now.Printer.Jobs)
	case b.revenue != 0 && b.revenue != price, b.revenue == price && sheets == 0:
		found("¥%d earned with %d sheets", b.revenue, sheets)
	case b.revenue == 0 && sheets == 1 && !b.unproved("print"):
		found("a sheet for nothing: %q", b.acts)
	}
	return wrong
}

// TestTheBooksFindWhatIsMissing is the negative control of every kill: books that fit, and then each with one fault.
func TestTheBooksFindWhatIsMissing(t *testing.T) {
	w := &world{float: coins{100: 20}}
	fits := func() (books, trays) {
		return books{outcomes: []string{"printed_paid"}, revenue: price, in: price, accounts: map[journal.Account]coins{
			journal.Hopper: {100: 20 + price/100},
		}}, trays{Hoppers: coins{100: 20 + price/100}}
	}
	b, now := fits()
	if wrong := slices.Concat(w.moneyAgrees(b, now), paperAgrees(b, 1, seen{})); len(wrong) > 0 {
		t.Fatalf("books that fit: %q", wrong)
	}
	for name, c := range map[string]struct {
		spoil  func(*books, *trays)
		sheets int
		finds  string
	}{
		"a coin is missing": {func(_ *books, n *trays) { n.Hoppers[100]-- }, 1, "the books say"},
		"a coin too many":   {func(_ *books, n *trays) { n.Hoppers[100]++ }, 1, "the books say"},
		"a coin changed its place": {
			func(_ *books, n *trays) { n.Hoppers[100]--; n.Escrow = coins{100: 1} }, 1, "escrow holds",
		},
		"paid and still owed":    {func(b *books, _ *trays) { b.owed = 100 }, 1, "owed"},
		"earned without a sheet": {func(*books, *trays) {}, 0, "earned with 0 sheets"},
		"two sheets for one":     {func(*books, *trays) {}, 2, "2 sheets"},
		"a sheet for nothing":    {func(b *books, _ *trays) { b.revenue = 0 }, 1, "a sheet for nothing"},
		"a visit without an end": {func(b *books, _ *trays) { b.outcomes[0] = "" }, 1, "outcome"},
	} {
		b, now := fits()
		c.spoil(&b, &now)
		wrong := slices.Concat(w.moneyAgrees(b, now), paperAgrees(b, c.sheets, seen{}))
		if !strings.Contains(strings.Join(wrong, "\n"), c.finds) {
			t.Errorf("%s: found %q", name, wrong)
		}
	}
}
