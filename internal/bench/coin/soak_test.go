package coin

import (
	"context"
	"flag"
	"net"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/pkg/coin"
)

// hours is how long the soak lasts, of virtual time; 24 is the whole of it.
var hours = flag.Float64("hours", 0.25, "virtual hours of the soak")

// ear is a line that notes when the acceptor is asked for its events.
type ear struct {
	net.Conn
	mu    sync.Mutex
	asked []time.Time
}

func (e *ear) Write(p []byte) (int, error) {
	if len(p) > 3 && p[0] == 2 && p[3] == 229 {
		e.mu.Lock()
		e.asked = append(e.asked, time.Now())
		e.mu.Unlock()
	}
	return e.Conn.Write(p)
}

// take gives what was noted since the last call.
func (e *ear) take() []time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	asked := e.asked
	e.asked = nil
	return asked
}

// soak is a driver that serves one person after another.
type soak struct {
	*testing.T
	m      *Machine
	v      *coin.Vendor
	line   *ear
	visits int
	looks  int       // at the acceptor while it takes coins
	gaps   [2000]int // milliseconds between two of them
}

// p99 is the time between two looks that 99 of 100 do not exceed.
func (s *soak) p99() time.Duration {
	seen := 0
	for ms, n := range s.gaps {
		if seen += n; seen >= s.looks*99/100 {
			return time.Duration(ms) * time.Millisecond
		}
	}
	return time.Hour
}

// visit puts coins in, and keeps them and pays the same out of the hopper, or gives them back.
func (s *soak) visit(keep bool, yen ...int) {
	s.Helper()
	ctx := s.Context()
	must := func(err error) {
		s.Helper()
		if err != nil {
			s.Fatalf("visit %d: %v", s.visits, err)
		}
	}
	price, h := 0, s.m.Trays().Hoppers
	for _, y := range yen {
		price += y
	}
	stock := coin.Count{int32(h[10]), int32(h[50]), int32(h[100]), int32(h[500])}
	must(s.v.BeginDeposit(ctx, coin.Limits{Price: price, Stock: stock}))
	s.line.take()
	for _, y := range yen {
		must(s.m.Insert(y))
	}
	for stopped := false; !stopped; { // ends with the price, or with the test's own limit
		switch e := (<-s.v.Events()).(type) {
		case coin.Stopped:
			stopped = true
		case coin.CoinIn:
		default:
			s.Fatalf("visit %d: %T %+v", s.visits, e, e)
		}
	}
	in, err := s.v.Settle(ctx)
	must(err)
	if in.Total() != price {
		s.Fatalf("visit %d: ¥%d of ¥%d", s.visits, in.Total(), price)
	}
	asked := s.line.take()
	for i := range asked[1:] {
		s.looks++
		s.gaps[min(int(asked[i+1].Sub(asked[i]).Milliseconds()), len(s.gaps)-1)]++
	}
	must(s.v.FixDeposit(ctx))
	if !keep {
		must(s.v.EndDeposit(ctx, coin.Repay))
	} else {
		must(s.v.EndDeposit(ctx, coin.Keep))
		if paid, err := s.v.Payout(ctx, in); err != nil || paid != in {
			s.Fatalf("visit %d: paid %v of %v: %v", s.visits, paid, in, err)
		}
	}
	if taken := s.m.Take(); taken.Total() != price {
		s.Fatalf("visit %d: ¥%d in the return tray, not ¥%d", s.visits, taken.Total(), price)
	}
	s.visits++
}

// TestSoak runs the machine ten times faster than a real one, visit after visit: no coin is lost, nothing grows, and
// the acceptor is looked at often enough.
func TestSoak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Defaults().Speed(10))
		before := m.Trays()
		line := &ear{Conn: m.Dial()}
		s := &soak{T: t, m: m, v: coin.NewVendor(coin.FromConn(line), coin.DefaultConfig()), line: line}
		if err := s.v.Open(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		end := begun.Add(time.Duration(*hours * float64(time.Hour)))
		var early, late uint64
		goroutines := 0
		for time.Now().Before(end) {
			s.visit(true, 100, 100, 10)
			s.visit(false, 500, 50)
			if s.visits == 50 {
				early, goroutines = size(), runtime.NumGoroutine()
			}
		}
		took := time.Since(begun)
		late = size()
		if n := runtime.NumGoroutine(); n > goroutines {
			t.Errorf("%d goroutines after 50 visits, %d in the end", goroutines, n)
		}
		if grown := int64(late) - int64(early); grown > 1<<20 {
			t.Errorf("the heap has grown by %d bytes in %d visits", grown, s.visits)
		}
		if p99 := s.p99(); p99 >= 300*time.Millisecond {
			t.Errorf("p99 of the looks at the acceptor is %v", p99)
		}
		if d := cmp.Diff(before, m.Trays()); d != "" {
			t.Errorf("coins (-before +after):\n%s", d)
		}
		t.Logf("soak: %d visits in %v of virtual time, p99 of %d looks %v, heap %d KiB and then %d KiB", s.visits, took,
			s.looks, s.p99(), early>>10, late>>10)
		if err := s.v.Close(); err != nil {
			t.Error(err)
		}
		if err := line.Close(); err != nil {
			t.Error(err)
		}
	})
}

// size is what lives on the heap.
func size() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
