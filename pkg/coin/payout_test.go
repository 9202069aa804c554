package coin_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/pkg/coin"
)

// pay pays out between two readings of the counters and checks that they tell the same as the tray.
func (r *rig) pay(plan coin.Count) (coin.Count, error) {
	r.Helper()
	tray := r.m.Trays().Return
	before, err := r.v.Counters(r.Context())
	r.must(err)
	paid, payErr := r.v.Payout(r.Context(), plan)
	r.wait(time.Second) // a machine that lost power comes back
	after, err := r.v.Counters(r.Context())
	r.must(err)
	fell := r.m.Trays().Return
	var out coin.Count
	for k := range coin.NumKinds {
		out[k] = int32(fell[k.Yen()] - tray[k.Yen()])
	}
	told := coin.ResolvePayout(before, after, plan)
	if !told.Known || told.Paying || told.Paid != out {
		r.Errorf("the counters tell %+v, out fell %v", told, out)
	}
	if !errors.Is(payErr, coin.ErrUnresolved) && paid != out {
		r.Errorf("said paid %v, out fell %v (%v)", paid, out, payErr)
	}
	return out, payErr
}

func (r *rig) fault(f bench.Fault) {
	r.Helper()
	_, err := r.m.AddFault(f)
	r.must(err)
}

func TestPayoutOfEveryKindWithBothKeys(t *testing.T) {
	for _, serials := range []bool{false, true} {
		onMachine(t, func(o *bench.Options, _ *coin.Config) { o.Serials = serials }, func(r *rig) {
			plan := coin.Count{45, 3, 1, 2} // 45 coins need three commands
			if out, err := r.pay(plan); err != nil || out != plan {
				r.Errorf("serials %v: out %v, %v", serials, out, err)
			}
			if n := r.dispenses(3); n != 3 {
				r.Errorf("%d commands for 45 coins", n)
			}
			if out, err := r.pay(coin.Count{}); err != nil || !out.IsZero() {
				r.Errorf("paying nothing: %v, %v", out, err)
			}
		})
	}
}

// TestAPayoutWhoseAnswerIsLostIsMadeOnce damages the dialogue around a dispense in every way.
func TestAPayoutWhoseAnswerIsLostIsMadeOnce(t *testing.T) {
	for _, do := range []string{bench.LoseCommand, bench.LoseReply, bench.CorruptReply} {
		for _, header := range []byte{163, 164, 166, 167, 168, 160} {
			for after := range 3 {
				t.Run(fmt.Sprintf("%s_of_%d_after_%d", do, header, after), func(t *testing.T) {
					onMachine(t, nil, func(r *rig) {
						r.fault(bench.Fault{Do: do, Device: 3, Header: header, After: after})
						plan := coin.Count{4, 0, 1, 0}
						if out, err := r.pay(plan); err != nil || out != plan {
							r.Errorf("out %v: %v", out, err)
						}
						if n := r.dispenses(3); n != 1 {
							r.Errorf("the hopper was commanded %d times", n)
						}
					})
				})
			}
		}
	}
}

func TestAHopperThatNeverHearsPaysNothing(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.fault(bench.Fault{Do: bench.LoseCommand, Device: 3, Header: 167})
		r.fault(bench.Fault{Do: bench.LoseCommand, Device: 3, Header: 167})
		if out, err := r.pay(coin.Count{4, 0, 0, 0}); !errors.Is(err, coin.ErrNoReply) || !out.IsZero() {
			r.Errorf("out %v: %v", out, err)
		}
		if out, err := r.pay(coin.Count{4, 0, 0, 0}); err != nil || out.Total() != 40 {
			r.Errorf("the next one: out %v: %v", out, err)
		}
	})
}

func TestAHopperThatRunsEmptyPaysWhatItHas(t *testing.T) {
	onMachine(t, func(o *bench.Options, _ *coin.Config) { o.Stock[50] = 2 }, func(r *rig) {
		out, err := r.pay(coin.Count{1, 5, 1, 0})
		if !errors.Is(err, coin.ErrShortPay) || out != (coin.Count{1, 2, 1, 0}) {
			r.Errorf("out %v: %v", out, err)
		}
		empty := func(f coin.Fault) bool { return f.Name == coin.ConditionEmpty && f.Kind == coin.Fifty }
		if count(r, empty) != 1 {
			r.Errorf("events %v", r.log)
		}
		if out, err := r.pay(coin.Count{0, 1, 0, 0}); !errors.Is(err, coin.ErrShortPay) || !out.IsZero() {
			r.Errorf("empty: out %v: %v", out, err)
		}
		r.must(r.m.Refill(50, 20))
		if out, err := r.pay(coin.Count{0, 3, 0, 0}); err != nil || out.Total() != 150 {
			r.Errorf("filled: out %v: %v", out, err)
		}
	})
}

