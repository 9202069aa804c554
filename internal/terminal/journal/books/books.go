// Package books is the journal's two books, over whatever transaction it is given: where each coin lies, as double
// entries per kind, and whose the money of a visit is, in yen (reliability §1.3). It asserts R-10 where it could break
// and over the whole file. The journal alone calls it; it opens and keeps nothing.
package books

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/kioskd/kioskd/internal/domain"
)

// ErrBroken says that the books do not add up: no coin may be taken until a person has looked.
var ErrBroken = errors.New("journal: the ledger does not add up; keep the file, count the coins")

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

// Post writes moves as double entries, moves the balances with them, and books whose the money is; act is the act's
// number, or nil.
func Post(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, act any, moves []Move) error {
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

// Reader is a connection or a transaction.
type Reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Balances is what lies where: the sums of the entries, which every start holds against them.
type Balances map[Account]domain.Count

// Kept gives what lies where, as it is kept with each posting.
func Kept(ctx context.Context, q Reader) (Balances, error) {
	return Sums(ctx, q, "SELECT account, coin, pieces FROM balance")
}

// Sums reads rows of account, coin and pieces.
func Sums(ctx context.Context, q Reader, query string, args ...any) (Balances, error) {
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

// Hash is the SHA-256 of what lies where: lines "account coin pieces", sorted, without what holds nothing.
func Hash(ctx context.Context, q Reader) (h [32]byte, err error) {
	all, err := Kept(ctx, q)
	if err != nil {
		return h, err
	}
	text := []byte{}
	for _, a := range slices.Sorted(maps.Keys(all)) {
		for d, n := range all[a] {
			if n != 0 {
				text = fmt.Appendf(text, "%s %d %d\n", a, domain.Denomination(d).Yen(), n)
			}
		}
	}
	return sha256.Sum256(text), nil
}

// key is the visit's key, or NULL.
func key(app domain.ApplicationID) any {
	if app.IsZero() {
		return nil
	}
	return app.ID[:]
}
