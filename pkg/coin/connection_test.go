package coin_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/usb"
)

// socket is where machines are plugged in; unplugging cuts the line without a word.
type socket struct {
	mu   sync.Mutex
	m    *bench.Machine // nil: nothing is plugged in
	conn net.Conn
	lie  bool // the next machine has another serial number
}

func (s *socket) swap(lie bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lie = lie
}

func (s *socket) plug(m *bench.Machine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m = m; m == nil && s.conn != nil {
		_ = s.conn.Close() // of a pipe in memory
	}
}

// line is what a dialer gives.
type line struct {
	coin.Port
	net.Conn
}

func (l line) Read(ctx context.Context, p []byte) (int, error)  { return l.Port.Read(ctx, p) }
func (l line) Write(ctx context.Context, p []byte) (int, error) { return l.Port.Write(ctx, p) }

func (s *socket) dial(context.Context) (coin.Line, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m == nil {
		return nil, usb.ErrNotFound
	}
	s.conn = &lyingLine{Conn: s.m.Dial(), swap: s.lie}
	return line{coin.FromConn(s.conn), s.conn}, nil
}

// plugged is a connection to a machine in a socket.
type plugged struct {
	bystander
	s    *socket
	c    *coin.Connection
	said []error
}

func onSocket(t *testing.T, change func(*bench.Options), run func(*plugged)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		opt := bench.Defaults()
		if change != nil {
			change(&opt)
		}
		p := &plugged{bystander: bystander{T: t, m: bench.New(opt)}, s: &socket{}}
		p.s.plug(p.m)
		p.c = coin.NewConnection(p.s.dial, coin.DefaultConfig(), coin.ConnectionOptions{
			Patience: 10 * time.Second, Refused: func(err error) { p.said = append(p.said, err) },
		})
		p.hears = p.c.Events
		p.must(p.c.Open(t.Context()))
		run(p)
		p.must(p.c.Close())
		synctest.Wait()
	})
}

// until waits for an event of a type and says how long that took.
func until[E coin.Event](p *plugged, limit time.Duration) (E, time.Duration) {
	p.Helper()
	began := time.Now()
	for time.Since(began) < limit {
		select {
		case e := <-p.c.Events():
			p.log = append(p.log, e)
			if found, is := e.(E); is {
				return found, time.Since(began)
			}
		case <-time.After(limit):
		}
	}
	var none E
	p.Errorf("no %T within %v; events %v", none, limit, p.log)
	return none, limit
}

func (p *plugged) begin(price int) {
	p.Helper()
	p.must(p.c.BeginDeposit(p.Context(), coin.Limits{Price: price, Stock: coin.Count{50, 20, 50, 10}}))
}

func (p *plugged) coinsIn(late bool) (yen int) {
	for _, e := range p.log {
		if in, is := e.(coin.CoinIn); is && in.Late == late {
			yen += in.Yen
		}
	}
	return yen
}

// backLimit is the promise: in service again within three seconds of the replug, without a restart.
const backLimit = 3 * time.Second

func TestAMachineThatIsPluggedInAgainIsInServiceWithinThreeSeconds(t *testing.T) {
	for name, away := range map[string]time.Duration{"a moment": time.Millisecond, "an hour": time.Hour} {
		onSocket(t, nil, func(p *plugged) {
			p.s.plug(nil)
			until[coin.Gone](p, 2*time.Second)
			p.wait(away)
			p.s.plug(p.m)
			if _, took := until[coin.Back](p, backLimit); took > backLimit {
				p.Errorf("%s away: back after %v", name, took)
			} else {
				p.Logf("%s away: back after %v", name, took)
			}
			p.begin(200)
			p.insert(100, 100)
			_, err := p.c.Settle(p.Context())
			p.must(err)
			p.must(p.c.FixDeposit(p.Context()))
			p.must(p.c.EndDeposit(p.Context(), coin.Keep))
		})
	}
}

func TestAMachineWithoutPowerComesBack(t *testing.T) {
	onSocket(t, nil, func(p *plugged) {
		p.m.Power(false)
		until[coin.Gone](p, 20*time.Second)
		p.m.Power(true)
		until[coin.Back](p, backLimit)
		p.begin(200)
	})
}

// TestX01_ADepositOutlivesItsLine loses the line in each state of a deposit. The coins stay held, and the verb that
// waits has the same coins.
func TestX01_ADepositOutlivesItsLine(t *testing.T) {
	for _, state := range []coin.State{coin.Accepting, coin.Paused, coin.Fixed} {
		onSocket(t, nil, func(p *plugged) {
			p.begin(300)
			p.insert(100, 100)
			if state != coin.Accepting {
				_, err := p.c.Settle(p.Context())
				p.must(err)
			}
			if state == coin.Fixed {
				p.must(p.c.FixDeposit(p.Context()))
			}
			p.s.plug(nil)
			until[coin.Gone](p, 2*time.Second)
			if got := p.c.Deposited().Total(); got != 200 || p.c.State() != state {
				p.Errorf("%v: away: ¥%d, %v", state, got, p.c.State())
			}
			time.AfterFunc(2*time.Second, func() { p.s.plug(p.m) })
			in, err := p.c.Settle(p.Context()) // waits for the machine
			p.must(err)
			if in.Total() != 200 {
				p.Errorf("%v: settled %v", state, in)
			}
			end := coin.Repay
			if state == coin.Fixed {
				end = coin.Keep
			}
			p.must(p.c.EndDeposit(p.Context(), end))
			p.wait(time.Second)
			trays := p.m.Trays()
			back := trays.Return.Total()
			if trays.Escrow.Total() != 0 || back != 0 && end == coin.Keep || back != 200 && end == coin.Repay {
				p.Errorf("%v: trays %+v", state, trays)
			}
			if p.coinsIn(false) != 200 || p.coinsIn(true) != 0 {
				p.Errorf("%v: events %v", state, p.log)
			}
		})
	}
}

