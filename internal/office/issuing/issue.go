package issuing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// IssueCertificate proves the application and the kiosk's order anew, decides anew, and gives the pages with the
// manifest that binds them. The state moves Received → Deciding → Issued; whoever cancels in between wins (D-04).
func (s *Server) IssueCertificate(ctx context.Context, r issuingapi.IssueRequest) (issuingapi.IssueAnswer, error) {
	began := s.Now()
	a, err := once(ctx, s, request{
		r.Binding.Application, r.RequestID, contentOf("issue", r.Binding, r.Subject, r.Chain),
	}, func() (issuingapi.IssueAnswer, error) { return s.issue(ctx, r) })
	if err != nil {
		return issuingapi.IssueAnswer{}, s.settleError(ctx, r.Binding, began, err)
	}
	a.Pages, err = s.copied(r.Binding.Application, a.Pages)
	return a, err
}

func (s *Server) issue(ctx context.Context, r issuingapi.IssueRequest) (issuingapi.IssueAnswer, error) {
	p, err := s.prove(ctx, r.Binding, r.Subject, r.Chain)
	if err != nil {
		return issuingapi.IssueAnswer{}, err
	}
	choices, choicesHash, shown := s.shown(r.Binding.Application)
	if !shown {
		return issuingapi.IssueAnswer{}, stateConflict(Unknown)
	}
	// An application that is not the challenge's own has only its choices to tie it to the evidence.
	if err := signed.FitChoices(choices, p.assertion, p.assertionHash, r.Binding.Application); err != nil {
		return issuingapi.IssueAnswer{}, chainInvalid(err)
	}
	o, orderHash, err := signed.Open[signed.Order](r.Chain.Order, s.Ring, s.Now(), signed.RoleKiosk)
	if err != nil {
		return issuingapi.IssueAnswer{}, chainInvalid(err)
	}
	if err := signed.FitOrder(o, choices, choicesHash); err != nil || o.Kiosk != r.Binding.Kiosk {
		return issuingapi.IssueAnswer{}, chainInvalid(fmt.Errorf("order of %s: %w", o.Kiosk, err))
	}
	rows, err := s.ordered(o, choices, p)
	if err != nil {
		return issuingapi.IssueAnswer{}, err
	}
	err = s.Store.Write(ctx, func(t *store.Tx) error {
		return s.move(t, r.Binding, []issuingapi.State{issuingapi.StateReceived}, issuingapi.StateDeciding)
	})
	if err != nil {
		return issuingapi.IssueAnswer{}, err
	}
	now := s.Now()
	if reason, err := s.judge(p, now); err != nil || reason != domain.NoRefusal {
		return issuingapi.IssueAnswer{}, orRefusal(err, reason, r.Binding.Application)
	}
	m, pages, err := s.compose(ctx, making{
		proof: p, order: o, orderHash: orderHash, choicesHash: choicesHash,
		rows: rows,
	}, now)
	if err != nil {
		return issuingapi.IssueAnswer{}, err
	}
	return s.hand(ctx, r.Binding, m, pages)
}

// ordered gives the rows of an order in the order of the record, the head of the household first, whoever holds the
// card and in whatever order the kiosk named them. It holds the options against the catalogue, the members against the
// choices, and the choices against the household as it is now.
func (s *Server) ordered(o signed.Order, choices signed.Choices, p proof) ([]registry.Resident, error) {
	c, err := s.catalogue(p.user.municipality, choices.Made)
	if err != nil {
		return nil, err
	}
	if err := fitOptions(o, c); err != nil {
		return nil, chainInvalid(err)
	}
	if err := fitScope(o, choices, signed.TagOf(p.challenge.KioskNonce, string(p.holder.ID))); err != nil {
		return nil, chainInvalid(err)
	}
	_, household, _ := s.Registry.Household(p.holder.Household)
	var rows []registry.Resident
	for _, row := range household {
		tag := signed.TagOf(p.challenge.KioskNonce, string(row.ID))
		i := slices.IndexFunc(choices.Members, func(m signed.Member) bool { return m.Tag == tag })
		if i >= 0 && slices.Contains(o.Members, choices.Members[i].Ref) {
			rows = append(rows, row)
		}
	}
	if len(rows) != len(o.Members) || len(household) != len(choices.Members) {
		return nil, refusal(domain.Unavailable, o.Application) // the household changed since the choices were shown
	}
	return rows, nil
}

// fitScope demands that the members of an order are those that its scope means, each once.
func fitScope(o signed.Order, choices signed.Choices, holder signed.Tag) error {
	refs := map[string]bool{}
	for _, ref := range o.Members {
		if _, known := choices.Member(ref); !known || refs[ref] {
			return fmt.Errorf("member %.20q is unknown or named twice", ref)
		}
		refs[ref] = true
	}
	fits := false
	switch o.Option(domain.OptionScope) {
	case domain.ScopeWhole:
		fits = len(refs) == len(choices.Members)
	case domain.ScopePart:
		fits = len(refs) > 0
	case domain.ScopeSelf:
		fits = len(refs) == 1 && slices.ContainsFunc(choices.Members, func(m signed.Member) bool {
			return refs[m.Ref] && m.Tag == holder
		})
	case domain.OptionYes, domain.OptionNo: // no scope
	}
	if !fits {
		return fmt.Errorf("%d members do not fit scope %q", len(refs), o.Option(domain.OptionScope))
	}
	return nil
}

