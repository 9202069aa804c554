//go:build judge

package e2e

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/resident"
	"github.com/kioskd/kioskd/internal/terminal/journal"
)

// price is that of one 住民票の写し.
const price = 200

// killPoint is a moment at which kioskd is killed, and what must stand in the books afterwards.
type killPoint struct {
	coins  []int
	cancel bool                     // after the coins
	at     string                   // the session's state
	when   func(*testing.T, *world) // waits for the moment within the state; nil: at once

	outcomes []string // one of them
	serves   bool     // the kiosk comes back into service by itself; else the coins are offered, or a clerk is called
	comes    coming
}

// coming is what people do after the start.
type coming struct {
	reclaims bool // somebody takes the coins that are offered; else nobody is there, and a clerk comes
	next     bool // and then the next visit goes the whole way
}

// giveBack is the session's state in which coins are offered back.
const giveBack = "GiveBack"

// killPoints are the moments of a visit that has money or paper in it.
var killPoints = map[string]killPoint{
	"Pay without a coin": {at: "Pay", outcomes: []string{"nothing"}, serves: true},
	"Pay with a coin": {
		at: "Pay", when: coinIn(100, 100), coins: []int{100}, outcomes: []string{"owed"}, comes: coming{next: true},
	},
	"Pay while a coin falls": {
		at: "Pay", when: coinFalls(100), coins: []int{100}, outcomes: []string{"refunded"}, comes: coming{reclaims: true},
	},
	"Settling": {at: "Settling", coins: []int{500}, outcomes: []string{"refunded"}, comes: coming{reclaims: true}},
	"Printing": {
		at: "Printing", coins: []int{500}, outcomes: []string{"refunded", "owed"}, comes: coming{reclaims: true, next: true},
	},
	"Printing with the sheet out": {
		at: "Printing", coins: []int{100, 100}, when: sheetOut, outcomes: []string{"owed", "printed_paid"},
	},
	"GivingChange": {at: "GivingChange", coins: []int{500}, outcomes: []string{"owed"}},
	"GivingChange with a coin out": {
		at: "GivingChange", coins: []int{500}, when: changeOut, outcomes: []string{"owed", "printed_paid"},
	},
	"TakePaper": {at: "TakePaper", coins: []int{500}, outcomes: []string{"printed_paid"}},
	"Finish":    {at: "Finish", coins: []int{500}, outcomes: []string{"printed_paid"}, serves: true},
	"Returning": {at: "Returning", coins: []int{100, 50}, cancel: true, outcomes: []string{"owed", "refunded"}},
	"Returning with the coins out": {
		at: "Returning", coins: []int{100, 50}, cancel: true, when: coinsBack, outcomes: []string{"refunded"}, serves: true,
	},
}

func coinIn(yen, then int) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		coinFalls(yen)(t, w)
		w.await(t, "the coin", func(s scene) bool { return s.Money.Inserted == then })
	}
}

func coinFalls(yen int) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		w.await(t, "the slot", func(s scene) bool { return s.Money.Accepting })
		w.post(t, "/api/coin/insert", map[string]int{"yen": yen})
	}
}

func sheetOut(t *testing.T, w *world) {
	w.await(t, "the sheet", func(s scene) bool { return len(s.Devices.Printer.Sheets) > 0 })
}

func changeOut(t *testing.T, w *world) {
	w.await(t, "a coin of the change", func(s scene) bool { return s.Devices.Coin.Return.total() > 0 })
}

func coinsBack(t *testing.T, w *world) {
	w.await(t, "the coins", func(s scene) bool { return s.Devices.Coin.Return.total() == 150 })
}

// TestX01_R10_KillWithMoneyInsideLosesNothing kills kioskd at each of these moments and looks at machine and books.
// A world serves several moments, one after the other: a clerk brings the kiosk back each time.
func TestX01_R10_KillWithMoneyInsideLosesNothing(t *testing.T) {
	t.Parallel()
	const inOneWorld = 3
	for names := range slices.Chunk(slices.Sorted(maps.Keys(killPoints)), inOneWorld) {
		t.Run("world of "+names[0], func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for _, name := range names {
				if !t.Run(name, func(t *testing.T) { w.killAt(t, killPoints[name]) }) {
					return // the machine may be in any state
				}
			}
		})
	}
}

