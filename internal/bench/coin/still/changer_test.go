package still

import (
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
)

func onChanger(t *testing.T, change func(*Options)) *rig {
	t.Helper()
	o := Defaults()
	o.Addresses.Changer = 55
	if change != nil {
		change(&o)
	}
	return start(t, o)
}

func TestAChangerTakesAndPaysByValue(t *testing.T) {
	u := onChanger(t, func(o *Options) { o.Coin = 2 * time.Second })
	u.drop(100) // it is shut
	u.lies(Trays{Return: Coins{100: 1}})
	u.ask(55, 228, 1)
	u.drop(500, 10, 5)
	u.lies(Trays{Return: Coins{100: 1, 5: 1}, Hoppers: stockBut(Coins{500: 1, 10: 1})})
	if got := u.ask(55, 128); !slices.Equal(got, bytes32(510)) {
		t.Errorf("money in % X", got)
	}
	if got := u.ask(55, 119, 4); string(got) != "JP500A\x0B\x00" {
		t.Errorf("balance %q", got)
	}
	u.ask(55, 125, 0x7C, 0x01, 0, 0) // ¥380
	if u.ask(55, 123)[0] != 1<<3 {
		t.Error("it does not say that it pays")
	}
	u.refused(55, 125, 10, 0, 0, 0) // one at a time
	u.pass(30 * time.Second)
	want := append([]byte{1}, append(bytes32(380), bytes32(0)...)...)
	if got := u.ask(55, 124); !slices.Equal(got, want) || !slices.Equal(u.ask(55, 127), bytes32(380)) {
		t.Errorf("paid % X", got)
	}
	u.lies(Trays{
		Return:  Coins{100: 4, 50: 1, 10: 3, 5: 1},
		Hoppers: stockBut(Coins{500: 1, 10: -2, 100: -3, 50: -1}),
	})
	if p := u.say(2, 254); len(p) != 0 {
		t.Errorf("an acceptor stands beside it: % X", p)
	}
}

func TestAChangerTellsOfItsHoppers(t *testing.T) {
	u := onChanger(t, nil)
	u.fault(trouble.Fault{Do: trouble.JamHopper, Yen: 500})
	u.fault(trouble.Fault{Do: trouble.EmptyHopper, Yen: 100, After: 1})
	u.ask(55, 125, 0x58, 0x02, 0, 0) // ¥600
	u.pass(10 * time.Second)
	if got := u.ask(55, 122); !slices.Equal(got, []byte{4, codeHopperJammed}) {
		t.Errorf("error % X", got)
	}
	u.lies(Trays{Return: Coins{100: 1, 50: 10}, Hoppers: stockBut(Coins{100: -1, 50: -10})})
}

func TestAChangerForgetsItsPaymentWithItsPower(t *testing.T) {
	for _, forgets := range []bool{false, true} {
		u := onChanger(t, func(o *Options) { o.ForgetsTotals, o.Coin = forgets, 800*time.Millisecond })
		u.ask(55, 125, 30, 0, 0, 0)
		u.pass(700 * time.Millisecond) // a second has passed: two coins of three
		u.Power(false)
		u.pass(time.Second)
		u.Power(true)
		u.pass(time.Second)
		total := uint32(20)
		if forgets {
			total = 0
		}
		if got := u.ask(55, 124); !slices.Equal(got, make([]byte, 9)) || !slices.Equal(u.ask(55, 127), bytes32(total)) {
			t.Errorf("forgets %v: % X, out % X", forgets, got, u.ask(55, 127))
		}
		u.lies(Trays{Return: Coins{10: 2}, Hoppers: stockBut(Coins{10: -2})})
	}
}
