package coin_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/pkg/coin"
)

// tapped tells of each poll for credits (header 229 to the acceptor) that goes over a line.
type tapped struct {
	net.Conn
	polls chan time.Time
}

func (c tapped) Write(b []byte) (int, error) {
	if len(b) > 3 && b[0] == 2 && b[3] == 229 {
		select {
		case c.polls <- time.Now():
		default: // nobody counts now
		}
	}
	return c.Conn.Write(b)
}

// BenchmarkPollGap is the time between two polls of an open deposit while all other cores are busy: a unit loses events
// after a stall of 1.5 s (coin §4), and p99 is to stay below 300 ms. One operation is one poll; use -benchtime=500x. It
// makes all cores but one busy itself, and says what else the machine did: programs beyond these are not its own.
func BenchmarkPollGap(b *testing.B) {
	var over atomic.Bool
	defer over.Store(true)
	for range runtime.GOMAXPROCS(0) - 1 {
		go func() {
			for !over.Load() { // busy on purpose
			}
		}()
	}
	machine := bench.New(bench.Defaults())
	line := tapped{machine.Dial(), make(chan time.Time, 1)}
	v := coin.NewVendor(coin.FromConn(line), coin.DefaultConfig())
	defer func() {
		if err := errors.Join(v.Close(), line.Close()); err != nil {
			b.Error(err)
		}
	}()
	stock := coin.Count{20, 20, 20, 20}
	err := errors.Join(v.Open(b.Context()), v.BeginDeposit(b.Context(), coin.Limits{Price: 200, Stock: stock, Slots: 40}))
	if err != nil {
		b.Fatal(err)
	}
	go func() { // nobody else listens to what it says
		for range v.Events() {
		}
	}()
	var gaps []time.Duration
	last := <-line.polls
	for b.Loop() {
		at := <-line.polls
		gaps = append(gaps, at.Sub(last))
		last = at
	}
	slices.Sort(gaps)
	at := func(of float64) float64 { return float64(gaps[int(of*float64(len(gaps)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
	if load, ok := programs(); ok {
		b.ReportMetric(load, "programs")
	}
}

// programs is how many programs wanted a core in the last minute, those of this test among them; only Linux tells.
func programs() (load float64, ok bool) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0, false
	}
	_, err = fmt.Sscan(string(text), &load)
	return load, err == nil
}
