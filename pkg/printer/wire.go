package printer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/OpenPrinting/goipp"
)

const (
	path        = "/ipp/print"
	smallBody   = 16 << 10 // bytes: up to here a body goes with its length, in one transfer
	chunkSize   = 32 << 10 // bytes of a chunk above that
	maxAnswer   = 1 << 20  // bytes of an answer; real ones are under 64 KiB
	maxInterim  = 5        // answers of status 1xx before the real one
	writeIdle   = 30 * time.Second
	answerLimit = 120 * time.Second // some devices answer Send-Document only when the pages are drawn
)

// lane is one pipe to the printer. Its lease is held for a whole exchange: what an answer leaves in the pipe would be
// taken for the next one.
type lane struct {
	number int
	t      Transport
	lease  chan struct{} // holds one token while the lane is free
	broken chan struct{} // closed when the lane lost its place in the stream
}

// newLane makes a free lane.
func newLane(t Transport, number int) *lane {
	l := &lane{number: number, t: t, lease: make(chan struct{}, 1), broken: make(chan struct{})}
	l.lease <- struct{}{}
	return l
}

// answer is what an exchange ends with.
type answer struct {
	message *goipp.Message
	err     error
}

// exchange sends one request, with a document or without, and returns the answer. When ctx ends first, the exchange
// goes on by itself and keeps the lane: cancelled transfers lose bytes.
func (l *lane) exchange(ctx context.Context, request *goipp.Message, document io.Reader) (*goipp.Message, error) {
	select {
	case <-l.broken:
		return nil, ErrLost
	default:
	}
	select {
	case <-l.lease:
	case <-l.broken:
		return nil, ErrLost
	case <-ctx.Done():
		return nil, errors.Join(ErrOccupied, ctx.Err())
	}
	done := make(chan answer, 1)
	go func() {
		m, err := l.run(ctx, request, document)
		if errors.Is(err, ErrLost) && l.t.Lasting() {
			close(l.broken) // the lease is not given back: nobody may speak here any more
		} else {
			l.lease <- struct{}{}
		}
		done <- answer{m, err}
	}()
	select {
	case a := <-done:
		return a.message, a.err
	case <-ctx.Done():
		return nil, errors.Join(ErrAbandoned, ctx.Err())
	}
}

// run carries out one exchange on a stream of its own. Its time is bounded by progress, not by the caller.
func (l *lane) run(ctx context.Context, request *goipp.Message, document io.Reader) (*goipp.Message, error) {
	head, err := request.EncodeBytes()
	if err != nil {
		return nil, fmt.Errorf("printer: encode %s: %w", goipp.Op(request.Code), err)
	}
	s, err := l.t.Begin(ctx, l.number)
	if err != nil {
		return nil, fmt.Errorf("printer: connect: %w", err)
	}
	e := &exchange{stream: s, lasting: l.t.Lasting(), host: l.t.Host()}
	m, err := e.run(head, document)
	if err == nil && m.RequestID != request.RequestID {
		err = fmt.Errorf("%w: the answer is to another question", ErrLost)
	}
	return m, errors.Join(err, l.t.End(l.number, s, errors.Is(err, ErrLost)))
}

// exchange is one request and its answer on one stream.
type exchange struct {
	stream  Stream
	lasting bool
	host    string
	life    context.Context
	dog     *time.Timer // ends life when nothing moves
}

// run writes the request while a second goroutine waits for the answer, because a device may refuse early.
func (e *exchange) run(head []byte, document io.Reader) (*goipp.Message, error) {
	var end context.CancelCauseFunc
	e.life, end = context.WithCancelCause(context.Background())
	defer end(nil)
	e.dog = time.AfterFunc(writeIdle, func() { end(errors.New("nothing moves")) })
	defer e.dog.Stop()
	answered := make(chan answer, 1)
	go func() {
		m, err := e.read()
		answered <- answer{m, err}
	}()
	writeErr := e.write(head, document, answered)
	var broken *brokenWrite
	if errors.As(writeErr, &broken) && e.lasting {
		end(writeErr) // the answer will never come
	}
	e.dog.Reset(answerLimit)
	a := <-answered
	if a.err != nil && writeErr != nil {
		return nil, errors.Join(a.err, writeErr)
	}
	cut := broken != nil || errors.Is(writeErr, errEarly)
	if cut && a.err == nil && goipp.Status(a.message.Code) >= firstRefusal {
		writeErr = nil // refused before all was sent, and said so
	}
	return a.message, errors.Join(a.err, writeErr)
}

