package coin

import (
	"slices"
	"testing"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// unit is a slow, obvious acceptor: it remembers every coin that was ever put in.
type unit struct {
	Acceptor
	coins []int
}

func (u *unit) note(s Slot) {
	u.Event = cctalk.NextEvent(u.Event)
	copy(u.Slots[1:], u.Slots[:cctalk.SlotCount-1])
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
				u.note(Slot{Yen: Kind(step % 10).Yen(), Type: 1 + step%10})
			case 4:
				u.note(Slot{Code: codeOf(step)})
			case 5:
				u.Event, u.Slots = 0, [cctalk.SlotCount]Slot{}
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
	uncounted := Acceptor{Serial: 1, Event: 4, Slots: [cctalk.SlotCount]Slot{{Yen: 10}}, Accepts: 9}
	if got := ResolveDeposit(a, uncounted); got.Known {
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

// doubtful and back are codes by the column "coin rejected" of the table of header 229, as makers' drivers print it.
var (
	doubtful = []byte{6, 7, 14, 16, 17, 18, 19, 20, 21, 23, 27, 28, 29, 31, 36, 39, 40}
	back     = []byte{1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 22, 24, 25, 33, 37, 38, 128, 159}
)

func TestEveryEventCodeMeansOneThing(t *testing.T) {
	for code := 1; code <= 255; code++ {
		c := byte(code)
		events := eventsOf(Slot{Code: c})
		if len(events) == 0 {
			t.Fatalf("code %d means nothing", code)
		}
		if got := len(doubtOf(Slot{Code: c})) == 1; got != slices.Contains(doubtful, c) {
			t.Errorf("code %d is in doubt: %v", code, got)
		}
		_, isBack := events[0].(Rejected)
		if slices.Contains(back, c) && (!isBack || len(events) > 1) {
			t.Errorf("code %d is not a coin that came back: %v", code, events)
		}
		if isBack && slices.Contains(doubtful, c) {
			t.Errorf("code %d is in doubt and came back", code)
		}
	}
	if eventsOf(Slot{}) != nil {
		t.Error("the dummy event means something")
	}
}

// TestX02_ADoubtThatNobodyWroteDownIsFoundAgain: the program died between the report and its own note of it.
func TestX02_ADoubtThatNobodyWroteDownIsFoundAgain(t *testing.T) {
	begin := func() *unit {
		u := &unit{}
		u.note(Slot{Yen: 100, Type: 3})
		return u
	}
	for name, c := range map[string]struct {
		since []Slot
		want  []Doubtful
	}{
		"nothing":          {nil, nil},
		"a coin":           {[]Slot{{Yen: 100, Type: 3}}, nil},
		"a coin came back": {[]Slot{{Code: 1}, {Code: 130}}, nil},
		"coin on a string": {[]Slot{{Yen: 100, Type: 3}, {Code: 20}, {Code: 1}}, []Doubtful{{Reason: DoubtCode, Code: 20}}},
		"two":              {[]Slot{{Code: 16}, {Code: 39}}, []Doubtful{{DoubtCode, 16, 0}, {DoubtCode, 39, 0}}},
		"a type not ours":  {[]Slot{{Type: 9}}, []Doubtful{{Reason: DoubtType, Code: 9}}},
		"it fell out": {
			[]Slot{{Code: 20}, {Code: 1}, {Code: 1}, {Code: 1}, {Code: 1}, {Code: 1}}, []Doubtful{{DoubtLost, 0, 1}},
		},
	} {
		u := begin()
		before := u.Acceptor
		for _, s := range c.since {
			u.note(s)
		}
		if got := ResolveDeposit(before, u.Acceptor).Doubts; !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if got := ResolveDeposit(u.Acceptor, u.Acceptor).Doubts; got != nil {
			t.Errorf("%s: told again once it was written down: %+v", name, got)
		}
	}
}
