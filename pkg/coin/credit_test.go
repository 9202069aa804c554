package coin

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCounterExamplesOfTheSpecification(t *testing.T) {
	for _, c := range []struct {
		now, last byte
		fresh     int
		lost      int
		reset     bool
	}{
		{now: 23, last: 23},
		{now: 104, last: 102, fresh: 2},
		{now: 1, last: 255, fresh: 1},
		{now: 3, last: 253, fresh: 5},
		{now: 54, last: 48, fresh: 5, lost: 1},
		{now: 0, last: 67, reset: true},
		{now: 0, last: 0},
		{now: 2, last: 0, fresh: 2},
		{now: 255, last: 254, fresh: 1},
	} {
		got := newsSince(c.last, Acceptor{Event: c.now})
		if len(got.slots) != c.fresh || got.lost != c.lost || got.reset != c.reset {
			t.Errorf("now %d, last %d: %d new, %d lost, reset %v", c.now, c.last, len(got.slots), got.lost, got.reset)
		}
	}
}

func TestNewsComeOldestFirst(t *testing.T) {
	now := Acceptor{Event: 7, Slots: [slotCount]Slot{{Yen: 10}, {Code: 14}, {Yen: 500}, {Yen: 50}}}
	want := []Slot{{Yen: 500}, {Code: 14}, {Yen: 10}}
	if d := cmp.Diff(want, newsSince(4, now).slots); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([slotCount]Slot{{Yen: 500}, {Yen: 50}}, now.asOf(2).Slots); d != "" {
		t.Error(d)
	}
	if e := (Acceptor{Event: 1}).asOf(2).Event; e != 254 {
		t.Errorf("two events before 1 the counter was %d", e)
	}
}

// unit is a slow, obvious acceptor: it remembers every coin that was ever put in.
type unit struct {
	Acceptor
	coins []int
}

func (u *unit) note(s Slot) {
	u.Event = nextEvent(u.Event)
	copy(u.Slots[1:], u.Slots[:slotCount-1])
	u.Slots[0] = s
	if s.Yen > 0 {
		u.coins = append(u.coins, s.Yen)
		u.Accepts = (u.Accepts + 1) & 0xFFFFFF
	}
}

// FuzzCredits plays any order of coins, other events, power losses and readings: no coin is credited twice or with a
// worth that was not put in, and whatever was missed is seen in the count of accepted coins.
func FuzzCredits(f *testing.F) {
	f.Add([]byte{0, 1, 9, 2, 3, 9})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 9, 4, 9, 5, 0, 9})
	f.Add([]byte{9, 5, 0, 1, 9, 0, 5, 9, 9, 4})
	f.Fuzz(func(t *testing.T, script []byte) {
		var u unit
		u.Accepts = 0xFFFFFE // so that it wraps
		known := u.Acceptor
		credited, at := 0, 0
		for _, step := range script {
			switch step % 10 {
			case 0, 1, 2, 3:
				u.note(Slot{Yen: kindYen[step%10], Type: 1 + step%10})
			case 4:
				u.note(Slot{Code: codeOf(step)})
			case 5:
				u.Event, u.Slots = 0, [slotCount]Slot{}
			default:
				got := ResolveDeposit(known, u.Acceptor)
				fresh := u.coins[at:]
				if got.Coins.Pieces() > len(fresh) || got.Coins.Pieces()+got.Unknown != len(fresh) || !got.Known {
					t.Fatalf("put in %v, told %+v", fresh, got)
				}
				if got.Unknown == 0 && got.Coins.Total() != total(fresh) {
					t.Fatalf("put in %v, told %v", fresh, got.Coins)
				}
				credited += got.Coins.Total()
				known, at = u.Acceptor, len(u.coins)
			}
		}
		if credited > total(u.coins) {
			t.Fatalf("credited %d of %d", credited, total(u.coins))
		}
	})
}

func codeOf(step byte) byte { return max(step, 1) }

func total(yen []int) (sum int) {
	for _, y := range yen {
		sum += y
	}
	return sum
}

func TestAReplacedUnitIsNotBelieved(t *testing.T) {
	a, b := Acceptor{Serial: 1, Event: 3, Accepts: 9}, Acceptor{Serial: 2, Event: 3, Accepts: 9}
	if got := ResolveDeposit(a, b); got.Known {
		t.Errorf("another acceptor: %+v", got)
	}
	if got := ResolveDeposit(a, Acceptor{Serial: 1, Event: 4, Slots: [slotCount]Slot{{Yen: 10}}, Accepts: 9}); got.Known {
		t.Errorf("a credit without an accepted coin: %+v", got)
	}
	plan := Count{3, 0, 0, 0}
	before := Counters{}
	for name, h := range map[string]Hopper{
		"another hopper":             {Serial: 7, Event: 1, Dispensed: 3},
		"more than planned":          {Event: 1, Dispensed: 4},
		"commanded by somebody else": {Event: 9, Dispensed: 3},
		"counted backwards":          {Event: 1, Dispensed: 0xFFFFFF},
	} {
		after := Counters{}
		after.Hoppers[Ten] = h
		if got := ResolvePayout(before, after, plan); got.Known {
			t.Errorf("%s: %+v", name, got)
		}
	}
	after := Counters{}
	after.Hoppers[Ten] = Hopper{Event: 1, Dispensed: 2, Remaining: 1}
	if got := ResolvePayout(before, after, plan); !got.Known || !got.Paying || got.Paid != (Count{2, 0, 0, 0}) {
		t.Errorf("still paying: %+v", got)
	}
}

func TestEveryEventCodeMeansOneThing(t *testing.T) {
	doubtful, back := map[byte]bool{}, map[byte]bool{}
	for code := 1; code <= 255; code++ {
		e := eventOf(Slot{Code: byte(code)})
		if e == nil {
			t.Fatalf("code %d means nothing", code)
		}
		doubtful[byte(code)] = inDoubt(e)
		_, back[byte(code)] = e.(Rejected)
	}
	for _, c := range []byte{6, 14, 16, 17, 18, 20, 23, 36, 39} {
		if !doubtful[c] {
			t.Errorf("code %d does not stop the deposit", c)
		}
	}
	for _, c := range []byte{1, 2, 3, 8, 24, 25, 128, 159} {
		if !back[c] || doubtful[c] {
			t.Errorf("code %d is not a coin that came back", c)
		}
	}
	if eventOf(Slot{}) != nil {
		t.Error("the dummy event means something")
	}
}
