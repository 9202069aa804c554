package coin_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/pkg/coin"
)

// bystander stands before a simulated machine in a bubble: drops coins, lets time pass, and hears what is told.
type bystander struct {
	*testing.T
	m     *bench.Machine
	log   []coin.Event
	hears func() <-chan coin.Event
}

func (b *bystander) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// wait lets time pass in the bubble and gathers events.
func (b *bystander) wait(d time.Duration) {
	<-time.After(d)
	b.gather()
}

func (b *bystander) gather() {
	synctest.Wait()
	for {
		select {
		case e := <-b.hears():
			b.log = append(b.log, e)
		default:
			return
		}
	}
}

// insert drops coins at the pace of a person.
func (b *bystander) insert(yen ...int) {
	b.Helper()
	for _, y := range yen {
		b.must(b.m.Insert(y))
		b.wait(700 * time.Millisecond)
	}
}

// rig is a vendor on a simulated machine.
type rig struct {
	bystander
	v       *coin.Vendor
	before  bench.Trays
	closed  func()
	between func(net.Conn) net.Conn // may be nil
	cut     func()                  // cuts the line without a word, as kill -9 does
}

// onMachine runs a test in a bubble of its own time. change may alter machine and configuration.
func onMachine(t *testing.T, change func(*bench.Options, *coin.Config), run func(*rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		opt, cfg := bench.Defaults(), coin.DefaultConfig()
		if change != nil {
			change(&opt, &cfg)
		}
		r := &rig{bystander: bystander{T: t, m: bench.New(opt)}}
		r.before = r.m.Trays()
		r.open(cfg)
		run(r)
		r.closed()
		r.conserved()
	})
}

// onMachineClosed is onMachine with a vendor that has not been opened.
func onMachineClosed(t *testing.T, change func(*bench.Options, *coin.Config), run func(*testing.T, *coin.Vendor)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		opt, cfg := bench.Defaults(), coin.DefaultConfig()
		change(&opt, &cfg)
		conn := bench.New(opt).Dial()
		v := coin.NewVendor(coin.FromConn(conn), cfg)
		run(t, v)
		if err := errors.Join(v.Close(), conn.Close()); err != nil {
			t.Error(err)
		}
	})
}

// open starts a vendor as a fresh process would.
func (r *rig) open(cfg coin.Config) {
	r.Helper()
	conn := r.m.Dial()
	if r.between != nil {
		conn = r.between(conn)
	}
	r.v = coin.NewVendor(coin.FromConn(conn), cfg)
	r.hears = r.v.Events
	r.cut = func() { r.must(conn.Close()) }
	r.closed = func() {
		if err := errors.Join(r.v.Close(), conn.Close()); err != nil {
			r.Error(err)
		}
		synctest.Wait()
	}
	r.must(r.v.Open(r.Context()))
}

// begin opens a deposit of the given price with what the hoppers hold.
func (r *rig) begin(price int) {
	r.Helper()
	h := r.m.Trays().Hoppers
	stock := coin.Count{int32(h[10]), int32(h[50]), int32(h[100]), int32(h[500])}
	r.must(r.v.BeginDeposit(r.Context(), coin.Limits{Price: price, Stock: stock}))
}

// fix settles and fixes, and gives what was deposited.
func (r *rig) fix() coin.Count {
	r.Helper()
	in, err := r.v.Settle(r.Context())
	r.must(err)
	r.must(r.v.FixDeposit(r.Context()))
	return in
}

// conserved checks that no coin came or went but by the person's hand.
func (r *rig) conserved() {
	r.Helper()
	sum := func(t bench.Trays) (all int) {
		for _, c := range []bench.Coins{t.Flying, t.Escrow, t.Hoppers, t.CashBox, t.Return} {
			all += c.Total()
		}
		return all
	}
	if r.m.Trays().Flying.Total() != 0 {
		r.Error("coins still fly")
	}
	if got := sum(r.m.Trays()); got < sum(r.before) {
		r.Errorf("the machine holds ¥%d, before it held ¥%d", got, sum(r.before))
	}
}

