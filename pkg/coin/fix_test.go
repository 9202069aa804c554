package coin_test

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/pkg/coin"
)

// TestACoinOnAStringCanOnlyBeRepaid: a fixed deposit would be goods and change for a coin that is out again.
func TestACoinOnAStringCanOnlyBeRepaid(t *testing.T) {
	for _, code := range []byte{6, 14, 16, 17, 18, 20, 23, 36, 39} {
		onLine(t, func(c net.Conn) net.Conn { return &lyingLine{Conn: c, code: code} }, func(r *rig) {
			r.begin(300)
			r.insert(100)
			r.fault(bench.Fault{Do: bench.Reject})
			r.insert(100) // falls into the tray; the acceptor says the code of it
			if doubts(r, coin.DoubtCode) != 1 {
				r.Errorf("code %d: events %v", code, r.log)
			}
			r.state(coin.Paused)
			if in, err := r.v.Settle(r.Context()); err != nil || in.Total() != 100 {
				r.Errorf("code %d: settled %v: %v", code, in, err)
			}
			if err := r.v.FixDeposit(r.Context()); !errors.Is(err, coin.ErrDoubted) {
				r.Errorf("code %d: fix: %v", code, err)
			}
			if err := r.v.EndDeposit(r.Context(), coin.Keep); err == nil {
				r.Errorf("code %d: kept a doubted deposit", code)
			}
			r.must(r.v.EndDeposit(r.Context(), coin.Repay))
			r.tray(bench.Coins{100: 2})
			r.begin(300) // and the next deposit has no part in the doubt
			r.insert(100, 100, 100)
			r.fix()
		})
	}
}

// TestAHarmlessCodeDoesNotStandInTheWay is the control of the test above.
func TestAHarmlessCodeDoesNotStandInTheWay(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(300)
		r.insert(100)
		r.fault(bench.Fault{Do: bench.Reject})
		r.insert(100, 100, 100)
		if in := r.fix(); in.Total() != 300 {
			r.Errorf("fixed %v", in)
		}
	})
}

func TestAnEscrowThatFilledIsNotFixed(t *testing.T) {
	onMachine(t, func(o *bench.Options, _ *coin.Config) { o.Slots = 2 }, func(r *rig) {
		r.begin(300)
		r.insert(100, 100, 100) // the third rolls out again
		if _, err := r.v.Settle(r.Context()); err != nil {
			r.Error(err)
		}
		err := r.v.FixDeposit(r.Context())
		full, is := errors.AsType[*coin.EscrowError](err)
		if !is || !full.Full() || full.Pieces != 3 || !errors.Is(err, coin.ErrDoubted) {
			r.Errorf("fix: %v", err)
		}
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		r.tray(bench.Coins{100: 3})
	})
}

func TestAnEscrowIsBelievedBeforeTheDepositIsFixed(t *testing.T) {
	for name, says := range map[string][3]byte{
		"empty": {0, 0, 0}, "moving": {1, 8, 0}, "fault": {2, 8, 250}, "full": {0, 255, 0},
	} {
		var liar *lyingLine
		onLine(t, func(c net.Conn) net.Conn { liar = &lyingLine{Conn: c}; return liar }, func(r *rig) {
			r.begin(200)
			r.insert(100, 100)
			_, err := r.v.Settle(r.Context())
			r.must(err)
			liar.say(&says)
			err = r.v.FixDeposit(r.Context())
			if _, is := errors.AsType[*coin.EscrowError](err); !is {
				r.Errorf("%s: fix: %v", name, err)
			}
			r.state(coin.Paused)
			if name == "empty" { // coins that are not there are not called repaid
				if err := r.v.EndDeposit(r.Context(), coin.Repay); !errors.Is(err, coin.ErrUnresolved) {
					r.Errorf("repay: %v", err)
				}
				r.state(coin.Unresolved)
				return
			}
			liar.say(nil)
			r.must(r.v.EndDeposit(r.Context(), coin.Repay))
			r.tray(bench.Coins{100: 2})
		})
	}
}