// killAt lets a person come as far as a moment and kills kioskd there.
func (w *world) killAt(t *testing.T, p killPoint) {
	t.Helper()
	script := resident.Self("hanako", p.coins...)
	switch {
	case p.at == "Pay":
		script.At["Pay"] = nil // the moment itself brings the coin
	case p.cancel:
		script.At["Pay"] = [][]resident.Act{{{Touch: "cancel"}, {Touch: "cancel_yes"}}}
	}
	script.Patience = patience
	before := w.devices(t)
	r, err := resident.Run(t.Context(), w.desk, script, resident.Watch{Arrived: func(s resident.State) error {
		if s.Session == "Pay" && p.cancel {
			for n := range p.coins {
				coinIn(p.coins[n], sum(p.coins[:n+1]))(t, w)
			}
		}
		if s.Session != p.at {
			return nil
		}
		if p.when != nil {
			p.when(t, w)
		}
		return errEnded
	}})
	if !errors.Is(err, errEnded) {
		body, lost := w.desk.Bytes(t.Context(), "/api/screen.json")
		t.Fatalf("never at %s: %v; passed %v, refusals %v\n%s %v\n%s",
			p.at, err, r.Passed(), r.Refusals, body, lost, w.log(t))
	}
	b := w.killed(t, before)
	if in := sum(p.coins); b.in != in {
		t.Errorf("¥%d went in, the books say ¥%d", in, b.in)
	}
	if w.found == giveBack && b.unproved("print") || (w.found == "Attract") != p.serves {
		t.Errorf("after a start it says %s", w.found)
	}
	b = w.comesBack(t, p.comes)
	if len(b.outcomes) == 0 || !slices.Contains(p.outcomes, b.outcomes[0]) {
		t.Errorf("outcome %q, want one of %q", b.outcomes, p.outcomes)
	}
}

// TestX01_R10_KillAtAnyMomentLosesNothing kills at random moments between Confirm and the last coin.
func TestX01_R10_KillAtAnyMomentLosesNothing(t *testing.T) {
	t.Parallel()
	seed := *kill9Seed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	random := rand.New(rand.NewPCG(seed, 1))
	const killsEach, span = 10, 13 * time.Second // two kills at each moment: the second strikes what recovers
	moments := make([]time.Duration, (*kill9Kills+1)/2)
	for i := range moments {
		moments[i] = time.Duration(random.Int64N(int64(span)))
	}
	t.Cleanup(func() { kill9.say(t, seed) })
	n := 0
	for moments := range slices.Chunk(moments, killsEach/2) {
		n++
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "-coin-rate="+strconv.Itoa(*kill9Rate))
			for _, moment := range moments {
				if !t.Run(moment.String(), func(t *testing.T) { w.killAfter(t, moment) }) {
					return
				}
			}
		})
	}
}

// killAfter kills kioskd some time after a person reached Confirm.
func (w *world) killAfter(t *testing.T, moment time.Duration) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	script := resident.Self("hanako", 500)
	script.Patience = patience
	before := w.devices(t)
	r, err := resident.Run(ctx, w.desk, script, resident.Watch{Arrived: func(s resident.State) error {
		if s.Session == "Confirm" {
			time.AfterFunc(moment, cancel)
		}
		return nil
	}})
	if err != nil && ctx.Err() == nil {
		t.Fatalf("%v; passed %v, refusals %v", err, r.Passed(), r.Refusals)
	}
	w.killed(t, before)
	t.Logf("after %v", r.Passed()[max(0, len(r.Passed())-1):])
	w.comesBack(t, coming{reclaims: moment%2 == 0})
}

func sum(all []int) (total int) {
	for _, n := range all {
		total += n
	}
	return total
}

// killed kills kioskd, lets it start, kills it again, and holds the books against the machine. Nothing that recovery
// does may move a coin or a sheet. It gives what the books gained by this visit, and leaves kioskd ended.
func (w *world) killed(t *testing.T, start seen) books {
	t.Helper()
	boot := w.scene(t).Boot
	w.power(t, "kioskd", "kill")
	before := w.devices(t).acts()
	first := w.restarted(t, boot)
	now := w.await(t, "the mechanics", func(s scene) bool {
		return len(s.Devices.Coin.Flying) == 0 && s.Devices.Printer.State == "idle"
	})
	w.power(t, "kioskd", "kill")
	after := w.devices(t)
	all := w.books(t)
	b := all.since(w.told)
	t.Logf("acts %q, outcomes %q, revenue ¥%d, owed ¥%d, due ¥%d, then %s", b.acts, b.outcomes, b.revenue, b.owed, b.due,
		first.Session)
	moved := after.acts()
	if onItsWay := moved.Documents == before.Documents+1 && moved.Documents <= moved.Jobs; onItsWay {
		before.Documents++ // its first bytes lay in the pipe when the process died
	}
	if moved != before {
		t.Errorf("the start moved something: acts were %+v, now %+v", before, moved)
	}
	held, sheets := now.Devices.Coin.Escrow, after.Printer.Sheets-start.Printer.Sheets
	switch {
	case (len(held) > 0 || b.owed > 0 || len(now.Devices.Printer.Sheets) > 0) && first.Session == "Attract":
		t.Errorf("in service with escrow %v, ¥%d owed, sheets %v", held, b.owed, now.Devices.Printer.Sheets)
	case first.Session == giveBack && (held.total() != b.due || b.due == 0 || sheets != 0):
		t.Errorf("coins are offered: escrow %v, due ¥%d, %d sheets", held, b.due, sheets)
	case b.owed > 0 && len(b.slips) != 1:
		t.Errorf("¥%d owed and slips %q", b.owed, b.slips)
	}
	kill9.count(t, 2, w.moneyAgrees(all, now.Devices.Coin), paperAgrees(b, sheets, after))
	w.found, w.first = first.Session, all
	return b
}

