package coin_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/pkg/coin"
)

func TestASaleKeepsTheCoinsAndPaysTheChange(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.state(coin.Idle)
		r.begin(400)
		r.insert(500)
		if stops := count(r, func(s coin.Stopped) bool { return s.Reason == coin.StopReached }); stops != 1 {
			r.Errorf("%d stops at the price", stops)
		}
		r.insert(100) // one too many comes back
		if in := r.fix(); in != (coin.Count{0, 0, 0, 1}) {
			r.Errorf("deposited %v", in)
		}
		r.tray(bench.Coins{100: 1})
		r.must(r.v.EndDeposit(r.Context(), coin.Keep))
		r.state(coin.Settled)
		change, ok := coin.Change(100, coin.Count{50, 20, 50, 11}, coin.Count{5, 5, 5, 5})
		if !ok {
			r.Fatal("no change")
		}
		paid, err := r.v.Payout(r.Context(), change)
		if err != nil || paid != change {
			r.Errorf("paid %v: %v", paid, err)
		}
		r.tray(bench.Coins{100: 2})
		if trays := r.m.Trays(); trays.Escrow.Total() != 0 || trays.Hoppers[500] != 11 || trays.Hoppers[100] != 49 {
			r.Errorf("trays %+v", trays)
		}
		if late := count(r, func(c coin.CoinIn) bool { return c.Late }); late != 0 {
			r.Errorf("%d late coins", late)
		}
	})
}

func TestRepayGivesTheSameCoins(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(400)
		r.insert(50, 10, 10, 100, 50)
		if in := r.fix(); in != (coin.Count{2, 2, 1, 0}) {
			r.Errorf("deposited %v", in)
		}
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		r.tray(bench.Coins{10: 2, 50: 2, 100: 1})
		if d := cmp.Diff(r.before.Hoppers, r.m.Trays().Hoppers); d != "" {
			r.Errorf("a hopper moved:\n%s", d)
		}
		r.begin(300) // and the next person's deposit opens
		r.state(coin.Accepting)
	})
}

func TestCoinsThatAreNotTakenComeBack(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.insert(100) // no deposit is open
		r.tray(bench.Coins{100: 1})
		r.begin(300)
		r.insert(5, 1, 100)
		r.tray(bench.Coins{100: 1, 5: 1, 1: 1})
		if n := count[coin.Rejected](r, nil); n != 3 {
			r.Errorf("%d rejections", n)
		}
		r.state(coin.Accepting)
		if r.v.Deposited() != (coin.Count{0, 0, 1, 0}) {
			r.Errorf("deposited %v", r.v.Deposited())
		}
		r.m.Lever()
		r.wait(time.Second)
		if n := count[coin.Lever](r, nil); n != 1 {
			r.Errorf("%d pushes of the lever", n)
		}
	})
}

func TestExactMoneyRefusesTheCoinThatOverpays(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.must(r.v.BeginDeposit(r.Context(), coin.Limits{Price: 300, ExactOnly: true}))
		r.insert(500, 100, 100, 50, 100, 50)
		r.tray(bench.Coins{500: 1, 100: 1})
		if in := r.fix(); in.Total() != 300 {
			r.Errorf("deposited %v", in)
		}
	})
}

// TestX02_ACoinInFlightIsCountedBeforeTheDepositIsFixed drops coins that are still falling when the deposit is to be
// fixed, cancelled, or has just reached its price.
func TestX02_ACoinInFlightIsCountedBeforeTheDepositIsFixed(t *testing.T) {
	for _, ms := range []int{0, 40, 90, 120, 150, 250, 330} {
		onMachine(t, nil, func(r *rig) {
			r.begin(1000)
			r.insert(100)
			r.must(r.m.Insert(500))
			<-time.After(time.Duration(ms) * time.Millisecond)
			in := r.fix()
			trays := r.m.Trays()
			if in.Total() != trays.Escrow.Total() || trays.Flying.Total() != 0 {
				r.Errorf("after %d ms: fixed %v, in escrow %v, flying %v", ms, in, trays.Escrow, trays.Flying)
			}
			r.must(r.v.EndDeposit(r.Context(), coin.Repay))
			r.tray(bench.Coins{100: 1, 500: 1})
		})
	}
}

