package jam

import (
	"testing"
	"time"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// run lets time pass a second at a time, with a self-check that answers code, and counts what it showed.
func run(w *Watch, d time.Duration, code byte) (asked, mended, faults int) {
	for range int(d / time.Second) {
		w.Pass(time.Second)
		if !w.Due() {
			continue
		}
		asked++
		v := w.Checked(code)
		if v.Mended {
			mended++
		}
		if v.Fault != "" {
			faults++
		}
	}
	return asked, mended, faults
}

func TestThreeJamsInTenMinutesAreOneThatStays(t *testing.T) {
	for name, c := range map[string]struct {
		codes []byte
		apart time.Duration
		jams  int
	}{
		"three at once":               {[]byte{15, 15, 15}, 0, 1},
		"one of each":                 {[]byte{14, 26, 19}, time.Minute, 1},
		"within ten minutes":          {[]byte{15, 15, 15}, 5 * time.Minute, 1},
		"beyond ten minutes":          {[]byte{15, 15, 15}, 5*time.Minute + time.Second, 0},
		"two":                         {[]byte{15, 19}, 0, 0},
		"others between do not count": {[]byte{15, 16, 1, 254, 15}, 0, 0},
		"six are two":                 {[]byte{15, 15, 15, 26, 26, 26}, 0, 2},
		"four are one":                {[]byte{15, 15, 15, 26}, 0, 1},
	} {
		var w Watch
		jams := 0
		for _, code := range c.codes {
			if w.Note(cctalk.HappeningOf(code)) {
				jams++
			}
			w.Pass(c.apart)
		}
		if jams != c.jams {
			t.Errorf("%s: %d jams, want %d", name, jams, c.jams)
		}
	}
}

func TestATroubleIsOverWhenTheSelfCheckIsCleanForAWhile(t *testing.T) {
	var w Watch
	w.Note(cctalk.HappeningOf(15))
	if _, mended, _ := run(&w, Calm-time.Second, 0); mended != 0 {
		t.Error("over at once")
	}
	w.Note(cctalk.HappeningOf(15)) // it comes again
	if _, mended, _ := run(&w, Calm-time.Second, 0); mended != 0 {
		t.Error("over although it came again")
	}
	if asked, mended, _ := run(&w, time.Hour, 0); mended != 1 || asked != 1 {
		t.Errorf("asked %d times, mended %d times, want once", asked, mended)
	}
}

func TestATroubleThatTheSelfCheckKnowsStays(t *testing.T) {
	var w Watch
	w.Note(cctalk.HappeningOf(15))
	asked, mended, faults := run(&w, 10*time.Minute, 49)
	if mended != 0 || faults != 1 || asked < 50 {
		t.Errorf("asked %d times, mended %d, told %d times", asked, mended, faults)
	}
	if _, mended, _ := run(&w, Calm+askEvery, 0); mended != 1 {
		t.Error("free again, and it is not over")
	}
}

func TestWhatNeedsAPersonNeverEndsByItself(t *testing.T) {
	for _, code := range []byte{20, 29, 30, 34, 35, 40, 253} {
		var w Watch
		w.Note(cctalk.HappeningOf(code))
		if asked, mended, _ := run(&w, time.Hour, 0); asked != 0 || mended != 0 {
			t.Errorf("code %d: asked %d times, mended %d", code, asked, mended)
		}
	}
	var w Watch
	for range jamsMost {
		w.Note(cctalk.HappeningOf(15))
	}
	if _, mended, _ := run(&w, time.Hour, 0); mended != 0 {
		t.Error("three jams ended by themselves")
	}
	w.Note(cctalk.HappeningOf(15))
	if _, mended, faults := run(&w, time.Hour, 30); mended != 0 || faults != 1 { // its program memory is broken
		t.Errorf("mended %d, told %d times", mended, faults)
	}
}

func TestACoinThatCameBackUnreadyAsksTheSelfCheck(t *testing.T) {
	var w Watch
	w.Note(cctalk.HappeningOf(10))
	if asked, mended, faults := run(&w, time.Hour, 0); asked != 1 || mended != 0 || faults != 0 {
		t.Errorf("clean: asked %d times, mended %d, told %d", asked, mended, faults)
	}
	w.Note(cctalk.HappeningOf(1))
	if asked, _, _ := run(&w, time.Hour, 0); asked != 0 {
		t.Error("a coin that came back asks the self-check")
	}
	w.Note(cctalk.HappeningOf(9))
	if asked, _, faults := run(&w, 5*time.Second, 3); asked != 1 || faults != 1 {
		t.Errorf("the credit sensor is covered: asked %d times, told %d", asked, faults)
	}
}
