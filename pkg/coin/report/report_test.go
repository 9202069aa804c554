package report

import (
	"slices"
	"testing"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
	"github.com/kioskd/kioskd/pkg/coin/change"
)

// unit is a slow, obvious acceptor: it remembers every coin that was ever put in.
type unit struct {
	cctalk.AcceptorState
	coins []int
}

func (u *unit) note(s cctalk.Slot) {
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
		known := u.AcceptorState
		credited, at := 0, 0
		for _, step := range script {
			switch step % 10 {
			case 0, 1, 2, 3:
				u.note(cctalk.Slot{Yen: change.Kind(step % 10).Yen(), Type: 1 + step%10})
			case 4:
				u.note(cctalk.Slot{Code: codeOf(step)})
			case 5:
				u.Event, u.Slots = 0, [cctalk.SlotCount]cctalk.Slot{}
			default:
				got := ResolveDeposit(known, u.AcceptorState)
				fresh := u.coins[at:]
				if got.Coins.Pieces() > len(fresh) || got.Coins.Pieces()+got.Unknown != len(fresh) || !got.Known {
					t.Fatalf("put in %v, told %+v", fresh, got)
				}
				if got.Unknown == 0 && got.Coins.Total() != total(fresh) {
					t.Fatalf("put in %v, told %v", fresh, got.Coins)
				}
				credited += got.Coins.Total()
				known, at = u.AcceptorState, len(u.coins)
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

func TestACoinThatWentInAndNotOutIsUnknown(t *testing.T) {
	at := func(inside cctalk.Inside) cctalk.AcceptorState {
		return cctalk.AcceptorState{Serial: 1, Event: 3, Accepts: 9, Inside: inside}
	}
	told := func(n uint32) cctalk.Inside { return cctalk.Inside{Coins: n, Known: true} }
	for _, c := range []struct {
		before, after cctalk.Inside
		want          int
	}{
		{told(4), told(4), 0},
		{told(4), told(6), 2},
		{told(4), told(3), 0},
		{told(0xFFFFFF), told(0), 1},
		{cctalk.Inside{}, told(6), 0},
		{told(4), cctalk.Inside{Coins: 6}, 0},
	} {
		got := ResolveDeposit(at(c.before), at(c.after))
		if !got.Known || got.Unknown != c.want || (len(got.Doubts) == 1) != (c.want > 0) {
			t.Errorf("%v then %v: %+v", c.before, c.after, got)
		}
	}
}

func TestAReplacedUnitIsNotBelieved(t *testing.T) {
	a, b := cctalk.AcceptorState{Serial: 1, Event: 3, Accepts: 9}, cctalk.AcceptorState{Serial: 2, Event: 3, Accepts: 9}
	if got := ResolveDeposit(a, b); got.Known {
		t.Errorf("another acceptor: %+v", got)
	}
	uncounted := cctalk.AcceptorState{Serial: 1, Event: 4, Slots: [cctalk.SlotCount]cctalk.Slot{{Yen: 10}}, Accepts: 9}
	if got := ResolveDeposit(a, uncounted); got.Known {
		t.Errorf("a credit without an accepted coin: %+v", got)
	}
	plan := change.Count{3, 0, 0, 0}
	before := Counters{}
	for name, h := range map[string]cctalk.HopperState{
		"another hopper":             {Serial: 7, Event: 1, Dispensed: 3},
		"more than planned":          {Event: 1, Dispensed: 4},
		"commanded by somebody else": {Event: 9, Dispensed: 3},
		"counted backwards":          {Event: 1, Dispensed: 0xFFFFFF},
	} {
		after := Counters{}
		after.Hoppers[change.Ten] = h
		if got := ResolvePayout(before, after, plan); got.Known {
			t.Errorf("%s: %+v", name, got)
		}
	}
	after := Counters{}
	after.Hoppers[change.Ten] = cctalk.HopperState{Event: 1, Dispensed: 2, Remaining: 1}
	if got := ResolvePayout(before, after, plan); !got.Known || !got.Paying || got.Paid != (change.Count{2, 0, 0, 0}) {
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
		events := EventsOf(cctalk.Slot{Code: c})
		if len(events) == 0 {
			t.Fatalf("code %d means nothing", code)
		}
		if got := len(doubtOf(cctalk.Slot{Code: c})) == 1; got != slices.Contains(doubtful, c) {
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
	if EventsOf(cctalk.Slot{}) != nil {
		t.Error("the dummy event means something")
	}
}

// TestX02_ADoubtThatNobodyWroteDownIsFoundAgain: the program died between the report and its own note of it.
func TestX02_ADoubtThatNobodyWroteDownIsFoundAgain(t *testing.T) {
	begin := func() *unit {
		u := &unit{}
		u.note(cctalk.Slot{Yen: 100, Type: 3})
		return u
	}
	for name, c := range map[string]struct {
		since []cctalk.Slot
		want  []Doubtful
	}{
		"nothing":          {nil, nil},
		"a coin":           {[]cctalk.Slot{{Yen: 100, Type: 3}}, nil},
		"a coin came back": {[]cctalk.Slot{{Code: 1}, {Code: 130}}, nil},
		"coin on a string": {[]cctalk.Slot{{Yen: 100, Type: 3}, {Code: 20}, {Code: 1}}, []Doubtful{{DoubtCode, 20, 0}}},
		"two":              {[]cctalk.Slot{{Code: 16}, {Code: 39}}, []Doubtful{{DoubtCode, 16, 0}, {DoubtCode, 39, 0}}},
		"a type not ours":  {[]cctalk.Slot{{Type: 9}}, []Doubtful{{Reason: DoubtType, Code: 9}}},
		"it fell out": {
			[]cctalk.Slot{{Code: 20}, {Code: 1}, {Code: 1}, {Code: 1}, {Code: 1}, {Code: 1}}, []Doubtful{{DoubtLost, 0, 1}},
		},
	} {
		u := begin()
		before := u.AcceptorState
		for _, s := range c.since {
			u.note(s)
		}
		if got := ResolveDeposit(before, u.AcceptorState).Doubts; !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if got := ResolveDeposit(u.AcceptorState, u.AcceptorState).Doubts; got != nil {
			t.Errorf("%s: told again once it was written down: %+v", name, got)
		}
	}
}
