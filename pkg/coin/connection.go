package coin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Line is a [Port] that can be closed.
type Line interface {
	Port
	Close() error
}

// Dialer opens the line to the machine. It is called until it succeeds, every 500 ms, so it should end soon.
type Dialer func(ctx context.Context) (Line, error)

// Bounds of a connection.
const (
	reopenEvery = 500 * time.Millisecond
	openTime    = 10 * time.Second // for naming all parts at 9600 baud, and for a movement under way
)

// Connection is a coin vendor that outlives its line: it has the verbs of [Vendor], and when the line or the machine is
// lost it says [Gone], opens both again, proves that it is the same machine by the serial numbers of its parts, tells
// what happened meanwhile, and says [Back]. A deposit of before goes on: no coin is taken, but what lies in the escrow
// can be fixed, kept or repaid. An act that was cut off is never repeated; it has failed with ErrUnresolved or ErrGone.
type Connection struct {
	dial    Dialer
	cfg     Config
	opt     ConnectionOptions
	events  chan Event
	done    chan struct{} // closed when the keeper has ended
	cancel  context.CancelFunc
	closing error

	mu      sync.Mutex
	vendor  *Vendor // the last one that was opened
	line    Line
	arrival chan struct{} // closed when the next vendor has been opened
}

// ConnectionOptions say how a connection deals with a loss.
type ConnectionOptions struct {
	// Patience is how long a verb waits for a machine that is gone before it begins; then it fails with ErrGone. 0
	// does not wait. A verb that has begun never waits and is never begun again.
	Patience time.Duration
	// Refused is told why the machine cannot be opened again, once for each new reason: it is not there, or it is a
	// *SwappedError, a *WrongDeviceError and so on. May be nil.
	Refused func(error)
}

// NewConnection makes a connection; nothing is opened before [Connection.Open].
func NewConnection(dial Dialer, cfg Config, opt ConnectionOptions) *Connection {
	return &Connection{
		dial: dial, cfg: cfg, opt: opt, events: make(chan Event, maxEvents), arrival: make(chan struct{}),
		done: make(chan struct{}),
	}
}

// Open opens line and machine for the first time: what fails now is told to the caller, and nothing is tried again.
// Call it once; end with [Connection.Close].
func (c *Connection) Open(ctx context.Context) error {
	v, line, err := c.start(ctx, nil)
	if err != nil {
		return err
	}
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c.cancel = cancel
	c.arrived(v, line)
	go func() {
		defer close(c.done)
		c.keep(own)
	}()
	return nil
}

// Close makes the machine inert and closes the line.
func (c *Connection) Close() error {
	if c.cancel == nil {
		return nil
	}
	c.cancel()
	<-c.done
	return c.closing
}

// start opens line and machine.
func (c *Connection) start(ctx context.Context, before *carried) (*Vendor, Line, error) {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	line, err := c.dial(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("coin: open the line: %w", err)
	}
	v := NewVendor(line, c.cfg)
	v.carried, v.events = before, c.events
	if err := v.Open(ctx); err != nil {
		return nil, nil, errors.Join(err, v.Close(), line.Close())
	}
	return v, line, nil
}

func (c *Connection) arrived(v *Vendor, line Line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.vendor, c.line = v, line
	close(c.arrival)
	c.arrival = make(chan struct{})
}

// keep opens anew what is lost, until ctx ends.
func (c *Connection) keep(ctx context.Context) {
	for {
		select {
		case <-c.vendor.done:
		case <-ctx.Done():
		}
		c.closing = errors.Join(c.vendor.Close(), c.line.Close())
		if ctx.Err() != nil || !c.reopen(ctx) {
			return
		}
	}
}

// reopen tries until the machine is back; it gives false when ctx ends first.
func (c *Connection) reopen(ctx context.Context) bool {
	before := c.vendor.memory()
	tick := time.NewTicker(reopenEvery)
	defer tick.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			c.closing = nil // all is closed
			return false
		case <-tick.C:
		}
		v, line, err := c.start(ctx, before)
		if err == nil {
			c.arrived(v, line)
			return true
		}
		if text := err.Error(); text != said && ctx.Err() == nil && c.opt.Refused != nil {
			said = text
			c.opt.Refused(err)
		}
	}
}

// do carries a verb out. Where the machine is gone before the verb has begun, it waits a little for it.
func (c *Connection) do(ctx context.Context, verb func(*Vendor) error) error {
	v, err := c.use(ctx, nil)
	if err != nil {
		return err
	}
	err = verb(v)
	if _, idle := errors.AsType[*notBegunError](err); !idle {
		return err
	}
	if v, err = c.use(ctx, v); err != nil {
		return err
	}
	return verb(v)
}

// use gives a vendor that has not ended and is another one than the last.
func (c *Connection) use(ctx context.Context, last *Vendor) (*Vendor, error) {
	c.mu.Lock()
	v, arrival := c.vendor, c.arrival
	c.mu.Unlock()
	switch {
	case v == nil:
		return nil, &StateError{Verb: "use", State: Closed}
	case v != last && !v.ended():
		return v, nil
	}
	patience := time.NewTimer(c.opt.Patience)
	defer patience.Stop()
	select {
	case <-arrival:
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.vendor, nil
	case <-patience.C:
		return nil, fmt.Errorf("coin: not back within %v: %w", c.opt.Patience, ErrGone)
	case <-c.done:
		return nil, &StateError{Verb: "use", State: Closed}
	case <-ctx.Done():
		return nil, fmt.Errorf("coin: wait for the machine: %w", errors.Join(ErrGone, ctx.Err()))
	}
}
