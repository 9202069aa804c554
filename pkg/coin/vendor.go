package coin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
	"github.com/kioskd/kioskd/pkg/coin/jam"
)

// Bounds of the vendor.
const (
	maxEvents  = 1024                    // events not yet taken; a deposit makes a few per coin
	idlePoll   = time.Second             // between looks at the acceptor while it takes no coins
	haltLimit  = 5 * time.Second         // for making everything inert
	quietTime  = 1500 * time.Millisecond // rule X-02: no event for this long means no coin is in flight
	settleTime = 10 * time.Second        // after this a deposit that is not quiet is in doubt
	maxSilent  = 6                       // looks without an answer, 5 s in all, until the line counts as gone
	checkTime  = 10 * time.Second        // between two reads of the inhibits while coins are taken
)

// Vendor is the coin vendor. Its verbs may be called from any goroutine; they are carried out one after another by one
// that owns the bus.
type Vendor struct {
	cfg      Config
	bus      *cctalk.Bus
	acceptor cctalk.Acceptor
	escrow   cctalk.Escrow
	hoppers  [NumKinds]cctalk.Hopper
	events   chan Event
	requests chan request
	done     chan struct{} // closed when the owner has ended
	cancel   context.CancelFunc

	mu       sync.Mutex
	act      context.CancelFunc // ends the act under way; nil if there is none
	state    State
	in       Count
	accuracy Accuracies // of the caller's counts of the hoppers
	reason   error      // why the vendor is closed
	left     State      // where it stood when it closed

	carried *carried // from the vendor before, whose line was lost; nil for the first
	opening bool     // what happens is told when the vendor is open, or never
	early   []Event  // what happened until then

	// What follows belongs to the owner alone.
	limits  Limits
	last    Acceptor // as of the last look; Accepts is counted on by the credits seen, Inside is of the deposit's begin
	mask    Mask     // kinds accepted now
	boxed   Mask     // kinds that go to the cash box because their hopper is full
	quiet   bool     // no coin is in flight
	agrees  bool     // the acceptor's count of coins agrees with the credits
	doubted bool     // coins may have gone astray in this deposit
	silent  int
	checked time.Duration // since the inhibits were read back
	trouble jam.Watch     // of the acceptor
}

type request struct {
	ctx  context.Context
	do   func(context.Context) error
	done chan error
}

// NewVendor makes a vendor on a line; nothing is sent before [Vendor.Open].
func NewVendor(port Port, cfg Config) *Vendor {
	bus := cctalk.NewBus(port, cfg.Bus)
	paths := map[int]byte{}
	for k, p := range cfg.Paths {
		paths[Kind(k).Yen()] = p
	}
	v := &Vendor{
		cfg: cfg, bus: bus,
		acceptor: cctalk.Acceptor{
			Bus: bus, Addr: cfg.Acceptor, Coins: cfg.Coins, Paths: paths, Counts: cfg.Insertions,
			Limits: cfg.AcceptLimit,
		},
		escrow:   cctalk.Escrow{Bus: bus, Addr: cfg.Escrow, NoLevel: cfg.NoLevel, Filled: cfg.NoLevel},
		accuracy: cfg.Accuracy,
		events:   make(chan Event, maxEvents),
		requests: make(chan request),
		done:     make(chan struct{}),
	}
	for k := range NumKinds {
		v.hoppers[k] = cctalk.Hopper{
			Bus: bus, Addr: cfg.Hoppers[k], Yen: k.Yen(), Key: cfg.Keys[k], Coins: cfg.Coins, SwappedLevels: cfg.SwappedLevels,
		}
	}
	return v
}

// Open finds all parts, makes them inert (no coin accepted, no hopper enabled; a dispense under way is waited for),
// and starts the goroutine that owns the bus. Coins that were in flight have been counted when it returns. Call it
// once; end with [Vendor.Close], also after an error.
func (v *Vendor) Open(ctx context.Context) error {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	v.cancel = cancel
	// The line is heard until after the owner's last words, which make everything inert.
	ears, deafen := context.WithCancel(context.WithoutCancel(ctx))
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		v.bus.Listen(ears)
	}()
	end := func() {
		cancel()
		deafen()
		<-listening
		close(v.done)
	}
	v.opening = true
	if err := v.openParts(ctx); err != nil {
		v.reason = err
		end()
		return fmt.Errorf("coin: open: %w", err)
	}
	if code := v.acceptor.Fault; code != 0 {
		v.judge(code)
	}
	v.opening = false
	for _, e := range v.early {
		v.emit(e)
	}
	if v.carried != nil {
		v.emit(Back{})
	}
	go func() {
		defer end()
		v.run(own)
	}()
	return nil
}

// Close makes the vendor inert and ends it. The port is the caller's to close.
func (v *Vendor) Close() error {
	if v.cancel == nil {
		return nil
	}
	v.interrupt()
	v.cancel()
	<-v.done
	return nil
}

