package terminal

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/card"
)

// cardUse is the one connection to the one card. Safe for concurrent use.
type cardUse struct {
	mu      sync.Mutex
	reader  string // where the card lies; "" for none
	card    card.Card
	session *card.Session
}

// cardEvent turns what the reader says into a word of the session, and keeps the health of the reader.
func (t *Terminal) cardEvent(c card.Event) (session.Event, bool) {
	switch c.Kind {
	case card.ServiceUp, card.ReaderAdded:
		if c.Kind == card.ReaderAdded {
			t.faults.Clear(health.Reader)
		}
		return session.Event{}, false
	case card.CardInserted, card.CardMute:
		t.card.place(c.Reader)
		return session.Event{Kind: session.CardIn}, true
	case card.CardRemoved, card.ReaderRemoved, card.ServiceDown:
		if c.Kind != card.CardRemoved {
			t.faults.Raise(health.Reader)
		}
		return session.Event{Kind: session.CardOut}, t.card.take()
	default:
		return session.Event{}, false
	}
}

func (u *cardUse) place(reader string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.reader = reader
}

// take notes that the card is gone; it reports whether there was one.
func (u *cardUse) take() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	was := u.reader != ""
	u.reader = "" // the connection stays until powerOff ends it
	return was
}

// powerLimit bounds the call that takes the card's power.
const powerLimit = 3 * time.Second

// powerOff takes the card's power, which alone makes it forget the PIN.
func (u *cardUse) powerOff(ctx context.Context, log *slog.Logger) {
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

func (u *cardUse) where() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.reader
}

func (u *cardUse) hold(c card.Card, s *card.Session) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.card, u.session = c, s
}

func (u *cardUse) inUse() *card.Session {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.session
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
		return session.Event{Kind: session.CardRefused, Reason: cardReason(err)}
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
	reader := t.card.where()
	if reader == "" {
		return card.Identity{}, card.ErrRemoved
	}
	c, err := t.Ports.Reader.Connect(ctx, reader)
	if err != nil {
		return card.Identity{}, err
	}
	s := card.NewSession(card.Trace(c, t.Log))
	t.card.hold(c, s)
	return s.Identify(ctx)
}

// sign gives the card its PIN once and lets it sign the challenge; the PIN is wiped and the card loses its power
// however it ends.
func (t *Terminal) sign(ctx context.Context, h *held, v session.Visit) session.Event {
	defer t.pin.Wipe()
	if e, ok := t.freshChallenge(ctx, h, v); !ok {
		return e
	}
	s := t.card.inUse()
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
	t.card.powerOff(ctx, t.Log)
	switch {
	case errors.Is(err, card.ErrPINBlocked):
		return session.Event{Kind: session.WrongPIN, N: 0}
	case err != nil:
		t.Log.Info("card did not sign", "evt", "card.sign", "err", err)
		return session.Event{Kind: session.CardRefused, Reason: cardReason(err)}
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

// cardReasons are the words of the trade for what a card or reader said.
var cardReasons = []struct {
	err    error
	reason domain.RefusalReason
}{
	{card.ErrNotMyNumberCard, domain.NotMyNumberCard},
	{card.ErrJukiCard, domain.JukiCardEnded},
	{card.ErrPhone, domain.PhoneUnsupported},
	{card.ErrUnknownGeneration, domain.UnknownGeneration},
	{card.ErrNoAuthCertificate, domain.NoAuthCertificate},
	{card.ErrCertificateExpired, domain.CertExpired},
	{card.ErrCertificateNotYetValid, domain.CertNotYetValid},
	{card.ErrPINBlocked, domain.PINBlocked},
	{card.ErrRemoved, domain.CardRemovedTooEarly},
	{card.ErrBusy, domain.CardBusy},
}

func cardReason(err error) domain.RefusalReason {
	for _, c := range cardReasons {
		if errors.Is(err, c.err) {
			return c.reason
		}
	}
	return domain.CardUnreadable
}
