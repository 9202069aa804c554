// Package cardpipe carries cards through a pipe, so that the reader service is spoken to by a child process.
//
// The reason is libpcsclite: when a reader stalls inside a command, nothing can call it back, and the first call on its
// connection from another thread blocks every later call of the whole process. A child that stalls is killed and
// started again; the parent goes on.
//
// The child runs [Serve] with a [Backend] on its standard input and output. The parent holds a [Client] on the other
// ends, or a [Child], which also starts and restarts the process. Both ends let only the commands of [card.Allow]
// through. Frames that may hold a PIN lie in a locked page and are wiped as soon as they are sent or used.
package cardpipe

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kioskd/kioskd/pkg/card"
)

// A Backend is what the child has behind it: the reader service.
type Backend interface {
	// Watch tells the watcher what happens until the context ends. It waits for a service that is down.
	Watch(ctx context.Context, w card.Watcher) error
	// Connect connects to the card in a reader, for this process alone. Errors are those of [card.Port], and
	// [card.ErrBusy], [card.ErrMute].
	Connect(ctx context.Context, reader string) (card.Card, error)
}

// Limits of one exchange. The child's are shorter, so that it can say itself that a reader has stalled; the parent's
// catch a child that cannot even say that.
const (
	connectLimit  = 15 * time.Second // holds five tries of one second on a busy reader
	transmitLimit = 12 * time.Second
	powerOffLimit = 6 * time.Second
	childMargin   = 2 * time.Second
	silenceLimit  = 20 * time.Second // four signs of life missed
)

// A kind says what a frame is. The numbers are the wire's; a retired one stays reserved.
type kind byte

const (
	kindReaders  kind = 1 // to the parent, unasked: names with a zero byte after each
	kindEvent    kind = 2 // to the parent, unasked: the event's kind, then the reader's name
	kindConnect  kind = 3 // reader's name; answer empty
	kindTransmit kind = 4 // connection, command; answer: data and status
	kindPowerOff kind = 5 // connection; answer empty
	kindError    kind = 6 // answer: code, text
)

// A frame, both ways:
//
//	offset 0   length      2 bytes, big-endian: of all that follows, 5 to 4096
//	offset 2   kind        1 byte
//	offset 3   number      4 bytes, big-endian: the request's, also in its answer; 0 for what was not asked for
//	offset 7   payload
//
// A connection is named by the number of the request that made it, in 4 bytes.
const (
	frameHead    = 7
	lengthSize   = 2
	sessionSize  = 4
	maxFrame     = 4096 // a command or answer has at most 261 bytes, a list of readers at most 16 × 129
	maxErrorText = 200
)

var errFrame = errors.New("cardpipe: not a frame")

// putFrame writes a frame into b, which has room for it, and gives the part used.
func putFrame(b []byte, k kind, number uint32, payload ...[]byte) ([]byte, error) {
	n := frameHead
	for _, p := range payload {
		if n+len(p) > maxFrame {
			return nil, fmt.Errorf("%w: more than %d bytes", errFrame, maxFrame)
		}
		n += copy(b[n:], p)
	}
	binary.BigEndian.PutUint16(b, uint16(n-lengthSize))
	b[2] = byte(k)
	binary.BigEndian.PutUint32(b[3:], number)
	return b[:n], nil
}

// readFrame reads one frame into b. The payload is a part of b. It reads no byte further, so that no other buffer ever
// holds a command.
func readFrame(r io.Reader, b []byte) (k kind, number uint32, payload []byte, err error) {
	if _, err := io.ReadFull(r, b[:lengthSize]); err != nil {
		return 0, 0, nil, err
	}
	n := int(binary.BigEndian.Uint16(b)) + lengthSize
	if n < frameHead || n > maxFrame {
		return 0, 0, nil, fmt.Errorf("%w: length %d", errFrame, n)
	}
	if _, err := io.ReadFull(r, b[lengthSize:n]); err != nil {
		return 0, 0, nil, fmt.Errorf("%w: cut short: %w", errFrame, err)
	}
	return kind(b[2]), binary.BigEndian.Uint32(b[3:]), b[frameHead:n], nil
}
