package journal

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal/books"
	"github.com/kioskd/kioskd/internal/terminal/journal/slip"
)

// Refund closes what is owed on a slip: against the claim code, or on the word of two of the operator's staff.
type Refund struct {
	Slip  string
	Code  string    // as the resident says it; "" where two of the staff answer for it
	Staff [2]string // ids, never names; one is enough with a code
	// Coins are the machine's own: for BeginRefund those that the hoppers are asked for, for Settle those of the clerk's
	// hands (Staff account) that were handed over. Zero: the amount was paid from the shop's cash, and the machine's
	// coins stay as they are.
	Coins domain.Count
	// WriteOff says that nothing was paid and nothing will be; it takes two of the staff. Only Settle takes it.
	WriteOff bool
}

// Errors of a refund. Nothing was paid where one of them comes back.
var (
	ErrNoSlip    = errors.New("journal: no such slip: check its number")
	ErrVisitOpen = errors.New("journal: the visit of this slip is not over: what is owed is known when it is")
	ErrSettled   = errors.New("journal: the slip was settled before: pay nothing")
	ErrPaying    = errors.New("journal: a payout of this slip has no end yet: start the kiosk, and it counts")
	ErrWrongCode = errors.New("journal: this is not the slip's code: ask again, or let two of the staff answer for it")
	ErrTwoStaff  = errors.New("journal: without a code two different staff ids are needed")
	ErrStaffID   = errors.New("journal: a staff id is 1 to 16 letters, digits and dashes, and no name")
	ErrAmount    = errors.New("journal: the coins are not the amount that is owed")
)

// Doubted is the event of a visit in which a coin may have been pulled out again, or a payout of its slip has no proved
// end: its code alone pays nothing.
const Doubted = "coin.doubt"

// codeTries is how many wrong codes a slip bears; after them only two of the staff can close it.
const codeTries = 10

// slipRow is a slip as it stands.
type slipRow struct {
	n       int64
	app     domain.ApplicationID
	mac     []byte
	tries   int
	over    bool // its visit is
	settled bool
	doubted bool
	paying  bool
}

// ground is on what a refund stands.
type ground struct {
	how string // code, staff, written_off
	by  string // the staff that answer for it
}

// Settle writes a refund down that a person hands over, and gives what was owed; only then may anybody pay. It can be
// done once.
func (j *Journal) Settle(ctx context.Context, at time.Time, r Refund) (yen domain.Yen, err error) {
	err = j.entitle(ctx, at, r, func(tx *sql.Tx, s slipRow, g ground) error {
		if yen, err = books.Claimed(ctx, tx, s.app, books.Owed); err != nil {
			return err
		}
		if err := handOver(ctx, tx, s.app, r, yen); err != nil {
			return err
		}
		if err := answered(ctx, tx, at, s.n, g, nil); err != nil {
			return err
		}
		return j.closeOwed(ctx, tx, at, s.app, g)
	})
	if err != nil {
		return 0, err
	}
	return yen, nil
}

// BeginRefund writes down that the hoppers shall pay r.Coins on a slip, which are at most what is owed. The act belongs
// to the slip's visit: its coins lessen what is owed when Finish books them, and the slip is settled when nothing is
// left. Until then no other refund of the slip begins, in this run or the next.
func (j *Journal) BeginRefund(ctx context.Context, at time.Time, r Refund, i Intent) (a Act, err error) {
	err = j.entitle(ctx, at, r, func(tx *sql.Tx, s slipRow, g ground) error {
		yen, err := books.Claimed(ctx, tx, s.app, books.Owed)
		if err != nil {
			return err
		}
		if r.WriteOff || r.Coins.IsZero() || r.Coins.Total() > yen {
			return fmt.Errorf("%w: ¥%d owed, ¥%d in coins", ErrAmount, yen, r.Coins.Total())
		}
		i.Application = s.app
		if a, err = j.beginAct(ctx, tx, at, i); err != nil {
			return err
		}
		return answered(ctx, tx, at, s.n, g, a.id)
	})
	if err != nil {
		return Act{}, err
	}
	return a, nil
}

// entitle does something about a slip in one transaction, if the refund stands on a ground. A wrong code is written
// down, and nothing else is then.
func (j *Journal) entitle(ctx context.Context, at time.Time, r Refund, do func(*sql.Tx, slipRow, ground) error) error {
	var wrong error
	for i, id := range r.Staff {
		var ok bool
		if r.Staff[i], ok = slip.StaffID(id); !ok {
			return fmt.Errorf("%w: %.20q", ErrStaffID, id)
		}
	}
	err := j.write(ctx, func(tx *sql.Tx) error {
		s, err := findSlip(ctx, tx, r.Slip)
		if err != nil {
			return err
		}
		g, err := j.groundOf(s, r)
		if errors.Is(err, ErrWrongCode) {
			wrong = err
			return j.wrongCode(ctx, tx, at, s, r.Slip)
		}
		if err != nil {
			return err
		}
		return do(tx, s, g)
	})
	return errors.Join(err, wrong)
}

