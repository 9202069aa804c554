package changer_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/coin/cctalk"
	"github.com/kioskd/kioskd/pkg/coin/change"
	"github.com/kioskd/kioskd/pkg/coin/changer"
)

// rig is a changer on a simulated machine, in a bubble of its own time.
type rig struct {
	*testing.T
	m    *bench.Machine
	c    *changer.Changer
	conn net.Conn
}

func onChanger(t *testing.T, alter func(*bench.Options, *changer.Changer), run func(*rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		opt := bench.Defaults()
		opt.Addresses.Changer = 55
		r := &rig{T: t, c: &changer.Changer{Addr: 55, Coins: coin.DefaultCoins(), KeepsTotals: true}}
		if alter != nil {
			alter(&opt, r.c)
		}
		r.m = bench.New(opt)
		r.conn = r.m.Dial()
		r.c.Bus = cctalk.NewBus(cctalk.FromConn(r.conn), cctalk.BusOptions{})
		ctx, cancel := context.WithCancel(t.Context())
		go r.c.Bus.Listen(ctx)
		r.must(r.c.Open(t.Context(), nil))
		run(r)
		cancel()
		r.must(r.conn.Close())
		synctest.Wait()
	})
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) fault(f bench.Fault) {
	r.Helper()
	_, err := r.m.AddFault(f)
	r.must(err)
}

func (r *rig) pay(yen int) (int, error) { return r.c.Pay(r.Context(), yen, cctalk.Pause) }

// tray is what lies in the return tray, in yen.
func (r *rig) tray() int { return r.m.Trays().Return.Total() }

// orders is how often a payment was commanded.
func (r *rig) orders() int { return r.m.Frames()[bench.Seen{Device: 55, Header: 125}] }

func TestAnAmountIsPaidAndProved(t *testing.T) {
	onChanger(t, nil, func(r *rig) {
		total := 0
		for _, yen := range []int{10, 380, 1660} {
			paid, err := r.pay(yen)
			r.must(err)
			if total += yen; paid != yen || r.tray() != total {
				r.Errorf("paid %d of %d, ¥%d in the tray", paid, yen, r.tray())
			}
		}
		s, err := r.c.Read(r.Context())
		r.must(err)
		if s.Event != 3 || s.Paid != 1660 || s.Out != 2050 || !r.c.Kinds || len(s.Balances) != 4 ||
			s.Balances[3] != (changer.Balance{Yen: 500, Count: 7}) {
			r.Errorf("%+v", s)
		}
		for _, yen := range []int{0, -10, 1 << 40} {
			if _, err := r.pay(yen); err == nil {
				r.Errorf("¥%d was paid", yen)
			}
		}
		if paid, err := r.pay(5); paid != 0 || !errors.Is(err, cctalk.ErrShortPay) {
			r.Errorf("five yen: %d, %v", paid, err)
		}
	})
}

func TestAHopperThatFailsIsGoneRound(t *testing.T) {
	onChanger(t, nil, func(r *rig) {
		r.fault(bench.Fault{Do: bench.JamHopper, Yen: 100, After: 1})
		if paid, err := r.pay(300); err != nil || paid != 300 {
			r.Errorf("paid %d: %v", paid, err)
		}
		if got := r.m.Trays().Return; got[100] != 1 || got[50] != 4 {
			r.Errorf("return tray %v", got)
		}
		f, err := r.c.Fault(r.Context())
		r.must(err)
		if f == nil || f.Part != cctalk.PartHopper || f.Yen != 100 || f.Name != cctalk.ConditionJammed ||
			f.At != cctalk.InHopper {
			r.Errorf("fault %+v", f)
		}
	})
	onChanger(t, func(o *bench.Options, _ *changer.Changer) { o.Stock = bench.Coins{10: 3, 500: 1} }, func(r *rig) {
		paid, err := r.pay(600)
		part, is := errors.AsType[*cctalk.PartError](err)
		if paid != 530 || !errors.Is(err, cctalk.ErrShortPay) || !is || part.Name != cctalk.ConditionEmpty {
			r.Errorf("paid %d: %v", paid, err)
		}
		if r.tray() != 530 {
			r.Errorf("¥%d in the tray", r.tray())
		}
	})
}

