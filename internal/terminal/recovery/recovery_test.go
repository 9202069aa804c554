package recovery

import (
	"encoding/json"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/pkg/coin"
)

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEscrowThatWasOnItsWay(t *testing.T) {
	before := coin.Counters{Escrow: coin.Escrow{Serial: 7, Level: 40}}
	held := domain.Count{0, 0, 2, 0}
	for name, c := range map[string]struct {
		now    coin.Escrow
		result journal.Result
		to     journal.Account
	}{
		"emptied":      {coin.Escrow{Serial: 7}, journal.Done, journal.World},
		"never moved":  {coin.Escrow{Serial: 7, Level: 40}, journal.NotDone, ""},
		"half way":     {coin.Escrow{Serial: 7, Level: 10}, journal.Unsure, journal.Unknown},
		"still moving": {coin.Escrow{Serial: 7, Level: 40, Moving: true}, journal.Unsure, journal.Unknown},
		"without a counter": {
			coin.Escrow{Serial: 7, Level: 40, NoLevel: true}, journal.Unsure, journal.Unknown,
		},
		"another unit": {coin.Escrow{Serial: 8}, journal.Unsure, journal.Unknown},
	} {
		f, err := Coin(journal.Unfinished{Verb: "repay", Before: encode(t, before)}, coin.Counters{Escrow: c.now}, held)
		if err != nil || f.Result != c.result {
			t.Errorf("%s: %v, %v", name, f.Result, err)
		}
		if (len(f.Moves) == 0) != (c.to == "") || len(f.Moves) > 0 && (f.Moves[0].To != c.to || f.Moves[0].Coins != held) {
			t.Errorf("%s: %+v", name, f.Moves)
		}
	}
}

func TestCountersThatCannotBeReadAreAnError(t *testing.T) {
	broken := journal.Unfinished{Verb: "repay", Before: []byte("x")}
	if _, err := Coin(broken, coin.Counters{}, domain.Count{}); err == nil {
		t.Error("a broken act was judged")
	}
}

func TestX05_EndingsAreClassified(t *testing.T) {
	visit := func(copies int, in, out domain.Count, prints ...journal.Result) journal.Left {
		return journal.Left{
			Visit: journal.Visit{Fee: 200 * domain.Yen(copies), Copies: copies, Application: domain.NewApplicationID()},
			In:    in, Out: out, Prints: prints,
		}
	}
	five := domain.Count{0, 0, 0, 1}
	for name, c := range map[string]struct {
		left    journal.Left
		outcome domain.Outcome
		owed    domain.Yen
		loss    domain.Yen
	}{
		"nothing happened":        {visit(1, domain.Count{}, domain.Count{}), domain.OutcomeNothing, 0, 0},
		"coins held":              {visit(1, five, domain.Count{}), domain.OutcomeOwed, 500, 0},
		"all came back":           {visit(1, five, five), domain.OutcomeRefunded, 0, 0},
		"printed, change unpaid":  {visit(1, five, domain.Count{}, journal.Done), domain.OutcomeOwed, 300, 0},
		"printed and paid":        {visit(1, five, domain.Count{0, 0, 3, 0}, journal.Done), domain.OutcomePrintedPaid, 0, 0},
		"one of two, rest paid":   {visit(2, five, domain.Count{0, 0, 3, 0}, journal.Done, ""), domain.OutcomePartPaid, 0, 0},
		"print not proved":        {visit(1, five, domain.Count{}, journal.Unsure), domain.OutcomeOwed, 500, 0},
		"printed after a refund?": {visit(1, five, five, journal.Done), domain.OutcomePrintedPaid, 0, 200},
	} {
		e := Ending(c.left)
		if e.Outcome != c.outcome || e.Owed != c.owed {
			t.Errorf("%s: %v, owed %d", name, e.Outcome, e.Owed)
		}
		if loss := c.left.Out.Total() + e.Revenue + e.Owed - c.left.In.Total(); loss != c.loss {
			t.Errorf("%s: a loss of ¥%d", name, loss)
		}
	}
}
