//go:build judge

package e2e

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// pays lets a person go the whole way, with a look at the pay screen on the way.
func (w *world) pays(t *testing.T, s resident.Script, look func(map[string]node)) resident.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s.Patience = patience
	r, err := resident.Run(ctx, w.desk, s, resident.Watch{Arrived: func(s resident.State) error {
		if s.Session == "Pay" {
			w.await(t, "the slot", func(s scene) bool { return s.Money.Accepting })
			look(w.panel(t, s))
		}
		return nil
	}})
	if err != nil {
		t.Fatalf("%v\npassed %v, refusals %v\n%s", err, r.Passed(), r.Refusals, w.log(t))
	}
	return r
}

// rejected drops a coin that shall come back: the tray gives it, and nothing is credited.
func (w *world) rejected(t *testing.T, yen int) {
	t.Helper()
	before := w.await(t, "quiet", func(s scene) bool { return len(s.Devices.Coin.Flying) == 0 })
	w.post(t, "/api/coin/insert", map[string]int{"yen": yen})
	back := before.Devices.Coin.Return.plus(coins{yen: 1})
	s := w.await(t, "the coin in the return tray", func(s scene) bool {
		return maps.Equal(s.Devices.Coin.Return, back) && len(s.Devices.Coin.Flying) == 0
	})
	if s.Money.Inserted != before.Money.Inserted || !maps.Equal(s.Devices.Coin.Escrow, before.Devices.Coin.Escrow) {
		t.Errorf("¥%d was credited: %+v", yen, s.Money)
	}
	var taken struct{ Yen int }
	w.call(t, "POST", "/api/coin/take", nil, &taken)
	if taken.Yen != yen {
		t.Errorf("the tray gave ¥%d, not the coin of ¥%d", taken.Yen, yen)
	}
}

// TestNotEnoughChangeIsSaidBeforeACoinIsTaken: the hoppers hold 8 coins, fewer than any change may need.
func TestNotEnoughChangeIsSaidBeforeACoinIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "-hoppers", "8,0,0,0")
	said := false
	s := resident.Self("hanako", 100, 50, 50)
	r := w.pays(t, s, func(n map[string]node) {
		said = n["coins"].says(japanese(t, "pay.exact"))
		if in := w.scene(t).Money.Inserted; in != 0 {
			t.Errorf("¥%d were in before it was said", in)
		}
		w.rejected(t, 500)
	})
	if !said || r.Outcome != "printed_paid" || len(r.Sheets) != 1 || r.YenBack != 0 {
		t.Errorf("said %v, %s, %d sheets, ¥%d back", said, r.Outcome, len(r.Sheets), r.YenBack)
	}
	// A coin that leads above the price by less than ¥500 comes back too: ¥150 and ¥100 would be ¥250.
	r = w.pays(t, resident.Self("tsuji", 50), func(map[string]node) {
		for _, yen := range []int{100, 50} {
			w.post(t, "/api/coin/insert", map[string]int{"yen": yen})
		}
		w.await(t, "the coins", func(s scene) bool { return s.Money.Inserted == 150 })
		w.rejected(t, 100)
	})
	if r.Outcome != "printed_paid" || r.YenBack != 0 {
		t.Errorf("%s, ¥%d back", r.Outcome, r.YenBack)
	}
	b := w.books(t)
	kill9.count(t, 0, w.moneyAgrees(b, w.scene(t).Devices.Coin), nil)
	if b.revenue != 2*price || b.owed != 0 {
		t.Errorf("revenue ¥%d, owed ¥%d", b.revenue, b.owed)
	}
}

// TestEnoughChangeIsNotDenied is the control: with full hoppers nothing of it is said, and ¥500 are taken.
func TestEnoughChangeIsNotDenied(t *testing.T) {
	w := shared(t)
	r := w.pays(t, resident.Self("hanako", 500), func(n map[string]node) {
		if n["coins"].says(japanese(t, "pay.exact")) || !n["coins"].says(japanese(t, "pay.safe")) {
			t.Errorf("the screen says %+v", n["coins"])
		}
	})
	if r.Outcome != "printed_paid" || r.YenBack != 300 {
		t.Errorf("%s, ¥%d back", r.Outcome, r.YenBack)
	}
}

