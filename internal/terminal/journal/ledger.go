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

// Move is coins going from one account to another.
type Move struct {
	From, To Account
	Coins    domain.Count
}

// post writes moves as double entries, moves the balances with them, and books whose the money is.
func post(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, act any, moves []Move) error {
	var in, out domain.Yen
	for _, m := range moves {
		if m.Coins.IsZero() {
			continue
		}
		if m.From == World {
			in += m.Coins.Total()
		}
		if m.To == World {
			out += m.Coins.Total()
		}
		if err := postMove(ctx, tx, app, act, m); err != nil {
			return err
		}
	}
	if app.IsZero() || in == 0 && out == 0 {
		return nil
	}
	return claimMoved(ctx, tx, app, in, out)
}

func postMove(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, act any, m Move) error {
	var posting int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) + 1 FROM entry").Scan(&posting); err != nil {
		return fmt.Errorf("journal: posting: %w", err)
	}
	for d, n := range m.Coins {
		if n < 0 {
			return fmt.Errorf("%w: a move of %d pieces", ErrBroken, n)
		}
		if n == 0 {
			continue
		}
		coin := int64(domain.Denomination(d).Yen())
		for _, side := range []struct {
			account Account
			pieces  int32
		}{{m.From, -n}, {m.To, n}} {
			_, err := tx.ExecContext(ctx,
				"INSERT INTO entry (posting, tx, account, coin, pieces, act) VALUES (?, ?, ?, ?, ?, ?)",
				posting, key(app), string(side.account), coin, side.pieces, act)
			if err != nil {
				return fmt.Errorf("journal: entry: %w", err)
			}
			if err := move(ctx, tx, side.account, coin, side.pieces); err != nil {
				return err
			}
		}
	}
	return nil
}

// move asserts R-10 (b) where it could break.
func move(ctx context.Context, tx *sql.Tx, a Account, coin int64, pieces int32) error {
	var have int64
	err := tx.QueryRowContext(ctx, "SELECT coalesce(sum(pieces), 0) FROM balance WHERE account = ? AND coin = ?",
		string(a), coin).Scan(&have)
	if err != nil {
		return fmt.Errorf("journal: balance: %w", err)
	}
	if have += int64(pieces); have < 0 && a != World {
		return fmt.Errorf("%w: %s would hold %d coins of ¥%d", ErrBroken, a, have, coin)
	}
	_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO balance (account, coin, pieces) VALUES (?, ?, ?)",
		string(a), coin, have)
	if err != nil {
		return fmt.Errorf("journal: balance: %w", err)
	}
	return nil
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Balances is what lies where: the sums of the entries, which every start holds against them.
type Balances map[Account]domain.Count

// Balances gives what lies where.
func (j *Journal) Balances(ctx context.Context) (Balances, error) {
	return balances(ctx, j.db, "SELECT account, coin, pieces FROM balance")
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