// TestAPowerCycleInAPayoutIsResolvedByTheKeptCount cuts the power after each coin and each command of a payout.
func TestAPowerCycleInAPayoutIsResolvedByTheKeptCount(t *testing.T) {
	faults := []bench.Fault{}
	for coinNo := range 5 {
		faults = append(faults, bench.Fault{Do: bench.PowerCycle, Yen: 10, After: coinNo})
	}
	for _, header := range []byte{163, 164, 166, 167, 168} {
		for after := range 4 {
			faults = append(faults, bench.Fault{Do: bench.PowerCycle, Device: 3, Header: header, After: after})
		}
	}
	for _, f := range faults {
		for _, earlier := range []int32{0, 1} { // with event counters at 0 and beyond
			name := fmt.Sprintf("yen_%d_header_%d_after_%d_earlier_%d", f.Yen, f.Header, f.After, earlier)
			t.Run(name, func(t *testing.T) {
				onMachine(t, nil, func(r *rig) {
					if earlier > 0 {
						_, err := r.pay(coin.Count{earlier, 0, 0, 0})
						r.must(err)
					}
					r.fault(f)
					out, err := r.pay(coin.Count{5, 0, 0, 0})
					if err == nil && out.Total() != 50 {
						r.Errorf("out %v and no error", out)
					}
					// What is missing is a new payout; together the customer has ¥50, never more.
					rest := coin.Count{5, 0, 0, 0}.Minus(out)
					if again, err := r.pay(rest); err != nil || out.Plus(again).Total() != 50 {
						r.Errorf("out %v, then %v of %v: %v", out, again, rest, err)
					}
				})
			})
		}
	}
}

// TestAPayoutUnheardAndPoweredOffIsNotMadeAgain loses the answer and then the power: the event counter is 0 as before,
// only the kept count of coins shows that one came out.
func TestAPayoutUnheardAndPoweredOffIsNotMadeAgain(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.fault(bench.Fault{Do: bench.LoseReply, Device: 3, Header: 167})
		r.fault(bench.Fault{Do: bench.PowerCycle, Yen: 10})
		out, err := r.pay(coin.Count{3, 0, 0, 0})
		if !errors.Is(err, coin.ErrShortPay) || out.Total() != 10 {
			r.Errorf("out %v: %v", out, err)
		}
	})
}

func TestAPayoutIsBrokenOffByHaltAndTheCoinsOutAreKnown(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		type result struct {
			paid coin.Count
			err  error
		}
		done := make(chan result)
		go func() {
			paid, err := r.v.Payout(context.Background(), coin.Count{20, 0, 5, 0})
			done <- result{paid, err}
		}()
		r.wait(4 * time.Second)
		r.must(r.v.Halt(r.Context()))
		got := <-done
		tray := r.m.Trays().Return
		if got.err == nil || got.paid.Total() != tray.Total() || tray.Total() == 0 || tray.Total() == 700 {
			r.Errorf("paid %v (%v), out fell %v", got.paid, got.err, tray)
		}
		r.wait(10 * time.Second)
		if again := r.m.Trays().Return.Total(); again != tray.Total() {
			r.Errorf("after the halt it paid on: %d", again-tray.Total())
		}
	})
}

// TestX01_AProgramThatDiesInAPayoutFindsOutWhatWasPaid kills the vendor in a payout and starts another.
func TestX01_AProgramThatDiesInAPayoutFindsOutWhatWasPaid(t *testing.T) {
	for ms := 0; ms < 2500; ms += 130 {
		onMachine(t, nil, func(r *rig) {
			plan := coin.Count{6, 0, 0, 0}
			before, err := r.v.Counters(r.Context())
			r.must(err)
			r.kill(time.Duration(ms)*time.Millisecond, func(ctx context.Context, v *coin.Vendor) {
				_, _ = v.Payout(ctx, plan) // nobody is left to hear the answer
			})
			after, err := r.v.Counters(r.Context())
			r.must(err)
			told := coin.ResolvePayout(before, after, plan)
			tray := r.m.Trays().Return
			if !told.Known || told.Paying || told.Paid.Total() != tray.Total() {
				r.Errorf("killed after %d ms: told %+v, out fell %v", ms, told, tray)
			}
		})
	}
}

