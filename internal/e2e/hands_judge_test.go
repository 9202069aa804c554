//go:build judge

package e2e

import (
	"testing"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// TestAWholeVisitWithoutATouch takes a certificate, pays and is given change by keys of a tactile pad alone, and by two
// switches alone. What comes of it is what fingers get.
func TestAWholeVisitWithoutATouch(t *testing.T) {
	for _, hands := range []resident.Hands{resident.Keys, resident.Switches} {
		t.Run(string(hands), func(t *testing.T) {
			w := shared(t)
			script := resident.Self("hanako", 500)
			script.Hands = hands
			r := w.play(t, script)
			if r.Outcome != "printed_paid" || len(r.Sheets) != 1 || r.YenIn-r.YenBack != 200 {
				t.Errorf("%s, %d sheets, ¥%d in and ¥%d back; passed %v",
					r.Outcome, len(r.Sheets), r.YenIn, r.YenBack, r.Passed())
			}
			if r.Touches+r.PINTouches != 0 || r.Presses < 20 {
				t.Errorf("%d touches, %d on the pad, %d presses", r.Touches, r.PINTouches, r.Presses)
			}
		})
	}
}
