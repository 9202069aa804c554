//go:build cgo

package cardpcsc

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/ebfe/scard"

	"github.com/kioskd/kioskd/pkg/card"
)

const (
	transmitLimit = 10 * time.Second // libccid waits 3 s, longer if the card asks for time
	connectLimit  = 12 * time.Second // holds the tries on a busy reader
	powerOffLimit = 4 * time.Second
	busyTries     = 5
	busyWait      = time.Second
)

// connection is one card, held for this process alone. All its calls into libpcsclite are made by one goroutine.
type connection struct {
	backend *Backend
	reader  string
	jobs    chan func()
	ended   chan struct{} // closed when the worker has gone
	service *scard.Context
	card    *scard.Card
	off     bool // the worker's own
}

// Connect connects to the card in a reader, for this process alone. A reader that another program holds is tried for
// five seconds. Errors: [card.ErrRemoved] (no card), [card.ErrMute], [card.ErrBusy], [card.ErrReaderGone],
// [card.ErrServiceDown], [card.ErrStalled].
//
// PC/SC cannot be interrupted: a context that ends early ends only the tries.
func (b *Backend) Connect(ctx context.Context, reader string) (card.Card, error) {
	c := &connection{backend: b, reader: reader, jobs: make(chan func()), ended: make(chan struct{})}
	go c.work()
	err := c.call(ctx, connectLimit, func() error { return c.connect(ctx) })
	if err != nil {
		return nil, fmt.Errorf("cardpcsc: connect: %w", err)
	}
	return c, nil
}

// work runs until the card is off.
func (c *connection) work() {
	runtime.LockOSThread() // PC/SC calls stay on one thread
	defer runtime.UnlockOSThread()
	defer close(c.ended)
	for !c.off {
		(<-c.jobs)()
	}
}

// call lets the worker run f and waits, at most for the limit. A call that does not come back marks the whole process
// as stalled: from then on nothing here is touched.
func (c *connection) call(ctx context.Context, limit time.Duration, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.backend.isStalled() {
		return card.ErrStalled
	}
	done := make(chan error, 1)
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case c.jobs <- func() { done <- f() }:
	case <-c.ended:
		return card.ErrRemoved
	case <-t.C:
		c.backend.stall()
		return card.ErrStalled
	}
	select {
	case err := <-done:
		return err
	case <-t.C:
		c.backend.stall()
		return card.ErrStalled
	}
}

// connect runs on the worker.
func (c *connection) connect(ctx context.Context) error {
	var err error
	c.off = true // until it is on
	if c.service, err = scard.EstablishContext(); err != nil {
		return meaning(err)
	}
	for try := 1; ; try++ {
		c.card, err = c.service.Connect(c.reader, scard.ShareExclusive, scard.ProtocolT0|scard.ProtocolT1)
		if !errors.Is(err, scard.ErrSharingViolation) || try == busyTries || ctx.Err() != nil {
			break
		}
		pause(ctx, busyWait)
	}
	if err == nil {
		if p := c.card.ActiveProtocol(); p == scard.ProtocolT0 || p == scard.ProtocolT1 {
			c.off = false
			return nil
		}
		_ = c.card.Disconnect(scard.UnpowerCard)
		err = scard.ErrProtoMismatch // Transmit would panic
	}
	if !dead(err) {
		_ = c.service.Release()
	}
	return meaning(err)
}

// Transmit carries one command. It returns when the answer is there, the card is gone, or after ten seconds with
// [card.ErrStalled]; an ended context keeps it from beginning only.
func (c *connection) Transmit(ctx context.Context, apdu []byte) ([]byte, error) {
	if len(apdu) < 4 {
		return nil, fmt.Errorf("cardpcsc: transmit: %w: %d bytes", card.ErrRefused, len(apdu))
	}
	var answer []byte
	err := c.call(ctx, transmitLimit, func() (err error) {
		answer, err = c.card.Transmit(apdu)
		return err
	})
	if err == nil && len(answer) < 2 && errors.Is(c.explain(scard.ErrNotTransacted), card.ErrRemoved) {
		err = scard.ErrRemovedCard // vpcd's way to say so; the caller judges other short answers
	}
	if err != nil {
		return nil, fmt.Errorf("cardpcsc: transmit: %w", c.explain(err))
	}
	return answer, nil
}

// explain asks for the reader's state where the code alone does not say what happened.
func (c *connection) explain(err error) error {
	explained := meaning(err)
	code, ok := errors.AsType[scard.Error](err)
	if !ok || !errors.Is(explained, card.ErrTransport) {
		return explained
	}
	if seen := c.backend.look(c.reader); seen != nil {
		return wrap(seen, code)
	}
	return explained
}

// PowerOff takes the card's power away at once and ends the connection. A card that is gone is no error.
func (c *connection) PowerOff(ctx context.Context) error {
	err := c.call(context.WithoutCancel(ctx), powerOffLimit, func() error {
		c.off = true
		err := c.card.Disconnect(scard.UnpowerCard)
		if !dead(err) {
			_ = c.service.Release()
		}
		return err
	})
	if err == nil || errors.Is(meaning(err), card.ErrRemoved) {
		return nil
	}
	return fmt.Errorf("cardpcsc: power off: %w", meaning(err))
}
