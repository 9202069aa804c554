package coin_test

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
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
