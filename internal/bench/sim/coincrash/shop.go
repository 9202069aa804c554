package coincrash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/coin/trouble"
	"github.com/kioskd/kioskd/internal/bench/sim"
	"github.com/kioskd/kioskd/pkg/coin"
)

// shop is all that outlives a process: the machine, the disk, and what is still to happen.
type shop struct {
	Options
	story   Story
	plan    Plan
	machine *bench.Machine
	rnd     *rand.Rand
	stock   coin.Count
	result  Result
	begun   bool // the story's first byte is near: blows count from here
	start   int  // bytes before
	struck  int  // bytes when the first blow fell

	mu   sync.Mutex
	disk ledger
	now  *life
	put  []int // coins that the person still has
	blow int   // blows that are armed or over
}

// Bounds of a run: lives as many as blows and a few for devices that went away, and the time until all must be settled.
const (
	maxLives  = 8
	alone     = 4 // lives until a clerk is called
	patience  = 10 * time.Minute
	pause     = time.Second // before a program is started again
	outage    = 5 * time.Second
	unplugged = 1000 // ms
)

// Run plays a story under a plan. Call it inside a bubble of testing/synctest.
func Run(s Story, plan Plan, o Options) Result {
	m := bench.Defaults()
	m.Stock = bench.Coins{10: 20, 50: 20, 100: 10, 500: 20}
	w := &shop{
		Options: o, story: s, plan: plan, machine: bench.New(m), rnd: rand.New(rand.NewPCG(o.Seed, 1)),
		stock: coin.Count{20, 20, 10, 20}, put: s.Coins,
	}
	w.result.Resolved = map[string]int{}
	w.disk.hoppers = w.stock
	for _, f := range o.Faults {
		if f.Do == trouble.WindCounter { // it strikes when a program opens the vendor
			w.trouble(f)
		}
	}
	begun := time.Now()
	over := w.live()
	w.judge(over)
	w.result.Virtual = time.Since(begun)
	w.result.Bytes = w.machine.Bytes() - w.start
	if w.struck > 0 {
		w.result.Mend = w.machine.Bytes() - w.struck
	}
	return w.result
}

// live runs one life after another until one of them has come to its end.
func (w *shop) live() (over bool) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for range maxLives {
		if w.result.Lives++; w.result.Lives > alone {
			w.clerk()
		}
		conn := w.machine.Dial()
		v := coin.NewVendor(coin.FromConn(conn), coin.DefaultConfig())
		p := &life{shop: w, conn: conn, v: v, died: make(chan struct{})}
		w.mu.Lock()
		w.now = p
		w.mu.Unlock()
		if w.begun {
			w.next()
		}
		err := p.run(ctx)
		w.mu.Lock()
		dead := p.dead
		w.mu.Unlock()
		if err := errors.Join(p.v.Close(), conn.Close()); err != nil {
			w.result.fault("%v", err)
		}
		switch {
		case err == nil && !dead:
			return true
		case ctx.Err() != nil:
			return false
		case dead && w.plan[w.blow-1].How == Both:
			<-time.After(outage)
		default:
			<-time.After(pause)
		}
	}
	return false
}

// next arms the next blow of the plan: the first from the begin of the story, the second from the begin of the next
// life.
func (w *shop) next() {
	if w.blow >= len(w.plan) {
		return
	}
	b := w.plan[w.blow]
	w.blow++
	if b.Byte == 0 {
		return
	}
	first := w.blow == 1
	if b.How == Cycle || b.How == Both {
		w.trouble(trouble.Fault{Do: trouble.PowerCycle, Byte: b.Byte})
	}
	if b.How == Unplug {
		w.trouble(trouble.Fault{Do: trouble.Unplug, Byte: b.Byte, Ms: unplugged})
	}
	from := w.machine.Bytes()
	w.machine.AtByte(b.Byte, func() {
		w.result.Blows++
		if first {
			w.struck = from + b.Byte
		}
		if b.How == Kill || b.How == Both {
			w.mu.Lock()
			p := w.now
			w.mu.Unlock()
			p.kill()
		}
	})
}

