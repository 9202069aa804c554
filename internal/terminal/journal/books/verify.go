package books

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"

	"github.com/kioskd/kioskd/internal/domain"
)

// Verify asserts every invariant of R-10 over the whole journal: (a) each posting sums to zero for each kind, (b) no
// custody account is below zero, (c) all accounts sum to zero, and the balances are those of the entries; (d) what a
// visit put in and did not get back is claimed, and (e) a closed one holds nothing that is nobody's, in a class of
// reliability §1.5 whose conditions hold.
func Verify(ctx context.Context, q Reader) error {
	if err := verifyCoins(ctx, q); err != nil {
		return err
	}
	return verifyVisits(ctx, q)
}

func verifyCoins(ctx context.Context, q Reader) error {
	built, err := Sums(ctx, q, "SELECT account, coin, sum(pieces) FROM entry GROUP BY account, coin")
	if err != nil {
		return err
	}
	kept, err := Kept(ctx, q)
	if err != nil {
		return err
	}
	for _, b := range []Balances{built, kept} {
		maps.DeleteFunc(b, func(_ Account, c domain.Count) bool { return c.IsZero() })
	}
	if !maps.Equal(built, kept) {
		return fmt.Errorf("%w: the entries give %v, the balances %v", ErrBroken, built, kept)
	}
	var sum domain.Count
	for a, c := range built {
		sum = sum.Plus(c)
		for d, n := range c {
			if n < 0 && a != World {
				return fmt.Errorf("%w: %s holds %d coins of ¥%d", ErrBroken, a, n, domain.Denomination(d).Yen())
			}
		}
	}
	if !sum.IsZero() {
		return fmt.Errorf("%w: the accounts sum to %v", ErrBroken, sum)
	}
	var postings int
	err = q.QueryRowContext(ctx,
		"SELECT count(*) FROM (SELECT posting FROM entry GROUP BY posting, coin HAVING sum(pieces) != 0)").Scan(&postings)
	if err != nil || postings != 0 {
		return fmt.Errorf("%w: %d postings do not sum to zero (%w)", ErrBroken, postings, err)
	}
	return nil
}

// ending is what the journal holds of one visit, for its invariants.
type ending struct {
	id                                  []byte
	fee, copies                         int64
	outcome                             string
	good                                sql.NullInt64
	slip, paid                          bool // it has a slip; that is settled
	in, out                             int64
	due, revenue, owed, writtenOff, sum int64
}

const endings = `SELECT t.id, t.fee_yen, t.copies, coalesce(t.outcome, ''), t.good, t.slip_no IS NOT NULL,
	EXISTS (SELECT 1 FROM slip WHERE slip.tx = t.id AND slip.settled_ms IS NOT NULL),
	coalesce(e.coins_in, 0), coalesce(e.coins_out, 0),
	coalesce(c.due, 0), coalesce(c.revenue, 0), coalesce(c.owed, 0), coalesce(c.off, 0), coalesce(c.total, 0)
	FROM tx t
	LEFT JOIN (SELECT tx, sum(CASE WHEN pieces < 0 THEN -pieces * coin ELSE 0 END) AS coins_in,
		sum(CASE WHEN pieces > 0 THEN pieces * coin ELSE 0 END) AS coins_out
		FROM entry WHERE account = 'world' AND %[1]s GROUP BY tx) e ON e.tx = t.id
	LEFT JOIN (SELECT tx, sum(iif(account = 'due_customer', yen, 0)) AS due, sum(iif(account = 'revenue', yen, 0))
		AS revenue, sum(iif(account = 'owed', yen, 0)) AS owed, sum(iif(account = 'written_off', yen, 0)) AS off,
		sum(yen) AS total FROM claim WHERE %[1]s GROUP BY tx) c ON c.tx = t.id
	WHERE %[2]s`

func scanEnding(row interface{ Scan(...any) error }) (e ending, err error) {
	err = row.Scan(&e.id, &e.fee, &e.copies, &e.outcome, &e.good, &e.slip, &e.paid, &e.in, &e.out, &e.due, &e.revenue,
		&e.owed, &e.writtenOff, &e.sum)
	if err != nil {
		return e, fmt.Errorf("journal: visit: %w", err)
	}
	return e, nil
}

