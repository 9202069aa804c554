package slip

import (
	"testing"
	"time"
)

func TestCheckDigitsFindOneWrongDigitAndSwaps(t *testing.T) {
	number := Number("K-000012", time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC), 1, 42)
	body := number[:len(number)-3]
	for i := range body {
		for d := byte('0'); d <= '9'; d++ {
			wrong := []byte(body)
			if wrong[i] == '-' || wrong[i] == d {
				continue
			}
			wrong[i] = d
			if CheckDigits(string(wrong)) == CheckDigits(body) {
				t.Errorf("%s passes for %s", wrong, body)
			}
		}
		if i > 0 && body[i] != '-' && body[i-1] != '-' && body[i] != body[i-1] {
			wrong := []byte(body)
			wrong[i], wrong[i-1] = wrong[i-1], wrong[i]
			if CheckDigits(string(wrong)) == CheckDigits(body) {
				t.Errorf("%s passes for %s", wrong, body)
			}
		}
	}
}