func TestX02_NothingIsFixedOrMovedUnsettled(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(1000)
		r.insert(100)
		wrong := func(verb string, err error) {
			r.Helper()
			if _, is := errors.AsType[*coin.StateError](err); !is {
				r.Errorf("%s: %v", verb, err)
			}
		}
		wrong("fix", r.v.FixDeposit(r.Context()))
		wrong("keep", r.v.EndDeposit(r.Context(), coin.Keep))
		wrong("repay", r.v.EndDeposit(r.Context(), coin.Repay))
		_, err := r.v.Payout(r.Context(), coin.Count{1, 0, 0, 0})
		wrong("pay", err)
		wrong("begin twice", r.v.BeginDeposit(r.Context(), coin.Limits{Price: 100}))
		r.must(r.v.PauseDeposit(r.Context(), true))
		wrong("fix while paused", r.v.FixDeposit(r.Context()))
		r.must(r.v.PauseDeposit(r.Context(), false))
		r.insert(100)
		if r.v.Deposited().Total() != 200 {
			r.Errorf("after the pause: %v", r.v.Deposited())
		}
		if r.m.Frames()[bench.Seen{Device: 85, Header: 107}] != 0 {
			r.Error("the escrow was moved")
		}
	})
}

func TestX02_ADepositOpensOnlyOnAnEmptyEscrow(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		cfg := coin.DefaultConfig()
		r.begin(1000)
		r.insert(500, 100)
		r.closed() // the program ends with coins in the escrow
		r.open(cfg)
		if err := r.v.BeginDeposit(r.Context(), coin.Limits{Price: 100}); !errors.Is(err, coin.ErrNotEmpty) {
			r.Errorf("begin: %v", err)
		}
		r.must(r.v.AdoptDeposit(r.Context(), coin.Count{0, 0, 1, 1}))
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		r.tray(bench.Coins{100: 1, 500: 1})
		r.begin(100)
	})
}

func TestX03_TheDepositStopsWhereTheEscrowCannotReachThePrice(t *testing.T) {
	onMachine(t, func(o *bench.Options, c *coin.Config) { o.Slots, c.EscrowSlots = 4, 4 }, func(r *rig) {
		r.must(r.v.BeginDeposit(r.Context(), coin.Limits{Price: 300, ExactOnly: true}))
		r.insert(10, 100, 10) // one ten would leave three places for ¥290
		r.tray(bench.Coins{10: 2})
		r.insert(100, 100)
		if in := r.fix(); in.Total() != 300 {
			r.Errorf("deposited %v", in)
		}
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		err := r.v.BeginDeposit(r.Context(), coin.Limits{Price: 2010})
		if !errors.Is(err, coin.ErrNoRoom) {
			r.Errorf("a price beyond the escrow: %v", err)
		}
	})
}

func TestX04_AHopperThatCannotPayIsFoundBeforeThePrint(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.must(r.v.TestHoppers(r.Context(), coin.Count{1, 1, 1, 1}))
		if _, err := r.m.AddFault(bench.Fault{Do: bench.JamHopper, Yen: 50}); err != nil {
			r.Fatal(err)
		}
		paid, err := r.v.Payout(r.Context(), coin.Count{2, 2, 1, 0})
		if !errors.Is(err, coin.ErrShortPay) || paid != (coin.Count{2, 0, 1, 0}) {
			r.Errorf("paid %v: %v", paid, err)
		}
		part, is := errors.AsType[*coin.PartError](r.v.TestHoppers(r.Context(), coin.Count{0, 1, 0, 0}))
		if !is || part.Name != coin.ConditionJammed || part.Yen != 50 {
			r.Errorf("test of the jammed hopper: %v", part)
		}
		r.must(r.v.TestHoppers(r.Context(), coin.Count{1, 0, 1, 1}))
	})
}

