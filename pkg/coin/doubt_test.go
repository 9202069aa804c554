package coin_test

import (
	"errors"
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/pkg/coin"
)

func doubts(r *rig, why coin.DoubtReason) int {
	return count(r, func(d coin.Doubtful) bool { return d.Reason == why })
}

func TestACoinThatGoesAstrayIsNeverGuessed(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(300)
		r.insert(100)
		r.fault(bench.Fault{Do: bench.Astray, Code: 16})
		r.insert(100)
		if doubts(r, coin.DoubtCode) != 1 || r.v.Deposited().Total() != 100 {
			r.Errorf("deposited %v, events %v", r.v.Deposited(), r.log)
		}
		r.state(coin.Paused)
		if err := r.v.PauseDeposit(r.Context(), false); err == nil {
			r.Error("went on after a coin in doubt")
		}
		if _, err := r.v.Settle(r.Context()); !errors.Is(err, coin.ErrUnresolved) {
			r.Errorf("settle: %v", err)
		}
		if err := r.v.FixDeposit(r.Context()); err == nil {
			r.Error("fixed a deposit whose counts disagree")
		}
		r.must(r.v.EndDeposit(r.Context(), coin.Repay)) // both coins are the person's
		r.tray(bench.Coins{100: 2})
	})
}

func TestAnAcceptorThatLosesPowerIsStopped(t *testing.T) {
	for _, first := range []bool{false, true} { // with and without an event before: the second kind is hidden
		onMachine(t, nil, func(r *rig) {
			r.begin(300)
			want := 0
			if first {
				r.insert(100)
				want = 100
			}
			r.m.Power(false)
			r.m.Power(true)
			r.wait(12 * time.Second)
			why := coin.DoubtInhibit
			if first {
				why = coin.DoubtReset
			}
			if doubts(r, why) != 1 {
				r.Errorf("event before %v: %v", first, r.log)
			}
			r.state(coin.Paused)
			r.insert(100)
			r.tray(bench.Coins{100: 1})
			// No coin was in flight and the counts agree; still, what a unit without power did is not proved.
			if in, err := r.v.Settle(r.Context()); err != nil || in.Total() != want {
				r.Errorf("settled %v: %v", in, err)
			}
			if err := r.v.FixDeposit(r.Context()); !errors.Is(err, coin.ErrDoubted) {
				r.Errorf("fix: %v", err)
			}
			r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		})
	}
}

func TestAnInhibitedCoinMakesTheInhibitsBeReadBack(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(300)
		r.m.Power(false)
		r.m.Power(true)
		r.insert(100) // the unit forgot what to accept, and does not say so otherwise
		r.wait(time.Second)
		if doubts(r, coin.DoubtInhibit) != 1 {
			r.Errorf("events %v", r.log)
		}
		r.state(coin.Paused)
	})
}

// TestX02_ACoinUnderALossOfPowerIsUnresolved cuts the power while a coin is between gate and credit sensor.
func TestX02_ACoinUnderALossOfPowerIsUnresolved(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(1000)
		r.insert(100)
		r.must(r.m.Insert(500))
		<-time.After(100 * time.Millisecond) // accepted after 80 ms, credited after 140
		r.m.Power(false)
		r.m.Power(true)
		r.wait(time.Second)
		if doubts(r, coin.DoubtReset) != 1 {
			r.Errorf("events %v", r.log)
		}
		if in, err := r.v.Settle(r.Context()); !errors.Is(err, coin.ErrUnresolved) || in.Total() != 100 {
			r.Errorf("settled %v: %v", in, err)
		}
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		r.tray(bench.Coins{100: 1, 500: 1})
	})
}

