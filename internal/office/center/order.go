package center

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// Order takes the kiosk's order and lets the municipality issue; Wait tells what became of it.
func (c *Center) Order(ctx context.Context, k Peer, id domain.ApplicationID, msg []byte) (centerapi.Status, error) {
	v, err := c.held(ctx, k, id)
	if err != nil {
		return centerapi.Status{}, err
	}
	err = c.run(ctx, v, work{
		"order", digest(msg), limit(ctx, domain.ChoicesBudget),
		func(ctx context.Context, v *visit) error { return c.takeOrder(ctx, v, msg) },
	})
	if err != nil {
		return centerapi.Status{}, err
	}
	if _, err := c.launch(v, work{"issue", signed.Hash{}, limit(v.ctx, domain.IssueBudget), c.issue}); err != nil {
		return centerapi.Status{}, err
	}
	return c.Status(ctx, k, id)
}

func (c *Center) takeOrder(ctx context.Context, v *visit, msg []byte) error {
	a, err := c.application(ctx, v.kiosk.ID, v.id)
	if err != nil {
		return err
	}
	if a.state != centerapi.StateChosen {
		return errState
	}
	o, hash, err := signed.Open[signed.Order](msg, c.Ring, c.Now(), signed.RoleKiosk)
	if err != nil {
		return &mismatch{err: err}
	}
	if o.Kiosk != v.kiosk.ID {
		return &mismatch{err: errors.New("order of another kiosk")}
	}
	if err := signed.FitOrder(o, v.choices.note, v.choices.hash); err != nil {
		return &mismatch{err: err}
	}
	v.mu.Lock()
	v.order = sealed[signed.Order]{msg, o, hash}
	v.chain.Order = msg
	v.mu.Unlock()
	return c.advance(ctx, v, step{
		from: []string{centerapi.StateChosen}, to: centerapi.StateOrdered,
		set:  `order_note=?, kind=?, copies=?, fee=?`,
		args: []any{hash.String(), string(o.Kind), o.Copies, int64(o.TotalFee)},
	})
}

// issue asks for the certificate, holds it against the order, and makes the delivery.
func (c *Center) issue(ctx context.Context, v *visit) error {
	m := v.assertion.note.Municipality
	if err := c.goOn(ctx, m); err != nil {
		return err
	}
	service, err := c.issuing(m)
	if err != nil {
		return err
	}
	r := issuingapi.IssueRequest{
		RequestID: domain.RequestID{ID: domain.NewID()}, Subject: v.subject, Chain: v.evidence(), TimeLeft: left(ctx),
		Binding: issuingapi.Binding{Application: v.id, Municipality: m, Kiosk: v.kiosk.ID},
	}
	answer, err := service.IssueCertificate(ctx, r)
	if err != nil {
		return err
	}
	n, hash, err := c.checkIssue(v, r, answer)
	if err != nil {
		return err
	}
	d, msg, deliveryHash, err := c.deliver(v, n, hash)
	if err != nil {
		return err
	}
	v.mu.Lock()
	v.manifest = sealed[signed.Manifest]{answer.Manifest, n, hash}
	v.delivery, v.pages = msg, copies(answer.Pages)
	v.mu.Unlock()
	return c.ready(ctx, v, d, deliveryHash)
}

// checkIssue holds the answer against our own request, field by field (server §2.2); any difference is D-03.
func (c *Center) checkIssue(
	v *visit, r issuingapi.IssueRequest, a issuingapi.IssueAnswer,
) (signed.Manifest, signed.Hash, error) {
	var none signed.Manifest
	if a.Binding != r.Binding {
		return none, signed.Hash{}, &mismatch{err: errors.New("certificate of another binding")}
	}
	n, hash, err := signed.Open[signed.Manifest](a.Manifest, c.Ring, c.Now(), signed.RoleMunicipality)
	if err != nil {
		return none, signed.Hash{}, &mismatch{err: err}
	}
	err = signed.FitManifest(n, v.order.note, v.order.hash, v.choices.note, v.assertion.hash)
	if err != nil {
		return none, signed.Hash{}, &mismatch{proved: true, err: err}
	}
	if a.Issue != n.Issue || len(a.Pages) != len(n.Pages) {
		return none, signed.Hash{}, &mismatch{err: errors.New("another issue or number of pages than the manifest's")}
	}
	for i, p := range a.Pages {
		if len(p) != n.Pages[i].Bytes || signed.HashOf(p) != n.Pages[i].Digest {
			return none, signed.Hash{}, &mismatch{err: fmt.Errorf("page %d is not the manifest's", i+1)}
		}
	}
	return n, hash, nil
}

// deliver gives each sheet its id.
func (c *Center) deliver(
	v *visit, n signed.Manifest, manifest signed.Hash,
) (signed.Delivery, []byte, signed.Hash, error) {
	now := c.Now()
	d := signed.Delivery{
		Env: c.Ring.Env, Center: c.ID, Application: v.id, Kiosk: v.kiosk.ID, Manifest: manifest,
		Assertion: v.assertion.hash, Generation: 1, Back: signed.BackNone, Made: now, Expires: now.Add(domain.NoteLife),
	}
	for i := range n.Copies * len(n.Pages) {
		d.Sheets = append(d.Sheets, signed.Sheet{
			Copy: i/len(n.Pages) + 1, Page: i%len(n.Pages) + 1, ID: domain.SheetID{ID: domain.NewID()},
		})
	}
	msg, hash, err := signed.Seal(d, c.Signer)
	return d, msg, hash, err
}

// ready writes the sheets down and opens the pages, in one transaction.
func (c *Center) ready(ctx context.Context, v *visit, d signed.Delivery, delivery signed.Hash) error {
	err := c.Store.Write(context.WithoutCancel(ctx), func(t *store.Tx) error {
		err := c.move(t, v.id, step{
			from: []string{centerapi.StateOrdered}, to: centerapi.StateReady,
			set: `manifest=?, delivery=?, issue=?, deadline=?`,
			args: []any{
				v.manifest.hash.String(), delivery.String(), v.manifest.note.Issue.String(), d.Expires.UnixMilli(),
			},
		})
		if err != nil {
			return err
		}
		for _, s := range d.Sheets {
			err := t.Exec(`INSERT INTO sheet (id, application, copy, page, state) VALUES (?, ?, ?, ?, 'reserved')`,
				s.ID.String(), v.id.String(), s.Copy, s.Page)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		v.notify()
	}
	return err
}

// Page gives a copy of one page, from 1, with its digest; wipe it after use.
func (c *Center) Page(ctx context.Context, k Peer, id domain.ApplicationID, n int) ([]byte, signed.Hash, error) {
	v, err := c.held(ctx, k, id)
	if err != nil {
		return nil, signed.Hash{}, err
	}
	a, err := c.application(ctx, k.ID, id)
	if err != nil {
		return nil, signed.Hash{}, err
	}
	if a.state != centerapi.StateReady {
		return nil, signed.Hash{}, errState
	}
	if err := c.goOn(ctx, a.municipality); err != nil {
		return nil, signed.Hash{}, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if n < 1 || n > len(v.pages) {
		return nil, signed.Hash{}, errNotFound
	}
	return bytes.Clone(v.pages[n-1]), v.manifest.note.Pages[n-1].Digest, nil
}