// count says how many events of a type came.
func count[E coin.Event](r *rig, fits func(E) bool) (n int) {
	r.gather()
	for _, e := range r.log {
		if e, is := e.(E); is && (fits == nil || fits(e)) {
			n++
		}
	}
	return n
}

func (r *rig) tray(want bench.Coins) {
	r.Helper()
	if d := cmp.Diff(want, r.m.Trays().Return); d != "" {
		r.Errorf("return tray (-want +got):\n%s", d)
	}
}

func (r *rig) state(want coin.State) {
	r.Helper()
	if got := r.v.State(); got != want {
		r.Errorf("state %v, want %v", got, want)
	}
}

func (r *rig) dispenses(addr byte) int { return r.m.Frames()[bench.Seen{Device: addr, Header: 167}] }

// kill cuts the vendor's line after d, as the death of its program does, while act runs; then a new vendor starts.
func (r *rig) kill(d time.Duration, act func(context.Context, *coin.Vendor)) {
	r.Helper()
	old := r.v
	acted := make(chan struct{})
	go func() {
		defer close(acted)
		if act != nil {
			act(context.Background(), old)
		}
	}()
	<-time.After(d)
	r.cut()
	r.open(coin.DefaultConfig())
	<-acted
	r.must(old.Close())
}

// onLine is onMachine with something between the machine and the vendor.
func onLine(t *testing.T, between func(net.Conn) net.Conn, run func(*rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{bystander: bystander{T: t, m: bench.New(bench.Defaults())}, between: between}
		r.before = r.m.Trays()
		r.open(coin.DefaultConfig())
		run(r)
		r.closed()
		r.conserved()
	})
}

// lyingLine changes on its way to the host what the escrow says of itself (header 106: three bytes), the code of a
// rejected coin (header 229), or who the acceptor is.
type lyingLine struct {
	net.Conn
	mu   sync.Mutex
	says *[3]byte
	code byte   // instead of 1; 0 changes nothing
	swap bool   // another serial number of the acceptor (header 242)
	stay bool   // the hopper of ¥10 says the contrary of whether it is enabled (header 163)
	held []byte // of a frame that is not complete
	out  []byte
}

// say lets the escrow say this from now on; nil lets it speak for itself.
func (l *lyingLine) say(s *[3]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.says = s
}

func (l *lyingLine) Read(p []byte) (int, error) {
	for len(l.out) == 0 {
		buf := make([]byte, 64)
		n, err := l.Conn.Read(buf)
		l.held = append(l.held, buf[:n]...)
		for len(l.held) > 1 && len(l.held) >= 5+int(l.held[1]) {
			size := 5 + int(l.held[1])
			l.out = append(l.out, l.twist(l.held[:size])...)
			l.held = l.held[size:]
		}
		if err != nil {
			return 0, err
		}
	}
	n := copy(p, l.out)
	l.out = l.out[n:]
	return n, nil
}

func (l *lyingLine) twist(frame []byte) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	frame = append([]byte(nil), frame...)
	end := len(frame) - 1
	switch {
	case l.stay && frame[2] == 3 && frame[1] == 2:
		frame[4] ^= 0x80
	case l.swap && string(frame[1:end]) == "\x03\x02\x00\x01\x0b\x0a":
		frame[4] = 0x77
	case frame[2] == 85 && frame[1] == 3 && l.says != nil:
		copy(frame[4:], l.says[:])
	case frame[2] == 2 && frame[1] == 11 && l.code != 0:
		for i := 5; i < end; i += 2 {
			if frame[i] == 0 && frame[i+1] == 1 {
				frame[i+1] = l.code
			}
		}
	}
	var sum byte
	for _, b := range frame[:end] {
		sum += b
	}
	frame[end] = -sum
	return frame
}
