//go:build judge

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

func TestWrongPINThenTheRightOne(t *testing.T) {
	w := shared(t)
	r := w.play(t, resident.WrongPIN("hanako", 1))
	if !r.Met("Confirm") || r.Outcome != "nothing" {
		t.Errorf("%v, %s", r.Passed(), r.Outcome)
	}
}

func TestThirdWrongPINBlocks(t *testing.T) {
	w := shared(t)
	r := w.play(t, resident.WrongPIN("yoshida", 3))
	if !slices.Contains(r.Refusals, "PINBlocked") || !r.Met("LastTry") || r.Met("Holder") {
		t.Errorf("%v, %v", r.Passed(), r.Refusals)
	}
}

func TestD15_EachCardSaysItsOwnReason(t *testing.T) {
	w := shared(t)
	for card, reason := range map[string]string{
		"other": "NotMyNumberCard", "juki": "JukiCardEnded", "expired": "CertExpired", "revoked": "CertRevoked",
		"blocked": "PINBlocked",
	} {
		t.Run(card, func(t *testing.T) {
			r := w.play(t, resident.RefusedCard(card))
			if !slices.Equal(slices.Compact(r.Refusals), []string{reason}) || r.Met("Confirm") {
				t.Errorf("refusals %v, passed %v", r.Refusals, r.Passed())
			}
		})
	}
}

// TestD15_CardTakenAway: before the signature the visit is over and the reason is said; after it the card is not
// needed.
func TestD15_CardTakenAway(t *testing.T) {
	w := shared(t)
	w.oneTry(t)
	for state, card := range map[string]string{
		"ReadingCard": "hanako", "EnterPIN": "hanako", "LastTry": "last-try", "Authenticating": "hanako",
	} {
		t.Run(state, func(t *testing.T) {
			script := resident.RemoveAt(card, state)
			after := state == "Authenticating"
			if after {
				script.At[state] = nil
			}
			signed := w.devices(t).Reader.Signatures
			v := &visitor{script: script}
			v.tree = func(s resident.State, _ map[string]node) {
				if after && s.Session == state {
					w.await(t, "the signature", func(scene) bool { return w.devices(t).Reader.Signatures > signed })
					w.post(t, "/api/card/remove", map[string]string{})
				}
			}
			r := w.visit(t, v)
			switch {
			case after && (len(r.Refusals) != 0 || !r.Met("Holder") || !r.Met("Confirm")):
				t.Errorf("the card had signed, and yet: refusals %v, passed %v", r.Refusals, r.Passed())
			case !after && (!refusedFor(r, "CardRemovedTooEarly") || !r.Met(state) || r.Met("Holder")):
				t.Errorf("refusals %v, passed %v", r.Refusals, r.Passed())
			}
			if made := w.devices(t).Reader.Signatures - signed; after != (made == 1) {
				t.Errorf("the card signed %d times", made)
			}
		})
	}
	if left := w.tries(t, "last-try"); left != 1 {
		t.Errorf("%d tries left on the card with one try: taking it away costs none", left)
	}
}

func TestCancelAtEachScreen(t *testing.T) {
	w := shared(t)
	for _, state := range []string{
		"Consent", "Language", "Scope", "PlaceCard", "EnterPIN", "Holder", "SelectCertificate", "SelectDetails", "Copies",
	} {
		t.Run(state, func(t *testing.T) {
			r := w.play(t, resident.CancelAt("tsuji", state))
			if !r.Met(state) || r.Outcome != "nothing" && r.Outcome != "" {
				t.Errorf("%v, %s", r.Passed(), r.Outcome)
			}
			w.post(t, "/api/card/remove", map[string]string{})
		})
	}
}

func TestD11_CancelWhilePayingGivesTheSameCoinsBack(t *testing.T) {
	w := shared(t)
	s := resident.Self("hanako", 100, 50)
	cancel := []resident.Act{{Touch: "cancel"}, {Touch: "cancel_yes"}}
	s.At["Pay"] = [][]resident.Act{append(s.At["Pay"][0], cancel...)}
	r := w.play(t, s)
	if r.YenIn != 150 || r.YenBack != 150 || r.Outcome != "refunded" || len(r.Sheets) != 0 {
		t.Errorf("in %d, back %d, %s, %d sheets", r.YenIn, r.YenBack, r.Outcome, len(r.Sheets))
	}
}

func TestExactMoney(t *testing.T) {
	w := shared(t)
	r := w.play(t, resident.Self("hanako", 100, 100))
	if r.YenBack != 0 || r.Outcome != "printed_paid" || len(r.Sheets) != 1 {
		t.Errorf("back %d, %s, %d sheets", r.YenBack, r.Outcome, len(r.Sheets))
	}
}

func TestHouseholdOfSixTakesTwoSheets(t *testing.T) {
	w := shared(t)
	r := w.play(t, resident.Household("omori", 500))
	if r.Outcome != "printed_paid" || len(r.Sheets) != 2 || r.YenBack != 300 {
		t.Errorf("%s, %d sheets, back %d", r.Outcome, len(r.Sheets), r.YenBack)
	}
}

func TestS10_ServersDownAreSaidAndTheNextVisitIsFine(t *testing.T) {
	w := shared(t)
	for what, reasons := range map[string][]string{
		"centerd": {"CenterUnreachable"}, "issuerd": {"ServerUnreachable", "CenterUnreachable", "DeadlinePassed"},
		"ocsp": {"ValidationUnreachable", "CenterUnreachable"},
	} {
		for _, do := range [][2]string{{"off", "on"}, {"freeze", "thaw"}} {
			t.Run(what+"_"+do[0], func(t *testing.T) {
				w.power(t, what, do[0])
				r := w.play(t, resident.RefusedCard("hanako"))
				w.power(t, what, do[1])
				if all := slices.Compact(r.Refusals); len(all) != 1 || !slices.Contains(reasons, all[0]) {
					t.Errorf("refusals %v, want one of %v", r.Refusals, reasons)
				}
				w.fine(t)
			})
		}
	}
}

// fine tries visits until a server that was away is found again.
func (w *world) fine(t *testing.T) {
	t.Helper()
	var last resident.Result
	for range 6 {
		if last = w.play(t, resident.ToConfirm("kaku")); last.Met("Confirm") {
			return
		}
	}
	t.Errorf("no visit is fine any more: %v", last.Refusals)
}

func TestX24_LogsHoldNoPINAndNoName(t *testing.T) {
	w := shared(t)
	w.play(t, resident.Self("omori", 100, 100)) // so that there is something that a log could hold
	found, err := filepath.Glob(filepath.Join(w.dir, "log", "*.log"))
	if err != nil || len(found) < 3 {
		t.Fatalf("%v, %v", found, err)
	}
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, needle := range []string{"\"1234\"", "31323334", "花子", "ミホン", "大森"} {
			if bytes.Contains(text, []byte(needle)) {
				t.Errorf("%s holds %s", filepath.Base(path), needle)
			}
		}
	}
}
