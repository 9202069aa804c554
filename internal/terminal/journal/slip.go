package journal

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// Slip names an amount that is owed. The number may be known to anybody; the code is shown to the resident
// once and to nobody else, and the journal holds only its HMAC.
type Slip struct {
	Number string // KKKK-YYMMDD-E-NNNN-CC: kiosk, date, epoch of the store, counter, check digits modulo 97
	Code   string // 10 random characters of Crockford's base 32, or "" where nobody is there to see it
}

// crockford is base 32 without I, L, O and U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is 50 random bits, which nobody guesses at a counter.
const codeLength = 10

// newCode draws a claim code.
func newCode() string {
	var b [codeLength]byte
	_, _ = rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = crockford[b[i]%byte(len(crockford))] // 256 is a multiple of 32
	}
	return string(b[:])
}

// readCode takes a code as people write it: in any case, with spaces and dashes, O for 0, I and L for 1.
func readCode(s string) string {
	return strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
}

func (j *Journal) mac(number, code string) []byte {
	h := hmac.New(sha256.New, j.claimKey)
	h.Write([]byte("kioskd/claim/1\n" + number + "\n" + readCode(code)))
	return h.Sum(nil)
}

// numberOf writes a slip's number.
func numberOf(kiosk domain.KioskID, at time.Time, epoch, n int64) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, string(kiosk))
	digits = "0000" + digits
	body := fmt.Sprintf("%s-%s-%d-%04d", digits[len(digits)-4:], at.In(japan).Format("060102"), epoch, n)
	return body + "-" + checkDigits(body)
}

// checkDigits are two, modulo 97 as in ISO 7064: a wrong digit or two that changed places are found.
func checkDigits(body string) string {
	rest := 0
	for _, r := range body {
		if r >= '0' && r <= '9' {
			rest = (rest*10 + int(r-'0')) % 97
		}
	}
	return fmt.Sprintf("%02d", 98-rest*100%97)
}

// readNumber takes a slip's number apart.
func readNumber(s string) (epoch, n int64, ok bool) {
	parts := strings.Split(s, "-")
	if len(parts) != 5 || checkDigits(strings.Join(parts[:4], "-")) != parts[4] {
		return 0, 0, false
	}
	epoch, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return 0, 0, false
	}
	n, err = strconv.ParseInt(parts[3], 10, 64)
	return epoch, n, err == nil
}

var japan = time.FixedZone("JST", 9*60*60)

// next is the store's epoch, its kiosk, and the number of the next slip.
func next(ctx context.Context, q rowReader) (epoch, n int64, kiosk domain.KioskID, err error) {
	err = q.QueryRowContext(ctx, "SELECT epoch, kiosk, (SELECT coalesce(max(n), 0) + 1 FROM slip) FROM store").
		Scan(&epoch, &kiosk, &n)
	if err != nil {
		return 0, 0, "", fmt.Errorf("journal: slip: %w", err)
	}
	return epoch, n, kiosk, nil
}

// SlipFor gives the number and a fresh code for a visit that is about to end with something owed. Nothing is written:
// CloseVisit writes both with the ending, and a visit that dies before it is given the same number again.
func (j *Journal) SlipFor(ctx context.Context, at time.Time) (Slip, error) {
	epoch, n, kiosk, err := next(ctx, j.db)
	if err != nil {
		return Slip{}, err
	}
	s := Slip{Number: numberOf(kiosk, at, epoch, n)}
	if len(j.claimKey) > 0 {
		s.Code = newCode()
	}
	return s, nil
}

// giveSlip writes a slip, in the transaction of the ending.
func (j *Journal) giveSlip(ctx context.Context, tx *sql.Tx, at time.Time, e Ending) (number string, err error) {
	epoch, n, kiosk, err := next(ctx, tx)
	if err != nil {
		return "", err
	}
	if number = e.Slip.Number; number == "" {
		number = numberOf(kiosk, at, epoch, n)
	}
	if saidEpoch, said, ok := readNumber(number); !ok || said != n || saidEpoch != epoch {
		return "", fmt.Errorf("journal: slip %q is not the next one, %d of epoch %d: ask SlipFor", number, n, epoch)
	}
	var mac any
	if e.Slip.Code != "" {
		if len(j.claimKey) == 0 {
			return "", errors.New("journal: a claim code without a key to keep it")
		}
		mac = j.mac(number, e.Slip.Code)
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO slip (n, tx, number, made_ms, mac) VALUES (?, ?, ?, ?, ?)", n,
		e.Application.ID[:], number, millis(at), mac)
	if err != nil {
		return "", fmt.Errorf("journal: slip: %w", err)
	}
	return number, nil
}

// Owed is one slip with what is owed on it.
type Owed struct {
	Number string
	Made   time.Time
	Yen    domain.Yen // still owed
	Coded  bool       // a resident was shown a code
	How    string     // "", or how it was settled: code, staff, written_off
	By     string     // staff ids that settled it
}

// Slips gives all slips, oldest first; open ones only, or all.
func (j *Journal) Slips(ctx context.Context, open bool) (all []Owed, err error) {
	rows, err := j.db.QueryContext(ctx, `SELECT s.number, s.made_ms, s.mac IS NOT NULL, coalesce(s.how, ''),
		coalesce(s.by, ''), coalesce((SELECT sum(yen) FROM claim c WHERE c.tx = s.tx AND c.account = 'owed'), 0)
		FROM slip s WHERE NOT ?1 OR s.settled_ms IS NULL ORDER BY s.n`, open)
	if err != nil {
		return nil, fmt.Errorf("journal: slips: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var o Owed
		var made int64
		if err := rows.Scan(&o.Number, &made, &o.Coded, &o.How, &o.By, &o.Yen); err != nil {
			return nil, fmt.Errorf("journal: slips: %w", err)
		}
		o.Made = time.UnixMilli(made)
		all = append(all, o)
	}
	return all, rows.Err()
}
