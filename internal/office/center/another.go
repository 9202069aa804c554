package center

import (
	"context"
	"errors"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center/rest"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// keepRest keeps what an application proved for another one. It must come before the application is forgotten.
func (c *Center) keepRest(k Peer, id domain.ApplicationID) {
	v, ok := c.visit(k.ID, id)
	if !ok || v.applications >= domain.MaxApplications {
		return
	}
	chain := v.evidence()
	chain.Order = nil
	v.mu.Lock()
	defer v.mu.Unlock()
	until := c.Now().Add(domain.AnotherWait)
	if v.assertion.note.Expires.Before(until) {
		until = v.assertion.note.Expires
	}
	c.rests.Keep(id, &rest.Rest{
		Kiosk: v.kiosk.ID, Key: v.kiosk.Key, Chain: chain, Subject: v.subject, Message: v.assertion.msg,
		Assertion: v.assertion.note, Hash: v.assertion.hash, Applications: v.applications, Until: until,
	})
}

// Another opens an application under the assertion of the one before it: of the same kiosk and the same run of
// it, which has found the same card again, after the account of a certificate that was printed and paid for, at most
// domain.MaxApplications of them, while the assertion lives. Asked again for the same, it answers the same. Errors are
// *centerapi.Refused and *Fault: StateConflict while the account is not here, Gone where nothing is kept.
func (c *Center) Another(
	ctx context.Context, k Peer, id domain.ApplicationID, r centerapi.AnotherRequest,
) (centerapi.Status, error) {
	if id.IsZero() || r.After.IsZero() || r.Boot.IsZero() || r.CertificateHash.IsZero() || id == r.After {
		return centerapi.Status{}, bad("after, boot or certificate_hash is missing")
	}
	now := c.Now()
	if v, ok := c.visit(k.ID, id); ok {
		if v.kiosk != k || v.after != r.After || v.hint != r.CertificateHash {
			return centerapi.Status{}, errRequest
		}
		return c.Status(ctx, k, id)
	}
	if !c.inPace(k.ID, now) {
		return centerapi.Status{}, errBusy
	}
	if err := c.hello(ctx, k.ID, r.Boot); err != nil {
		return centerapi.Status{}, err
	}
	before, err := c.application(ctx, k.ID, r.After)
	if err != nil {
		return centerapi.Status{}, err
	}
	if before.state != centerapi.StateDone {
		return centerapi.Status{}, errState
	}
	if err := c.goOn(ctx, before.municipality); err != nil {
		return centerapi.Status{}, err
	}
	kept, ok := c.rests.Take(k.ID, k.Key, r.After)
	if !ok {
		return centerapi.Status{}, errGone
	}
	same := signed.HashOf(kept.Chain.Certificate) == r.CertificateHash
	if !same || !now.Before(kept.Until) {
		defer kept.Wipe()
		if !same { // a kiosk that goes on with another card is broken or hostile
			c.count(ctx, "mismatch")
			c.Log.Error("another card for another certificate", "evt", "center.mismatch", "application", id.String())
			return centerapi.Status{}, refused(domain.DocumentMismatch)
		}
		return centerapi.Status{}, refused(domain.DeadlinePassed)
	}
	if err := c.follow(ctx, kept, id, r); err != nil {
		return centerapi.Status{}, err
	}
	return c.Status(ctx, k, id)
}

// follow makes the application: it begins where authentication would have ended. It owns what was kept.
func (c *Center) follow(
	ctx context.Context, kept *rest.Rest, id domain.ApplicationID, r centerapi.AnotherRequest,
) error {
	now := c.Now()
	life, end := context.WithCancel(context.Background())
	v := &visit{
		id: id, kiosk: Peer{kept.Kiosk, kept.Key}, ctx: life, end: end,
		changed: make(chan struct{}), tasks: map[string]*task{},
		hint: r.CertificateHash, after: r.After, applications: kept.Applications + 1,
		chain: kept.Chain, subject: kept.Subject,
		assertion: sealed[signed.Assertion]{kept.Message, kept.Assertion, kept.Hash},
	}
	if err := c.hold(v); err != nil {
		end()
		kept.Wipe()
		return err
	}
	a := v.assertion.note
	err := c.Store.Write(ctx, func(t *store.Tx) error {
		return t.Exec(`INSERT INTO application
			(id, kiosk, boot, state, rev, card, municipality, challenge, assertion, opened, changed, deadline)
			VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)`, id.String(), string(v.kiosk.ID), r.Boot.String(),
			centerapi.StateAuthenticated, c.mark(r.CertificateHash), string(a.Municipality), a.Challenge.String(),
			v.assertion.hash.String(), now.UnixMilli(), now.UnixMilli(), a.Expires.UnixMilli())
	})
	if err == nil {
		return nil
	}
	c.forget(id)
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	if list, err := c.applications(ctx, `id=?`, id.String()); err != nil || len(list) > 0 {
		return errors.Join(err, errRequest) // an id is used once (D-01)
	}
	return refused(domain.Superseded) // the card is open at another kiosk meanwhile
}