// TestX04_HopperThatIsJammedIsFoundBeforeThePrint: its change cannot be paid, so the same coin comes back, and the
// reason is said. Exact money needs no hopper.
func TestX04_HopperThatIsJammedIsFoundBeforeThePrint(t *testing.T) {
	w := shared(t)
	fault := w.fault(t, "coin", map[string]any{"do": "jammed-hopper", "yen": 100})
	before := w.devices(t).acts()
	s := resident.Self("hanako", 500)
	s.At["Refused"] = [][]resident.Act{{{TakeCoins: true}, {Touch: "acknowledge"}}}
	r := w.play(t, s)
	if !refusedFor(r, "ChangeUnavailable") || r.Outcome != "refunded" || r.YenBack != 500 || len(r.Sheets) != 0 {
		t.Errorf("refusals %v, %s, ¥%d back, %d sheets", r.Refusals, r.Outcome, r.YenBack, len(r.Sheets))
	}
	if after := w.devices(t).acts(); after.Payouts != before.Payouts || after.Jobs != before.Jobs {
		t.Errorf("acts were %+v, now %+v", before, after)
	}
	r = w.play(t, resident.Self("hanako", 100, 100))
	w.repair(t, fault)
	if r.Outcome != "printed_paid" || len(r.Sheets) != 1 {
		t.Errorf("exact money: %s, %d sheets", r.Outcome, len(r.Sheets))
	}
}

// TestX04_ChangeThatJamsIsOwedAndRefunded: the hopper was fine when it was tested, and gives only one coin of three.
// The sheet is earned, the rest of the change is owed to the yen, and a clerk is called, who frees the hopper, opens
// the machine, finds the slip on its screen and has the hoppers pay it. It is paid once.
func TestX04_ChangeThatJamsIsOwedAndRefunded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	jam := w.fault(t, "coin", map[string]any{"do": "jam-hopper", "yen": 100, "after": 1})
	r := w.visit(t, &visitor{script: resident.Self("hanako", 500), ends: "OutOfService"})
	b := w.books(t)
	kill9.count(t, 0, w.moneyAgrees(b, w.scene(t).Devices.Coin), nil)
	if !slices.Equal(b.outcomes, []string{"owed"}) || b.revenue != price || b.owed != 200 || r.YenBack != 100 {
		t.Errorf("outcomes %q, revenue ¥%d, owed ¥%d, back ¥%d", b.outcomes, b.revenue, b.owed, r.YenBack)
	}
	if len(b.slips) != 1 {
		t.Fatalf("slips %q", b.slips)
	}
	w.repair(t, jam)
	w.power(t, "kioskd", "on") // the books are read beside a kiosk that stands still
	w.await(t, "the next start", func(s scene) bool { return s.Kioskd == "running" && s.Session == "OutOfService" })
	w.post(t, "/api/staff", map[string]string{"key": "clerk", "says": "open"})
	w.await(t, "the clerk's screen", func(s scene) bool { return s.Session == "Maintenance" })
	if screen := w.panel(t, w.state(t)); !screen[""].says(b.slips[0]) {
		t.Errorf("the screen does not list %s: %+v", b.slips[0], screen[""])
	}
	tray := w.scene(t).Devices.Coin.Return.total()
	var paid struct{ Paid, Left int }
	ask := map[string]any{"key": "clerk", "slip": b.slips[0], "staff": []string{"s1", "s2"}, "from": "machine"}
	w.call(t, http.MethodPost, "/api/refund", ask, &paid)
	if paid.Paid != 200 || paid.Left != 0 || w.scene(t).Devices.Coin.Return.total() != tray+200 {
		t.Errorf("paid ¥%d, ¥%d left, tray %v, ¥%d before", paid.Paid, paid.Left, w.scene(t).Devices.Coin.Return, tray)
	}
	before := w.devices(t).acts().Payouts
	if code, body := w.try(t, http.MethodPost, "/api/refund", ask); code != http.StatusConflict {
		t.Errorf("paid twice: %d %s", code, body)
	}
	w.turn(t, "clerk")
	w.await(t, "service", func(s scene) bool { return s.Session == "Attract" })
	b = w.books(t)
	kill9.count(t, 0, w.moneyAgrees(b, w.scene(t).Devices.Coin), nil)
	if b.revenue != price || b.owed != 0 || w.devices(t).acts().Payouts != before {
		t.Errorf("revenue ¥%d, owed ¥%d, acts %q", b.revenue, b.owed, b.acts)
	}
}

// TestACoinThatTheAcceptorRejectsComesBack: one that is no money here, one of a kind that is not taken, and a good one
// that is worn.
func TestACoinThatTheAcceptorRejectsComesBack(t *testing.T) {
	w := shared(t)
	r := w.pays(t, resident.Self("hanako", 100, 100), func(n map[string]node) {
		if !n[""].says(japanese(t, "pay.coins")) {
			t.Errorf("the screen does not say which coins are taken: %+v", n[""])
		}
		for _, yen := range []int{1, 5} {
			w.rejected(t, yen)
		}
		w.fault(t, "coin", map[string]any{"do": "reject"})
		w.rejected(t, 100)
		if s := w.scene(t); s.Session != "Pay" || !s.Money.Accepting {
			t.Errorf("the visit does not go on: %s, accepting %v", s.Session, s.Money.Accepting)
		}
	})
	if r.Outcome != "printed_paid" || len(r.Sheets) != 1 || r.YenBack != 0 {
		t.Errorf("%s, %d sheets, ¥%d back", r.Outcome, len(r.Sheets), r.YenBack)
	}
}
