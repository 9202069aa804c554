package ui_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
)

// Heights of what the spoken screen has.
const (
	onTitle, onMoney, onOne, onTwo, onCancel, onNothing = 130, 170, 230, 330, 430, 700
)

// feel plays touches of one column: {finger, phase, y, milliseconds}.
type feel struct {
	finger int64
	phase  ui.Phase
	y      int
	at     time.Duration
}

func (f feel) play(a *ui.App) {
	a.Pointer(ui.PointerEvent{Phase: f.phase, Finger: f.finger, X: 200, Y: f.y, At: f.at * ms})
}

// tapAt is a short touch.
func tapAt(y int, at time.Duration) []feel {
	return []feel{{1, ui.Down, y, at}, {1, ui.Up, y, at + 80}}
}

// rest is a touch that listens.
func rest(y int, at time.Duration) []feel {
	return []feel{{1, ui.Down, y, at}, {1, ui.Move, y + 1, at + 400}, {1, ui.Up, y, at + 500}}
}

func moves(all ...[]feel) (out []feel) {
	for _, f := range all {
		out = append(out, f...)
	}
	return out
}

// explorations are stories of a finger that listens, and the actions that come of them.
var explorations = map[string]struct {
	feels []feel
	want  []string
}{
	"a touch that listens does nothing": {rest(onOne, 1000), []string{"-"}},
	"a tap does nothing":                {tapAt(onOne, 1000), []string{"-"}},
	"two taps on what nobody heard": {
		moves(tapAt(onOne, 1000), tapAt(onOne, 1200)), []string{"-", "-"},
	},
	"two taps on what was heard": {
		moves(rest(onOne, 1000), tapAt(onOne, 2000), tapAt(onOne, 2200)), []string{"-", "-", "one"},
	},
	"two taps beside it, on nothing": {
		moves(rest(onOne, 1000), tapAt(onNothing, 2000), tapAt(onTitle, 2200)), []string{"-", "-", "one"},
	},
	"two taps on another one": {
		moves(rest(onOne, 1000), tapAt(onTwo, 2000), tapAt(onTwo, 2200)), []string{"-", "-", "-"},
	},
	"then that one was heard": {
		moves(rest(onOne, 1000), tapAt(onTwo, 2000), tapAt(onTwo, 2200), tapAt(onTwo, 3000), tapAt(onTwo, 3200)),
		[]string{"-", "-", "-", "-", "two"},
	},
	"one tap on it and one on another": {
		moves(rest(onOne, 1000), tapAt(onOne, 2000), tapAt(onTwo, 2200)), []string{"-", "-", "-"},
	},
	"a single tap is heard too": {
		moves(tapAt(onOne, 1000), tapAt(onOne, 2000), tapAt(onOne, 2200)), []string{"-", "-", "one"},
	},
	"taps too far apart": {
		moves(rest(onOne, 1000), tapAt(onOne, 2000), tapAt(onOne, 2481)), []string{"-", "-", "-"},
	},
	"three taps act once": {
		moves(rest(onOne, 1000), tapAt(onOne, 2000), tapAt(onOne, 2200), tapAt(onOne, 2400)), []string{"-", "-", "one", "-"},
	},
	"four taps act twice": {
		moves(rest(onOne, 1000), tapAt(onOne, 2000), tapAt(onOne, 2200), tapAt(onOne, 2400), tapAt(onOne, 2600)),
		[]string{"-", "-", "one", "-", "one"},
	},
	"what is only told cannot be tapped": {
		moves(rest(onMoney, 1000), tapAt(onMoney, 2000), tapAt(onMoney, 2200)), []string{"-", "-", "-"},
	},
	"the last one on the way is meant": {
		moves([]feel{
			{1, ui.Down, onOne, 1000},
			{1, ui.Move, onTwo, 1100},
			{1, ui.Move, onCancel, 1200},
			{1, ui.Move, onNothing, 1300},
			{1, ui.Up, onNothing, 1400},
		}, tapAt(onNothing, 2000), tapAt(onNothing, 2200)),
		[]string{"-", "-", "cancel"},
	},
	"a second finger taps for the first": {
		[]feel{
			{1, ui.Down, onTwo, 1000},
			{2, ui.Down, onNothing, 1500},
			{2, ui.Up, onNothing, 1600},
			{1, ui.Up, onTwo, 2000},
		},
		[]string{"two", "-"},
	},
	"a second finger that rests does not": {
		[]feel{
			{1, ui.Down, onTwo, 1000},
			{2, ui.Down, onOne, 1500},
			{2, ui.Up, onOne, 1800},
			{1, ui.Up, onTwo, 2000},
		},
		[]string{"-", "-"},
	},
	"a palm does nothing": {
		moves(rest(onOne, 500), []feel{
			{1, ui.Down, onOne, 2000},
			{2, ui.Down, onTwo, 2010},
			{3, ui.Down, onTitle, 2020},
			{3, ui.Up, onTitle, 2030},
			{2, ui.Up, onTwo, 2040},
			{1, ui.Up, onOne, 2050},
		}),
		[]string{"-"},
	},
}