// TestX01_AProgramThatDiesInADepositFindsItsCoins kills the vendor while coins fall; what was written down before plus
// what the acceptor still knows is what lies in the escrow.
func TestX01_AProgramThatDiesInADepositFindsItsCoins(t *testing.T) {
	for ms := 0; ms < 1000; ms += 45 {
		onMachine(t, nil, func(r *rig) {
			r.begin(1000)
			c, err := r.v.Counters(r.Context())
			r.must(err)
			known, last := coin.Count{}, c.Acceptor
			r.insert(100)
			for _, e := range r.log {
				if in, is := e.(coin.CoinIn); is {
					known[coin.Hundred]++
					last = in.Now
				}
			}
			r.must(r.m.Insert(50))
			r.must(r.m.Insert(500))
			r.kill(time.Duration(ms)*time.Millisecond, nil)
			after, err := r.v.Counters(r.Context())
			r.must(err)
			told := coin.ResolveDeposit(last, after.Acceptor)
			held := r.m.Trays().Escrow
			if total := known.Plus(told.Coins).Total(); !told.Known || told.Unknown != 0 || total != held.Total() {
				r.Errorf("killed after %d ms: written %v, told %+v, in escrow %v", ms, known, told, held)
			}
			r.must(r.v.AdoptDeposit(r.Context(), known.Plus(told.Coins)))
			r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		})
	}
}

// TestX01_AProgramThatDiesFindsTheCoinThatHangs: the acceptor has taken it in, and neither counted nor told it.
func TestX01_AProgramThatDiesFindsTheCoinThatHangs(t *testing.T) {
	for _, counts := range []bool{true, false} { // without the counts of coins inside, nothing tells
		onMachine(t, func(_ *bench.Options, c *coin.Config) { c.Insertions = counts }, func(r *rig) {
			r.begin(1000)
			r.insert(100)
			before, err := r.v.Counters(r.Context())
			r.must(err)
			r.fault(bench.Fault{Do: trouble.LateCoin, Ms: 60_000})
			r.must(r.m.Insert(50))
			r.kill(time.Second, nil)
			after, err := r.v.Counters(r.Context())
			r.must(err)
			told := coin.ResolveDeposit(before.Acceptor, after.Acceptor)
			doubt := slices.Contains(told.Doubts, coin.Doubtful{Reason: coin.DoubtSwallowed, Events: 1})
			if !told.Known || !told.Coins.IsZero() || (told.Unknown == 1) != counts || doubt != counts {
				r.Errorf("counts %v: told %+v", counts, told)
			}
			r.wait(time.Minute) // now it falls
			r.must(r.v.AdoptDeposit(r.Context(), coin.Count{0, 1, 1, 0}))
			r.must(r.v.EndDeposit(r.Context(), coin.Repay))
			r.tray(bench.Coins{50: 1, 100: 1})
		})
	}
}

// TestX01_AProgramThatDiesWhileTheEscrowMovesFindsItAtRest kills the vendor at all times of a movement: afterwards the
// level tells whether the coins are out or still in, and they are given back once.
func TestX01_AProgramThatDiesWhileTheEscrowMovesFindsItAtRest(t *testing.T) {
	for ms := 0; ms < 2000; ms += 110 {
		onMachine(t, nil, func(r *rig) {
			r.begin(200)
			r.insert(100, 100)
			r.fix()
			r.kill(time.Duration(ms)*time.Millisecond, func(ctx context.Context, v *coin.Vendor) {
				_ = v.EndDeposit(ctx, coin.Repay) // nobody is left to hear the answer
			})
			c, err := r.v.Counters(r.Context())
			r.must(err)
			if c.Escrow.Moving || c.Escrow.Empty() != (r.m.Trays().Escrow.Total() == 0) {
				r.Errorf("killed after %d ms: %+v with %v in it", ms, c.Escrow, r.m.Trays().Escrow)
			}
			if !c.Escrow.Empty() {
				r.must(r.v.AdoptDeposit(r.Context(), coin.Count{0, 0, 2, 0}))
				r.must(r.v.EndDeposit(r.Context(), coin.Repay))
			}
			r.tray(bench.Coins{100: 2})
		})
	}
}
