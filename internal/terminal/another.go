package terminal

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/health"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/words"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// leftForAnother is how many seconds the card's proof still lives; 0 where this machine should serve nobody after this
// visit: whatever stands against service would end another application too, and money may be involved. The sheets that
// lie in the tray do not count: the resident is just taking them.
func (t *Terminal) leftForAnother() int {
	for _, f := range t.faults.All() {
		if f != health.Tray {
			return 0
		}
	}
	if t.gone || t.acts.Unresolved() || t.acts.InDoubt() || !t.late.IsZero() {
		return 0
	}
	return t.held.proofLeft(t.Now())
}

// proofLeft is how many seconds the assertion still lives.
func (h *held) proofLeft(now time.Time) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return int(h.assertion.Expires.Sub(now) / time.Second)
}

// forgetDocument wipes everything of the application that is over, and keeps what the card proved for the next one of
// the same person. The journal has closed the visit; the next application is a visit of its own there.
func (t *Terminal) forgetDocument() {
	old := t.held
	t.held = old.following()
	t.opened, t.toCashBox, t.slip = false, domain.Count{}, journal.Slip{}
	old.wipe()
	t.Ports.Panel.Wipe()
}

// following is a new hold with what the card proved: its certificate's hash, the challenge, and the assertion.
func (h *held) following() *held {
	next := newHeld()
	h.mu.Lock()
	defer h.mu.Unlock()
	next.certHash, next.nonce, next.challenge, next.textHash = h.certHash, h.nonce, h.challenge, h.textHash
	next.assertion, next.assertionHash = h.assertion, h.assertionHash
	next.notes.assertion = h.notes.assertion
	return next
}

// compare reads the certificate of the card on the reader and holds its hash against this visit's. It needs no PIN and
// signs nothing; the certificate is wiped at once (D-14, X-10).
func (t *Terminal) compare(ctx context.Context, h *held) session.Event {
	id, err := t.connect(ctx)
	defer clear(id.Certificate)
	if err != nil {
		t.Log.Info("card refused", "evt", "card.refused", "err", err)
		return session.Event{Kind: session.CardRefused, Reason: words.Card(err)}
	}
	found := sha256.Sum256(id.Certificate)
	h.mu.Lock()
	same := !h.certHash.IsZero() && subtle.ConstantTimeCompare(found[:], h.certHash[:]) == 1
	h.mu.Unlock()
	if !same {
		t.Log.Warn("another card than the one that signed", "evt", "card.other")
		return session.Event{Kind: session.OtherCard}
	}
	return session.Event{Kind: session.SameCard}
}

// reapply lets the centre open this application under the assertion of the one before it. The centre must have the
// account of that one, so what waits in the outbox goes first.
func (t *Terminal) reapply(ctx context.Context, h *held, v session.Visit) session.Event {
	if err := t.Outbox().All(ctx); err != nil {
		return t.failed("account", err)
	}
	h.mu.Lock()
	r := centerapi.AnotherRequest{After: v.After, Boot: t.Identity.Boot, CertificateHash: h.certHash}
	h.opened = true // from here on the centre may know of it
	h.mu.Unlock()
	if err := t.Ports.Center.Another(ctx, v.Application, r); err != nil {
		return t.failed("another", err)
	}
	return session.Event{Kind: session.AssertionHeld}
}
