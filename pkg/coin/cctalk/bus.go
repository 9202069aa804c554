package cctalk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// What can be wrong with an exchange. All but ErrRefused leave open whether the device carried the command out.
var (
	ErrNoReply = errors.New("coin: device does not answer")
	ErrGarbled = errors.New("coin: answer is damaged")
	ErrRefused = errors.New("coin: device refuses the command") // NAK: it was not carried out
	ErrBusy    = errors.New("coin: device stays busy")
	ErrGone    = errors.New("coin: line is gone")
)

// Bounds of the line (ccTalk 4.7 part 1 §8 and §9; the gap and the reply limit are those of most devices).
const (
	gapLimit     = 50 * time.Millisecond  // longest pause inside a frame; also the silence that clears the line
	replyLimit   = 200 * time.Millisecond // longest wait for the first byte of an answer
	busyPause    = 200 * time.Millisecond // before asking a busy device again
	maxSends     = 3                      // of one command that may be repeated
	maxStrangers = 4                      // frames of others dropped while waiting for an answer
	readSize     = 512                    // a multiple of every USB packet size
	readLimit    = time.Second            // of one read; it is begun again at once
	maxChunks    = 64                     // read but not yet looked at
)

// BusOptions says how a line behaves.
type BusOptions struct {
	Echo  bool   // the line gives back what is sent (one-wire adapters)
	CRC16 []byte // addresses of devices that use the CRC; all others use the simple checksum
	Host  byte   // our own address; 0 means 1
}

// Bus carries commands to the devices on one line, one at a time. It is used by one goroutine.
type Bus struct {
	port    Port
	opt     BusOptions
	chunks  chan []byte
	pending []byte
	lost    error // set by the reader before it closes chunks
}

// NewBus makes a bus; [Bus.Listen] must run before the first command.
func NewBus(port Port, opt BusOptions) *Bus {
	if opt.Host == 0 {
		opt.Host = 1
	}
	return &Bus{port: port, opt: opt, chunks: make(chan []byte, maxChunks)}
}