func TestCoinTypesAreKnownByIDAlone(t *testing.T) {
	permuted := func(o *bench.Options, _ *coin.Config) {
		o.Types = [16]bench.CoinType{
			{},
			{ID: "JP005A", Yen: 5},
			{ID: "JP500B", Yen: 500},
			{ID: "JP100A", Yen: 100},
			{},
			{ID: "JP500C", Yen: 499},
			{ID: "JP010A", Yen: 10},
			{},
			{},
			{},
			{},
			{ID: "JP500A", Yen: 500},
			{},
			{},
			{},
			{ID: "JP050A", Yen: 50},
		}
	}
	onMachine(t, permuted, func(r *rig) {
		r.begin(3000)
		r.insert(500, 500, 10, 50, 100, 499, 5) // ¥500 of both issues; a third that nobody knows yet
		if in := r.v.Deposited(); in != (coin.Count{1, 1, 1, 2}) {
			r.Errorf("deposited %v", in)
		}
		r.tray(bench.Coins{499: 1, 5: 1})
	})
}

func TestAFullHopperSendsItsKindToTheCashBox(t *testing.T) {
	onMachine(t, func(o *bench.Options, _ *coin.Config) { o.Stock[100] = o.HighMark }, func(r *rig) {
		r.begin(200)
		r.insert(100, 50, 50)
		if n := count(r, func(c coin.CoinIn) bool { return c.CashBox == (c.Yen == 100) }); n != 3 {
			r.Errorf("events %+v", r.log)
		}
		r.fix()
		r.must(r.v.EndDeposit(r.Context(), coin.Keep))
		if trays := r.m.Trays(); trays.CashBox[100] != 1 || trays.CashBox[50] != 0 || trays.Hoppers[50] != 22 {
			r.Errorf("trays %+v", trays)
		}
	})
}

func TestTheWrongMachineIsRefused(t *testing.T) {
	for name, change := range map[string]func(*bench.Options, *coin.Config){
		"hoppers exchanged":       func(_ *bench.Options, c *coin.Config) { c.Hoppers = [coin.NumKinds]byte{4, 3, 5, 6} },
		"a hopper as acceptor":    func(_ *bench.Options, c *coin.Config) { c.Acceptor = 3 },
		"another product":         func(_ *bench.Options, c *coin.Config) { c.Products = []string{"SIM-CA"} },
		"acceptor without ¥50":    func(o *bench.Options, _ *coin.Config) { o.Types[1] = bench.CoinType{} },
		"encrypted hopper":        func(o *bench.Options, _ *coin.Config) { o.Encrypted = true },
		"nobody at the address":   func(_ *bench.Options, c *coin.Config) { c.Escrow = 86 },
		"CRC where there is none": func(_ *bench.Options, c *coin.Config) { c.Bus.CRC16 = []byte{2} },
	} {
		onMachineClosed(t, change, func(t *testing.T, v *coin.Vendor) {
			err := v.Open(t.Context())
			if err == nil {
				t.Errorf("%s: opened", name)
			}
			if name == "encrypted hopper" && !errors.Is(err, coin.ErrEncrypted) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := v.Settle(t.Context()); err == nil {
				t.Errorf("%s: a vendor that is not open settles", name)
			}
		})
	}
}

func TestEchoAndCRCChangeNothingAboveTheBus(t *testing.T) {
	onMachine(t, func(o *bench.Options, c *coin.Config) {
		o.Echo, c.Bus.Echo = true, true
		o.CRC16, c.Bus.CRC16 = []byte{2, 4}, []byte{2, 4}
	}, func(r *rig) {
		r.begin(400)
		r.insert(500)
		r.fix()
		r.must(r.v.EndDeposit(r.Context(), coin.Keep))
		if out, err := r.pay(coin.Count{0, 2, 0, 0}); err != nil || out.Total() != 100 {
			r.Errorf("out %v: %v", out, err)
		}
	})
}

// TestStrangeBytesOnTheLineMoveNothing lets another program probe the line, as ModemManager does.
func TestStrangeBytesOnTheLineMoveNothing(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(200)
		for range 5 {
			r.m.Write([]byte("AT\r"))
			r.insert(10)
			r.m.Write([]byte{0x7E, 0x00, 0x78, 0xF0, 0x7E})
		}
		r.insert(50, 50, 50)
		if in := r.fix(); in.Total() != 200 {
			r.Errorf("deposited %v", in)
		}
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		r.tray(bench.Coins{10: 5, 50: 3})
	})
}
