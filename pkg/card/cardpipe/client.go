package cardpipe

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/kioskd/kioskd/pkg/card"
)

const (
	maxEvents  = 64 // unread events; more mean that nobody reads them, and the client gives up
	maxPending = 8  // unanswered requests, abandoned ones too
)

// A Client is the parent's end of one child's life. It is made for one pipe and ends with it; see [Child] for what
// makes the next. Safe for concurrent use.
type Client struct {
	pipe   io.ReadWriteCloser
	events chan card.Event
	broken chan struct{} // closed when the client gives up

	writing sync.Mutex // held while a frame is built and written

	mu      sync.Mutex
	cause   error // why it gave up
	last    uint32
	pending map[uint32]*call
	readers []string
	heard   bool
}

// A call waits for its answer, also after its caller has gone: the answer proves that the child lives.
type call struct {
	answer chan answer
	limit  *time.Timer
}

type answer struct {
	payload []byte
	err     error
}

// NewClient makes a client on a pipe; [Client.Run] makes it work.
func NewClient(pipe io.ReadWriteCloser) *Client {
	return &Client{
		pipe: pipe, events: make(chan card.Event, maxEvents), broken: make(chan struct{}), pending: map[uint32]*call{},
	}
}

// Events gives what the child sees, in order. It is closed when Run ends; all readers and cards are forgotten then.
func (c *Client) Events() <-chan card.Event { return c.events }

// Readers names the readers of the child's last report.
func (c *Client) Readers() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.readers...)
}

// Heard says whether the child has ever said anything.
func (c *Client) Heard() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard
}

// Run reads what the child says until the pipe ends, the child stalls or the context ends, and closes the pipe. The
// error says why: [card.ErrStalled] if the child missed a deadline or was silent for 20 s. After that the child must be
// killed; it may never be spoken to again.
func (c *Client) Run(ctx context.Context) error {
	defer close(c.events)
	stop := context.AfterFunc(ctx, func() { c.fail(ctx.Err()) })
	defer stop()
	silence := time.AfterFunc(silenceLimit, func() { c.fail(fmt.Errorf("no sign of life: %w", card.ErrStalled)) })
	defer silence.Stop()
	page := make([]byte, maxFrame)
	for {
		k, number, payload, err := readFrame(c.pipe, page)
		if err == nil {
			silence.Reset(silenceLimit)
			err = c.take(k, number, payload)
		}
		clear(page)
		if err != nil {
			c.fail(fmt.Errorf("%w: %w", card.ErrServiceDown, err))
			return fmt.Errorf("cardpipe: %w", c.reason())
		}
	}
}

// take handles one frame of the child.
func (c *Client) take(k kind, number uint32, payload []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = true
	switch k {
	case kindReaders:
		c.readers = strings.FieldsFunc(string(payload), func(r rune) bool { return r == 0 })
		return nil
	case kindEvent:
		return c.event(payload)
	case kindConnect, kindTransmit, kindPowerOff:
		return c.settle(number, answer{payload: append([]byte(nil), payload...)})
	case kindError:
		return c.settle(number, answer{err: decodeError(payload)})
	}
	return fmt.Errorf("%w: kind %d", errFrame, k)
}

func (c *Client) event(payload []byte) error {
	if len(payload) == 0 {
		return fmt.Errorf("%w: empty event", errFrame)
	}
	select {
	case c.events <- card.Event{Kind: card.EventKind(payload[0]), Reader: string(payload[1:])}:
		return nil
	default:
		return errors.New("events are not read")
	}
}

// settle gives an answer to its call. An answer that nobody waits for is dropped, one that nobody asked for is a fault.
func (c *Client) settle(number uint32, a answer) error {
	p := c.pending[number]
	if p == nil {
		return fmt.Errorf("%w: answer to %d, which was not asked", errFrame, number)
	}
	p.limit.Stop()
	delete(c.pending, number)
	p.answer <- a // room for one
	return nil
}

// fail gives up, once, for the first reason.
func (c *Client) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil {
		return
	}
	c.cause = err
	for _, p := range c.pending {
		p.limit.Stop()
	}
	close(c.broken)
	_ = c.pipe.Close()
}

func (c *Client) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// do asks and waits for the answer, at most until the context ends. The payload may be wiped when it returns. If no
// answer comes within the limit, waited for or not, the client gives up with [card.ErrStalled].
func (c *Client) do(ctx context.Context, k kind, limit time.Duration, payload ...[]byte) (uint32, []byte, error) {
	if err := ctx.Err(); err != nil {
		return 0, nil, err
	}
	number, p, err := c.open(limit)
	if err != nil {
		return 0, nil, err
	}
	if err := c.write(k, number, payload...); err != nil {
		return 0, nil, err
	}
	select {
	case a := <-p.answer:
		return number, a.payload, a.err
	case <-c.broken:
		return 0, nil, c.reason()
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
}

func (c *Client) open(limit time.Duration) (uint32, *call, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil {
		return 0, nil, c.cause
	}
	if len(c.pending) >= maxPending {
		return 0, nil, card.ErrBusy
	}
	c.last++
	p := &call{answer: make(chan answer, 1)}
	p.limit = time.AfterFunc(limit, func() { c.fail(fmt.Errorf("no answer within %v: %w", limit, card.ErrStalled)) })
	c.pending[c.last] = p
	return c.last, p, nil
}

// write sends a frame from a locked page that is wiped and given back at once.
func (c *Client) write(k kind, number uint32, payload ...[]byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	page, err := newPage()
	if err != nil {
		return err
	}
	defer freePage(page)
	frame, err := putFrame(page, k, number, payload...)
	if err == nil {
		_, err = c.pipe.Write(frame)
	}
	if err != nil {
		c.fail(fmt.Errorf("%w: %w", card.ErrServiceDown, err))
		return c.reason()
	}
	return nil
}

// Connect connects to the card in a reader. There is one connection at a time; a new one ends the one before.
// Errors: [card.ErrRemoved] (no card), [card.ErrMute], [card.ErrBusy], [card.ErrReaderGone], [card.ErrStalled],
// [card.ErrServiceDown].
func (c *Client) Connect(ctx context.Context, reader string) (card.Card, error) {
	number, _, err := c.do(ctx, kindConnect, connectLimit, []byte(reader))
	if err != nil {
		return nil, fmt.Errorf("cardpipe: connect: %w", err)
	}
	far := &remote{client: c}
	binary.BigEndian.PutUint32(far.session[:], number)
	return &connection{Port: card.Allow(far), far: far}, nil
}

// remote is a card at the other end of the pipe.
type remote struct {
	client  *Client
	session [sessionSize]byte
}

func (r *remote) Transmit(ctx context.Context, apdu []byte) ([]byte, error) {
	_, data, err := r.client.do(ctx, kindTransmit, transmitLimit, r.session[:], apdu)
	if err != nil {
		return nil, fmt.Errorf("cardpipe: transmit: %w", err)
	}
	return data, nil
}

// connection is the card behind this end's allow-list.
type connection struct {
	card.Port
	far *remote
}

var _ card.Card = (*connection)(nil)

// PowerOff takes the card's power away. A pipe that has ended has done so already, or will by the child's end.
func (c *connection) PowerOff(ctx context.Context) error {
	if _, _, err := c.far.client.do(ctx, kindPowerOff, powerOffLimit, c.far.session[:]); err != nil {
		return fmt.Errorf("cardpipe: power off: %w", err)
	}
	return nil
}