// TestAHopperThatStaysEnabledIsNotOpened: a setting counts when it has been read back.
func TestAHopperThatStaysEnabledIsNotOpened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, stay := range []bool{false, true} {
			conn := &lyingLine{Conn: bench.New(bench.Defaults()).Dial(), stay: stay}
			v := coin.NewVendor(coin.FromConn(conn), coin.DefaultConfig())
			err := v.Open(t.Context())
			part, is := errors.AsType[*coin.PartError](err)
			if is != stay || is && (part.Part != coin.PartHopper || part.Yen != 10) {
				t.Errorf("stays %v: %v", stay, err)
			}
			if err := errors.Join(v.Close(), conn.Close()); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestACoinThatStaysInTheAcceptorIsNoticed: it was inserted, and no event tells of it.
func TestACoinThatStaysInTheAcceptorIsNoticed(t *testing.T) {
	for _, asked := range []bool{true, false} {
		onMachine(t, func(_ *bench.Options, c *coin.Config) { c.Insertions = asked }, func(r *rig) {
			r.begin(300)
			r.insert(5, 100) // a coin that comes back does not stay inside
			r.fault(bench.Fault{Do: trouble.Swallow})
			r.insert(100, 100, 100)
			in, err := r.v.Settle(r.Context())
			r.must(err)
			if in.Total() != 300 {
				r.Errorf("settled %v", in)
			}
			err = r.v.FixDeposit(r.Context())
			if asked != errors.Is(err, coin.ErrDoubted) || asked != (doubts(r, coin.DoubtSwallowed) == 1) {
				r.Errorf("asked %v: fix: %v, events %v", asked, err, r.log)
			}
			r.must(r.v.EndDeposit(r.Context(), coin.Repay))
			r.m.ClearJams()
		})
	}
}

// TestX01_AnEscrowThatHoldsNothingNeedsHoppersThatRefund: the whole deposit must be there twice.
func TestX01_AnEscrowThatHoldsNothingNeedsHoppersThatRefund(t *testing.T) {
	for _, c := range []struct {
		does  coin.PowerLoss
		stock coin.Count
		opens bool
	}{
		{coin.Holds, coin.Count{}, true},
		{coin.None, coin.Count{}, false},
		{coin.Returns, coin.Count{4, 1, 0, 0}, false},
		{coin.Keeps, coin.Count{4, 1, 0, 0}, false},
		{coin.None, coin.Count{4, 1, 4, 1}, true},
	} {
		onMachine(t, func(_ *bench.Options, cfg *coin.Config) { cfg.PowerLoss = c.does }, func(r *rig) {
			err := r.v.BeginDeposit(r.Context(), coin.Limits{Price: 200, Stock: c.stock, ExactOnly: true})
			if (err == nil) != c.opens || err != nil && !errors.Is(err, coin.ErrNoRefund) {
				r.Errorf("%+v: %v", c, err)
			}
		})
	}
}

// TestLevelBitsCanBeSwapped: with the bits in each other's place a full hopper says that it is low, and the reverse.
func TestLevelBitsCanBeSwapped(t *testing.T) {
	for _, swapped := range []bool{false, true} {
		onMachine(t, func(o *bench.Options, c *coin.Config) {
			o.Stock[100], o.Stock[50] = o.HighMark, 1
			c.SwappedLevels = swapped
		}, func(r *rig) {
			now, err := r.v.Counters(r.Context())
			r.must(err)
			full, few := now.Hoppers[coin.Hundred], now.Hoppers[coin.Fifty]
			if full.High == swapped || full.Low != swapped || few.Low == swapped || few.High != swapped {
				r.Errorf("swapped %v: full hopper %+v, empty one %+v", swapped, full, few)
			}
		})
	}
}
