package journal

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/domain"
)

var key32 = []byte("a key of the tests, of 32 bytes!")

func openOf(t *testing.T, path string, with ...Option) *Journal {
	t.Helper()
	with = append([]Option{Of("K-000012", key32)}, with...)
	j, err := Open(t.Context(), path, domain.BootID{ID: domain.NewID()}, with...)
	must(t, err)
	return j
}

// owe ends a visit with ¥300 owed, under a slip that somebody saw.
func owe(t *testing.T, j *Journal, at time.Time) (Visit, Slip) {
	t.Helper()
	v := sale(t, j)
	s, err := j.SlipFor(t.Context(), at, v.Application)
	must(t, err)
	must(t, j.CloseVisit(t.Context(), at, Ending{
		Application: v.Application, Outcome: domain.OutcomeOwed, Good: 1, Revenue: 200, Owed: 300,
	}))
	must(t, j.Verify(t.Context()))
	return v, s
}

func TestX06_ASlipIsNamedOnceAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := openOf(t, path)
	v := sale(t, j)
	first, err := j.SlipFor(t.Context(), now, v.Application)
	must(t, err)
	form := regexp.MustCompile(`^0012-261125-1-0001-\d\d$`)
	if !form.MatchString(first.Number) || !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{10}$`).MatchString(first.Code) {
		t.Errorf("%+v", first)
	}
	must(t, j.Close())
	j = openOf(t, path) // a crash after the screen, and before the end
	again, err := j.SlipFor(t.Context(), now.AddDate(0, 0, 1), v.Application)
	must(t, err)
	if again.Number != first.Number || again.Code != "" {
		t.Errorf("%+v, then %+v", first, again)
	}
	must(t, j.CloseVisit(t.Context(), now, Ending{Application: v.Application, Outcome: domain.OutcomeOwed, Owed: 500}))
	_, err = j.Settle(t.Context(), now, Refund{Slip: first.Number, Code: first.Code, Staff: [2]string{"s1"}})
	if err != nil {
		t.Errorf("the code that was shown before the crash: %v", err)
	}
}

func TestX06_TheCounterIsNeverSetBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := openOf(t, path)
	seen := map[string]bool{}
	for day := range 5 { // the clock steps back a day each time
		_, s := owe(t, j, now.AddDate(0, 0, -day))
		counter := strings.Split(s.Number, "-")[3]
		if seen[counter] {
			t.Errorf("%s came twice", counter)
		}
		seen[counter] = true
	}
	v := sale(t, j) // a number that was shown, and nothing owed in the end
	void, err := j.SlipFor(t.Context(), now, v.Application)
	must(t, err)
	must(t, j.Record(t.Context(), now, Event{
		Application: v.Application, Type: "x", Moves: []Move{{From: Escrow, To: World, Coins: domain.Count{0, 0, 0, 1}}},
	}))
	must(t, j.CloseVisit(t.Context(), now, Ending{Application: v.Application, Outcome: domain.OutcomeRefunded}))
	_, err = j.Settle(t.Context(), now, Refund{Slip: void.Number, Staff: [2]string{"a", "b"}})
	if !errors.Is(err, ErrSettled) {
		t.Errorf("a void slip was paid: %v", err)
	}
	if _, s := owe(t, j, now); s.Number == void.Number {
		t.Error("a void number came again")
	}
	must(t, j.Close())
	other := openOf(t, filepath.Join(t.TempDir(), "j"), Epoch(2)) // a store that was built anew
	if _, s := owe(t, other, now); !strings.Contains(s.Number, "-261125-2-0001-") {
		t.Errorf("%s does not say which store it is of", s.Number)
	}
}

func TestX06_ARefundNeedsTheCodeOrTwo(t *testing.T) {
	j := openOf(t, "/j", On(crashfs.New()))
	v, s := owe(t, j, now)
	two := [2]string{"s1", "s2"}
	for name, c := range map[string]struct {
		refund Refund
		want   error
	}{
		"a number that is none":         {Refund{Slip: s.Number + "0", Staff: two}, ErrNoSlip},
		"nobody answers":                {Refund{Slip: s.Number}, ErrTwoStaff},
		"one of the staff":              {Refund{Slip: s.Number, Staff: [2]string{"s1"}}, ErrTwoStaff},
		"the same one twice":            {Refund{Slip: s.Number, Staff: [2]string{"s1", "s1"}}, ErrTwoStaff},
		"the same one in other letters": {Refund{Slip: s.Number, Staff: [2]string{"s1", "S1 "}}, ErrTwoStaff},
		"a name for an id":              {Refund{Slip: s.Number, Staff: [2]string{"s1", "山田 太郎"}}, ErrStaffID},
		"a code and nobody":             {Refund{Slip: s.Number, Code: s.Code}, ErrTwoStaff},
		"another code":                  {Refund{Slip: s.Number, Code: "0000000000", Staff: two}, ErrWrongCode},
		"written off by one":            {Refund{Slip: s.Number, Staff: [2]string{"s1"}, WriteOff: true}, ErrTwoStaff},
		"too few of the machine's":      {Refund{Slip: s.Number, Staff: two, Coins: domain.Count{0, 0, 2}}, ErrAmount},
		"coins that no clerk has taken": {Refund{Slip: s.Number, Staff: two, Coins: domain.Count{0, 0, 3}}, ErrBroken},
	} {
		if yen, err := j.Settle(t.Context(), now, c.refund); !errors.Is(err, c.want) || yen != 0 {
			t.Errorf("%s: ¥%d, %v", name, yen, err)
		}
	}
	as := strings.ToLower(s.Code[:5] + " " + s.Code[5:]) // as people write
	yen, err := j.Settle(t.Context(), now, Refund{Slip: s.Number, Code: as, Staff: [2]string{"s1"}})
	if err != nil || yen != 300 {
		t.Fatalf("¥%d, %v", yen, err)
	}
	_, err = j.Settle(t.Context(), now, Refund{Slip: s.Number, Code: s.Code, Staff: two})
	if !errors.Is(err, ErrSettled) {
		t.Errorf("paid twice: %v", err)
	}
	late := Event{Application: v.Application, Type: "coin.in", Moves: []Move{
		{From: World, To: Escrow, Coins: domain.Count{1}},
	}}
	if err := j.Record(t.Context(), now, late); !errors.Is(err, ErrBroken) {
		t.Errorf("a coin of a visit that is settled: %v", err)
	}
	must(t, j.Verify(t.Context()))
}

// TestX06_ADoubtedVisitIsPaidByTwo: whoever pulled a coin out on a string holds the code of its slip too.
func TestX06_ADoubtedVisitIsPaidByTwo(t *testing.T) {
	j := openOf(t, "/j", On(crashfs.New()))
	v, s := owe(t, j, now)
	must(t, j.Record(t.Context(), now, Event{Application: v.Application, Type: Doubted}))
	_, err := j.Settle(t.Context(), now, Refund{Slip: s.Number, Code: s.Code, Staff: [2]string{"s1"}})
	if !errors.Is(err, ErrTwoStaff) {
		t.Errorf("paid against the code alone: %v", err)
	}
	if _, err := j.Settle(t.Context(), now, Refund{Slip: s.Number, Staff: [2]string{"s1", "s2"}}); err != nil {
		t.Error(err)
	}
}

func TestX06_TenWrongCodesCloseTheCode(t *testing.T) {
	j := openOf(t, "/j", On(crashfs.New()))
	_, s := owe(t, j, now)
	one := [2]string{"s1"}
	for range codeTries {
		_, err := j.Settle(t.Context(), now, Refund{Slip: s.Number, Code: "AAAAAAAAAA", Staff: one})
		if !errors.Is(err, ErrWrongCode) {
			t.Fatal(err)
		}
	}
	_, err := j.Settle(t.Context(), now, Refund{Slip: s.Number, Code: s.Code, Staff: one})
	if !errors.Is(err, ErrTwoStaff) {
		t.Errorf("guessing goes on: %v", err)
	}
	if _, err := j.Settle(t.Context(), now, Refund{Slip: s.Number, Staff: [2]string{"a", "b"}}); err != nil {
		t.Error(err)
	}
}

func TestX08_WrittenOffByTwo(t *testing.T) {
	j := openOf(t, "/j", On(crashfs.New()))
	_, s := owe(t, j, now)
	yen, err := j.Settle(t.Context(), now, Refund{Slip: s.Number, Staff: [2]string{"a", "b"}, WriteOff: true})
	if err != nil || yen != 300 {
		t.Fatalf("¥%d, %v", yen, err)
	}
	must(t, j.Verify(t.Context()))
	all, err := j.Slips(t.Context(), false)
	must(t, err)
	if len(all) != 1 || all[0].Yen != 0 || all[0].How != "written_off" || all[0].By != "A B" {
		t.Errorf("%+v", all)
	}
}

func TestX06_TheMachinesOwnCoinsMayPay(t *testing.T) {
	j := openOf(t, "/j", On(crashfs.New()))
	v, s := owe(t, j, now)
	must(t, j.Record(t.Context(), now, Event{
		Application: v.Application, Type: "x", Moves: []Move{{From: Escrow, To: Staff, Coins: domain.Count{0, 0, 0, 1}}},
	}))
	must(t, j.Record(t.Context(), now, Event{Type: "x", Moves: []Move{
		{From: Staff, To: World, Coins: domain.Count{0, 0, 0, 1}},
		{From: World, To: Staff, Coins: domain.Count{0, 0, 5}}, // at the till
	}}))
	_, err := j.Settle(t.Context(), now, Refund{
		Slip: s.Number, Code: s.Code, Staff: [2]string{"a"}, Coins: domain.Count{0, 0, 3},
	})
	must(t, err)
	b, err := j.Balances(t.Context())
	must(t, err)
	if b[Staff] != (domain.Count{0, 0, 2, 0}) {
		t.Errorf("%v", b)
	}
	must(t, j.Verify(t.Context()))
}

func TestR19_ALateCoinAddsToWhatIsOwed(t *testing.T) {
	j := openOf(t, "/j", On(crashfs.New()))
	v, s := owe(t, j, now)
	must(t, j.Record(t.Context(), now, Event{
		Application: v.Application, Type: "coin.in", Moves: []Move{{From: World, To: Escrow, Coins: domain.Count{0, 0, 1}}},
	}))
	all, err := j.Slips(t.Context(), true)
	must(t, err)
	if len(all) != 1 || all[0].Number != s.Number || all[0].Yen != 400 {
		t.Errorf("%+v", all)
	}
	must(t, j.Verify(t.Context()))
}

func TestX05_AClassIsTrueOfTheMoney(t *testing.T) {
	const (
		paid, part     = domain.OutcomePrintedPaid, domain.OutcomePartPaid
		back, isOwed   = domain.OutcomeRefunded, domain.OutcomeOwed
		nothing        = domain.OutcomeNothing
		hundreds, five = 2, 5
	)
	give := func(n int32) []Move {
		var c domain.Count
		c[hundreds] = n
		return []Move{{From: Escrow, To: World, Coins: c}}
	}
	type class struct {
		Ending
		out  []Move
		good bool
	}
	for name, c := range map[string]class{
		"one of two, rest back":     {Ending{Outcome: part, Good: 1, Revenue: 200}, give(3), true},
		"revenue of one and a half": {Ending{Outcome: part, Good: 1, Revenue: 300}, give(2), false},
		"both, called part":         {Ending{Outcome: part, Good: 2, Revenue: 400}, give(1), false},
		"none, called part":         {Ending{Outcome: part}, give(5), false},
		"one, called all":           {Ending{Outcome: paid, Good: 1, Revenue: 200}, give(3), false},
		"all":                       {Ending{Outcome: paid, Good: 2, Revenue: 400}, give(1), true},
		"all, and the change stays": {Ending{Outcome: paid, Good: 2, Revenue: 400}, nil, false},
		"all, and too much change":  {Ending{Outcome: paid, Good: 2, Revenue: 400}, give(3), true},
		"more copies than ordered":  {Ending{Outcome: paid, Good: 3, Revenue: 600}, nil, false},
		"all back":                  {Ending{Outcome: back}, give(5), true},
		"a coin is missing":         {Ending{Outcome: back}, give(4), false},
		"nothing, with coins":       {Ending{Outcome: nothing}, give(5), false},
		"owed":                      {Ending{Outcome: isOwed, Good: 1, Revenue: 200, Owed: 300}, nil, true},
		"owed nothing":              {Ending{Outcome: isOwed, Good: 2, Revenue: 400}, give(1), false},
		"owed, called refunded":     {Ending{Outcome: back, Owed: 500}, nil, false},
		"owed too much":             {Ending{Outcome: isOwed, Owed: 600}, nil, false},
		"open":                      {Ending{}, give(5), false},
	} {
		t.Run(name, func(t *testing.T) {
			j := openOf(t, "/j", On(crashfs.New()))
			v := Visit{Application: domain.NewApplicationID(), Kind: domain.ResidentRecord, Fee: 400, Copies: 2}
			must(t, j.OpenVisit(t.Context(), now, v))
			moves := append([]Move{{From: World, To: Escrow, Coins: domain.Count{hundreds: five}}}, c.out...)
			must(t, j.Record(t.Context(), now, Event{Application: v.Application, Type: "x", Moves: moves}))
			c.Application = v.Application
			err := j.CloseVisit(t.Context(), now, c.Ending)
			if (err == nil) != c.good || c.good != (j.Verify(t.Context()) == nil && err == nil) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAJournalOfAnotherKioskIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	must(t, openOf(t, path).Close())
	_, err := Open(t.Context(), path, domain.BootID{}, Of("K-000013", key32))
	wants(t, err, Foreign)
}

// TestABrokenBookIsFoundAtTheStart: what no write of ours can break is broken by hand, row by row.
func TestABrokenBookIsFoundAtTheStart(t *testing.T) {
	for _, q := range []string{
		"UPDATE entry SET pieces = pieces + 5 WHERE seq = 1",
		"UPDATE balance SET pieces = pieces + 1 WHERE account = 'escrow'",
		"UPDATE claim SET yen = 1 WHERE account = 'owed'",
		"DELETE FROM claim WHERE account = 'revenue'",
		"UPDATE tx SET outcome = 'printed_paid'",
		"UPDATE tx SET good = 0",
		"DELETE FROM entry WHERE account = 'world'",
	} {
		path := filepath.Join(t.TempDir(), "j")
		j := openOf(t, path)
		owe(t, j, now)
		rows, err := j.db.QueryContext(t.Context(), "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
		must(t, err)
		var drop []string
		for rows.Next() {
			var name string
			must(t, rows.Scan(&name))
			drop = append(drop, "DROP TRIGGER "+name)
		}
		must(t, rows.Close())
		for _, d := range append(drop, q) {
			_, err := j.db.ExecContext(t.Context(), d)
			must(t, err)
		}
		must(t, j.Close())
		_, err = Open(t.Context(), path, domain.BootID{})
		if !Unbalanced.Wants(err) {
			t.Errorf("%s: %v", q, err)
		}
	}
}