// TestX02_CoinsOfTheTimeBetweenAreTold: the unit has power of its own and takes coins that nobody asks about.
func TestX02_CoinsOfTheTimeBetweenAreTold(t *testing.T) {
	onSocket(t, nil, func(p *plugged) {
		p.begin(3000)
		p.insert(100)
		p.s.plug(nil)
		p.insert(500, 50, 10)
		p.s.plug(p.m)
		until[coin.Back](p, 10*time.Second)
		if got := p.c.Deposited().Total(); got != 660 || p.coinsIn(false) != 660 {
			p.Errorf("¥%d deposited, ¥%d told", got, p.coinsIn(false))
		}
		_, err := p.c.Settle(p.Context())
		p.must(err)
		p.must(p.c.FixDeposit(p.Context()))
	})
	// More than the buffer holds: what is not known is in doubt, never guessed.
	onSocket(t, nil, func(p *plugged) {
		p.begin(3000)
		p.insert(100)
		p.s.plug(nil)
		p.insert(10, 10, 10, 10, 10, 10, 10)
		p.s.plug(p.m)
		until[coin.Back](p, 10*time.Second)
		lost := 0
		for _, e := range p.log {
			if d, is := e.(coin.Doubtful); is && d.Reason == coin.DoubtCount {
				lost = d.Events
			}
		}
		if got := p.c.Deposited().Total(); got != 150 || lost != 2 {
			p.Errorf("¥%d deposited, %d coins not known", got, lost)
		}
		if _, err := p.c.Settle(p.Context()); !errors.Is(err, coin.ErrUnresolved) {
			p.Errorf("settle: %v", err)
		}
		if err := p.c.FixDeposit(p.Context()); err == nil {
			p.Error("fixed a deposit of which coins are not known")
		}
		p.must(p.c.EndDeposit(p.Context(), coin.Repay))
		p.wait(time.Second)
		if got := p.m.Trays().Return.Total(); got != 170 {
			p.Errorf("¥%d came back", got)
		}
	})
}

func TestASwappedMachineIsRefused(t *testing.T) {
	onSocket(t, nil, func(p *plugged) {
		p.s.plug(nil)
		until[coin.Gone](p, 2*time.Second)
		p.s.swap(true)
		p.s.plug(bench.New(bench.Defaults()))
		p.wait(8 * time.Second)
		found := 0
		for _, err := range p.said {
			if _, is := errors.AsType[*coin.SwappedError](err); is {
				found++
			}
		}
		if found != 1 { // once, however often it is tried
			p.Errorf("said %v", p.said)
		}
		if _, err := p.c.Counters(p.Context()); !errors.Is(err, coin.ErrGone) {
			p.Errorf("counters of a swapped machine: %v", err)
		}
		p.s.plug(nil)
		p.wait(time.Second)
		p.s.swap(false)
		p.s.plug(p.m) // the old one is welcome
		until[coin.Back](p, backLimit)
	})
}

// TestAnActThatIsCutOffIsNotDoneTwice cuts the line in a payout and in a movement of the escrow.
func TestAnActThatIsCutOffIsNotDoneTwice(t *testing.T) {
	onSocket(t, nil, func(p *plugged) {
		time.AfterFunc(600*time.Millisecond, func() { p.s.plug(nil) })
		time.AfterFunc(2*time.Second, func() { p.s.plug(p.m) })
		if paid, err := p.c.Payout(p.Context(), coin.Count{0, 0, 3, 0}); !errors.Is(err, coin.ErrUnresolved) {
			p.Errorf("paid %v: %v", paid, err)
		}
		until[coin.Back](p, 10*time.Second)
		p.wait(5 * time.Second)
		if n := p.m.Frames()[bench.Seen{Device: 5, Header: 167}]; n != 1 || p.m.Trays().Return.Total() != 300 {
			p.Errorf("%d commands, trays %v", n, p.m.Trays())
		}
	})
	onSocket(t, nil, func(p *plugged) {
		p.begin(200)
		p.insert(100, 100)
		_, err := p.c.Settle(p.Context())
		p.must(err)
		time.AfterFunc(300*time.Millisecond, func() { p.s.plug(nil) })
		time.AfterFunc(3*time.Second, func() { p.s.plug(p.m) })
		if err := p.c.EndDeposit(p.Context(), coin.Repay); !errors.Is(err, coin.ErrUnresolved) {
			p.Errorf("repaid: %v", err)
		}
		until[coin.Back](p, 10*time.Second)
		if p.c.State() != coin.Unresolved {
			p.Errorf("state %v", p.c.State())
		}
		if n := p.m.Frames()[bench.Seen{Device: 85, Header: 107}]; n != 1 {
			p.Errorf("%d commands", n)
		}
	})
}
