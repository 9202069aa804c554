package journal

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// Refund closes what is owed on a slip: against the claim code, or on the word of two of the operator's staff.
type Refund struct {
	Slip  string
	Code  string    // as the resident says it; "" where two of the staff answer for it
	Staff [2]string // ids, never names; one is enough with a code
	// Coins came from the machine's own, in the clerk's hands (Staff account). Zero: the amount was paid from the shop's
	// cash, and the machine's coins stay as they are.
	Coins domain.Count
	// WriteOff says that nothing was paid and nothing will be; it takes two of the staff.
	WriteOff bool
}

// Errors of a refund.
var (
	ErrNoSlip    = errors.New("journal: no such slip: check its number")
	ErrSettled   = errors.New("journal: the slip was settled before: pay nothing")
	ErrWrongCode = errors.New("journal: this is not the slip's code: ask again, or let two of the staff answer for it")
	ErrTwoStaff  = errors.New("journal: without a code two different staff ids are needed")
	ErrAmount    = errors.New("journal: the coins are not the amount that is owed")
)

// Doubted is the event of a visit in which a coin may have been pulled out again: its code alone pays nothing.
const Doubted = "coin.doubt"

// codeTries is how many wrong codes a slip bears; after them only two of the staff can close it.
const codeTries = 10

// slipRow is a slip as it stands.
type slipRow struct {
	n       int64
	app     domain.ApplicationID
	mac     []byte
	tries   int
	settled bool
	doubted bool
}

// Settle writes a refund down and gives what was owed; only then may anybody pay. It can be done once.
func (j *Journal) Settle(ctx context.Context, at time.Time, r Refund) (yen domain.Yen, err error) {
	wrong := false
	err = j.write(ctx, func(tx *sql.Tx) error {
		s, err := findSlip(ctx, tx, r.Slip)
		if err != nil {
			return err
		}
		how, err := j.entitled(s, r)
		if errors.Is(err, ErrWrongCode) { // the try is written down
			wrong = true
			_, err := tx.ExecContext(ctx, "UPDATE slip SET tries = tries + 1 WHERE n = ?", s.n)
			return err
		}
		if err != nil {
			return err
		}
		if yen, err = claimed(ctx, tx, s.app, owed); err != nil {
			return err
		}
		if err := j.settle(ctx, tx, s, r, yen); err != nil {
			return err
		}
		by := r.Staff[0] + " " + r.Staff[1]
		if _, err := tx.ExecContext(ctx, "UPDATE slip SET settled_ms = ?, how = ?, by = ? WHERE n = ?", millis(at), how, by,
			s.n); err != nil {
			return fmt.Errorf("journal: slip: %w", err)
		}
		if err := settled(ctx, tx, s.app); err != nil {
			return err
		}
		return j.event(ctx, tx, at, Event{
			Application: s.app, Type: "slip.settled", Body: []byte(r.Slip + " " + how + " " + by),
		})
	})
	if err == nil && wrong {
		err = ErrWrongCode
	}
	if err != nil {
		return 0, err
	}
	return yen, nil
}

func findSlip(ctx context.Context, tx *sql.Tx, number string) (s slipRow, err error) {
	var id []byte
	err = tx.QueryRowContext(ctx, `SELECT n, tx, mac, tries, settled_ms IS NOT NULL, EXISTS (SELECT 1 FROM ev
		WHERE ev.tx = slip.tx AND type = ?) FROM slip WHERE number = ?`, Doubted, number).
		Scan(&s.n, &id, &s.mac, &s.tries, &s.settled, &s.doubted)
	if errors.Is(err, sql.ErrNoRows) {
		return s, ErrNoSlip
	}
	if err != nil {
		return s, fmt.Errorf("journal: slip: %w", err)
	}
	copy(s.app.ID[:], id)
	return s, nil
}

// entitled says on what ground a refund may be given.
func (j *Journal) entitled(s slipRow, r Refund) (how string, err error) {
	two := r.Staff[0] != "" && r.Staff[1] != "" && r.Staff[0] != r.Staff[1]
	switch {
	case s.settled:
		return "", ErrSettled
	case r.WriteOff && !two:
		return "", ErrTwoStaff
	case r.WriteOff:
		return "written_off", nil
	case r.Code == "" && !two:
		return "", ErrTwoStaff
	case r.Code == "":
		return "staff", nil
	case s.doubted, len(s.mac) == 0 || len(j.claimKey) == 0 || s.tries >= codeTries || r.Staff[0] == "":
		return "", ErrTwoStaff
	case !hmac.Equal(s.mac, j.mac(r.Slip, r.Code)):
		return "", ErrWrongCode
	default:
		return "code", nil
	}
}

// settle moves the claim, with the coins where they were the machine's. A payment from the shop's cash goes in and out.
func (j *Journal) settle(ctx context.Context, tx *sql.Tx, s slipRow, r Refund, yen domain.Yen) error {
	if r.WriteOff {
		if err := claim(ctx, tx, s.app, owed, -yen); err != nil {
			return err
		}
		return claim(ctx, tx, s.app, writtenOff, yen)
	}
	coins := r.Coins
	if coins.IsZero() {
		coins = piecesFor(yen)
		brought := []Move{{From: World, To: Staff, Coins: coins}}
		if err := post(ctx, tx, domain.ApplicationID{}, nil, brought); err != nil {
			return err
		}
	}
	if coins.Total() != yen {
		return fmt.Errorf("%w: ¥%d owed, ¥%d in coins", ErrAmount, yen, coins.Total())
	}
	return post(ctx, tx, s.app, nil, []Move{{From: Staff, To: World, Coins: coins}})
}

// piecesFor is an amount in the fewest coins.
func piecesFor(yen domain.Yen) (c domain.Count) {
	for d := domain.NumDenominations; d > 0; d-- {
		n := yen / (d - 1).Yen()
		c[d-1] = int32(n)
		yen -= n * (d - 1).Yen()
	}
	return c
}
