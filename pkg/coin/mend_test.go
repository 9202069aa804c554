package coin_test

import (
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/pkg/coin"
)

// faults counts the acceptor's faults that may end by themselves, or those that do not.
func faults(r *rig, passing bool) int {
	return count(r, func(f coin.Fault) bool { return f.Part == coin.PartAcceptor && f.Passing == passing })
}

func TestACoveredOptoThatIsFreeAgainMends(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(300)
		r.fault(bench.Fault{Do: trouble.BlockOpto, Ms: 45_000})
		r.insert(100)
		if faults(r, true) != 1 || r.v.Deposited().Total() != 0 {
			r.Errorf("deposited %v, events %v", r.v.Deposited(), r.log)
		}
		r.fix()
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		r.wait(40 * time.Second)
		if count[coin.Mended](r, nil) != 0 {
			r.Error("mended while it is covered")
		}
		r.wait(time.Minute)
		if count[coin.Mended](r, nil) != 1 || faults(r, false) != 0 {
			r.Errorf("events %v", r.log)
		}
		r.tray(bench.Coins{100: 1})
	})
}

func TestAnOptoThatStaysCoveredDoesNotMend(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.begin(300)
		r.fault(bench.Fault{Do: trouble.BlockOpto, Ms: 3_600_000})
		r.insert(100)
		r.fix()
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		r.wait(10 * time.Minute)
		if count[coin.Mended](r, nil) != 0 || faults(r, true) != 2 { // the event, and what the self-check says
			r.Errorf("events %v", r.log)
		}
		r.closed() // the next program finds it covered, opens all the same and says so
		r.log = nil
		r.open(coin.DefaultConfig())
		if faults(r, true) != 1 || faults(r, false) != 0 {
			r.Errorf("events of the next program %v", r.log)
		}
		r.m.ClearJams()
		r.wait(time.Minute)
		if count[coin.Mended](r, nil) != 1 {
			r.Errorf("events of the next program %v", r.log)
		}
	})
}

func TestThreeJamsInTenMinutesNeedAPerson(t *testing.T) {
	for _, apart := range []time.Duration{2 * time.Minute, 6 * time.Minute} {
		onMachine(t, nil, func(r *rig) {
			for range 3 {
				r.begin(300)
				r.fault(bench.Fault{Do: trouble.BlockOpto, Ms: 1000, Code: 26})
				r.insert(100)
				r.fix()
				r.must(r.v.EndDeposit(r.Context(), coin.Repay))
				r.wait(apart)
			}
			stays, mended := faults(r, false), count[coin.Mended](r, nil)
			if apart == 2*time.Minute && (stays != 1 || mended != 2) || apart > 5*time.Minute && (stays != 0 || mended != 3) {
				r.Errorf("%v apart: %d jams that stay, mended %d times", apart, stays, mended)
			}
		})
	}
}

func TestAnAcceptorThatWasCoveredMendsAfterItsReturn(t *testing.T) {
	onSocket(t, nil, func(p *plugged) {
		p.begin(300)
		if _, err := p.m.AddFault(bench.Fault{Do: trouble.BlockOpto, Ms: 5000}); err != nil {
			p.Fatal(err)
		}
		p.insert(100)
		p.s.plug(nil)
		until[coin.Gone](p, 10*time.Second)
		p.s.plug(p.m)
		until[coin.Mended](p, time.Minute)
	})
}