func verifyVisits(ctx context.Context, q Reader) error {
	rows, err := q.QueryContext(ctx, fmt.Sprintf(endings, "tx IS NOT NULL", "true"))
	if err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEnding(rows)
		if err == nil {
			err = e.holds()
		}
		if err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	return verifySlips(ctx, q)
}

// verifySlips: a slip of a visit that is over stays open for as long as something is owed on it, and no longer.
func verifySlips(ctx context.Context, q Reader) error {
	var idle int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM slip s JOIN tx t ON t.id = s.tx WHERE t.outcome IS NOT NULL
		AND s.settled_ms IS NULL AND NOT EXISTS
		(SELECT 1 FROM claim c WHERE c.tx = s.tx AND c.account = 'owed' GROUP BY c.tx HAVING sum(c.yen) > 0)`).Scan(&idle)
	if err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	if idle != 0 {
		return fmt.Errorf("%w: %d slips are open, and nothing is owed on them", ErrBroken, idle)
	}
	return nil
}

// Settled asserts the invariants of one visit, in the transaction that changes it.
func Settled(ctx context.Context, tx *sql.Tx, app domain.ApplicationID) error {
	e, err := scanEnding(tx.QueryRowContext(ctx, fmt.Sprintf(endings, "tx = ?1", "t.id = ?1"), app.ID[:]))
	if err != nil {
		return err
	}
	return e.holds()
}

// holds is R-10 (d) and (e), and the conditions of the class.
func (e ending) holds() error {
	var app domain.ApplicationID
	copy(app.ID[:], e.id)
	wrong := func(what string) error {
		return fmt.Errorf("%w: visit %s, %s: in %d, out %d, due %d, revenue %d, owed %d, written off %d: %s", ErrBroken, app,
			e.outcome, e.in, e.out, e.due, e.revenue, e.owed, e.writtenOff, what)
	}
	if e.in-e.out != e.due+e.revenue+e.owed+e.writtenOff || e.sum != e.in-e.out {
		return wrong("not every yen is claimed")
	}
	if e.outcome == "" {
		if e.revenue != 0 || e.owed != 0 || e.writtenOff != 0 {
			return wrong("it is open, and something is decided")
		}
		return nil
	}
	if e.due != 0 {
		return wrong("it is closed, and holds money")
	}
	good := e.good.Int64
	if !e.good.Valid || e.revenue != e.fee/e.copies*good {
		return wrong(fmt.Sprintf("the revenue is not that of %d copies of %d for %d", good, e.copies, e.fee))
	}
	if err := e.class(good); err != nil {
		return wrong(err.Error())
	}
	return nil
}

// class is what must hold in each class (reliability §1.5, X-05). Money that is owed keeps its class until a refund; a
// hopper that paid too much is the operator's loss, written off below zero.
func (e ending) class(good int64) error {
	o, err := domain.ParseOutcome(e.outcome)
	if err != nil {
		return err
	}
	ok := false
	switch o {
	case domain.OutcomeOpen:
	case domain.OutcomeNothing:
		ok = good == 0 && e.in == 0 && e.out == 0
	case domain.OutcomePrintedPaid:
		ok = good == e.copies
	case domain.OutcomePartPaid:
		ok = good > 0 && good < e.copies
	case domain.OutcomeRefunded:
		ok = good == 0 && e.out >= e.in && e.in > 0
	case domain.OutcomeOwed:
		switch {
		case !e.slip || e.owed < 0:
			return errors.New("what is owed has no slip")
		case e.paid && e.owed != 0:
			return errors.New("its slip is settled, and something is owed")
		default:
			return nil
		}
	}
	if !ok || e.owed != 0 || e.slip || e.writtenOff > 0 {
		return fmt.Errorf("these are not its conditions, with %d copies of %d", good, e.copies)
	}
	return nil
}