func (j *Journal) wrongCode(ctx context.Context, tx *sql.Tx, at time.Time, s slipRow, number string) error {
	if _, err := tx.ExecContext(ctx, "UPDATE slip SET tries = tries + 1 WHERE n = ?", s.n); err != nil {
		return fmt.Errorf("journal: slip: %w", err)
	}
	return j.event(ctx, tx, at, Event{Application: s.app, Type: "slip.wrong-code", Body: []byte(number)})
}

func findSlip(ctx context.Context, tx *sql.Tx, number string) (s slipRow, err error) {
	var id []byte
	err = tx.QueryRowContext(ctx, `SELECT n, tx, mac, tries, settled_ms IS NOT NULL,
		EXISTS (SELECT 1 FROM tx WHERE tx.id = slip.tx AND outcome IS NOT NULL),
		EXISTS (SELECT 1 FROM ev WHERE ev.tx = slip.tx AND type = ?),
		EXISTS (SELECT 1 FROM act WHERE act.tx = slip.tx AND result IS NULL)
		FROM slip WHERE number = ?`, Doubted, number).
		Scan(&s.n, &id, &s.mac, &s.tries, &s.settled, &s.over, &s.doubted, &s.paying)
	if errors.Is(err, sql.ErrNoRows) {
		return s, ErrNoSlip
	}
	if err != nil {
		return s, fmt.Errorf("journal: slip: %w", err)
	}
	copy(s.app.ID[:], id)
	return s, nil
}

// groundOf says on what ground a refund may be given.
func (j *Journal) groundOf(s slipRow, r Refund) (g ground, err error) {
	g.by = r.Staff[0] + " " + r.Staff[1]
	two := r.Staff[0] != "" && r.Staff[1] != "" && r.Staff[0] != r.Staff[1]
	switch {
	case s.settled:
		return g, ErrSettled
	case !s.over:
		return g, ErrVisitOpen
	case s.paying:
		return g, ErrPaying
	case (r.WriteOff || r.Code == "") && !two:
		return g, ErrTwoStaff
	case r.WriteOff:
		g.how = "written_off"
	case r.Code == "":
		g.how = "staff"
	case s.doubted, len(s.mac) == 0 || len(j.claimKey) == 0 || s.tries >= codeTries || r.Staff[0] == "":
		return g, ErrTwoStaff
	case !hmac.Equal(s.mac, j.mac(r.Slip, r.Code)):
		return g, ErrWrongCode
	default:
		g.how = "code"
	}
	return g, nil
}

// answered writes down who answers for a refund.
func answered(ctx context.Context, tx *sql.Tx, at time.Time, n int64, g ground, act any) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO refund (slip, how, by, act, made_ms) VALUES (?, ?, ?, ?, ?)", n, g.how,
		g.by, act, millis(at))
	if err != nil {
		return fmt.Errorf("journal: refund: %w", err)
	}
	return nil
}

// handOver moves the claim, with the coins where they were the machine's. A payment from the shop's cash goes in and
// out.
func handOver(ctx context.Context, tx *sql.Tx, app domain.ApplicationID, r Refund, yen domain.Yen) error {
	if r.WriteOff {
		if err := books.Claim(ctx, tx, app, books.Owed, -yen); err != nil {
			return err
		}
		return books.Claim(ctx, tx, app, books.WrittenOff, yen)
	}
	coins := r.Coins
	if coins.IsZero() {
		coins = piecesFor(yen)
		brought := []Move{{From: World, To: Staff, Coins: coins}}
		if err := books.Post(ctx, tx, domain.ApplicationID{}, nil, brought); err != nil {
			return err
		}
	}
	if coins.Total() != yen {
		return fmt.Errorf("%w: ¥%d owed, ¥%d in coins", ErrAmount, yen, coins.Total())
	}
	return books.Post(ctx, tx, app, nil, []Move{{From: Staff, To: World, Coins: coins}})
}

// closeOwed settles a slip on which nothing is owed any more.
func (j *Journal) closeOwed(ctx context.Context, tx *sql.Tx, at time.Time, app domain.ApplicationID, g ground) error {
	rest, err := books.Claimed(ctx, tx, app, books.Owed)
	if err != nil || rest > 0 {
		return err
	}
	var number string
	err = tx.QueryRowContext(ctx, "UPDATE slip SET settled_ms = ?, how = ?, by = ? WHERE tx = ? RETURNING number",
		millis(at), g.how, g.by, app.ID[:]).Scan(&number)
	if err != nil {
		return fmt.Errorf("journal: slip: %w", err)
	}
	if err := books.Settled(ctx, tx, app); err != nil {
		return err
	}
	return j.event(ctx, tx, at, Event{
		Application: app, Type: "slip.settled", Body: []byte(number + " " + g.how + " " + g.by),
	})
}

// refunded ends a refund whose act has ended. Where nobody can tell what came out, all of it stays owed, and from then
// on only two of the staff can say what became of it.
func (j *Journal) refunded(ctx context.Context, tx *sql.Tx, at time.Time, a Act, found Result) error {
	var g ground
	err := tx.QueryRowContext(ctx, "SELECT how, by FROM refund WHERE act = ?", a.id).Scan(&g.how, &g.by)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("journal: refund: %w", err)
	}
	if found == Unsure {
		return j.event(ctx, tx, at, Event{Application: a.app, Type: Doubted})
	}
	return j.closeOwed(ctx, tx, at, a.app, g)
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
