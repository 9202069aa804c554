package center

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center/catalogue"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// Choices asks the municipality what the holder may have, once; asked again it gives the same answer.
func (c *Center) Choices(ctx context.Context, k Peer, id domain.ApplicationID) (centerapi.Choices, error) {
	v, err := c.held(ctx, k, id)
	if err != nil {
		return centerapi.Choices{}, err
	}
	a, err := c.application(ctx, k.ID, id)
	if err != nil {
		return centerapi.Choices{}, err
	}
	if slices.Contains([]string{centerapi.StateChallenged, centerapi.StateAuthenticating}, a.state) {
		return centerapi.Choices{}, errState
	}
	err = c.run(ctx, v, work{"choices", signed.Hash{}, limit(ctx, domain.ChoicesBudget), c.choose})
	if err != nil {
		return centerapi.Choices{}, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.pictures == nil {
		return centerapi.Choices{}, errGone
	}
	return centerapi.Choices{
		Note: v.choices.msg, Pictures: copies(v.pictures), Catalogue: catalogue.JSON(v.catalogue),
	}, nil
}

func copies(list [][]byte) [][]byte {
	out := make([][]byte, len(list))
	for i, b := range list {
		out[i] = bytes.Clone(b)
	}
	return out
}

func (c *Center) choose(ctx context.Context, v *visit) error {
	err := c.advance(ctx, v, step{from: []string{centerapi.StateAuthenticated}, to: centerapi.StateChoosing})
	if err != nil {
		return err
	}
	m := v.assertion.note.Municipality
	if err := c.goOn(ctx, m); err != nil {
		return err
	}
	service, err := c.issuing(m)
	if err != nil {
		return err
	}
	r := issuingapi.ChoicesRequest{
		RequestID: domain.RequestID{ID: domain.NewID()}, Subject: v.subject, Chain: v.evidence(), TimeLeft: left(ctx),
		Binding: issuingapi.Binding{Application: v.id, Municipality: m, Kiosk: v.kiosk.ID},
	}
	answer, err := service.GetApplicantChoices(ctx, r)
	if err != nil {
		return err
	}
	n, hash, err := c.checkChoices(v, r, answer)
	if err != nil {
		return err
	}
	offer, err := c.shelf.Catalogue(ctx, catalogue.Question{Municipality: m, Version: n.Catalogue, At: c.Now()})
	if err != nil {
		return err
	}
	v.mu.Lock()
	v.choices = sealed[signed.Choices]{answer.Choices, n, hash}
	v.pictures, v.catalogue = copies(answer.Pictures), offer
	v.mu.Unlock()
	return c.advance(ctx, v, step{
		from: []string{centerapi.StateChoosing}, to: centerapi.StateChosen, set: `choices=?`, args: []any{hash.String()},
	})
}

// checkChoices holds the answer against our own request: binding, signature, chain, and that exactly the pictures
// that the note names came with it.
func (c *Center) checkChoices(
	v *visit, r issuingapi.ChoicesRequest, a issuingapi.ChoicesAnswer,
) (signed.Choices, signed.Hash, error) {
	var none signed.Choices
	if a.Binding != r.Binding {
		return none, signed.Hash{}, &mismatch{err: errors.New("choices of another binding")}
	}
	n, hash, err := signed.Open[signed.Choices](a.Choices, c.Ring, c.Now(), signed.RoleMunicipality)
	if err != nil {
		return none, signed.Hash{}, &mismatch{err: err}
	}
	if err := signed.FitChoices(n, v.assertion.note, v.assertion.hash, v.id); err != nil {
		return none, signed.Hash{}, &mismatch{proved: true, err: err}
	}
	want := map[signed.Hash]bool{n.Holder: true}
	for _, m := range n.Members {
		want[m.Picture] = true
	}
	have := map[signed.Hash]bool{}
	for _, p := range a.Pictures {
		have[signed.HashOf(p)] = true
	}
	for h := range have {
		if !want[h] {
			return none, signed.Hash{}, &mismatch{err: errors.New("a picture that choices does not name")}
		}
	}
	if len(have) != len(want) {
		return none, signed.Hash{}, &mismatch{err: errors.New("a picture of choices is missing")}
	}
	return n, hash, nil
}

// left is the time that a hop still has.
func left(ctx context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return domain.IssueBudget
	}
	return max(time.Until(end), time.Millisecond)
}

// Catalogue gives what a municipality offers today.
func (c *Center) Catalogue(ctx context.Context, m domain.MunicipalityCode) (centerapi.Catalogue, error) {
	got, err := c.shelf.Catalogue(ctx, catalogue.Question{Municipality: m, At: c.Now()})
	if err != nil {
		return centerapi.Catalogue{}, refused(reasonOf(err))
	}
	return catalogue.JSON(got), nil
}
