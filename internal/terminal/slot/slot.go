// Package slot keeps the one connection to the one card: where the card lies, and what holds its power.
package slot

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/kioskd/kioskd/pkg/card"
)

// Slot is the place where a card lies. The zero value is an empty one. Safe for concurrent use.
type Slot struct {
	mu      sync.Mutex
	reader  string // where the card lies; "" for none
	card    card.Card
	session *card.Session
}

// Place notes that a card lies on a reader.
func (u *Slot) Place(reader string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.reader = reader
}

// Take notes that the card is gone; it reports whether there was one. The connection stays until PowerOff ends it.
func (u *Slot) Take() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	was := u.reader != ""
	u.reader = ""
	return was
}

// Where is the reader on which the card lies; "" for none.
func (u *Slot) Where() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.reader
}

// Hold keeps a connection.
func (u *Slot) Hold(c card.Card, s *card.Session) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.card, u.session = c, s
}

// InUse is the connection; nil for none.
func (u *Slot) InUse() *card.Session {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.session
}

// powerLimit bounds the call that takes the card's power.
const powerLimit = 3 * time.Second

// PowerOff takes the card's power, which alone makes it forget the PIN.
func (u *Slot) PowerOff(ctx context.Context, log *slog.Logger) {
	u.mu.Lock()
	c := u.card
	u.card, u.session = nil, nil
	u.mu.Unlock()
	if c == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), powerLimit)
	defer cancel()
	if err := c.PowerOff(ctx); err != nil && !errors.Is(err, card.ErrRemoved) {
		log.Warn("card not powered off", "evt", "card.power", "err", err)
	}
}