func TestExploration(t *testing.T) {
	for name, tt := range explorations {
		t.Run(name, func(t *testing.T) {
			a, _ := speaking(t)
			a.Show(spoken("pay"), 0)
			for _, f := range tt.feels {
				f.play(a)
			}
			if diff := cmp.Diff(tt.want, actions(a)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFingerHearsWhatItIsOnAndItsLiftIsSilent(t *testing.T) {
	a, v := speaking(t)
	a.Show(spoken("pay"), 0)
	v.take()
	for _, f := range []feel{
		{1, ui.Down, onTitle, 1000},
		{1, ui.Move, onTitle + 5, 1100},
		{1, ui.Move, onOne, 1200},
		{1, ui.Move, onOne + 20, 1300},
		{1, ui.Move, onNothing, 1400},
		{1, ui.Move, onOne, 1500},
		{1, ui.Up, onOne, 1600},
	} {
		f.play(a)
	}
	expect(t, v, "on the way", ".", "title of pay heading", "one radio not chosen 1/4", "one radio not chosen 1/4")
	feel{1, ui.Down, onNothing, 3000}.play(a)
	expect(t, v, "the next touch", ".")
}

// TestWhatWasHeardIsGoneWithItsScreen hears a control, and taps when another screen has one of the same name there.
func TestWhatWasHeardIsGoneWithItsScreen(t *testing.T) {
	for name, c := range map[string]struct {
		next string
		want []string
	}{"same": {"pay", []string{"-", "-", "one"}}, "another": {"print", []string{"-", "-", "-"}}} {
		a, _ := speaking(t)
		a.Show(spoken("pay"), 0)
		for _, f := range moves(rest(onOne, 1000), tapAt(onOne, 1600)) {
			f.play(a)
		}
		a.Show(spoken(c.next, pays("500 yen")), 1700*ms)
		for _, f := range tapAt(onOne, 1860) {
			f.play(a)
		}
		if diff := cmp.Diff(c.want, actions(a)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestALoudspeakerNamesNoDigitUnderAFinger(t *testing.T) {
	digit := func(t *node.Tree) { t.Find("one").Action = node.Action{Verb: "pin.digit", Arg: "one"} }
	a, v := speaking(t)
	a.Show(spoken("pin", digit), 0)
	v.take()
	for _, f := range rest(onOne, 1000) {
		f.play(a)
	}
	expect(t, v, "loudspeaker", ".")
	a.Headphones(true, 1600*ms)
	v.take()
	for _, f := range moves(rest(onOne, 2000), tapAt(onOne, 3000), tapAt(onOne, 3200)) {
		f.play(a)
	}
	expect(t, v, "headphones, and then the click alone", ".", "one radio not chosen 1/4", ".", "one radio not chosen 1/4",
		".", "one radio not chosen 1/4", "*"+ui.ChimeKey)
}

func TestThreeSecondsOnTheCornerBeginSpeech(t *testing.T) {
	silent := spoken("pay", func(t *node.Tree) { t.Voice = node.Voice{} })
	const corner = 890 // of 900; the corner's side is 167 pixels
	cases := map[string]struct {
		x     int
		feels []feel
		poll  time.Duration
		want  []string
	}{
		"held, and lifted later": {
			5,
			[]feel{{1, ui.Down, corner, 1000}, {1, ui.Move, corner - 50, 2000}, {1, ui.Up, corner, 4200}},
			0,
			[]string{"speech=on"},
		},
		"held, before any event": {5, []feel{{1, ui.Down, corner, 1000}}, 4000, []string{"speech=on"}},
		"a moment too short":     {5, []feel{{1, ui.Down, corner, 1000}, {1, ui.Up, corner, 3999}}, 5000, []string{"-"}},
		"slid off the corner and back": {
			5, []feel{
				{1, ui.Down, corner, 1000},
				{1, ui.Move, 500, 2000},
				{1, ui.Move, corner, 2100},
				{1, ui.Up, corner, 4200},
			}, 5000, []string{"-"},
		},
		"the other corner": {390, []feel{{1, ui.Down, corner, 1000}, {1, ui.Up, corner, 4200}}, 5000, []string{"-"}},
		"above the corner": {5, []feel{{1, ui.Down, 730, 1000}, {1, ui.Up, 730, 4200}}, 5000, []string{"-"}},
		"a palm": {
			5,
			[]feel{{1, ui.Down, corner, 1000}, {2, ui.Down, corner, 1010}, {3, ui.Down, corner, 1020}},
			5000,
			[]string{},
		},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			a, _ := speaking(t)
			a.Show(silent, 0)
			woken := 0
			a.OnChange(func() { woken++ })
			for _, f := range tt.feels {
				a.Pointer(ui.PointerEvent{Phase: f.phase, Finger: f.finger, X: tt.x, Y: f.y, At: f.at * ms})
			}
			if tt.poll > 0 {
				due, waits := a.Poll((tt.poll - 1) * ms)
				if tt.poll == 4000 && (!waits || due != 4000*ms || woken == 0) {
					t.Errorf("due %v, waits %v, woken %d", due, waits, woken)
				}
				if _, waits := a.Poll(tt.poll * ms); waits {
					t.Error("it still waits")
				}
			}
			if diff := cmp.Diff(tt.want, actions(a)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
}