// fitOptions demands that every option of the order stands in the catalogue with that value, and that the catalogue's
// options are all answered.
func fitOptions(o signed.Order, c issuingapi.Catalogue) error {
	i := slices.IndexFunc(c.Kinds, func(k issuingapi.CatalogueKind) bool { return k.Kind == o.Kind })
	if i < 0 || o.Kind != domain.ResidentRecord {
		return fmt.Errorf("kind %s is not issued here", o.Kind)
	}
	if len(o.Options) != len(c.Kinds[i].Options) {
		return fmt.Errorf("%d options, the catalogue has %d", len(o.Options), len(c.Kinds[i].Options))
	}
	for _, want := range c.Kinds[i].Options {
		value := o.Option(want.Code)
		if !slices.ContainsFunc(want.Choices, func(v issuingapi.OptionChoice) bool { return v.Value == value }) {
			return fmt.Errorf("option %s has no value %.20q", want.Code, value)
		}
	}
	return nil
}

// making is everything that one certificate is made of.
type making struct {
	proof       proof
	order       signed.Order
	orderHash   signed.Hash
	choicesHash signed.Hash
	rows        []registry.Resident
}

// compose sets the pages and the manifest over them. The tally is known before the pages, because it stands on each.
func (s *Server) compose(ctx context.Context, w making, now time.Time) (signed.Manifest, []form.Page, error) {
	subject, err := s.subjectOf(ctx, w.proof.holder.ID, w.proof.user.card)
	if err != nil {
		return signed.Manifest{}, nil, err
	}
	house, _ := s.household(w.proof.holder)
	issue := domain.IssueID{ID: domain.NewID()}
	m := signed.Manifest{
		Env: s.Env, Municipality: w.order.Municipality, Application: w.order.Application, Order: w.orderHash,
		Assertion: w.proof.assertionHash, Choices: w.choicesHash, Issue: issue, Kind: w.order.Kind, Copies: w.order.Copies,
		Holder: signed.HolderOf(subject, w.orderHash), Tally: signed.TallyOf(issue, w.orderHash, form.PagesFor(len(w.rows))),
		Fee: w.order.TotalFee, Issued: domain.DateOf(now), DataAsOf: s.Registry.DataAsOf(now), Build: s.Build,
		Topology: topology, Made: now, Expires: w.order.Expires,
	}
	if w.proof.assertion.Expires.Before(m.Expires) {
		m.Expires = w.proof.assertion.Expires
	}
	pages, err := s.Former.ResidentRecord(s.document(order{
		app: m.Application, issue: issue, tally: m.Tally, house: house, rows: w.rows, show: optionalOf(w.order),
	}, now))
	if reason, is := unprintable(err); is {
		return m, nil, refusal(reason, m.Application)
	}
	if err != nil {
		return m, nil, err
	}
	for _, page := range pages {
		line := signed.Page{Orientation: page.Orientation, Bytes: len(page.PDF), Digest: signed.HashOf(page.PDF)}
		for _, i := range page.Persons {
			line.Persons = append(line.Persons, signed.TagOf(w.proof.challenge.KioskNonce, string(w.rows[i].ID)))
		}
		m.Pages = append(m.Pages, line)
	}
	return m, pages, nil
}

// hand puts the issue on record and gives it out, unless its time is over or somebody ended it meanwhile.
func (s *Server) hand(
	ctx context.Context, b issuingapi.Binding, m signed.Manifest, pages []form.Page,
) (issuingapi.IssueAnswer, error) {
	bytes := make([][]byte, len(pages))
	for i, p := range pages {
		bytes[i] = p.PDF
	}
	msg, hash, err := signed.Seal(m, s.Signers[b.Municipality])
	if err != nil {
		return issuingapi.IssueAnswer{}, err
	}
	if ctx.Err() != nil {
		erase(bytes)
		s.Log.WarnContext(ctx, "late work dropped", "evt", "issuing.late", "application", b.Application.String())
		return issuingapi.IssueAnswer{}, deadlinePassed()
	}
	err = s.Store.Write(ctx, func(t *store.Tx) error { return s.record(t, b, m, hash) })
	if err != nil {
		erase(bytes)
		return issuingapi.IssueAnswer{}, err
	}
	s.keepPages(b.Application, bytes)
	s.Log.InfoContext(ctx, "issued", "evt", "issuing.issued", "application", b.Application.String(),
		"issue", m.Issue.String(), "kind", string(m.Kind), "pages", len(pages), "copies", m.Copies)
	return issuingapi.IssueAnswer{Binding: b, Issue: m.Issue, Manifest: msg, Pages: bytes}, nil
}

func (s *Server) record(t *store.Tx, b issuingapi.Binding, m signed.Manifest, hash signed.Hash) error {
	if err := s.move(t, b, []issuingapi.State{issuingapi.StateDeciding}, issuingapi.StateIssued); err != nil {
		return err
	}
	// An issued certificate waits for its confirmation until the last sheet could have come out.
	until := m.Expires.Add(domain.IssuedLife).UnixMilli()
	if err := t.Exec(`UPDATE application SET expires=? WHERE id=?`, until, b.Application.String()); err != nil {
		return err
	}
	return t.Exec(`INSERT INTO issue (id, application, order_hash, manifest, kind, copies, pages, fee, issued)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, m.Issue.String(), b.Application.String(), m.Order.String(), hash.String(),
		string(m.Kind), m.Copies, len(m.Pages), int64(m.Fee), m.Issued.String())
}
