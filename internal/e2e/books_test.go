//go:build judge

package e2e

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

// books is what kioskd's journal says of all visits together.
type books struct {
	outcomes []string // of the visits, in their order; "" is open
	in, out  int      // yen over the slot and the return tray, of visits
	revenue  int
	owed     int
	due      int // what an open visit holds: neither earned nor owed yet
	slips    []string
	acts     []string // device, verb and result, in their order
	accounts map[journal.Account]coins
}

// unproved reports an act of which nobody can say what it did.
func (b books) unproved(verb string) bool {
	for _, a := range b.acts {
		if strings.HasSuffix(a, verb+" unknown") {
			return true
		}
	}
	return false
}

// since gives what came after earlier books; the accounts and what is due are as they are now.
func (b books) since(e books) books {
	b.in, b.out = b.in-e.in, b.out-e.out
	b.revenue, b.owed = b.revenue-e.revenue, b.owed-e.owed
	b.outcomes, b.slips, b.acts = b.outcomes[len(e.outcomes):], b.slips[len(e.slips):], b.acts[len(e.acts):]
	return b
}

// books ends kioskd, for good, and reads a copy of its journal, after the journal's own check of every invariant.
func (w *world) books(t *testing.T) (b books) {
	t.Helper()
	w.power(t, "kioskd", "off")
	dir := t.TempDir()
	found, err := filepath.Glob(filepath.Join(w.dir, "kioskd", "journal.db*"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no journal: %v", err)
	}
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "journal.db")
	j, err := journal.Open(t.Context(), path, domain.BootID{})
	if err != nil {
		t.Fatal(err)
	}
	balances, err := j.Balances(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	b.accounts = map[journal.Account]coins{}
	for account, count := range balances {
		pieces := coins{}
		for d, n := range count {
			pieces[int(domain.Denomination(d).Yen())] = int(n)
		}
		b.accounts[account] = pieces.plus()
	}
	b.read(t, path)
	return b
}

// read takes from the tables what the journal's own methods do not tell.
func (b *books) read(t *testing.T, path string) {
	t.Helper()
	alone := func(c *sqlite3.Conn) error { return c.Exec("PRAGMA locking_mode=EXCLUSIVE") }
	db, err := driver.Open("file:"+path, alone)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	const world = "FROM entry WHERE tx NOT NULL AND account = 'world' AND pieces "
	const claims = "SELECT coalesce(sum(yen), 0) FROM claim WHERE account = "
	const open = " AND tx IN (SELECT id FROM tx WHERE outcome IS NULL)"
	for query, to := range map[string]*int{
		"SELECT coalesce(sum(-pieces * coin), 0) " + world + "< 0":         &b.in,
		"SELECT coalesce(sum(pieces * coin), 0) " + world + "> 0":          &b.out,
		"SELECT coalesce(sum(-pieces * coin), 0) " + world + "!= 0" + open: &b.due,
		claims + "'revenue'": &b.revenue,
		claims + "'owed'":    &b.owed,
	} {
		if err := db.QueryRowContext(t.Context(), query).Scan(to); err != nil {
			t.Fatal(err)
		}
	}
	b.outcomes = column(t, db, "SELECT coalesce(outcome, '') FROM tx ORDER BY opened_ms")
	b.slips = column(t, db, "SELECT slip_no FROM tx WHERE slip_no NOT NULL ORDER BY opened_ms")
	b.acts = column(t, db, "SELECT device || ' ' || verb || ' ' || coalesce(result, 'open') FROM act ORDER BY id")
}

func column(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