// Events gives what happens, in order. The channel is never closed. If nobody takes 1,024 events, the vendor stops
// taking coins.
func (v *Vendor) Events() <-chan Event { return v.events }

// State gives the state of now.
func (v *Vendor) State() State {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.state
}

// Deposited gives the coins credited to the deposit of now.
func (v *Vendor) Deposited() Count {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.in
}

// Parts gives who the devices say they are, for logs: acceptor, escrow, then the hoppers.
func (v *Vendor) Parts() []Identity {
	parts := []Identity{v.acceptor.ID, v.escrow.ID}
	for k := range v.hoppers {
		parts = append(parts, v.hoppers[k].ID)
	}
	return parts
}

func (v *Vendor) setState(s State) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.state = s
}

func (v *Vendor) setIn(c Count) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.in = c
}

// call has the owner carry out do. Once do has begun, call waits for its end: acts with money are never left half way.
func (v *Vendor) call(ctx context.Context, do func(context.Context) error) error {
	r := request{ctx: ctx, do: do, done: make(chan error, 1)}
	select {
	case v.requests <- r:
	case <-v.done:
		return &notBegunError{v.closedBy()}
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-r.done:
		return err
	case <-v.done:
		select {
		case err := <-r.done:
			return err
		default:
			return v.closedBy()
		}
	}
}

// notBegunError says that a verb had not begun when the vendor ended.
type notBegunError struct{ error }

func (e *notBegunError) Unwrap() error { return e.error }

// ended says that the owner is gone.
func (v *Vendor) ended() bool {
	select {
	case <-v.done:
		return true
	default:
		return false
	}
}

func (v *Vendor) closedBy() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.reason != nil {
		return v.reason
	}
	return &StateError{Verb: "use", State: Closed}
}

// run owns the bus: it carries out requests and looks at the acceptor between them.
func (v *Vendor) run(ctx context.Context) {
	defer func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.left, v.state = v.state, Closed
	}()
	interval := idlePoll
	tick := time.NewTicker(interval) // a steady beat: neither an exchange nor a request puts the next look off
	defer tick.Stop()
	for looked := false; ; {
		want := idlePoll
		if s := v.State(); s == Accepting || s == Paused {
			want = v.acceptor.Poll
		}
		if want != interval {
			interval = want
			tick.Reset(interval)
		}
		if looked = v.next(ctx, tick.C, looked); looked && ctx.Err() == nil {
			v.look(ctx)
			v.recheck(ctx, interval)
			v.mend(ctx, interval)
		}
		if v.silent >= maxSilent {
			return
		}
		if ctx.Err() != nil {
			_ = v.inert(context.WithoutCancel(ctx)) // it is the end; a new vendor begins with the same
			return
		}
	}
}

// next does what is due. Where a look and a request wait, they take turns, so that neither starves on a slow line.
func (v *Vendor) next(ctx context.Context, tick <-chan time.Time, looked bool) (look bool) {
	if looked {
		select {
		case r := <-v.requests:
			v.serve(r)
			return false
		default:
		}
	} else {
		select {
		case <-tick:
			return true
		default:
		}
	}
	select {
	case r := <-v.requests:
		v.serve(r)
		return false
	case <-tick:
		return true
	case <-ctx.Done():
		return false
	}
}

func (v *Vendor) serve(r request) {
	ctx, cancel := context.WithCancel(r.ctx)
	v.mu.Lock()
	v.act = cancel
	v.mu.Unlock()
	r.done <- r.do(ctx)
	v.mu.Lock()
	v.act = nil
	v.mu.Unlock()
	cancel()
}

// interrupt ends the act under way as soon as that is safe.
func (v *Vendor) interrupt() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.act != nil {
		v.act()
	}
}

// Halt stops everything that could move money: no coin is accepted, every hopper is stopped and disabled. An act under
// way is broken off where that is safe and returns first. Coins in the escrow stay there.
func (v *Vendor) Halt(ctx context.Context) error {
	v.interrupt()
	return v.call(ctx, v.inert)
}

func (v *Vendor) inert(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), haltLimit)
	defer cancel()
	err := errors.Join(v.stopCoins(ctx), v.acceptor.Inhibit(ctx, nil))
	for k := range v.hoppers {
		h := &v.hoppers[k]
		now, askErr := h.Status(ctx)
		if askErr == nil && now.Remaining > 0 {
			_, askErr = h.Stop(ctx)
		}
		err = errors.Join(err, askErr, h.Enable(ctx, false))
	}
	return err
}

// Counters reads what every part has counted. Read it while no coin can be in flight: when no deposit is open, or after
// [Vendor.Settle].
func (v *Vendor) Counters(ctx context.Context) (c Counters, err error) {
	err = v.call(ctx, func(ctx context.Context) error {
		v.look(ctx)
		if c.Acceptor, err = v.counted(ctx); err != nil {
			return err
		}
		if c.Escrow, err = v.escrow.Status(ctx); err != nil {
			return err
		}
		for k := range v.hoppers {
			if c.Hoppers[k], err = v.hoppers[k].Counters(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return c, err
}
