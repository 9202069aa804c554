package coin_test

import (
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/pkg/coin"
)

// hurried inserts coins as fast as the slot takes them, and gives what was credited.
func (r *rig) hurried(yen ...int) coin.Count {
	for _, y := range yen {
		r.must(r.m.Insert(y))
	}
	r.wait(10 * time.Second)
	return r.v.Deposited()
}

// TestNoCoinSlipsInAfterThePriceWhereTheUnitCountsItself: rule 4's gap of one look is closed by header 135; without it,
// which is the negative control, a coin slips in and becomes change.
func TestNoCoinSlipsInAfterThePriceWhereTheUnitCountsItself(t *testing.T) {
	for _, limit := range []bool{true, false} {
		onMachine(t, func(o *bench.Options, _ *coin.Config) {
			o.Limit, o.Gap = limit, 20*time.Millisecond
		}, func(r *rig) {
			r.begin(300)
			bursts := 0
			var in coin.Count
			for ; in.Total() < 300; bursts++ {
				in = r.hurried(100, 100, 100, 100, 100)
			}
			if limit != (in.Total() == 300) {
				r.Errorf("limit %v: deposited %v", limit, in)
			}
			if n := r.m.Frames()[bench.Seen{Device: 2, Header: 135}]; limit && n < 3 || !limit && n != 1 {
				r.Errorf("limit %v: it was told %d times", limit, n)
			}
			r.fix()
			r.must(r.v.EndDeposit(r.Context(), coin.Repay))
			r.tray(bench.Coins{100: 5 * bursts})
		})
	}
}

func TestALimitThatIsNotWantedIsNotSet(t *testing.T) {
	onMachine(t, func(o *bench.Options, c *coin.Config) { o.Limit, c.AcceptLimit = true, false }, func(r *rig) {
		r.begin(300)
		r.insert(100, 100, 100)
		if n := r.m.Frames()[bench.Seen{Device: 2, Header: 135}]; n != 0 || r.fix().Total() != 300 {
			r.Errorf("told %d times, deposited %v", n, r.v.Deposited())
		}
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
	})
}

// TestALimitIsRenewedByEveryCoin: exact money of many coins goes through at a person's pace.
func TestALimitIsRenewedByEveryCoin(t *testing.T) {
	onMachine(t, func(o *bench.Options, _ *coin.Config) { o.Limit = true }, func(r *rig) {
		r.begin(250)
		r.insert(10, 10, 10, 10, 10, 100, 50, 50)
		if in := r.fix(); in.Total() != 250 {
			r.Errorf("deposited %v", in)
		}
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
	})
}

func TestAnEscrowWithoutALevelIsProvedByItsMovement(t *testing.T) {
	blind := func(o *bench.Options, c *coin.Config) { o.NoLevel, c.NoLevel = true, true }
	onMachine(t, blind, func(r *rig) {
		stock := coin.Limits{Price: 300, Stock: coin.Count{50, 20, 50, 10}}
		if err := r.v.BeginDeposit(r.Context(), stock); err == nil {
			r.Fatal("a deposit opened on an escrow of which nobody knows")
		}
		r.must(r.v.AdoptDeposit(r.Context(), coin.Count{}))
		r.must(r.v.EndDeposit(r.Context(), coin.Repay)) // staff empty it
		for _, end := range []coin.End{coin.Keep, coin.Repay} {
			r.begin(300)
			r.insert(100, 100, 100)
			if in := r.fix(); in.Total() != 300 {
				r.Errorf("deposited %v", in)
			}
			r.must(r.v.EndDeposit(r.Context(), end))
		}
		r.tray(bench.Coins{100: 3})
		before, err := r.v.Counters(r.Context())
		r.must(err)
		if !before.Escrow.Empty() || !before.Escrow.NoLevel {
			r.Errorf("escrow %+v", before.Escrow)
		}
		r.closed()
		known := coin.DefaultConfig()
		known.NoLevel, known.Before = true, &before
		r.open(known) // the next program is told what was proved
		r.begin(300)
		r.insert(100)
		r.closed() // it dies with a coin in it
		r.open(known)
		if err := r.v.BeginDeposit(r.Context(), stock); err == nil {
			r.Error("a deposit opened on a coin that came since")
		}
		r.must(r.v.AdoptDeposit(r.Context(), coin.Count{coin.Hundred: 1}))
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		r.tray(bench.Coins{100: 4})
	})
	onMachine(t, blind, func(r *rig) { // a flap that does not open is found by its fault
		r.must(r.v.AdoptDeposit(r.Context(), coin.Count{}))
		r.fault(bench.Fault{Do: bench.JamEscrow})
		if err := r.v.EndDeposit(r.Context(), coin.Repay); err == nil {
			r.Error("jammed and proved empty")
		}
		r.m.ClearJams()
		if err := r.v.BeginDeposit(r.Context(), coin.Limits{Price: 100, Stock: coin.Count{50, 20, 50, 10}}); err == nil {
			r.Error("a deposit opened after a movement that failed")
		}
	})
}

// TestAMovementThatNobodySawProvesNothing: the escrow says at once that it rests.
func TestAMovementThatNobodySawProvesNothing(t *testing.T) {
	onMachine(t, func(o *bench.Options, c *coin.Config) {
		o.NoLevel, c.NoLevel, o.Move = true, true, 100*time.Millisecond
	}, func(r *rig) {
		r.must(r.v.AdoptDeposit(r.Context(), coin.Count{}))
		if err := r.v.EndDeposit(r.Context(), coin.Repay); err == nil {
			r.Error("proved by nothing")
		}
		r.state(coin.Unresolved)
	})
}
