//go:build judge

package e2e

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// hurried is how much faster people's time-outs run while a test waits for one: 150 s pass in 4 s. Faster, and the
// thirty pictures of a countdown take longer than the limits that stand behind it.
const hurried = 40

// leaves lets a person stand still in a state: nothing is touched until the kiosk ends the visit by itself. do is done
// in that state before the person stands still; ends is where the visit must end, Attract if it is "".
func (w *world) leaves(t *testing.T, script resident.Script, state, ends string, do func()) resident.Result {
	t.Helper()
	script.At[state] = nil
	v := &visitor{script: script, ends: ends}
	v.tree = func(s resident.State, _ map[string]node) {
		if s.Session != state {
			return
		}
		if do != nil {
			do()
		}
		w.pace(t, hurried)
	}
	r := w.visit(t, v)
	w.pace(t, 1)
	return r
}

// TestNoTouchEndsTheVisitAtEachScreen: before Pay nothing is held, and the next person meets the first screen.
func TestNoTouchEndsTheVisitAtEachScreen(t *testing.T) {
	t.Parallel()
	for _, phase := range [][]string{
		{"Consent", "Language", "Scope", "PlaceCard", "LastTry", "EnterPIN", "RemoveCard"},
		{"Holder", "SelectCertificate", "SelectDetails", "SelectMembers", "Copies", "Confirm"},
	} {
		t.Run(phase[0], func(t *testing.T) {
			w := shared(t)
			for _, state := range phase {
				t.Run(state, func(t *testing.T) {
					script := resident.StandStill("tsuji", state)
					switch state {
					case "LastTry":
						w.oneTry(t)
						script = resident.StandStill("last-try", state)
					case "SelectMembers":
						script = resident.StandStill("omori", state)
						script.At["SelectDetails"] = [][]resident.Act{{{Touch: "option_Scope_part"}, {Touch: "next"}}}
					}
					r := w.leaves(t, script, state, "", nil)
					if passed := r.Passed(); !slices.Contains(passed[max(0, len(passed)-2):], state) || len(r.Refusals) != 0 {
						t.Errorf("passed %v, refusals %v", passed, r.Refusals)
					}
				})
			}
		})
	}
}

// TestD11_NoTouchWhilePayingGivesTheSameCoinsBack stands still before a coin is in and with two of them in.
func TestD11_NoTouchWhilePayingGivesTheSameCoinsBack(t *testing.T) {
	w := shared(t)
	for name, in := range map[string][]int{"no coin": nil, "two coins": {100, 50}} {
		t.Run(name, func(t *testing.T) {
			before := w.devices(t).acts()
			want := coins{}
			script := resident.Self("tsuji")
			script.At["Finish"] = nil // who is gone takes nothing
			r := w.leaves(t, script, "Pay", "", func() {
				w.await(t, "the slot", func(s scene) bool { return s.Money.Accepting })
				for _, yen := range in {
					w.post(t, "/api/coin/insert", map[string]int{"yen": yen})
					want = want.plus(coins{yen: 1})
				}
				w.await(t, "the coins", func(s scene) bool { return s.Money.Inserted == sum(in) })
			})
			var taken struct{ Coins coins }
			w.call(t, http.MethodPost, "/api/coin/take", nil, &taken)
			if !maps.Equal(taken.Coins, want) {
				t.Errorf("%v came back, %v went in", taken.Coins, want)
			}
			outcome := map[bool]string{true: "nothing", false: "refunded"}[len(in) == 0]
			after := w.devices(t).acts()
			if r.Outcome != outcome || !r.Met("Returning") || after.Jobs != before.Jobs || after.Payouts != before.Payouts {
				t.Errorf("%s, passed %v; acts were %+v, now %+v", r.Outcome, r.Passed(), before, after)
			}
		})
	}
}

// TestX12_PaperThatNobodyTakesStopsTheKiosk until a clerk has said that tray and device are empty.
func TestX12_PaperThatNobodyTakesStopsTheKiosk(t *testing.T) {
	w := shared(t)
	r := w.leaves(t, resident.Self("hanako", 100, 100), "TakePaper", "StaffNeeded", nil)
	if len(r.Sheets) != 0 || !r.Met("TakePaper") {
		t.Errorf("%d sheets taken, passed %v", len(r.Sheets), r.Passed())
	}
	var taken struct{ Sheets int }
	w.call(t, http.MethodPost, "/api/paper/take", nil, &taken)
	if taken.Sheets != 1 {
		t.Errorf("%d sheets lay in the tray", taken.Sheets)
	}
	w.turn(t, "clerk") // says that tray and device are empty
	if s := w.await(t, "service", func(s scene) bool { return s.Session == "Attract" }); s.Outcome != "printed_paid" {
		t.Errorf("outcome %q", s.Outcome)
	}
}

// TestNoTouchEndsTheLastScreens: the thanks with coins in the tray, and a refusal.
func TestNoTouchEndsTheLastScreens(t *testing.T) {
	w := shared(t)
	r := w.leaves(t, resident.Self("hanako", 500), "Finish", "", nil)
	if r.Outcome != "printed_paid" || len(r.Sheets) != 1 || r.YenBack != 0 {
		t.Errorf("%s, %d sheets, ¥%d", r.Outcome, len(r.Sheets), r.YenBack)
	}
	var taken struct{ Yen int }
	if w.call(t, http.MethodPost, "/api/coin/take", nil, &taken); taken.Yen != 300 {
		t.Errorf("¥%d of change in the tray", taken.Yen)
	}
	script := resident.RefusedCard("expired")
	r = w.leaves(t, script, "Refused", "", nil)
	if !refusedFor(r, "CertExpired") {
		t.Errorf("refusals %v", r.Refusals)
	}
}

// TestNobodyIsHurriedWithoutReason is the control: at people's pace a screen stays.
func TestNobodyIsHurriedWithoutReason(t *testing.T) {
	w := shared(t)
	script := resident.CancelAt("tsuji", "Consent")
	stayed := false
	w.visit(t, &visitor{script: script, tree: func(s resident.State, _ map[string]node) {
		if s.Session != "Consent" {
			return
		}
		now, before := w.scene(t), s.Entered
		for range 5 {
			after := resident.State{}
			w.call(t, http.MethodGet, "/api/state?wait=1&after=18446744073709551615", nil, &after)
			stayed = after.Session == now.Session && after.Entered == before
		}
	}})
	if !stayed {
		t.Error("the screen did not stay for 5 s")
	}
}