func TestX04_AFailedKeepDoesNotStopTheChange(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(400)
		r.insert(500)
		r.fix()
		if _, err := r.m.AddFault(bench.Fault{Do: bench.JamEscrow}); err != nil {
			r.Fatal(err)
		}
		err := r.v.EndDeposit(r.Context(), coin.Keep)
		part, is := errors.AsType[*coin.PartError](err)
		if !errors.Is(err, coin.ErrUnresolved) || !is || part.Name != coin.ConditionJammed {
			r.Errorf("keep: %v", err)
		}
		r.state(coin.Unresolved)
		paid, err := r.v.Payout(r.Context(), coin.Count{0, 0, 1, 0})
		if err != nil || paid.Total() != 100 {
			r.Errorf("paid %v: %v", paid, err)
		}
		if err := r.v.BeginDeposit(r.Context(), coin.Limits{Price: 100}); err == nil {
			r.Error("a deposit opened over the jam")
		}
	})
}

func TestACoinThatStaysBehindIsNotForgotten(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(200)
		r.insert(100, 100)
		r.fix()
		if _, err := r.m.AddFault(bench.Fault{Do: bench.StickEscrow, Code: 1}); err != nil {
			r.Fatal(err)
		}
		if err := r.v.EndDeposit(r.Context(), coin.Repay); !errors.Is(err, coin.ErrUnresolved) {
			r.Errorf("repay: %v", err)
		}
		stuck := func(f coin.Fault) bool { return f.Part == coin.PartEscrow && f.At == coin.InEscrow }
		if count(r, stuck) != 1 {
			r.Errorf("events %v", r.log)
		}
	})
}

func TestALostAnswerMovesTheEscrowOnce(t *testing.T) {
	for _, do := range []string{bench.LoseCommand, bench.LoseReply, bench.CorruptReply} {
		t.Run(do, func(t *testing.T) {
			onMachine(t, nil, func(r *rig) {
				r.begin(200)
				r.insert(100, 100)
				r.fix()
				if _, err := r.m.AddFault(bench.Fault{Do: do, Header: 107}); err != nil {
					r.Fatal(err)
				}
				r.must(r.v.EndDeposit(r.Context(), coin.Repay))
				r.tray(bench.Coins{100: 2})
				if n := r.m.Frames()[bench.Seen{Device: 85, Header: 107}]; n != 1 {
					r.Errorf("the escrow was commanded %d times", n)
				}
			})
		})
	}
}

func TestALateCoinIsSaidAndGivenBack(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(200)
		r.insert(100, 100)
		r.fix()
		// An acceptor that takes a coin although it is off: the model is told so behind the vendor's back.
		host := r.m
		host.Write([]byte{2, 2, 1, 231, 0xFF, 0xFF, 0x16})
		host.Write([]byte{2, 1, 1, 228, 1, 0x17})
		r.wait(100 * time.Millisecond)
		r.insert(50)
		r.wait(2 * time.Second)
		if n := count(r, func(c coin.CoinIn) bool { return c.Late && c.Yen == 50 }); n != 1 {
			r.Errorf("%d late coins in %v", n, r.log)
		}
		if in := r.v.Deposited(); in.Total() != 200 {
			r.Errorf("the late coin was booked: %v", in)
		}
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		r.tray(bench.Coins{100: 2, 50: 1})
	})
}

func TestUnpluggedLineIsGone(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(200)
		r.insert(100)
		r.m.Power(false)
		r.wait(10 * time.Second)
		if count[coin.Gone](r, nil) != 1 {
			r.Errorf("events %v", r.log)
		}
		r.state(coin.Closed)
		if err := r.v.Halt(r.Context()); !errors.Is(err, coin.ErrGone) {
			r.Errorf("halt: %v", err)
		}
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		if _, err := r.v.Settle(ctx); err == nil {
			r.Error("a lost vendor settled")
		}
	})
}

func TestACloseLeavesTheMachineInert(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(300)
		r.insert(100)
		r.must(r.v.Close())
		r.insert(100)
		r.tray(bench.Coins{100: 1})
		if r.m.Trays().Escrow.Total() != 100 {
			r.Errorf("trays %+v", r.m.Trays())
		}
		if err := r.v.PauseDeposit(r.Context(), true); err == nil {
			r.Error("a closed vendor paused")
		}
	})
}