func TestAPaymentIsCommandedAgainOnlyIfItIsProvedUnheard(t *testing.T) {
	for name, c := range map[string]struct {
		fault  bench.Fault
		warm   bool // it has paid before, so that a loss of power would show
		paid   int
		orders int
		known  bool
	}{
		"the answer is lost":              {bench.Fault{Do: bench.LoseReply, Header: 125}, true, 380, 1, true},
		"the answer is lost at first":     {bench.Fault{Do: bench.LoseReply, Header: 125}, false, 380, 1, true},
		"the answer is damaged":           {bench.Fault{Do: bench.CorruptReply, Header: 125}, true, 380, 1, true},
		"the command is lost":             {bench.Fault{Do: bench.LoseCommand, Header: 125}, true, 380, 1, true},
		"the command is lost at first":    {bench.Fault{Do: bench.LoseCommand, Header: 125}, false, 0, 0, false},
		"it is busy":                      {bench.Fault{Do: trouble.Busy, Header: 125}, true, 380, 2, true},
		"power fails with the command":    {bench.Fault{Do: bench.PowerCycle, Header: 125}, true, 0, 1, false},
		"power fails behind a coin":       {bench.Fault{Do: bench.PowerCycle, Yen: 100, After: 1}, true, 200, 1, true},
		"power fails behind the last one": {bench.Fault{Do: bench.PowerCycle, Yen: 10, After: 2}, true, 380, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			onChanger(t, nil, func(r *rig) {
				before := 0
				if c.warm {
					_, err := r.pay(50)
					r.must(err)
					before = 1
				}
				was := r.tray()
				begin, err := r.c.Read(r.Context())
				r.must(err)
				r.fault(c.fault)
				paid, err := r.pay(380)
				if !c.known && !errors.Is(err, cctalk.ErrUnresolved) && !errors.Is(err, cctalk.ErrShortPay) {
					r.Errorf("paid %d: %v", paid, err)
				}
				if out := r.tray() - was; out != c.paid || r.orders()-before != c.orders {
					r.Errorf("¥%d came out, %d commands", out, r.orders()-before)
				}
				if errors.Is(err, cctalk.ErrUnresolved) { // later, when it can be asked
					<-time.After(5 * time.Second)
					now, err := r.c.Read(r.Context())
					r.must(err)
					if got := r.c.Resolve(begin, now, 380); !got.Known || got.Paid != c.paid {
						r.Errorf("resolved %+v", got)
					}
				} else if paid != c.paid {
					r.Errorf("said ¥%d: %v", paid, err)
				}
			})
		})
	}
}