// Listen reads the line until ctx ends or the line is gone. It is run once, in a goroutine of its own.
func (b *Bus) Listen(ctx context.Context) {
	defer close(b.chunks)
	for {
		buf := make([]byte, readSize)
		short, cancel := context.WithTimeout(ctx, readLimit)
		n, err := b.port.Read(short, buf)
		idle := short.Err() != nil
		cancel()
		if n > 0 {
			select {
			case b.chunks <- buf[:n]:
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil || (err != nil && !idle) {
			b.lost = errors.Join(ctx.Err(), err)
			return
		}
	}
}

// Request is one command to one device.
type Request struct {
	To     byte
	Header byte
	Data   []byte
	Want   int // data bytes that the answer must have; AnyLength if it varies
}

// AnyLength is a Request.Want that every answer meets.
const AnyLength = -1

// Do sends a command and gives the data of its answer. A pure read or a setting is repeated up to three times when the
// answer is missing or damaged; a command that moves money never is: with ErrNoReply, ErrGarbled or ErrBusy the caller
// must ask the device what it did.
func (b *Bus) Do(ctx context.Context, r Request) ([]byte, error) {
	sends := maxSends
	if retryOf(r.Header) == retryNone {
		sends = 1
	}
	var err error
	for n := range sends {
		if n > 0 {
			if err := b.clear(ctx, err); err != nil {
				return nil, requestError(r, err)
			}
		}
		var data []byte
		if data, err = b.once(ctx, r); err == nil {
			return data, nil
		}
		if errors.Is(err, ErrRefused) || errors.Is(err, ErrGone) || ctx.Err() != nil {
			break
		}
	}
	return nil, requestError(r, err)
}

func requestError(r Request, err error) error {
	return fmt.Errorf("header %d to device %d: %w", r.Header, r.To, err)
}

// clear waits out what is left of a bad exchange before the command is sent again.
func (b *Bus) clear(ctx context.Context, last error) error {
	pause := gapLimit
	if errors.Is(last, ErrBusy) {
		pause = busyPause
	}
	// At 9600 baud 3,000 bytes are three seconds: more is not a late answer but a device that babbles.
	for range 3000 {
		err := b.fill(ctx, pause)
		if errors.Is(err, ErrNoReply) {
			b.pending = b.pending[:0]
			return nil
		}
		if err != nil {
			return err
		}
	}
	return ErrGarbled
}

func (b *Bus) once(ctx context.Context, r Request) ([]byte, error) {
	if err := b.drain(ctx); err != nil {
		return nil, err
	}
	sum := b.checksumOf(r.To)
	sent, err := Frame{Dest: r.To, Source: b.opt.Host, Header: r.Header, Data: r.Data}.Append(nil, sum)
	if err != nil {
		return nil, err
	}
	short, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	if _, err := b.port.Write(short, sent); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %w", ErrGone, err)
	}
	if b.opt.Echo {
		if err := b.readEcho(ctx, sent); err != nil {
			return nil, err
		}
	}
	return b.readAnswer(ctx, r, sum)
}

func (b *Bus) checksumOf(addr byte) Checksum {
	if slices.Contains(b.opt.CRC16, addr) {
		return CRC16
	}
	return Simple
}

// drain drops bytes that came unasked: late answers of an exchange that was given up.
func (b *Bus) drain(ctx context.Context) error {
	b.pending = b.pending[:0]
	for range maxChunks {
		select {
		case _, ok := <-b.chunks:
			if !ok {
				return b.gone(ctx)
			}
		default:
			return ctx.Err()
		}
	}
	return ErrGarbled // it babbles
}

func (b *Bus) gone(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", ErrGone, b.lost)
}

// fill waits for the next bytes.
func (b *Bus) fill(ctx context.Context, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case chunk, ok := <-b.chunks:
		if !ok {
			return b.gone(ctx)
		}
		b.pending = append(b.pending, chunk...)
		return nil
	case <-timer.C:
		return ErrNoReply
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *Bus) readEcho(ctx context.Context, sent []byte) error {
	limit := replyLimit
	for len(b.pending) < len(sent) {
		if err := b.fill(ctx, limit); err != nil {
			return err
		}
		limit = gapLimit
	}
	if !bytes.Equal(b.pending[:len(sent)], sent) {
		return fmt.Errorf("%w: echo differs, two senders collided", ErrGarbled)
	}
	b.pending = b.pending[len(sent):]
	return nil
}

// readAnswer waits for the frame that answers r. Frames for others and from others are dropped.
func (b *Bus) readAnswer(ctx context.Context, r Request, sum Checksum) ([]byte, error) {
	for range maxStrangers {
		f, err := b.readFrame(ctx, sum)
		if err != nil {
			return nil, err
		}
		if f.Dest != b.opt.Host || (sum == Simple && f.Source != r.To) {
			continue
		}
		switch {
		case f.Header == hdrNAK:
			return nil, ErrRefused
		case f.Header == hdrBusy:
			return nil, ErrBusy
		case f.Header != hdrReply, len(b.pending) > 0:
			return nil, ErrGarbled
		case r.Want != AnyLength && len(f.Data) != r.Want:
			return nil, fmt.Errorf("%w: %d data bytes instead of %d", ErrGarbled, len(f.Data), r.Want)
		}
		return f.Data, nil
	}
	return nil, fmt.Errorf("%w: only frames of others came", ErrGarbled)
}

func (b *Bus) readFrame(ctx context.Context, sum Checksum) (Frame, error) {
	limit := replyLimit
	if len(b.pending) > 0 {
		limit = gapLimit
	}
	for {
		f, n, err := Decode(b.pending, sum)
		if err == nil {
			b.pending = b.pending[n:]
			return f, nil
		}
		if !errors.Is(err, ErrShort) {
			return Frame{}, fmt.Errorf("%w: %w", ErrGarbled, err)
		}
		if err := b.fill(ctx, limit); err != nil {
			if errors.Is(err, ErrNoReply) && len(b.pending) > 0 {
				return Frame{}, fmt.Errorf("%w: it stops within a frame", ErrGarbled)
			}
			return Frame{}, err
		}
		limit = gapLimit // Decode asks for at most 257 bytes, so this ends
	}
}