func (w *shop) trouble(f trouble.Fault) {
	if _, err := w.machine.AddFault(f); err != nil {
		panic("coincrash: a plan that the simulator refuses")
	}
}

// clerk frees what jams and ends what lasts.
func (w *shop) clerk() {
	for id := range w.machine.Faults() {
		w.machine.ClearFault(id)
	}
	w.machine.ClearJams()
}

// letsGo says that the escrow does not hold its coins without power, as the shop's configuration would say.
func (w *shop) letsGo() bool {
	return slices.ContainsFunc(w.Faults, func(f trouble.Fault) bool {
		return f.Do == trouble.EscrowReturns || f.Do == trouble.EscrowKeeps
	})
}

// begin marks the begin of the story.
func (w *shop) begin() {
	if w.begun {
		return // an earlier life got no further than this
	}
	w.begun, w.start = true, w.machine.Bytes()
	for _, f := range w.Faults {
		if f.Do != trouble.WindCounter {
			w.trouble(f)
		}
	}
	w.next()
}

// person puts coins in, until the deposit is over.
func (w *shop) person(gone <-chan struct{}) {
	for {
		w.mu.Lock()
		if len(w.put) == 0 {
			w.mu.Unlock()
			return
		}
		yen := w.put[0]
		w.put = w.put[1:]
		wait := 300*time.Millisecond + time.Duration(w.rnd.IntN(400))*time.Millisecond + 7*time.Microsecond
		w.mu.Unlock()
		select {
		case <-time.After(wait):
		case <-gone:
			return
		}
		if err := w.machine.Insert(yen); err != nil {
			panic("coincrash: the slot refuses a coin")
		}
	}
}

// settled counts how something was settled.
func (w *shop) settled(how string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.result.Resolved[how]++
}

// judge compares what is written with what is physically there, when all coins have come to rest.
func (w *shop) judge(over bool) {
	<-time.After(10 * time.Second)
	w.clerk()
	l, t := w.disk, w.machine.Trays()
	if !over {
		w.result.fault("%d lives, and it is not settled", w.result.Lives)
	}
	bounced := count(w.machine.Bounced())
	var hash sim.Hash
	more := 0
	for _, place := range []struct {
		name     string
		in, book coin.Count
	}{
		{"escrow", count(t.Escrow), l.escrow},
		{"hoppers", count(t.Hoppers), l.hoppers},
		{"cash box", count(t.CashBox), l.box},
		{"return tray", count(t.Return).Plus(count(t.Pulled)), l.out.Plus(bounced)},
	} {
		for k, n := range place.in.Minus(place.book) {
			hash.Number(int64(place.in[k]))
			yen := coin.Kind(k).Yen()
			if n < 0 {
				w.result.Differ += -int(n) * yen
				w.result.fault("¥%d: %d in the %s, %d by the ledger", yen, place.in[k], place.name, place.book[k])
			}
			more += max(0, int(n))
		}
	}
	if more > l.unknown {
		w.result.Differ += more - l.unknown
		w.result.fault("%d coins more than the ledger has, which knows of %d", more, l.unknown)
	}
	if l.unknown > 0 && !w.plan.cutsPower() && len(w.Faults) == 0 {
		w.result.fault("%d coins unknown, and the vendor never lost its power", l.unknown)
	}
	if got := l.out[coin.Hundred]; w.story.Pay > 0 && l.unknown == 0 && int(got) != w.story.Pay {
		w.result.fault("%d coins were paid, not %d", got, w.story.Pay)
	}
	if t.Flying.Total() != 0 || l.act != nil || l.open {
		w.result.fault("coins fly or an act is open: %v %v %v", t.Flying, l.act, l.open)
	}
	hash.Text(fmt.Sprint(l.escrow, l.hoppers, l.out, l.unknown, w.result.Lives, w.result.Resolved))
	w.result.Hash, w.result.Unknown = hash.Sum(), l.unknown
}

// count turns the simulator's coins into the ledger's.
func count(c bench.Coins) (n coin.Count) {
	for k := range coin.NumKinds {
		n[k] = int32(c[k.Yen()])
	}
	return n
}
