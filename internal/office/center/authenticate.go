package center

import (
	"context"
	"errors"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// Authenticate checks that the card signed this application's challenge (server §3.2), asks the responder, and gives
// the assertion. It happens once: the same evidence again gets the same answer, other evidence a conflict.
func (c *Center) Authenticate(
	ctx context.Context, k Peer, id domain.ApplicationID, a centerapi.Authentication,
) (centerapi.AuthenticationAnswer, error) {
	v, err := c.held(ctx, k, id)
	if err != nil {
		return centerapi.AuthenticationAnswer{}, err
	}
	err = c.run(ctx, v, work{
		"authentication", digest(a.ChallengeText, a.Certificate, a.Signature), limit(ctx, domain.ValidationBudget),
		func(ctx context.Context, v *visit) error { return c.authenticate(ctx, v, a) },
	})
	if err != nil {
		return centerapi.AuthenticationAnswer{}, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return centerapi.AuthenticationAnswer{Assertion: v.assertion.msg, Municipality: v.assertion.note.Municipality}, nil
}

// digest names a request by its parts.
func digest(parts ...[]byte) signed.Hash {
	var all []byte
	for _, p := range parts {
		h := signed.HashOf(p)
		all = append(all, h[:]...)
	}
	return signed.HashOf(all)
}

func (c *Center) authenticate(ctx context.Context, v *visit, a centerapi.Authentication) error {
	// The challenge is consumed first and whatever follows (server §3.2 step 2).
	err := c.advance(ctx, v, step{from: []string{centerapi.StateChallenged}, to: centerapi.StateAuthenticating})
	if err != nil {
		return err
	}
	now := c.Now()
	card, challenge, err := c.judgeCard(v, a, now)
	if err != nil {
		return err
	}
	answer, err := c.Validation.Ask(ctx, card, jpki.NonceOf(challenge), now)
	if err != nil {
		return err
	}
	home, err := c.home(ctx, card, now)
	if err != nil {
		return err
	}
	if v.opening.Scope != signed.ScopeHome && v.opening.Scope != string(home.municipality) {
		return refused(domain.HonsekiNotRegistered)
	}
	n := signed.Assertion{
		Env: c.Ring.Env, Center: c.ID, Application: v.id, Kiosk: v.kiosk.ID, Challenge: challenge,
		Municipality: home.municipality, Subject: home.subject, Method: signed.MethodJPKI, Status: signed.StatusGood,
		Checked: now, OCSP: signed.HashOf(answer), Made: now, Expires: now.Add(domain.NoteLife),
	}
	msg, hash, err := signed.Seal(n, c.Signer)
	if err != nil {
		return err
	}
	v.mu.Lock()
	v.assertion, v.subject = sealed[signed.Assertion]{msg, n, hash}, home.subject
	v.chain = issuingapi.Chain{
		Challenge: a.ChallengeText, Certificate: a.Certificate, Signature: a.Signature, OCSP: answer, Assertion: msg,
	}
	v.mu.Unlock()
	return c.admit(ctx, v, c.mark(card.Digest))
}

// judgeCard takes steps 2 to 8 of server §3.2.
func (c *Center) judgeCard(v *visit, a centerapi.Authentication, now time.Time) (jpki.Card, signed.Hash, error) {
	v.mu.Lock()
	want, hint := v.opening, v.hint
	v.mu.Unlock()
	want.Certificate = signed.HashOf(a.Certificate)
	if !hint.IsZero() && hint != want.Certificate {
		return jpki.Card{}, signed.Hash{}, &mismatch{err: errors.New("another certificate than the one announced")}
	}
	challenge, err := jpki.CheckChallenge(a.ChallengeText, want, now)
	if err != nil {
		return jpki.Card{}, signed.Hash{}, err
	}
	card, err := jpki.VerifyCard(c.Roots, a.Certificate, now)
	if err != nil {
		return jpki.Card{}, signed.Hash{}, err
	}
	return card, challenge, jpki.VerifySignature(card, a.ChallengeText, a.Signature)
}

// admit lets one open application of a card in. One that the same kiosk left open is over: a kiosk serves one
// person at a time. One at another kiosk stands, and this one is refused.
func (c *Center) admit(ctx context.Context, v *visit, mark string) error {
	older, err := c.applications(ctx, `card=? AND kiosk=?`, mark, string(v.kiosk.ID))
	if err != nil {
		return err
	}
	for _, a := range older {
		if err := c.abandon(ctx, a, domain.Superseded); err != nil {
			return err
		}
	}
	err = c.advance(ctx, v, step{
		from: []string{centerapi.StateAuthenticating}, to: centerapi.StateAuthenticated,
		set: `card=?, municipality=?, challenge=?, assertion=?`,
		args: []any{
			mark, string(v.assertion.note.Municipality), v.assertion.note.Challenge.String(), v.assertion.hash.String(),
		},
	})
	if errors.Is(err, store.ErrExists) {
		return refused(domain.Superseded)
	}
	return err
}

// limit is how long work may take: its budget, or what the kiosk will still wait, less what the answer's way needs.
func limit(ctx context.Context, budget time.Duration) time.Duration {
	if end, ok := ctx.Deadline(); ok {
		budget = min(budget, time.Until(end))
	}
	return budget - min(answerReserve, budget/10)
}

// answerReserve is kept for the answer's way back.
const answerReserve = 200 * time.Millisecond
