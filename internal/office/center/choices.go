package center

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
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
		Note: v.choices.msg, Pictures: copies(v.pictures), Catalogue: catalogueJSON(v.catalogue),
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
	catalogue, err := c.catalogue(ctx, m, n.Catalogue)
	if err != nil {
		return err
	}
	v.mu.Lock()
	v.choices = sealed[signed.Choices]{answer.Choices, n, hash}
	v.pictures, v.catalogue = copies(answer.Pictures), catalogue
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
	if err := signed.FitChoices(n, v.assertion.note, v.assertion.hash); err != nil {
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

// heldCatalogue is the last answer of a municipality.
type heldCatalogue struct {
	issuingapi.Catalogue
	asked time.Time
}

// catalogueAge is how long today's catalogue is given out again without asking, so that kiosks that ask often do not
// reach the issuing server. An edition ends at its own instant all the same.
const catalogueAge = time.Minute

// catalogue gives a municipality's catalogue of a version; "" means today's. What is held is asked for again with its
// version, which is cheap.
func (c *Center) catalogue(
	ctx context.Context, m domain.MunicipalityCode, version string,
) (issuingapi.Catalogue, error) {
	now := c.Now()
	c.mu.Lock()
	held := c.catalogues[m]
	c.mu.Unlock()
	fresh := !now.Before(held.ValidFrom) && now.Before(held.ValidUntil)
	age := now.Sub(held.asked)
	if fresh && (version == held.Version || version == "" && age >= 0 && age < catalogueAge) {
		return held.Catalogue, nil
	}
	service, err := c.issuing(m)
	if err != nil {
		return issuingapi.Catalogue{}, err
	}
	got, err := service.GetServiceCatalogue(ctx, issuingapi.CatalogueRequest{
		RequestID: domain.RequestID{ID: domain.NewID()}, Municipality: m, KioskGroup: kioskGroup, AsOf: now,
		KnownVersion: held.Version,
	})
	if err != nil {
		return issuingapi.Catalogue{}, err
	}
	if got.NotModified {
		got = held.Catalogue
	}
	if got.Municipality != m || got.Version == "" || version != "" && got.Version != version {
		return issuingapi.Catalogue{}, errors.New("center: a catalogue of another municipality or version")
	}
	c.mu.Lock()
	c.catalogues[m] = heldCatalogue{got, now}
	c.mu.Unlock()
	return got, nil
}

// kioskGroup: one group of kiosks until kiosks in town halls and post offices keep their own hours.
const kioskGroup = "default"

// Catalogue gives what a municipality offers today.
func (c *Center) Catalogue(ctx context.Context, m domain.MunicipalityCode) (centerapi.Catalogue, error) {
	got, err := c.catalogue(ctx, m, "")
	if err != nil {
		return centerapi.Catalogue{}, refused(reasonOf(err))
	}
	return catalogueJSON(got), nil
}

func catalogueJSON(in issuingapi.Catalogue) centerapi.Catalogue {
	out := centerapi.Catalogue{
		Version: in.Version, Municipality: in.Municipality, Name: centerapi.Text(in.Name), ValidFrom: in.ValidFrom.UTC(),
		ValidUntil: in.ValidUntil.UTC(), Kinds: []centerapi.CatalogueKind{},
	}
	for _, k := range in.Kinds {
		kind := centerapi.CatalogueKind{
			Kind: k.Kind, Label: centerapi.Text(k.Label), Help: centerapi.Text(k.Help), Fee: k.Fee, MaxCopies: k.MaxCopies,
			Orientation: string(k.Orientation), Windows: []centerapi.Window{}, Options: []centerapi.CatalogueOption{},
		}
		for _, w := range k.Windows {
			kind.Windows = append(kind.Windows, centerapi.Window(w))
		}
		for _, o := range k.Options {
			kind.Options = append(kind.Options, optionJSON(o))
		}
		out.Kinds = append(out.Kinds, kind)
	}
	return out
}

func optionJSON(in issuingapi.CatalogueOption) centerapi.CatalogueOption {
	out := centerapi.CatalogueOption{
		Code: in.Code, Label: centerapi.Text(in.Label), Default: in.Default, DependsOn: in.DependsOn,
		Choices: []centerapi.OptionChoice{},
	}
	for _, ch := range in.Choices {
		out.Choices = append(out.Choices, centerapi.OptionChoice{Value: ch.Value, Label: centerapi.Text(ch.Label)})
	}
	return out
}
