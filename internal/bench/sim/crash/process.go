package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/bench/crashfs"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/ui"
)

// process is one life of kioskd.
type process struct {
	w     *World
	death *Death // nil: it lives

	mu    sync.Mutex
	dead  bool
	over  bool // it has ended, dead or alive
	gates []Gate
	wrote int           // operations of the disk at the gate before
	left  *crashfs.Disk // what the death left of the disk

	died   chan struct{} // closed when it has died
	ended  chan struct{} // closed when its loop is over
	cancel context.CancelFunc
	err    error // of a loop that ended by itself

	line    net.Conn // to the coin vendor; nil before the first dialling
	vendor  *coin.Connection
	journal *journal.Journal
	panel   *panel
	reader  *reader
	clerk   chan hand.Turn
	late    journal.Intent // of Break ForgetAnIntent
	refund  journal.Refund // the same
}

// start opens journal and devices and lets the loop run.
func (w *World) start() (*process, error) {
	p := &process{
		w: w, died: make(chan struct{}), ended: make(chan struct{}), clerk: make(chan hand.Turn),
		panel: &panel{events: make(chan ui.Event)}, reader: &reader{events: make(chan card.Event)},
	}
	p.panel.p, p.reader.p = p, p
	if n := len(w.lives); n < len(w.plan) {
		p.death = &w.plan[n]
	}
	w.lives = append(w.lives, p)
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	var err error
	boot := domain.BootID{ID: domain.ID{byte(len(w.lives))}}
	if p.journal, err = journal.Open(ctx, file, boot, journal.On(w.disk)); err != nil {
		cancel()
		return p, err
	}
	p.vendor = coin.NewConnection(p.dial, coin.DefaultConfig(), coin.ConnectionOptions{Patience: coinPatience})
	if err := p.vendor.Open(ctx); err != nil {
		return p, errors.Join(err, p.close())
	}
	if err := w.float(ctx, p.journal); err != nil {
		return p, errors.Join(err, p.close())
	}
	if w.Break == GiveToNobody && len(w.lives) > 1 && p.vendor.AdoptDeposit(ctx, coin.Count{}) == nil {
		_ = p.vendor.EndDeposit(ctx, coin.Repay) // broken on purpose
	}
	p.wrote = w.disk.Len()
	t := terminal.New(p.options())
	go func() {
		defer close(p.ended)
		p.err = t.Run(ctx)
	}()
	select {
	case p.reader.events <- card.Event{Kind: card.ReaderAdded, Reader: "r"}:
	case <-p.ended:
	}
	return p, nil
}

// coinPatience is the terminal's with a coin vendor that was unplugged (cmd/kioskd).
const coinPatience = 10 * time.Second

// dialled is a line to the coin vendor.
type dialled struct {
	coin.Port
	conn net.Conn
}

// Close implements [coin.Line].
func (d dialled) Close() error { return d.conn.Close() }

// dial connects to the coin vendor, again and again after it was unplugged.
func (p *process) dial(context.Context) (coin.Line, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return nil, net.ErrClosed
	}
	p.line = p.w.machine.Dial()
	return dialled{coin.FromConn(p.line), p.line}, nil
}

// gate is a point at which the process can die. A dead process gets no further, in whichever goroutine.
func (p *process) gate(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		runtime.Goexit()
	}
	n := len(p.gates)
	at := p.w.elapsed()
	p.gates = append(p.gates, Gate{name, at})
	p.w.trace.note(name, int64(at))
	if p.death == nil || p.death.Gate != n {
		p.wrote = p.w.disk.Len()
		return
	}
	if p.death.After == 0 {
		p.strike()
		return
	}
	time.AfterFunc(p.death.After+odd, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.over {
			p.strike()
		}
	})
}

// odd keeps a death off every instant at which something else happens.
const odd = 31 * time.Nanosecond

// strike does what the plan says. A dead process ends in the goroutine that came to the gate, and in each of the others
// at its next one.
func (p *process) strike() {
	p.w.struck++
	switch p.death.How {
	case Unplug:
		_ = p.line.Close() // a pipe in memory
	case Off:
		p.w.printer.power(false)
	default:
		p.die()
		runtime.Goexit()
	}
}

// leave is the disk as the next process finds it. When a process dies, the machine keeps what it wrote. When the power
// goes, it went somewhere in the write that this gate follows: nothing was done since, so any moment of it fits.
func (p *process) leave() *crashfs.Disk {
	if p.death.How != Cut {
		return p.w.disk.Fork(p.w.disk.Len())
	}
	if p.torn() {
		p.w.torn = append(p.w.torn, p.gates[len(p.gates)-1].Name)
	}
	left := p.image(p.death.Image)
	if p.death.Image == 0 && len(p.w.result.Left) == 0 {
		for n := range Images {
			p.w.result.Left = append(p.w.result.Left, p.image(n).Sum(""))
		}
	}
	return left
}

// torn reports that the power goes in the middle of a write.
func (p *process) torn() bool { return p.death.After == 0 && p.w.disk.Len() > p.wrote }

// image is one that a cut may leave now.
func (p *process) image(n int) *crashfs.Disk {
	done := p.w.disk.Len()
	rnd := rand.New(rand.NewPCG(uint64(p.death.Gate), uint64(n)))
	if p.torn() {
		done -= rnd.IntN(done - p.wrote + 1)
	}
	part := [Images]crashfs.Part{crashfs.All, crashfs.None, crashfs.Some}[n]
	return p.w.disk.Play().To(done).Image(part, rnd)
}

// die ends the process: the line to the devices is cut with it, so that nothing more leaves.
func (p *process) die() {
	p.dead = true
	p.left = p.leave()
	close(p.died)
	_ = p.line.Close() // a pipe in memory
	p.cancel()
	if p.death.How == Cut {
		p.w.machine.Power(false)
		p.w.printer.power(false)
	}
}

// after is call for a peer that is not on this machine: it answers a little later, at an instant of its own, so that
// its goroutine never runs beside the loop and a run can be replayed.
func (p *process) after(d time.Duration, name string, do func()) {
	select {
	case <-time.After(d):
	case <-p.died:
	}
	p.call(name, func() {
		do()
		<-time.After(odd) // what the driver tells of a broken line beside its answer is heard first
	})
}

// call is one touch of the world.
func (p *process) call(name string, do func()) {
	p.gate("before " + name)
	do()
	p.gate("after " + name)
}

// stop ends a life that has not died, as the world's end.
func (p *process) stop() error {
	p.cancel()
	<-p.ended
	return p.close()
}

// close waits for what is left of a process and gives its file free.
func (p *process) close() error {
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	err := p.vendor.Close()
	if err != nil {
		return fmt.Errorf("crash: line: %w", err)
	}
	<-time.After(closing) // requests under way end with their context
	return p.journal.Close()
}

// closing is how long goroutines of a process that has ended may still need.
const closing = 90 * time.Second
