package terminal

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/watch"
	"github.com/kioskd/kioskd/internal/terminal/words"
	"github.com/kioskd/kioskd/pkg/card"
)

// cardEvent turns what the reader says into a word of the session, and keeps the health of the reader.
func (t *Terminal) cardEvent(c card.Event) (session.Event, bool) {
	switch c.Kind {
	case card.CardInserted, card.CardMute:
		t.card.Place(c.Reader)
		return session.Event{Kind: session.CardIn}, true
	case card.CardRemoved:
		return session.Event{Kind: session.CardOut}, t.card.Take()
	case card.ReaderRemoved, card.ServiceDown:
		t.card.Take()
	default: // what is left is the reader's own
	}
	return watch.Reader(c, &t.faults)
}

// identify probes the card, reads its certificate and counts its tries. Nothing is spent.
func (t *Terminal) identify(ctx context.Context, h *held) session.Event {
	id, err := t.connect(ctx)
	if err == nil {
		err = card.CheckCertificate(id.Certificate, t.Now())
	}
	if errors.Is(err, card.ErrPINBlocked) {
		return session.Event{Kind: session.Identified, N: 0}
	}
	if err != nil {
		t.Log.Info("card refused", "evt", "card.refused", "err", err)
		return session.Event{Kind: session.CardRefused, Reason: words.Card(err)}
	}
	h.mu.Lock()
	h.certificate, h.certHash = id.Certificate, sha256.Sum256(id.Certificate)
	h.mu.Unlock()
	tries := int(id.Tries)
	if id.Tries == card.TriesUnknown {
		tries = 1 // the card does not say: warn as for the last one
	}
	return session.Event{Kind: session.Identified, N: tries}
}

func (t *Terminal) connect(ctx context.Context) (card.Identity, error) {
	reader := t.card.Where()
	if reader == "" {
		return card.Identity{}, card.ErrRemoved
	}
	c, err := t.Ports.Reader.Connect(ctx, reader)
	if err != nil {
		return card.Identity{}, err
	}
	s := card.NewSession(card.Trace(c, t.Log))
	t.card.Hold(c, s)
	return s.Identify(ctx)
}

// sign gives the card its PIN once and lets it sign the challenge; the PIN is wiped and the card loses its power
// however it ends.
func (t *Terminal) sign(ctx context.Context, h *held, v session.Visit) session.Event {
	defer t.pin.Wipe()
	if e, ok := t.freshChallenge(ctx, h, v); !ok {
		return e
	}
	s := t.card.InUse()
	if s == nil {
		return session.Event{Kind: session.CardRefused, Reason: domain.CardRemovedTooEarly}
	}
	h.mu.Lock()
	digest := [32]byte(h.textHash)
	h.mu.Unlock()
	sig, err := s.Authenticate(ctx, t.pin, digest)
	t.pin.Wipe()
	if wrong, ok := errors.AsType[*card.PINError](err); ok {
		return t.wrongPIN(ctx, wrong)
	}
	t.card.PowerOff(ctx, t.Log)
	switch {
	case errors.Is(err, card.ErrPINBlocked):
		return session.Event{Kind: session.WrongPIN, N: 0}
	case err != nil:
		t.Log.Info("card did not sign", "evt", "card.sign", "err", err)
		return session.Event{Kind: session.CardRefused, Reason: words.Card(err)}
	}
	h.mu.Lock()
	h.signature = sig
	h.mu.Unlock()
	return session.Event{Kind: session.Signed}
}

// wrongPIN keeps the connection for the next try: the same card, not powered off, still holds no PIN.
func (t *Terminal) wrongPIN(_ context.Context, wrong *card.PINError) session.Event {
	t.Log.Info("wrong PIN", "evt", "card.pin", "tries", int(wrong.TriesLeft))
	left := int(wrong.TriesLeft)
	if wrong.TriesLeft == card.TriesUnknown {
		left = 1
	}
	return session.Event{Kind: session.WrongPIN, N: left}
}