func TestNothingIsResolvedFromWhatIsNotKept(t *testing.T) {
	c := changer.Changer{}
	at := changer.State{Serial: 7, Event: 4, Out: 1000, Balances: []changer.Balance{{Yen: 100, Count: 9}}}
	with := func(change func(*changer.State)) changer.State {
		s := at
		change(&s)
		return s
	}
	done := with(func(s *changer.State) { s.Event, s.Out, s.Paid = 5, 1300, 300 })
	reset := with(func(s *changer.State) {
		s.Event, s.Out = 0, 1100
		s.Balances = []changer.Balance{{Yen: 100, Count: 8}}
	})
	for name, x := range map[string]struct {
		after changer.State
		keeps bool
		paid  int
		known bool
	}{
		"done":               {done, false, 300, true},
		"not begun":          {at, false, 0, true},
		"another one":        {with(func(s *changer.State) { s.Serial = 8 }), true, 0, false},
		"two payments":       {with(func(s *changer.State) { s.Event = 6 }), true, 0, false},
		"more than asked":    {with(func(s *changer.State) { s.Event, s.Out, s.Paid = 5, 1400, 400 }), true, 0, false},
		"counts disagree":    {with(func(s *changer.State) { s.Event, s.Out, s.Paid = 5, 1300, 200 }), true, 0, false},
		"another's amount":   {with(func(s *changer.State) { s.Event, s.Out, s.Paid = 5, 1100, 100 }), true, 0, false},
		"power, totals kept": {reset, true, 100, true},
		"power, forgotten":   {reset, false, 0, false},
		"total went back":    {with(func(s *changer.State) { s.Event, s.Out = 0, 0 }), true, 0, false},
		"hoppers disagree":   {with(func(s *changer.State) { s.Event, s.Out = 0, 1100 }), true, 0, false},
		"power lost before it": {
			with(func(s *changer.State) {
				s.Event, s.Out, s.Paid = 1, 1300, 300
				s.Balances = []changer.Balance{{Yen: 100, Count: 6}}
			}), true, 300, true,
		},
		"another's after power": {
			with(func(s *changer.State) {
				s.Event, s.Out, s.Paid = 1, 1300, 200
				s.Balances = []changer.Balance{{Yen: 100, Count: 6}}
			}), true, 0, false,
		},
		"quietly more": {with(func(s *changer.State) { s.Out = 1100 }), true, 0, false},
	} {
		c.KeepsTotals = x.keeps
		if got := c.Resolve(at, x.after, 300); got.Known != x.known || got.Paid != x.paid {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := c.Resolve(at, with(func(s *changer.State) { s.Activity = 1 << 3 }), 300); !got.Paying {
		t.Errorf("paying: %+v", got)
	}
}

func TestX01_ADepositOpensOnlyIfItCanBeRefunded(t *testing.T) {
	limits := change.Limits{Price: 300}
	onChanger(t, nil, func(r *rig) {
		d, err := r.c.Begin(r.Context(), limits)
		r.must(err)
		for _, yen := range []int{100, 500, 5} {
			r.must(r.m.Insert(yen))
			<-time.After(time.Second)
		}
		if in, err := d.Inserted(r.Context()); err != nil || in != 600 {
			r.Errorf("¥%d in: %v", in, err)
		}
		r.must(r.m.Insert(50)) // in flight when it is shut: taken, or back
		in, err := d.Settle(r.Context(), cctalk.Pause)
		r.must(err)
		if in != 650 && r.tray() != 55 || in == 650 && r.tray() != 5 {
			r.Errorf("¥%d in, ¥%d in the tray", in, r.tray())
		}
		was := r.tray()
		if paid, err := r.pay(in); err != nil || paid != in || r.tray() != was+in {
			r.Errorf("refunded %d: %v", paid, err)
		}
		r.must(r.m.Insert(100)) // nothing is taken when it is shut
		<-time.After(2 * time.Second)
		if r.tray() != was+in+100 {
			r.Errorf("¥%d in the tray", r.tray())
		}
	})
	onChanger(t, func(o *bench.Options, _ *changer.Changer) { o.Stock = bench.Coins{500: 9} }, func(r *rig) {
		if _, err := r.c.Begin(r.Context(), limits); !errors.Is(err, changer.ErrNoRefund) {
			r.Errorf("opened without small coins: %v", err)
		}
	})
	onChanger(t, func(o *bench.Options, _ *changer.Changer) { o.ValuesOnly = true }, func(r *rig) {
		if _, err := r.c.Begin(r.Context(), limits); !errors.Is(err, changer.ErrValuesOnly) || r.c.Kinds {
			r.Errorf("opened on values only: %v", err)
		}
		limits.Stock = change.Count{50, 20, 50, 10} // by books of the caller's own
		d, err := r.c.Begin(r.Context(), limits)
		r.must(err)
		_, err = d.Settle(r.Context(), cctalk.Pause)
		r.must(err)
	})
}

func TestALossOfPowerInADepositIsSaid(t *testing.T) {
	for _, keeps := range []bool{true, false} {
		onChanger(t, func(o *bench.Options, c *changer.Changer) {
			o.ForgetsTotals, c.KeepsTotals = !keeps, keeps
		}, func(r *rig) {
			_, err := r.pay(50)
			r.must(err)
			d, err := r.c.Begin(r.Context(), change.Limits{Price: 300})
			r.must(err)
			r.must(r.m.Insert(100))
			<-time.After(time.Second)
			r.m.Power(false)
			r.m.Power(true)
			<-time.After(2 * time.Second)
			if _, err := d.Inserted(r.Context()); !errors.Is(err, cctalk.ErrUnresolved) {
				r.Errorf("keeps %v: %v", keeps, err)
			}
			in, err := d.Settle(r.Context(), cctalk.Pause)
			if keeps != (err == nil && in == 100) || !keeps && !errors.Is(err, cctalk.ErrUnresolved) {
				r.Errorf("keeps %v: ¥%d, %v", keeps, in, err)
			}
		})
	}
}

func TestWhatIsNoChangerIsRefused(t *testing.T) {
	onChanger(t, nil, func(r *rig) {
		other := *r.c
		if err := other.Open(r.Context(), []string{"BCR"}); err == nil {
			r.Error("another product was opened")
		}
		other.Addr = 54
		if err := other.Open(r.Context(), nil); err == nil {
			r.Error("nobody was opened")
		}
	})
}
