//go:build judge

package e2e

import (
	"net/http"
	"slices"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// twoCopies takes one more than is proposed.
func twoCopies(card string, coins ...int) resident.Script {
	s := resident.Self(card, coins...)
	s.At["Copies"] = [][]resident.Act{{{Touch: "copies.more"}, {Touch: "next"}}}
	return s
}

// TestX05_TwoCopiesAreTwoSheetsAndTwoPrices: each copy is a job of its own.
func TestX05_TwoCopiesAreTwoSheetsAndTwoPrices(t *testing.T) {
	w := shared(t)
	before := w.devices(t).acts()
	r := w.play(t, twoCopies("hanako", 500))
	after := w.devices(t).acts()
	if r.Outcome != "printed_paid" || len(r.Sheets) != 2 || r.YenBack != 100 {
		t.Errorf("%s, %d sheets, ¥%d back", r.Outcome, len(r.Sheets), r.YenBack)
	}
	if jobs, sent := after.Jobs-before.Jobs, after.Documents-before.Documents; jobs != 2 || sent != 2 {
		t.Errorf("%d jobs with %d documents", jobs, sent)
	}
}

// TestX12_TheHourInWhichNoClerkComes: the sheet stays in the tray, nobody is served, and a clerk ends it later.
func TestX12_TheHourInWhichNoClerkComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.leaves(t, resident.Self("hanako", 100, 100), "TakePaper", "StaffNeeded", nil)
	if !r.Met("TakePaper") {
		t.Errorf("passed %v", r.Passed())
	}
	const fast = 100 // an hour in 36 s; no countdown stands before it
	w.pace(t, fast)
	s := w.awaitFor(t, 2*patience, "the end of the hour", func(s scene) bool { return s.Session == "OutOfService" })
	w.pace(t, 1)
	if s.Outcome != "printed_paid" || s.Devices.Coin.Escrow.total() != 0 {
		t.Errorf("%s, escrow %v", s.Outcome, s.Devices.Coin.Escrow)
	}
	if sheets := len(s.Devices.Printer.Sheets); sheets != 1 {
		t.Errorf("%d sheets lie in the tray", sheets)
	}
	w.call(t, http.MethodPost, "/api/paper/take", nil, nil)
	if ended := w.turn(t, "clerk"); !slices.Contains(ended, "staff") {
		t.Errorf("the clerk's key ended %v", ended)
	}
	w.await(t, "service", func(s scene) bool { return s.Session == "Attract" })
	if r := w.play(t, resident.Self("tsuji", 100, 100)); r.Outcome != "printed_paid" {
		t.Errorf("the next person: %s, refusals %v", r.Outcome, r.Refusals)
	}
}

// TestTheCoinVendorGoesAwayAndComesBack: without power between two visits, and with its cable out for 3 s while
// somebody pays. The same kioskd goes on, and the same coin comes back.
func TestTheCoinVendorGoesAwayAndComesBack(t *testing.T) {
	w := shared(t)
	boot := w.scene(t).Boot
	w.power(t, "coin", "off")
	w.await(t, "no service", func(s scene) bool { return s.Session == "OutOfService" })
	w.power(t, "coin", "on")
	w.await(t, "service", func(s scene) bool { return s.Session == "Attract" })

	script := resident.Self("hanako")
	script.At["Refused"] = [][]resident.Act{{{TakeCoins: true}, {Touch: "acknowledge"}}}
	r := w.pays(t, script, func(map[string]node) {
		w.post(t, "/api/coin/insert", map[string]int{"yen": 100})
		w.await(t, "the coin", func(s scene) bool { return s.Money.Inserted == 100 })
		w.fault(t, "coin", map[string]any{"do": "unplug", "byte": 1, "ms": 3000})
		w.await(t, "the end of the payment", func(s scene) bool { return s.Session != "Pay" })
	})
	if r.Outcome != "refunded" || r.YenBack != 100 || len(r.Sheets) != 0 {
		t.Errorf("%s, ¥%d back, %d sheets, refusals %v", r.Outcome, r.YenBack, len(r.Sheets), r.Refusals)
	}
	w.await(t, "service after the payment", func(s scene) bool { return s.Session == "Attract" })
	if now := w.scene(t).Boot; now != boot {
		t.Error("kioskd began anew")
	}
	if r := w.play(t, resident.Self("hanako", 500)); r.Outcome != "printed_paid" || r.YenBack != 300 {
		t.Errorf("the next person: %s, ¥%d back", r.Outcome, r.YenBack)
	}
}
