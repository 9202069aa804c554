//go:build cgo

package cardpcsc

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ebfe/scard"

	"github.com/kioskd/kioskd/pkg/card"
)

// Backend is the PC/SC service of this machine. Safe for concurrent use, but for Watch.
type Backend struct {
	mu      sync.Mutex
	view    view
	changed chan struct{} // closed and renewed when the view changes
	stalled bool          // for ever
}

// A view is what the monitor last saw.
type view struct {
	watched bool            // there is a monitor
	up      bool            // the service answers
	present map[string]bool // readers with a card
}

// New makes a backend. It speaks to nobody yet.
func New() *Backend { return &Backend{changed: make(chan struct{})} }

// see takes what the monitor saw.
func (b *Backend) see(v view) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.view = v
	close(b.changed)
	b.changed = make(chan struct{})
}

// look waits until the monitor sees no card in the reader, or no service, and gives the reason. After a second, more
// than two polls of a driver, it gives up with nil.
func (b *Backend) look(reader string) error {
	limit := time.NewTimer(time.Second)
	defer limit.Stop()
	for {
		b.mu.Lock()
		v, changed := b.view, b.changed
		b.mu.Unlock()
		switch {
		case !v.watched:
			return nil
		case !v.up:
			return card.ErrServiceDown
		case !v.present[reader]:
			return card.ErrRemoved
		}
		select {
		case <-changed:
		case <-limit.C:
			return nil
		}
	}
}

func (b *Backend) stall() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stalled = true
}

func (b *Backend) isStalled() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stalled
}

// meanings of the codes that have one. Codes that a driver gives for several reasons are not here.
var meanings = map[scard.Error]error{
	scard.ErrRemovedCard:       card.ErrRemoved,
	scard.ErrNoSmartcard:       card.ErrRemoved,
	scard.ErrResetCard:         card.ErrReset,
	scard.ErrUnresponsiveCard:  card.ErrMute,
	scard.ErrUnpoweredCard:     card.ErrMute,
	scard.ErrUnsupportedCard:   card.ErrMute,
	scard.ErrProtoMismatch:     card.ErrMute,
	scard.ErrSharingViolation:  card.ErrBusy,
	scard.ErrUnknownReader:     card.ErrReaderGone,
	scard.ErrReaderUnavailable: card.ErrReaderGone,
	scard.ErrNoService:         card.ErrServiceDown,
	scard.ErrServiceStopped:    card.ErrServiceDown,
}

// meaning turns a PC/SC code into package card's word for it. Any other code is [card.ErrTransport]; the caller asks
// the reader's state then.
func meaning(err error) error {
	code, ok := errors.AsType[scard.Error](err)
	if !ok {
		return err
	}
	if m, ok := meanings[code]; ok {
		return wrap(m, code)
	}
	return wrap(card.ErrTransport, code)
}

func wrap(meaning error, code scard.Error) error { return &pcscError{meaning, code} }

// pcscError keeps the code for the log.
type pcscError struct {
	meaning error
	code    scard.Error
}

func (e *pcscError) Error() string { return e.meaning.Error() + " (" + e.code.Error() + ")" }

func (e *pcscError) Unwrap() error { return e.meaning }

// pause waits, or ends with the context.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
