//go:build judge

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/resident"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/locales"
)

// wrongOnce enters one wrong PIN, sees what the screen says, and gives up.
func wrongOnce(card string) resident.Script {
	s := resident.ToConfirm(card)
	s.At["EnterPIN"] = [][]resident.Act{{{Digits: "9999"}, {Touch: "pin.submit"}}, {{Touch: "cancel"}}}
	return s
}

func TestWrongPINSaysHowManyTriesAreLeftAndTheRightOneRestoresThem(t *testing.T) {
	w := shared(t)
	var notices []string
	v := &visitor{script: wrongOnce("hanako")}
	v.tree = func(s resident.State, n map[string]node) {
		if s.Session == "EnterPIN" {
			notices = append(notices, n["tries"].Spoken)
		}
	}
	r := w.visit(t, v)
	if len(notices) != 2 || !strings.Contains(notices[0], "3") || !strings.Contains(notices[1], "2") {
		t.Errorf("said %q, passed %v", notices, r.Passed())
	}
	if left := w.tries(t, "hanako"); left != 2 {
		t.Errorf("%d tries left after a wrong PIN", left)
	}
	r = w.visit(t, &visitor{script: resident.ToConfirm("hanako")})
	if left := w.tries(t, "hanako"); left != 3 || !r.Met("Confirm") {
		t.Errorf("%d tries left after the right PIN, passed %v", left, r.Passed())
	}
}

// oneTry leaves the card "last-try" with one try: another test of this world may have given it all of them back.
func (w *world) oneTry(t *testing.T) {
	t.Helper()
	for range 3 {
		if w.tries(t, "last-try") == 1 {
			return
		}
		w.visit(t, &visitor{script: wrongOnce("last-try")})
	}
	t.Fatalf("%d tries left on the card with one try", w.tries(t, "last-try"))
}

func TestLastTryIsWarnedOf(t *testing.T) {
	w := shared(t)
	w.oneTry(t)
	r := w.visit(t, &visitor{script: resident.RefusedCard("last-try")})
	if !r.Met("LastTry") || !r.Met("Confirm") {
		t.Errorf("passed %v", r.Passed())
	}
}

// TestD15_X22_TheRegistersReasonIsSaid covers reasons that concern a person or a household, not the card. Whoever is
// protected reads the words that stand for five dull reasons too, and nothing else.
func TestD15_X22_TheRegistersReasonIsSaid(t *testing.T) {
	w := shared(t)
	for card, reason := range map[string]domain.RefusalReason{
		"leaver": domain.HouseholdHasLeaver, "gaiji": domain.CharacterPending, "held": domain.Unavailable,
		"new": domain.NotYetUsable, "moved": domain.MovedOut,
	} {
		t.Run(card, func(t *testing.T) {
			said := false
			v := &visitor{script: resident.RefusedCard(card)}
			v.tree = func(s resident.State, n map[string]node) {
				said = said || s.Session == "Refused" && n[""].says(japanese(t, "refusal."+reason.Code()))
			}
			r := w.visit(t, v)
			if !refusedFor(r, reason.Code()) || !said || r.Met("SelectCertificate") {
				t.Errorf("said %v, refusals %v, passed %v", said, r.Refusals, r.Passed())
			}
		})
	}
}

// refusedFor reports whether one reason was given and no other.
func refusedFor(r resident.Result, reason string) bool {
	return slices.Equal(slices.Compact(slices.Clone(r.Refusals)), []string{reason})
}

// TestD15_CardPulledOutAtEachCommand pulls it out instead of its answer to SELECT, READ BINARY, VERIFY and the
// signature.
func TestD15_CardPulledOutAtEachCommand(t *testing.T) {
	w := shared(t)
	for name, ins := range map[string]int{"select": 0xA4, "read": 0xB0, "verify": 0x20, "sign": 0x2A} {
		t.Run(name, func(t *testing.T) {
			script := resident.RefusedCard("tsuji")
			script.At["PlaceCard"] = [][]resident.Act{{
				{Fault: &resident.Fault{Part: "reader", Fault: map[string]any{"do": "remove", "ins": ins}}}, {Insert: "tsuji"},
			}}
			script.At["Refused"] = [][]resident.Act{{{Touch: "acknowledge"}}}
			r := w.visit(t, &visitor{script: script})
			if !refusedFor(r, "CardRemovedTooEarly") || r.Met("Holder") {
				t.Errorf("refusals %v, passed %v", r.Refusals, r.Passed())
			}
		})
	}
	w.fine(t)
}

// TestS10_NoLieOfTheResponderOpensTheWay: whatever the validation says that is not a fresh, signed "good" about this
// certificate, the visit ends without a holder line. All its lies are tested in internal/office/jpki; here are two, as
// the breaker of the centre opens after some more.
func TestS10_NoLieOfTheResponderOpensTheWay(t *testing.T) {
	w := shared(t)
	for _, play := range []string{"stale", "other-signer"} {
		t.Run(play, func(t *testing.T) {
			id := w.fault(t, "ocsp", map[string]string{"play": play})
			r := w.visit(t, &visitor{script: resident.RefusedCard("kaku")})
			w.repair(t, id)
			if !refusedFor(r, "ValidationUnreachable") || !r.Met("EnterPIN") || r.Met("Holder") {
				t.Errorf("refusals %v, passed %v", r.Refusals, r.Passed())
			}
		})
	}
	w.fine(t)
}

// TestX09_D03_ThisIsNotMeStopsTheKioskUntilTheServiceComes: no start and no clerk of the shop brings it back.
func TestX09_D03_ThisIsNotMeStopsTheKioskUntilTheServiceComes(t *testing.T) {
	w := shared(t)
	v := &visitor{script: resident.NotMe("tsuji"), ends: "OutOfService"}
	r := w.visit(t, v)
	if !refusedFor(r, "NotMe") || r.Met("SelectCertificate") {
		t.Errorf("refusals %v, passed %v", r.Refusals, r.Passed())
	}
	for range 2 {
		boot := w.scene(t).Boot
		w.power(t, "kioskd", "kill")
		if s := w.restarted(t, boot); s.Session != "OutOfService" {
			t.Errorf("a start brought it back: %s", s.Session)
		}
	}
	if ended := w.turn(t, "clerk"); len(ended) != 0 || w.scene(t).Session != "OutOfService" {
		t.Errorf("a clerk's key ended %q: %s", ended, w.scene(t).Session)
	}
	if ended := w.turn(t, "service"); !slices.Equal(ended, []string{"stop"}) {
		t.Errorf("the service key ended %q", ended)
	}
	w.await(t, "service", func(s scene) bool { return s.Session == "Attract" })
	w.fine(t)
}

// japanese is a text without the marks at which it may be broken: the tree has none.
func japanese(t *testing.T, id string) string {
	t.Helper()
	all, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := all.Localizer(domain.Japanese).Text(locales.New(id))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(text, "\u200b", "")
}
