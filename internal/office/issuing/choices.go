package issuing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// GetApplicantChoices proves the application and says what the holder may have: a note of the municipality with the
// pictures that it names. Where nothing may be had it is a *issuingapi.Refusal.
func (s *Server) GetApplicantChoices(
	ctx context.Context, r issuingapi.ChoicesRequest,
) (issuingapi.ChoicesAnswer, error) {
	began := s.Now()
	a, err := once(ctx, s, request{
		r.Binding.Application, r.RequestID, contentOf("choices", r.Binding, r.Subject, r.Chain),
	}, func() (issuingapi.ChoicesAnswer, error) { return s.choose(ctx, r) })
	if err != nil {
		return issuingapi.ChoicesAnswer{}, s.settleError(ctx, r.Binding, began, err)
	}
	a.Pictures, err = s.copied(r.Binding.Application, a.Pictures)
	return a, err
}

// settleError ends the application as the error demands. Every refusal takes the same time.
func (s *Server) settleError(ctx context.Context, b issuingapi.Binding, began time.Time, err error) error {
	if refusal, ok := errors.AsType[*issuingapi.Refusal](err); ok {
		if err := s.refused(ctx, b, refusal.Reason); err != nil {
			return err
		}
		s.forget(b.Application)
		pause(ctx, min(s.RefusalTime, s.RefusalTime-s.Now().Sub(began))) // also where the clock was set back
		return err
	}
	p, ok := errors.AsType[*issuingapi.ProtocolError](err)
	if !ok {
		s.Log.ErrorContext(ctx, "internal", "evt", "issuing.internal", "application", b.Application.String(), "err", err)
	}
	switch {
	case ok && (p.Code == issuingapi.CodeChainInvalid || p.Code == issuingapi.CodeBindingMismatch):
		s.disagree(ctx, b, "DocumentMismatch", p)
		s.abandon(ctx, b)
	case !ok || p.Code == issuingapi.CodeDeadlinePassed:
		s.abandon(ctx, b)
	}
	return err
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (s *Server) choose(ctx context.Context, r issuingapi.ChoicesRequest) (issuingapi.ChoicesAnswer, error) {
	p, err := s.prove(ctx, r.Binding, r.Subject, r.Chain)
	if err != nil {
		return issuingapi.ChoicesAnswer{}, err
	}
	now := s.Now()
	expires := p.assertion.Expires
	if most := now.Add(domain.NoteLife); expires.After(most) {
		expires = most
	}
	err = s.receive(ctx, opening{r.Binding, expires, p.challengeHash, p.challenge.Application})
	if err != nil {
		return issuingapi.ChoicesAnswer{}, err
	}
	if _, _, shown := s.shown(r.Binding.Application); shown {
		return issuingapi.ChoicesAnswer{}, stateConflict(issuingapi.StateReceived) // choices are given once
	}
	if reason, err := s.judge(p, now); err != nil || reason != domain.NoRefusal {
		return issuingapi.ChoicesAnswer{}, orRefusal(err, reason, r.Binding.Application)
	}
	n, pictures, err := s.offer(p, now)
	if err != nil {
		return issuingapi.ChoicesAnswer{}, err
	}
	n.Expires = expires
	msg, hash, err := signed.Seal(n, s.Signers[r.Binding.Municipality])
	if err != nil {
		return issuingapi.ChoicesAnswer{}, err
	}
	if ctx.Err() != nil {
		erase(pictures)
		return issuingapi.ChoicesAnswer{}, deadlinePassed()
	}
	if !s.keep(r.Binding.Application, n, hash, pictures) {
		erase(pictures)
		return issuingapi.ChoicesAnswer{}, stateConflict(issuingapi.StateCancelled)
	}
	return issuingapi.ChoicesAnswer{Binding: r.Binding, Choices: msg, Pictures: pictures}, nil
}

func orRefusal(err error, reason domain.RefusalReason, app domain.ApplicationID) error {
	if err != nil {
		return err
	}
	return refusal(reason, app)
}

// offer makes the choices note and its pictures.
func (s *Server) offer(p proof, now time.Time) (signed.Choices, [][]byte, error) {
	c, err := s.catalogue(p.user.municipality, now)
	if err != nil {
		return signed.Choices{}, nil, err
	}
	n := signed.Choices{
		Env: s.Env, Municipality: p.user.municipality, Application: p.application, Challenge: p.challengeHash,
		Assertion: p.assertionHash, Subject: p.user.subject, Catalogue: c.Version, DataAsOf: s.Registry.DataAsOf(now),
		Made: now,
	}
	_, rows := s.household(p.holder)
	if n.Kinds, err = offered(c, n.Application, now, form.PagesFor(len(rows))); err != nil {
		return n, nil, err
	}
	holder, err := s.picture(p.holder, form.HolderLine)
	if errors.Is(err, form.ErrTextTooLong) { // a name of 60 letters is drawn smaller than others
		holder, err = s.picture(p.holder, form.MemberLine)
	}
	if err != nil {
		return n, nil, pictureRefused(err, n.Application)
	}
	n.Holder = signed.HashOf(holder)
	pictures := [][]byte{holder}
	for i, row := range rows {
		m, picture, err := s.member(p.challenge.KioskNonce, row)
		if err != nil {
			return n, nil, pictureRefused(err, n.Application)
		}
		m.Ref = fmt.Sprintf("m%d", i+1)
		n.Members = append(n.Members, m)
		if !slices.ContainsFunc(pictures, func(q []byte) bool { return signed.HashOf(q) == m.Picture }) {
			pictures = append(pictures, picture)
		}
	}
	return n, pictures, nil
}

func (s *Server) member(nonce [32]byte, row registry.Resident) (signed.Member, []byte, error) {
	picture, err := s.picture(row, form.MemberLine)
	if err != nil {
		return signed.Member{}, nil, err
	}
	return signed.Member{Tag: signed.TagOf(nonce, string(row.ID)), Picture: signed.HashOf(picture)}, picture, nil
}

func (s *Server) picture(row registry.Resident, style form.PictureStyle) ([]byte, error) {
	picture, err := s.Former.Picture(row.Name.Text, style)
	if err != nil {
		return nil, fmt.Errorf("issuing: picture of a name: %w", err)
	}
	return picture, nil
}

func pictureRefused(err error, app domain.ApplicationID) error {
	if reason, is := unprintable(err); is {
		return refusal(reason, app)
	}
	return err
}

// offered gives the line of each kind; where none is open now it is a refusal. Of a household of many pages fewer
// copies are offered, so that a visit's sheets never outlive its notes.
func offered(
	c issuingapi.Catalogue, app domain.ApplicationID, now time.Time, pages int,
) ([]signed.OfferedKind, error) {
	most := max(1, domain.MaxSheets/pages)
	var all []signed.OfferedKind
	some := false
	for _, k := range c.Kinds {
		if open(k, now) {
			some = true
			all = append(all, signed.OfferedKind{Kind: k.Kind, UnitFee: k.Fee, MaxCopies: min(k.MaxCopies, most)})
			continue
		}
		all = append(all, signed.OfferedKind{Kind: k.Kind, Refusal: domain.OutOfHours})
	}
	if !some {
		return nil, refusal(domain.OutOfHours, app)
	}
	return all, nil
}
