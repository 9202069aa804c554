package cardpipe

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/kioskd/kioskd/pkg/card"
)

// Waits before a child is started again, doubled each time it ends without a word.
const (
	firstWait = 500 * time.Millisecond
	lastWait  = 5 * time.Second
)

// A Start starts the child process. It gives the pipe to it, and a function that kills it and waits for its end.
type Start func(ctx context.Context) (pipe io.ReadWriteCloser, kill func() error, err error)

// A Child keeps a card process running and speaks to whichever lives. Make it with [NewChild]. Safe for concurrent use.
type Child struct {
	start  Start
	log    *slog.Logger
	events chan card.Event

	mu     sync.Mutex
	client *Client // nil: none lives
}

// NewChild makes a supervisor; [Child.Run] makes it work.
func NewChild(start Start, log *slog.Logger) *Child {
	return &Child{start: start, log: log, events: make(chan card.Event)}
}

// Events gives what the children see, in order. The end of a child is a [card.ServiceDown], after which the next child
// announces everything again. It is closed when Run ends. It must be read without long pauses: 64 events wait at most.
func (c *Child) Events() <-chan card.Event { return c.events }

// Readers names the readers of the last report; none while no child lives.
func (c *Child) Readers() []string {
	if client := c.living(); client != nil {
		return client.Readers()
	}
	return nil
}

// Connect connects to the card in a reader; see [Client.Connect].
func (c *Child) Connect(ctx context.Context, reader string) (card.Card, error) {
	client := c.living()
	if client == nil {
		return nil, fmt.Errorf("cardpipe: connect: %w", card.ErrServiceDown)
	}
	return client.Connect(ctx, reader)
}

func (c *Child) living() *Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.client
}

func (c *Child) live(client *Client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.client = client
}

// Run starts the child, and starts it again whenever it ends or stalls, until the context ends. It returns the
// context's error, with the child dead.
func (c *Child) Run(ctx context.Context) error {
	defer close(c.events)
	wait := firstWait
	for ctx.Err() == nil {
		heard, err := c.one(ctx)
		if ctx.Err() != nil {
			break
		}
		if heard {
			wait = firstWait
		}
		c.log.WarnContext(ctx, "card.child.ended", "err", err, "wait", wait)
		c.emit(ctx, card.Event{Kind: card.ServiceDown})
		sleep(ctx, wait)
		wait = min(2*wait, lastWait)
	}
	return ctx.Err()
}

// one is one child's life. It says whether the child ever spoke.
func (c *Child) one(ctx context.Context) (heard bool, err error) {
	pipe, kill, err := c.start(ctx)
	if err != nil {
		return false, err
	}
	client := NewClient(pipe)
	ended := make(chan error, 1)
	go func() { ended <- client.Run(ctx) }()
	c.live(client)
	for e := range client.Events() {
		c.emit(ctx, e)
	}
	c.live(nil)
	err = <-ended
	if kerr := kill(); kerr != nil {
		c.log.DebugContext(ctx, "card.child.killed", "err", kerr)
	}
	return client.Heard(), err
}

func (c *Child) emit(ctx context.Context, e card.Event) {
	select {
	case c.events <- e:
	case <-ctx.Done():
	}
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
