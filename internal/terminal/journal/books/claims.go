package books

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
)

// The claims book says whose the money of a visit is, in yen. Coins that are put in are due to the customer until the
// end says what was earned and what is owed; from then on a late coin adds to what is owed.
const (
	DueCustomer = "due_customer"
	Revenue     = "revenue"
	Owed        = "owed"
	WrittenOff  = "written_off"
)

// Claim adds yen to an account of a visit; nothing is written for nothing.
func Claim(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, account string, yen domain.Yen) error {
	if yen == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO claim (tx, account, yen) VALUES (?, ?, ?)", app.ID[:], account, int64(yen))
	if err != nil {
		return fmt.Errorf("journal: claim: %w", err)
	}
	return nil
}

// Claimed gives what an account of a visit holds.
func Claimed(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, account string) (yen domain.Yen, err error) {
	err = tx.QueryRowContext(ctx, "SELECT coalesce(sum(yen), 0) FROM claim WHERE tx = ? AND account = ?", app.ID[:],
		account).Scan(&yen)
	if err != nil {
		return 0, fmt.Errorf("journal: claim: %w", err)
	}
	return yen, nil
}

// claimMoved books coins that a visit put in or got back. After its end they change what is owed, and there must be
// somebody to whom it is: a coin that comes late, or a refund. What goes out beyond that is the operator's loss.
func claimMoved(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, in, out domain.Yen) error {
	var outcome string
	var open bool
	err := tx.QueryRowContext(ctx, `SELECT coalesce(t.outcome, ''), s.n IS NOT NULL AND s.settled_ms IS NULL
		FROM tx t LEFT JOIN slip s ON s.tx = t.id WHERE t.id = ?`, app.ID[:]).Scan(&outcome, &open)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: coins of a visit that is not here", ErrBroken)
	case err != nil:
		return fmt.Errorf("journal: claim: %w", err)
	case outcome == "":
		return Claim(ctx, tx, app, DueCustomer, in-out)
	case !open:
		return fmt.Errorf("%w: coins of a visit that is over, and owed nothing", ErrBroken)
	}
	if err := Claim(ctx, tx, app, Owed, in-out); err != nil {
		return err
	}
	rest, err := Claimed(ctx, tx, app, Owed)
	if err == nil && rest < 0 { // a hopper paid too much of a refund
		err = errors.Join(Claim(ctx, tx, app, Owed, -rest), Claim(ctx, tx, app, WrittenOff, rest))
	}
	if err != nil {
		return err
	}
	return Settled(ctx, tx, app)
}

// End turns what is due into revenue and what is owed, at the end of a visit. Where the hoppers paid more than was due,
// the difference is the operator's loss.
func End(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, earned, still domain.Yen) error {
	due, err := Claimed(ctx, tx, app, DueCustomer)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		account string
		yen     domain.Yen
	}{
		{DueCustomer, -earned - still},
		{Revenue, earned},
		{Owed, still},
	} {
		if err := Claim(ctx, tx, app, c.account, c.yen); err != nil {
			return err
		}
	}
	loss := earned + still - due
	if loss <= 0 || still > 0 {
		return nil // a difference stays due, and settled refuses it
	}
	if err := Claim(ctx, tx, app, DueCustomer, loss); err != nil {
		return err
	}
	return Claim(ctx, tx, app, WrittenOff, -loss)
}
