// Package slip writes what stands on a slip: the number of an amount that is owed, and its claim code. The
// journal calls it; it keeps nothing.
package slip

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// crockford is base 32 without I, L, O and U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is 50 random bits, which nobody guesses at a counter.
const codeLength = 10

// NewCode draws a claim code.
func NewCode() string {
	var b [codeLength]byte
	_, _ = rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = crockford[b[i]%byte(len(crockford))] // 256 is a multiple of 32
	}
	return string(b[:])
}

// ReadCode takes a code as people write it: in any case, with spaces and dashes, O for 0, I and L for 1.
func ReadCode(s string) string {
	return strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
}

// maxStaffID is how long the id of one of the staff may be: too short for a sentence, long enough for any number.
const maxStaffID = 16

// StaffID takes the id of one of the staff as people write it, so that one person is not two in other letters. "" is
// nobody; ok is false for what is no id.
func StaffID(s string) (id string, ok bool) {
	id = strings.ToUpper(strings.TrimSpace(s))
	for _, r := range id {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && r != '-' {
			return "", false
		}
	}
	return id, len(id) <= maxStaffID
}

// Number writes a slip's number.
func Number(kiosk domain.KioskID, at time.Time, epoch, n int64) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, string(kiosk))
	digits = "0000" + digits
	body := fmt.Sprintf("%s-%s-%d-%04d", digits[len(digits)-4:], at.In(japan).Format("060102"), epoch, n)
	return body + "-" + CheckDigits(body)
}

// CheckDigits are two, modulo 97 as in ISO 7064: a wrong digit or two that changed places are found.
func CheckDigits(body string) string {
	rest := 0
	for _, r := range body {
		if r >= '0' && r <= '9' {
			rest = (rest*10 + int(r-'0')) % 97
		}
	}
	return fmt.Sprintf("%02d", 98-rest*100%97)
}

var japan = time.FixedZone("JST", 9*60*60)
