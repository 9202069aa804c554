package journal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/journal/slip"
)

// Slip names an amount that is owed. The number may be known to anybody; the code is shown to the resident
// once and to nobody else, and the journal holds only its HMAC.
type Slip struct {
	Number string // KKKK-YYMMDD-E-NNNN-CC: kiosk, date, epoch of the store, counter, check digits modulo 97
	Code   string // 10 random characters of Crockford's base 32; "" where it was told before
}

func (j *Journal) mac(number, code string) []byte {
	h := hmac.New(sha256.New, j.claimKey)
	h.Write([]byte("kioskd/claim/1\n" + number + "\n" + slip.ReadCode(code)))
	return h.Sum(nil)
}

// SlipFor names what a visit is owed, before anybody is shown it: number and code are on the disk when it returns. It
// may be asked again, also after a crash, and gives the same number; the code is told once.
func (j *Journal) SlipFor(ctx context.Context, at time.Time, app domain.ApplicationID) (s Slip, err error) {
	err = j.write(ctx, func(tx *sql.Tx) error {
		if s.Number, err = slipOf(ctx, tx, app); err != nil || s.Number != "" {
			return err
		}
		if len(j.claimKey) > 0 {
			s.Code = slip.NewCode()
		}
		s.Number, err = j.nameSlip(ctx, tx, at, app, s.Code)
		return err
	})
	if err != nil {
		return Slip{}, err
	}
	return s, nil
}

// slipOf gives the number that a visit has already, or "".
func slipOf(ctx context.Context, tx *sql.Tx, app domain.ApplicationID) (number string, err error) {
	err = tx.QueryRowContext(ctx, "SELECT number FROM slip WHERE tx = ?", app.ID[:]).Scan(&number)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("journal: slip: %w", err)
	}
	return number, nil
}

func (j *Journal) nameSlip(ctx context.Context, tx *sql.Tx, at time.Time, app domain.ApplicationID, code string,
) (number string, err error) {
	var epoch, n int64
	var kiosk domain.KioskID
	err = tx.QueryRowContext(ctx, "SELECT epoch, kiosk, (SELECT coalesce(max(n), 0) + 1 FROM slip) FROM store").
		Scan(&epoch, &kiosk, &n)
	if err != nil {
		return "", fmt.Errorf("journal: slip: %w", err)
	}
	number = slip.Number(kiosk, at, epoch, n)
	var mac any
	if code != "" {
		mac = j.mac(number, code)
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO slip (n, tx, number, made_ms, mac) VALUES (?, ?, ?, ?, ?)", n, app.ID[:],
		number, millis(at), mac)
	if err != nil {
		return "", fmt.Errorf("journal: slip: %w", err)
	}
	return number, j.event(ctx, tx, at, Event{Application: app, Type: "slip.named", Body: []byte(number)})
}

// closeSlip gives the number under which an ending owes something; a number that nobody needs any more is void.
func (j *Journal) closeSlip(ctx context.Context, tx *sql.Tx, at time.Time, e Ending,
) (number sql.NullString, err error) {
	if number.String, err = slipOf(ctx, tx, e.Application); err != nil {
		return number, err
	}
	if number.Valid = e.Owed > 0; number.Valid {
		if number.String == "" { // nobody is shown a code
			number.String, err = j.nameSlip(ctx, tx, at, e.Application, "")
		}
		return number, err
	}
	_, err = tx.ExecContext(ctx, "UPDATE slip SET settled_ms = ?, how = 'void', by = '' WHERE tx = ?", millis(at),
		e.Application.ID[:])
	if err != nil {
		return number, fmt.Errorf("journal: slip: %w", err)
	}
	return number, nil
}

// Owed is one slip with what is owed on it.
type Owed struct {
	Number  string
	Made    time.Time
	Yen     domain.Yen // still owed
	Coded   bool       // a resident was shown a code
	Doubted bool       // its code pays nothing: two of the staff must answer
	How     string     // "", or how it was settled: code, staff, written_off; void: nothing was owed
	By      string     // staff ids that settled it
}

// Slips gives all slips, oldest first; open ones only, or all.
func (j *Journal) Slips(ctx context.Context, open bool) (all []Owed, err error) {
	rows, err := j.db.QueryContext(ctx, `SELECT s.number, s.made_ms, s.mac IS NOT NULL,
		EXISTS (SELECT 1 FROM ev WHERE ev.tx = s.tx AND type = ?2) OR s.tries >= ?3, coalesce(s.how, ''),
		coalesce(s.by, ''), coalesce((SELECT sum(yen) FROM claim c WHERE c.tx = s.tx AND c.account = 'owed'), 0)
		FROM slip s WHERE NOT ?1 OR s.settled_ms IS NULL ORDER BY s.n`, open, Doubted, codeTries)
	if err != nil {
		return nil, fmt.Errorf("journal: slips: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var o Owed
		var made int64
		if err := rows.Scan(&o.Number, &made, &o.Coded, &o.Doubted, &o.How, &o.By, &o.Yen); err != nil {
			return nil, fmt.Errorf("journal: slips: %w", err)
		}
		o.Made = time.UnixMilli(made)
		all = append(all, o)
	}
	return all, rows.Err()
}

// Owing gives one slip.
func (j *Journal) Owing(ctx context.Context, number string) (Owed, error) {
	all, err := j.Slips(ctx, false)
	if err != nil {
		return Owed{}, err
	}
	for _, o := range all {
		if o.Number == number {
			return o, nil
		}
	}
	return Owed{}, ErrNoSlip
}
