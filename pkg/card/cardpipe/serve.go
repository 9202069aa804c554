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

// Serve is the child's end. It answers requests from r on w, one at a time, and reports what the backend sees, until r
// ends or the context does. Then the card, if one is connected, loses its power. A pipe that ends is no error.
//
// After [card.ErrStalled] the process must exit: Serve has touched nothing more, and nobody else should. If r can be
// closed, the end of the context closes it.
func Serve(ctx context.Context, r io.Reader, w io.Writer, backend Backend) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	in, err := newPage()
	if err != nil {
		return fmt.Errorf("cardpipe: serve: %w", err)
	}
	s := &server{backend: backend, w: w}
	if c, ok := r.(io.Closer); ok {
		defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	}
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		cancel(backend.Watch(ctx, s))
	}()
	err = s.requests(ctx, r, in)
	if errors.Is(err, card.ErrStalled) {
		return err // the page stays: the stalled call may still hold it
	}
	freePage(in)
	powerOff, done := context.WithTimeout(context.WithoutCancel(ctx), powerOffLimit)
	defer done()
	_ = s.disconnect(powerOff)
	cancel(nil)
	<-watching
	if err == nil || errors.Is(err, io.EOF) || ctx.Err() != nil && context.Cause(ctx) == context.Canceled {
		return nil
	}
	return fmt.Errorf("cardpipe: serve: %w", err)
}

type server struct {
	backend Backend

	writing sync.Mutex
	w       io.Writer
	failed  error

	session uint32 // the connection's name; 0: none
	card    card.Card
	port    card.Port // the card behind the allow-list
}

var _ card.Watcher = (*server)(nil)

// Event reports an event.
func (s *server) Event(e card.Event) { s.send(kindEvent, 0, []byte{byte(e.Kind)}, []byte(e.Reader)) }

// Readers reports the readers and that the process lives.
func (s *server) Readers(names []string) {
	const most = 16 // what pcsc-lite can hold
	var b strings.Builder
	for _, name := range names[:min(len(names), most)] {
		b.WriteString(name + "\x00")
	}
	s.send(kindReaders, 0, []byte(b.String()))
}

// send writes one frame. After a failure it writes no more; the reading side ends as well then.
func (s *server) send(k kind, number uint32, payload ...[]byte) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.failed != nil {
		return
	}
	frame, err := putFrame(make([]byte, maxFrame), k, number, payload...)
	if err == nil {
		_, err = s.w.Write(frame)
	}
	s.failed = err
}

// requests answers until the pipe ends. The page is wiped after each request, before its answer is written.
func (s *server) requests(ctx context.Context, r io.Reader, page []byte) error {
	for {
		k, number, payload, err := readFrame(r, page)
		if err != nil {
			return err
		}
		answer, err := s.handle(ctx, request{k, number, payload})
		clear(page)
		if err != nil {
			s.send(kindError, number, encodeError(err))
		} else {
			s.send(k, number, answer)
		}
		if errors.Is(err, card.ErrStalled) || errors.Is(err, errFrame) {
			return err
		}
	}
}

type request struct {
	kind    kind
	number  uint32
	payload []byte
}

func (s *server) handle(ctx context.Context, q request) ([]byte, error) {
	within := func(limit time.Duration) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, limit-childMargin)
	}
	switch q.kind {
	case kindConnect:
		ctx, cancel := within(connectLimit)
		defer cancel()
		return nil, s.connect(ctx, q)
	case kindTransmit:
		if !s.mine(q.payload) {
			return nil, card.ErrRemoved
		}
		ctx, cancel := within(transmitLimit)
		defer cancel()
		return s.port.Transmit(ctx, q.payload[sessionSize:])
	case kindPowerOff:
		if !s.mine(q.payload) {
			return nil, nil
		}
		ctx, cancel := within(powerOffLimit)
		defer cancel()
		return nil, s.disconnect(ctx)
	case kindReaders, kindEvent, kindError:
	}
	return nil, fmt.Errorf("%w: kind %d asked for", errFrame, q.kind)
}

// mine says whether a request is for the connection that stands.
func (s *server) mine(payload []byte) bool {
	return s.session != 0 && len(payload) >= sessionSize && binary.BigEndian.Uint32(payload) == s.session
}

// connect ends a connection that still stands, and makes a new one.
func (s *server) connect(ctx context.Context, q request) error {
	if err := s.disconnect(ctx); errors.Is(err, card.ErrStalled) {
		return err
	}
	c, err := s.backend.Connect(ctx, string(q.payload))
	if err != nil {
		return err
	}
	s.card, s.port, s.session = c, card.Allow(c), q.number
	return nil
}

func (s *server) disconnect(ctx context.Context) error {
	if s.session == 0 {
		return nil
	}
	c := s.card
	s.card, s.port, s.session = nil, nil, 0
	return c.PowerOff(ctx)
}
