package center

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// Challenge opens an application: it draws the centre's nonce and fixes everything that the card will sign but the
// certificate. Asked again for the same, it answers the same.
func (c *Center) Challenge(
	ctx context.Context, k Peer, r centerapi.ChallengeRequest,
) (centerapi.ChallengeAnswer, error) {
	if err := checkChallenge(r); err != nil {
		return centerapi.ChallengeAnswer{}, err
	}
	now := c.Now()
	if v, ok := c.visit(k.ID, r.Application); ok {
		return v.reopen(r)
	}
	if !c.inPace(k.ID, now) {
		return centerapi.ChallengeAnswer{}, errBusy
	}
	if !c.Validation.Available(now) {
		return centerapi.ChallengeAnswer{}, refused(domain.ValidationUnreach)
	}
	if err := c.hello(ctx, k.ID, r.Boot); err != nil {
		return centerapi.ChallengeAnswer{}, err
	}
	if err := c.makeRoom(ctx, k.ID); err != nil {
		return centerapi.ChallengeAnswer{}, err
	}
	c.rests.Drop(k.ID, now) // somebody else stands there now
	v := c.newVisit(k, r, now)
	if err := c.hold(v); err != nil {
		return centerapi.ChallengeAnswer{}, err
	}
	err := c.Store.Write(ctx, func(t *store.Tx) error {
		return t.Exec(`INSERT INTO application (id, kiosk, boot, state, rev, opened, changed, deadline)
			VALUES (?, ?, ?, ?, 1, ?, ?, ?)`, r.Application.String(), string(k.ID), r.Boot.String(),
			centerapi.StateChallenged, now.UnixMilli(), now.UnixMilli(), now.Add(domain.ApplicationLife).UnixMilli())
	})
	if err != nil {
		c.forget(v.id)
		if errors.Is(err, store.ErrExists) {
			err = errRequest // an id is used once (D-01)
		}
		return centerapi.ChallengeAnswer{}, err
	}
	return v.opened(), nil
}

// A kiosk may open paceMost applications within paceWindow. A person needs longer for one than this allows for ten; a
// kiosk that goes faster is broken or hostile, and would keep the one writer of the database busy.
const (
	paceWindow = time.Minute
	paceMost   = 30
)

// inPace counts a challenge and says whether the kiosk may have it.
func (c *Center) inPace(k domain.KioskID, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	recent := slices.DeleteFunc(c.paces[k], func(t time.Time) bool { return now.Sub(t).Abs() > paceWindow })
	ok := len(recent) < paceMost
	if ok {
		recent = append(recent, now)
	}
	c.paces[k] = recent
	return ok
}

// maxKioskVisits bounds what one kiosk leaves open, so that no kiosk can take the place of all the others: it serves
// one person at a time, and what it opened long before and never closed is lost.
const maxKioskVisits = 8

// makeRoom ends the oldest open applications of a kiosk beyond its share.
func (c *Center) makeRoom(ctx context.Context, k domain.KioskID) error {
	list, err := c.applications(ctx, `kiosk=? AND `+isOpen+` AND state<>? ORDER BY opened`, string(k),
		centerapi.StateAwaiting)
	for err == nil && len(list) >= maxKioskVisits {
		c.count(ctx, "kiosk_crowded")
		err = c.abandon(ctx, list[0], domain.Superseded)
		list = list[1:]
	}
	return err
}

func checkChallenge(r centerapi.ChallengeRequest) error {
	switch {
	case r.Application.IsZero() || r.Boot.IsZero() || r.KioskNonce.IsZero():
		return bad("application, boot or kiosk_nonce is missing")
	case r.Purpose != string(signed.PurposeIssue):
		return bad("purpose is unknown")
	case r.Scope == signed.ScopeHome:
		return nil
	}
	if _, err := domain.ParseMunicipalityCode(r.Scope); err != nil {
		return bad("scope is neither home nor a municipality")
	}
	return nil
}

func (c *Center) newVisit(k Peer, r centerapi.ChallengeRequest, now time.Time) *visit {
	ctx, end := context.WithCancel(context.Background())
	v := &visit{
		id: r.Application, kiosk: k, ctx: ctx, end: end, changed: make(chan struct{}), tasks: map[string]*task{},
		hint: r.CertificateHash, applications: 1,
	}
	from := now.UTC().Truncate(time.Second)
	v.opening = signed.Challenge{
		Env: c.Ring.Env, Purpose: signed.Purpose(r.Purpose), Center: c.ID, Application: r.Application, Kiosk: k.ID,
		KioskKey: k.Key, KioskNonce: r.KioskNonce, Scope: r.Scope, NotBefore: from,
		NotAfter: from.Add(domain.ChallengeLife),
	}
	_, _ = rand.Read(v.opening.CenterNonce[:]) // never fails: crypto/rand ends the program instead
	return v
}

// opened is the centre's part of the challenge.
func (v *visit) opened() centerapi.ChallengeAnswer {
	v.mu.Lock()
	defer v.mu.Unlock()
	o := v.opening
	return centerapi.ChallengeAnswer{
		Center: o.Center, CenterNonce: o.CenterNonce, NotBefore: o.NotBefore, NotAfter: o.NotAfter,
	}
}

// reopen answers a repeated request.
func (v *visit) reopen(r centerapi.ChallengeRequest) (centerapi.ChallengeAnswer, error) {
	v.mu.Lock()
	same := v.opening.KioskNonce == r.KioskNonce && v.opening.Scope == r.Scope && v.hint == r.CertificateHash &&
		string(v.opening.Purpose) == r.Purpose
	v.mu.Unlock()
	if !same {
		return centerapi.ChallengeAnswer{}, errRequest
	}
	return v.opened(), nil
}
