package journal

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
)

// Account is where coins lie. The sum over all accounts is zero for each kind, always.
type Account string

// The accounts. World is the counterpart of everything that enters or leaves the machine.
const (
	World   Account = "world"
	Escrow  Account = "escrow"
	Hopper  Account = "hopper"
	CashBox Account = "cashbox"
	Staff   Account = "staff"
	Unknown Account = "unknown" // pieces whose place cannot be proved after a fault
)

// custody are the accounts that hold real coins and so are never below zero.
var custody = []Account{Escrow, Hopper, CashBox, Staff, Unknown}

// Move is coins going from one account to another.
type Move struct {
	From, To Account
	Coins    domain.Count
}

// post writes moves as double entries.
func post(ctx context.Context, tx *sql.Tx, app any, act any, moves []Move) error {
	for _, m := range moves {
		if m.Coins.IsZero() {
			continue
		}
		var posting int64
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(posting), 0) + 1 FROM entry").Scan(&posting); err != nil {
			return fmt.Errorf("journal: posting: %w", err)
		}
		for d, n := range m.Coins {
			if n < 0 {
				return fmt.Errorf("%w: a move of %d pieces", ErrBroken, n)
			}
			if n == 0 {
				continue
			}
			for _, side := range []struct {
				account Account
				pieces  int32
			}{{m.From, -n}, {m.To, n}} {
				_, err := tx.ExecContext(ctx,
					"INSERT INTO entry (posting, tx, account, coin, pieces, act) VALUES (?, ?, ?, ?, ?, ?)",
					posting, app, string(side.account), int64(domain.Denomination(d).Yen()), side.pieces, act)
				if err != nil {
					return fmt.Errorf("journal: entry: %w", err)
				}
			}
		}
	}
	return balanced(ctx, tx)
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Balances is what lies where, derived from the entries; it is stored nowhere.
type Balances map[Account]domain.Count

// Balances gives what lies where.
func (j *Journal) Balances(ctx context.Context) (Balances, error) {
	return balances(ctx, j.db, "SELECT account, coin, sum(pieces) FROM entry GROUP BY account, coin")
}

func balances(ctx context.Context, q querier, query string, args ...any) (Balances, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("journal: balances: %w", err)
	}
	defer rows.Close()
	b := Balances{}
	for rows.Next() {
		var account string
		var coin, pieces int64
		if err := rows.Scan(&account, &coin, &pieces); err != nil {
			return nil, fmt.Errorf("journal: balances: %w", err)
		}
		d, ok := domain.DenominationOf(domain.Yen(coin))
		if !ok {
			return nil, fmt.Errorf("%w: a coin of %d", ErrBroken, coin)
		}
		c := b[Account(account)]
		c[d] = int32(pieces)
		b[Account(account)] = c
	}
	return b, rows.Err()
}

// balanced asserts R-10 (a) to (c) on write; Verify asserts them on read.
func balanced(ctx context.Context, q querier) error {
	b, err := balances(ctx, q, "SELECT account, coin, sum(pieces) FROM entry GROUP BY account, coin")
	if err != nil {
		return err
	}
	var sum domain.Count
	for _, c := range b {
		sum = sum.Plus(c)
	}
	if !sum.IsZero() {
		return fmt.Errorf("%w: the accounts sum to %v", ErrBroken, sum)
	}
	for _, a := range custody {
		for d, n := range b[a] {
			if n < 0 {
				return fmt.Errorf("%w: %s holds %d coins of ¥%d", ErrBroken, a, n, domain.Denomination(d).Yen())
			}
		}
	}
	return nil
}

// Verify asserts every invariant of R-10 over the whole journal.
func (j *Journal) Verify(ctx context.Context) error {
	if err := balanced(ctx, j.db); err != nil {
		return err
	}
	var postings int
	err := j.db.QueryRowContext(ctx,
		"SELECT count(*) FROM (SELECT posting FROM entry GROUP BY posting, coin HAVING sum(pieces) != 0)").Scan(&postings)
	if err != nil || postings != 0 {
		return fmt.Errorf("%w: %d postings do not sum to zero (%v)", ErrBroken, postings, err)
	}
	rows, err := j.db.QueryContext(ctx, "SELECT id FROM tx WHERE outcome IS NOT NULL")
	if err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	defer rows.Close()
	var closed [][]byte
	for rows.Next() {
		var id []byte
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("journal: verify: %w", err)
		}
		closed = append(closed, id)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	for _, id := range closed {
		if err := j.settled(ctx, j.db, id); err != nil {
			return err
		}
	}
	return nil
}

type reader interface {
	querier
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// settled asserts R-10 (d) and (e) of one closed visit: inserted = revenue + given out + owed.
func (j *Journal) settled(ctx context.Context, q reader, id []byte) error {
	var in, out, revenue, owed int64
	err := q.QueryRowContext(ctx, `SELECT
		coalesce((SELECT sum(-pieces * coin) FROM entry WHERE tx = ?1 AND account = 'world' AND pieces < 0), 0),
		coalesce((SELECT sum(pieces * coin) FROM entry WHERE tx = ?1 AND account = 'world' AND pieces > 0), 0),
		coalesce((SELECT sum(yen) FROM claim WHERE tx = ?1 AND account = 'revenue'), 0),
		coalesce((SELECT sum(yen) FROM claim WHERE tx = ?1 AND account = 'owed'), 0)`, id).Scan(&in, &out, &revenue, &owed)
	if err != nil {
		return fmt.Errorf("journal: settled: %w", err)
	}
	if in != revenue+out+owed {
		return fmt.Errorf("%w: visit: in %d, revenue %d, out %d, owed %d", ErrBroken, in, revenue, out, owed)
	}
	return nil
}
