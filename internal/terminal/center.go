package terminal

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/offer"
	"github.com/kioskd/kioskd/internal/terminal/pulse"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/terminal/words"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// Pulse is this kiosk's. Run it beside Run.
func (t *Terminal) Pulse() *pulse.Pulse { return &t.pulse }

// beat is what the centre hears of this kiosk.
func (t *Terminal) beat() centerapi.Heartbeat {
	return centerapi.Heartbeat{
		Boot: t.Identity.Boot, Build: t.Identity.Software.String()[:16], Clock: t.Now().UTC(), Config: t.Identity.Config,
	}
}

// getChallenge asks the centre for its nonce. It happens before the PIN, so that a centre that is down costs no try.
func (t *Terminal) getChallenge(ctx context.Context, h *held, v session.Visit) session.Event {
	if err := t.pulse.Greet(ctx); err != nil {
		return t.failed("heartbeat", err)
	}
	if err := t.challenge(ctx, h, v); err != nil {
		return t.failed("challenge", err)
	}
	return session.Event{Kind: session.ChallengeHeld}
}

// freshChallenge makes sure that the challenge outlives the signature: a slow resident gets a new one.
func (t *Terminal) freshChallenge(ctx context.Context, h *held, v session.Visit) (session.Event, bool) {
	h.mu.Lock()
	left := h.challenge.NotAfter.Sub(t.Now())
	h.mu.Unlock()
	if left > domain.SignReserve {
		return session.Event{}, true
	}
	if err := t.challenge(ctx, h, v); err != nil {
		return t.failed("challenge", err), false
	}
	return session.Event{}, true
}

func (t *Terminal) challenge(ctx context.Context, h *held, v session.Visit) error {
	var nonce [32]byte
	_, _ = rand.Read(nonce[:]) // never fails; it ends the program instead
	h.mu.Lock()
	cert := h.certHash
	h.opened = true // from here on the centre may know of it
	h.mu.Unlock()
	a, err := t.Ports.Center.Challenge(ctx, centerapi.ChallengeRequest{
		Application: v.Application, Boot: t.Identity.Boot, CertificateHash: cert, KioskNonce: nonce,
		Purpose: string(signed.PurposeIssue), Scope: signed.ScopeHome,
	})
	if err != nil {
		return err
	}
	now := t.Now()
	if a.Center != t.Identity.Center || a.NotBefore.After(now.Add(domain.ClockSkew)) ||
		a.NotAfter.After(now.Add(domain.ChallengeLife+domain.ClockSkew)) || !a.NotAfter.After(now) {
		return fmt.Errorf("%w: challenge of another centre or time", centerapi.ErrProtocol)
	}
	c := signed.Challenge{
		Env: t.Identity.Env, Purpose: signed.PurposeIssue, Center: t.Identity.Center, Application: v.Application,
		Kiosk: t.Identity.Kiosk, KioskKey: t.Identity.KioskKey, CenterNonce: a.CenterNonce, KioskNonce: nonce,
		Scope: signed.ScopeHome, NotBefore: a.NotBefore.UTC(), NotAfter: a.NotAfter.UTC(), Certificate: cert,
	}
	text, err := c.Text()
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.nonce, h.challenge, h.text, h.textHash = nonce, c, text, signed.HashOf(text)
	return nil
}

// authenticate shows certificate and signature to the centre and takes its assertion.
func (t *Terminal) authenticate(ctx context.Context, h *held, v session.Visit) session.Event {
	h.mu.Lock()
	body := centerapi.Authentication{
		Certificate: append([]byte(nil), h.certificate...), ChallengeText: append([]byte(nil), h.text...),
		Signature: append([]byte(nil), h.signature...),
	}
	c, hash := h.challenge, h.textHash
	h.mu.Unlock()
	msg, municipality, err := t.Ports.Center.Authenticate(ctx, v.Application, body)
	if err != nil {
		return t.failed("authenticate", err)
	}
	a, aHash, err := signed.Open[signed.Assertion](msg, t.Identity.Anchors, t.Now(), signed.RoleCenter)
	if err == nil {
		err = signed.FitAssertion(a, c, hash)
	}
	if err == nil && a.Municipality != municipality {
		err = &signed.MismatchError{Thing: signed.ThingAssertion, Field: "municipality"}
	}
	if err != nil {
		return t.failed("assertion", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.assertion, h.assertionHash, h.notes.assertion = a, aHash, msg
	return session.Event{Kind: session.AssertionHeld}
}

// fetchChoices takes the municipality's signed choices. Nothing of the registry is drawn before all of it is checked
//
func (t *Terminal) fetchChoices(ctx context.Context, h *held, v session.Visit) session.Event {
	got, err := t.Ports.Center.Choices(ctx, v.Application)
	if err != nil {
		return t.failed("choices", err)
	}
	h.mu.Lock()
	a, aHash := h.assertion, h.assertionHash
	h.mu.Unlock()
	n, hash, err := signed.Open[signed.Choices](got.Note, t.Identity.Anchors, t.Now(), signed.RoleMunicipality)
	if err == nil {
		err = signed.FitChoices(n, a, aHash, v.Application)
	}
	if err != nil {
		return t.failed("choices", err)
	}
	pictures, err := offer.Pictures(n, got.Pictures)
	if err != nil {
		return t.failed("pictures", err)
	}
	choice, err := offer.Join(n, got.Catalogue)
	if err != nil {
		return t.failed("catalogue", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.choices, h.choicesHash, h.notes.choices = n, hash, got.Note
	h.pictures, h.catalogue = pictures, got.Catalogue
	t.shown.Store(h)
	return session.Event{Kind: session.ChoicesHeld, Offer: choice}
}

// failed turns an error of the centre, or of what it sent, into the session's word.
func (t *Terminal) failed(what string, err error) session.Event {
	e := session.Event{Kind: session.CenterFailed, Reason: words.Center(err)}
	t.Log.Warn("centre failed", "evt", "center.failed", "at", what, "reason", e.Reason.Code(), "err", err)
	return e
}