// restarted waits for a kioskd that is not the one of before, and for what it says when it has looked around.
func (w *world) restarted(t *testing.T, before string) scene {
	t.Helper()
	begins := []string{"Attract", "OutOfService", giveBack}
	s := w.await(t, "the start", func(s scene) bool {
		return s.Kioskd == "running" && s.Boot != before && slices.Contains(begins, s.Session)
	})
	for range 2 { // the first screen comes before the first fault
		s = w.after(t, s.Revision)
	}
	return s
}

// comesBack lets kioskd start once more: it says what it said after the first start. Coins that are offered go to
// somebody, or stay; a clerk turns the key where it does not serve by itself: what stayed in the escrow comes out into
// the clerk's hands, claims stay, and the kiosk serves again, which a next visit may prove. It gives what the books
// gained by all of it.
func (w *world) comesBack(t *testing.T, c coming) books {
	t.Helper()
	w.power(t, "kioskd", "on")
	s := w.restarted(t, "")
	if s.Session != w.found {
		t.Errorf("after one start it says %s, after another %s", w.found, s.Session)
	}
	held := s.Devices.Coin.Escrow
	w.call(t, http.MethodPost, "/api/coin/take", nil, nil) // the last person's
	w.call(t, http.MethodPost, "/api/paper/take", nil, nil)
	owed, staff, paid := w.first.owed-w.told.owed, held, 0
	switch {
	case s.Session == giveBack && c.reclaims:
		w.reclaim(t, held)
		staff = coins{}
	case s.Session == giveBack:
		w.pace(t, hurried)
		w.await(t, "the end of the offer", func(s scene) bool { return s.Session == "SlipWaits" })
		owed = held.total()
		w.clerk(t, held)
		w.pace(t, 1)
	case s.Session == "OutOfService":
		w.clerk(t, held)
	}
	if c.next {
		r := w.play(t, resident.Self("tsuji", 100, 100))
		if paid = price; r.Outcome != "printed_paid" || len(r.Sheets) != 1 || r.YenBack != 0 {
			t.Errorf("the next visit: %s, %d sheets, ¥%d back, refusals %v, passed %v\n%s", r.Outcome, len(r.Sheets), r.YenBack,
				r.Refusals, r.Passed(), w.log(t))
		}
	}
	all := w.books(t)
	b := all.since(w.told)
	kill9.count(t, 0, w.moneyAgrees(all, w.scene(t).Devices.Coin), nil)
	gained := all.accounts[journal.Staff].total() - w.first.accounts[journal.Staff].total()
	if b.owed != owed || all.revenue != w.first.revenue+paid || gained != staff.total() || b.due != 0 {
		t.Errorf("then ¥%d owed, not ¥%d; revenue ¥%d, was ¥%d; staff got ¥%d of %v; ¥%d due", b.owed, owed, all.revenue,
			w.first.revenue, gained, held, b.due)
	}
	w.told = all
	w.power(t, "kioskd", "on")
	w.await(t, "service", func(s scene) bool { return s.Kioskd == "running" && s.Session == "Attract" })
	return b
}

// reclaim takes the coins that the panel offers: the same ones.
func (w *world) reclaim(t *testing.T, held coins) {
	t.Helper()
	w.await(t, "the button", func(scene) bool { return w.desk.Touch(t.Context(), "escrow_reclaim") == nil })
	w.await(t, "the coins", func(s scene) bool { return maps.Equal(s.Devices.Coin.Return, held) })
	w.call(t, http.MethodPost, "/api/coin/take", nil, nil)
	free := w.await(t, "the end", func(s scene) bool { return s.Session == "Attract" || s.Session == "OutOfService" })
	for range 2 { // the first screen comes before a fault
		if free.Session == "Attract" {
			free = w.after(t, free.Revision)
		}
	}
	if free.Session == "OutOfService" { // a sheet was begun: a clerk looks into the tray
		w.clerk(t, coins{})
	}
}

// clerk turns the clerk's key and takes what lay in the escrow.
func (w *world) clerk(t *testing.T, held coins) {
	t.Helper()
	if ended := w.turn(t, "clerk"); len(ended) == 0 {
		t.Error("the clerk's key ended nothing")
	}
	w.await(t, "service", func(s scene) bool { return s.Session == "Attract" })
	var taken struct{ Coins coins }
	w.call(t, http.MethodPost, "/api/coin/take", nil, &taken)
	if !maps.Equal(taken.Coins, held) {
		t.Errorf("the clerk took %v, the escrow held %v", taken.Coins, held)
	}
}
