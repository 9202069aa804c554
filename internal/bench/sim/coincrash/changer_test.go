package coincrash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
	"testing/synctest"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/coin/cctalk"
	"github.com/kioskd/kioskd/pkg/coin/changer"
)

// changerRun is one payment of a changer that is struck at a byte, and what a new life makes of it.
type changerRun struct {
	blow  Blow
	warm  bool // it has paid before: its event counter is not 0
	keeps bool // its totals outlive a loss of power
	blind bool // broken on purpose: the new life pays again without asking
}

func (c changerRun) String() string {
	return fmt.Sprintf("%v@%d warm %v keeps %v", c.blow.How, c.blow.Byte, c.warm, c.keeps)
}

// due is what is paid. It takes coins of three kinds, so that there is much to be cut off.
const due = 280

// changerLife is one process with the changer.
type changerLife struct {
	*changer.Changer
	conn   net.Conn
	cancel context.CancelFunc
}

func (c changerRun) start(ctx context.Context, m *bench.Machine) (changerLife, error) {
	l := changerLife{conn: m.Dial()}
	ctx, l.cancel = context.WithCancel(ctx)
	l.Changer = &changer.Changer{
		Bus: cctalk.NewBus(cctalk.FromConn(l.conn), cctalk.BusOptions{}), Addr: 55, Coins: coin.DefaultCoins(),
		KeepsTotals: c.keeps,
	}
	go l.Bus.Listen(ctx)
	return l, l.Open(ctx, nil)
}

func (l changerLife) end() {
	l.cancel()
	_ = l.conn.Close() // a pipe in memory, closed before where the process was killed
}

// changerResult is what a run left.
type changerResult struct {
	bytes   int
	differ  int // yen that were paid beyond what is due, or that a proof was wrong by
	unknown bool
	fault   string
}

// play lets a payment be struck and the next life finish it.
func (c changerRun) play(t *testing.T) (r changerResult) {
	synctest.Test(t, func(t *testing.T) {
		if err := c.run(t.Context(), &r); err != nil {
			r.fault = err.Error()
		}
	})
	return r
}

func (c changerRun) run(ctx context.Context, r *changerResult) error {
	o := bench.Defaults()
	o.Addresses.Changer, o.ForgetsTotals = 55, !c.keeps
	m := bench.New(o)
	out := func() int { return m.Trays().Return.Total() }
	first, err := c.start(ctx, m)
	if err != nil {
		return err
	}
	defer first.end()
	if c.warm {
		if _, err := first.Pay(ctx, 10, cctalk.Pause); err != nil {
			return err
		}
	}
	m.Take()
	before, err := first.Read(ctx)
	if err != nil {
		return err
	}
	began := m.Bytes()
	if c.blow.Byte > 0 {
		if c.blow.How == Cycle || c.blow.How == Both {
			if _, err := m.AddFault(trouble.Fault{Do: trouble.PowerCycle, Byte: c.blow.Byte}); err != nil {
				return err
			}
		}
		if c.blow.How != Cycle {
			m.AtByte(c.blow.Byte, func() { _ = first.conn.Close() })
		}
	}
	paid, err := first.Pay(ctx, due, cctalk.Pause)
	r.bytes = m.Bytes() - began
	if (err == nil || errors.Is(err, cctalk.ErrShortPay)) && paid != out() {
		r.differ = max(paid-out(), out()-paid)
		return fmt.Errorf("said ¥%d, ¥%d came out", paid, out())
	}
	first.end()
	<-time.After(5 * time.Second)
	second, err := c.start(ctx, m)
	defer second.end()
	if err != nil {
		return err
	}
	return c.mend(ctx, second, m, before, r)
}

// mend is the next life: it finds out what was paid, and pays the rest.
func (c changerRun) mend(ctx context.Context, l changerLife, m *bench.Machine, before changer.State, r *changerResult,
) error {
	var now changer.State
	var err error
	done := changer.Payout{Paying: true}
	for range 100 {
		if now, err = l.Read(ctx); err != nil {
			return err
		}
		if done = l.Resolve(before, now, due); !done.Paying {
			break
		}
		<-time.After(time.Second)
	}
	if c.blind {
		done = changer.Payout{Known: true}
	}
	if r.unknown = !done.Known; r.unknown {
		return nil // staff count: nothing more is paid
	}
	if done.Paid < due {
		if _, err := l.Pay(ctx, due-done.Paid, cctalk.Pause); err != nil {
			return err
		}
	}
	if got := m.Trays().Return.Total(); got != due {
		r.differ = max(got-due, due-got)
		return fmt.Errorf("¥%d came out in all, ¥%d were due", got, due)
	}
	return nil
}

// mayBeUnknown says that nobody could know: power was lost and the totals with it, or the changer had counted no
// payment before, so that a loss of power would not show.
func (c changerRun) mayBeUnknown() bool {
	return !c.keeps && (c.blow.How == Cycle || c.blow.How == Both || !c.warm)
}

// TestCoinCrashOfAChanger strikes a payment at each byte in each way: what is proved is true, nothing is paid twice,
// and only what nobody could know is unknown. The negative control pays again without asking.
func TestCoinCrashOfAChanger(t *testing.T) {
	begun := time.Now()
	rnd := rand.New(rand.NewPCG(*seed, 3))
	runs, unknown, differ, bytes, caught := 0, 0, 0, 0, 0
	for _, base := range []changerRun{{}, {warm: true}, {keeps: true}, {warm: true, keeps: true}} {
		whole := base.play(t)
		if whole.fault != "" || whole.unknown {
			t.Fatalf("%v undisturbed: %+v", base, whole)
		}
		bytes += whole.bytes
		for n := 1; n <= whole.bytes; n++ {
			for _, how := range []How{Kill, Cycle, Both} {
				if rnd.IntN(*every) != 0 {
					continue
				}
				c := base
				c.blow = Blow{how, n}
				got := c.play(t)
				runs++
				differ += got.differ
				if got.unknown {
					unknown++
				}
				if got.fault != "" || got.unknown && !c.mayBeUnknown() {
					t.Errorf("%v: %+v", c, got)
				}
				if c.blind = true; how == Kill && caught == 0 && c.play(t).differ > 0 {
					caught++
				}
			}
		}
	}
	if caught == 0 {
		t.Error("a life that pays again without asking was not found")
	}
	t.Logf("coin-changer: %d runs over %d bytes, %d yen differ, %d unknown, blind payment caught %v, seed %d, %.0f s",
		runs, bytes, differ, unknown, caught > 0, *seed, time.Since(begun).Seconds())
}
