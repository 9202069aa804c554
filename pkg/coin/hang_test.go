package coin_test

import (
	"errors"
	"testing"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/pkg/coin"
)

// TestAFlapThatHangsOpenHasLetTheCoinsGo: what fell is not owed once more, and nothing is taken while the flap hangs.
func TestAFlapThatHangsOpenHasLetTheCoinsGo(t *testing.T) {
	onMachine(t, nil, func(r *rig) {
		r.fault(bench.Fault{Do: trouble.OpenFlap})
		r.begin(300)
		r.insert(100, 50)
		_, err := r.v.Settle(r.Context())
		r.must(err)
		r.must(r.v.EndDeposit(r.Context(), coin.Repay))
		r.state(coin.Settled)
		r.tray(bench.Coins{100: 1, 50: 1})
		jams := func(f coin.Fault) bool {
			return f.Part == coin.PartEscrow && f.Name == coin.ConditionJammed && f.Code == 40
		}
		if count(r, jams) != 1 {
			r.Errorf("events %v", r.log)
		}
		if err := r.v.BeginDeposit(r.Context(), coin.Limits{Price: 300}); !errors.Is(err, coin.ErrNotEmpty) {
			r.Errorf("a deposit over an open flap: %v", err)
		}
	})
}
