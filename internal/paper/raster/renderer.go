package raster

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"
)

// A Start starts the child process. It gives the pipe to it, and a function that kills it and waits for its end.
type Start func(ctx context.Context) (pipe io.ReadWriteCloser, kill func() error, err error)

// A Renderer starts children. Safe for concurrent use.
type Renderer struct{ start Start }

// New makes a renderer; nothing is started before [Renderer.Open].
func New(start Start) *Renderer { return &Renderer{start: start} }

// Open starts a child for one document. It must be closed. The child dies with the context.
func (r *Renderer) Open(ctx context.Context) (*Child, error) {
	pipe, kill, err := r.start(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: start: %w", ErrChild, err)
	}
	c := &Child{pipe: pipe, kill: kill, buf: make([]byte, maxBand)}
	c.unwatch = context.AfterFunc(ctx, func() { c.end(context.Cause(ctx)) })
	late := time.AfterFunc(startLimit, func() { c.end(ErrLimit) })
	defer late.Stop()
	if _, _, err := readFrame(pipe, nil, kindReady); err != nil {
		return nil, errors.Join(c.broken(err), c.Close())
	}
	return c, nil
}

// Check judges one page and draws it dry: nil, or a [*RefusedError], [ErrLimit] or [ErrChild].
func (r *Renderer) Check(ctx context.Context, pdf []byte) error {
	c, err := r.Open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(c.Check(pdf), c.Close())
}

// Warm fills the cache of compiled code, so that the first resident does not wait for it.
func (r *Renderer) Warm(ctx context.Context) error {
	c, err := r.Open(ctx)
	if err != nil {
		return err
	}
	return c.Close()
}

// A Child draws the pages of one document, one after another. Not safe for concurrent use, but for the end of its
// context.
type Child struct {
	pipe    io.ReadWriteCloser
	kill    func() error
	unwatch func() bool
	buf     []byte

	once  sync.Once
	mu    sync.Mutex
	cause error // why it was ended
}

// Check draws a page dry.
func (c *Child) Check(pdf []byte) error {
	for _, err := range c.Page(pdf) {
		if err != nil {
			return err
		}
	}
	return nil
}

// Page draws one page: all its bands from the top down, or an error as the last pair. Whoever stops early, or meets an
// error other than a [*RefusedError], cannot use the child again.
func (c *Child) Page(pdf []byte) iter.Seq2[Band, error] {
	return func(yield func(Band, error) bool) {
		if len(pdf) > MaxPDF {
			yield(Band{}, &RefusedError{Finding: TooLarge})
			return
		}
		late := time.AfterFunc(pageLimit+lateness, func() { c.end(ErrLimit) })
		defer late.Stop()
		digest := sha256.Sum256(pdf)
		if err := writeFrame(c.pipe, kindPage, pdf); err != nil {
			yield(Band{}, c.broken(err))
			return
		}
		for y := 0; ; { // bounded: every band is the next of 14, or the page ends
			rows, err := c.next(y, digest)
			if err != nil {
				yield(Band{}, err)
				return
			}
			if rows == nil {
				return
			}
			if !yield(Band{Y: y, Rows: rows}, nil) {
				c.end(errors.New("raster: page left in the middle"))
				return
			}
			y += len(rows) / RowBytes
		}
	}
}

// next reads the band that begins at row y; nil rows mean that the page is whole, and is the one that was sent (D-02).
func (c *Child) next(y int, digest [sha256.Size]byte) ([]byte, error) {
	k, payload, err := readFrame(c.pipe, c.buf, kindBand, kindDrawn, kindRefused)
	if err != nil {
		return nil, c.broken(err)
	}
	switch k {
	case kindRefused:
		if len(payload) == 0 {
			return nil, c.broken(errors.New("no finding"))
		}
		if f := Finding(payload[0]); f != overLimit {
			return nil, &RefusedError{Finding: f, Detail: asciiOnly(string(payload[1:]))}
		}
		return nil, c.broken(ErrLimit)
	case kindDrawn:
		if y != Height {
			return nil, c.broken(fmt.Errorf("page ended after %d rows", y))
		}
		if !bytes.Equal(payload, digest[:]) {
			return nil, c.broken(errors.New("another page was drawn"))
		}
		return nil, nil
	default:
		want := min(bandRows, Height-y) * RowBytes
		if len(payload) != bandHead+want || want == 0 || int(payload[0])<<8|int(payload[1]) != y {
			return nil, c.broken(fmt.Errorf("band after row %d is not the next", y))
		}
		return payload[bandHead:], nil
	}
}

// broken ends the child and says why: the limit that killed it before the pipe error that followed.
func (c *Child) broken(err error) error {
	c.end(err)
	c.mu.Lock()
	defer c.mu.Unlock()
	if errors.Is(c.cause, ErrLimit) {
		return ErrLimit
	}
	return fmt.Errorf("%w: %w", ErrChild, c.cause)
}

// end kills the child, once; a reader that waits for it gets the pipe's error.
func (c *Child) end(why error) {
	c.once.Do(func() {
		c.mu.Lock()
		c.cause = why
		c.mu.Unlock()
		_ = c.kill()       // a killed process ends with an error
		_ = c.pipe.Close() // nothing more is said to it
	})
}

// Close throws the child away, with everything it has seen.
func (c *Child) Close() error {
	c.unwatch()
	c.end(errors.New("raster: child is closed"))
	clear(c.buf)
	return nil
}