// errEarly means that the device answered before it had the whole document. With a refusal that is its right.
var errEarly = errors.New("printer: the device answered before it had the whole document")

// firstRefusal is the first status code that is no success (RFC 8011 appendix B).
const firstRefusal goipp.Status = 0x0100

// brokenWrite means that the stream, not the document, failed.
type brokenWrite struct{ cause error }

func (b *brokenWrite) Error() string   { return ErrLost.Error() + ": " + b.cause.Error() }
func (b *brokenWrite) Unwrap() []error { return []error{ErrLost, b.cause} }

// send writes bytes and feeds the watchdog.
func (e *exchange) send(b []byte) error {
	_, err := e.stream.Write(e.life, b)
	if err != nil {
		return &brokenWrite{err}
	}
	e.dog.Reset(writeIdle)
	return nil
}

// write sends head and document: with a length when small, else in chunks, so that a document that fails in the
// middle still ends as HTTP demands. No 100-continue, no Connection header: both upset some devices.
func (e *exchange) write(head []byte, document io.Reader, answered chan answer) error {
	start := "POST " + path + " HTTP/1.1\r\nHost: " + e.host + "\r\nContent-Type: application/ipp\r\n"
	if document == nil && len(head) < smallBody {
		b := fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n", start, len(head))
		return e.send(append(b, head...))
	}
	if document == nil {
		document = bytes.NewReader(nil)
	}
	if err := e.send([]byte(start + "Transfer-Encoding: chunked\r\n\r\n")); err != nil {
		return err
	}
	body := io.MultiReader(bytes.NewReader(head), document)
	buf := make([]byte, chunkSize)
	defer clear(buf)
	for {
		n, err := io.ReadFull(body, buf)
		if n > 0 && len(answered) > 0 {
			return errors.Join(errEarly, e.send([]byte("0\r\n\r\n")))
		}
		if n > 0 {
			b := fmt.Appendf(nil, "%x\r\n", n)
			b = append(append(b, buf[:n]...), "\r\n"...)
			sendErr := e.send(b)
			clear(b)
			if sendErr != nil {
				return sendErr
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return e.send([]byte("0\r\n\r\n"))
		case err != nil:
			return errors.Join(fmt.Errorf("printer: document: %w", err), e.send([]byte("0\r\n\r\n")))
		}
	}
}

// read takes the answer and leaves nothing of it in the stream.
func (e *exchange) read() (*goipp.Message, error) {
	in := bufio.NewReaderSize(streamReader{e.life, e.stream}, 16<<10)
	var r *http.Response
	for n := 0; r == nil || r.StatusCode < 200; n++ {
		var err error
		if r, err = http.ReadResponse(in, &http.Request{Method: http.MethodPost}); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrLost, err)
		}
		if n > maxInterim {
			return nil, fmt.Errorf("%w: no end of interim answers", ErrLost)
		}
	}
	if e.lasting && r.ContentLength < 0 && len(r.TransferEncoding) == 0 {
		return nil, fmt.Errorf("%w: an answer without a length never ends on a pipe", ErrLost)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer+1))
	if err != nil || len(body) > maxAnswer {
		return nil, fmt.Errorf("%w: answer of %d bytes: %w", ErrLost, len(body), err)
	}
	if e.lasting && in.Buffered() > 0 {
		return nil, fmt.Errorf("%w: %d bytes after the answer", ErrLost, in.Buffered())
	}
	if r.StatusCode != http.StatusOK {
		return nil, &HTTPError{Status: r.StatusCode}
	}
	m := &goipp.Message{}
	if err := m.DecodeBytes(body); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLost, err)
	}
	return m, nil
}

// streamReader makes an io.Reader of a stream within one life.
type streamReader struct {
	ctx context.Context
	s   Stream
}

func (r streamReader) Read(p []byte) (int, error) {
	n, err := r.s.Read(r.ctx, p)
	if n > 0 {
		return n, nil // an error that came with bytes comes again
	}
	return n, err
}
