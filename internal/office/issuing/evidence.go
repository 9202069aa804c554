package issuing

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// proof is an application that this server has proved itself.
type proof struct {
	application   domain.ApplicationID // of the binding; the challenge's own, or a later one of the same visit
	challenge     signed.Challenge
	challengeHash signed.Hash
	assertion     signed.Assertion
	assertionHash signed.Hash
	user          user
	holder        registry.Resident
}

// prove verifies the chain of an application and maps the card to a resident. Errors are *issuingapi.Refusal
// where the card cannot be used here or not yet, and *issuingapi.ProtocolError ChainInvalid or BindingMismatch where
// somebody between the card and this server is not to be believed.
func (s *Server) prove(
	ctx context.Context, b issuingapi.Binding, subject domain.Subject, c issuingapi.Chain,
) (proof, error) {
	p := proof{application: b.Application}
	if _, served := s.Signers[b.Municipality]; !served {
		return p, notServed(b.Municipality)
	}
	now := s.Now()
	var err error
	p.assertion, p.assertionHash, err = signed.Open[signed.Assertion](c.Assertion, s.Ring, now, signed.RoleCenter)
	if err != nil {
		return p, chainInvalid(err)
	}
	card, challenge, err := jpki.VerifyEvidence(s.Roots, jpki.Evidence{
		Challenge: c.Challenge, Certificate: c.Certificate, Signature: c.Signature, OCSP: c.OCSP,
	}, p.assertion.Checked)
	if err != nil {
		return p, chainInvalid(err) // the centre said that it had checked all of this
	}
	p.challenge, p.challengeHash = challenge, signed.HashOf(c.Challenge)
	if err := s.fit(p, b, signed.HashOf(c.OCSP), now); err != nil {
		return p, err
	}
	return p, s.mapCard(ctx, &p, card, subject)
}

// fit holds challenge, assertion, binding and responder's answer against each other. Whether an application that is not
// the challenge's own may stand under it is receive's to say.
func (s *Server) fit(p proof, b issuingapi.Binding, ocsp signed.Hash, now time.Time) error {
	if err := signed.FitAssertion(p.assertion, p.challenge, p.challengeHash); err != nil {
		return chainInvalid(err)
	}
	ch := p.challenge
	switch {
	case ch.Kiosk != b.Kiosk || p.assertion.Municipality != b.Municipality:
		return bindingMismatch()
	case ch.Env != s.Env || ch.Purpose != signed.PurposeIssue || p.assertion.OCSP != ocsp ||
		p.assertion.Method != signed.MethodJPKI:
		return chainInvalid(errors.New("environment, purpose, method or responder's answer"))
	case ch.NotAfter.Sub(ch.NotBefore) > domain.ChallengeLife:
		// Kiosk and centre together could let a card sign for years, and keep its "good" for later.
		return chainInvalid(errors.New("a challenge that lives too long"))
	case now.After(ch.NotAfter.Add(domain.NoteLife)):
		// A centre could date an old signature anew; the card's own challenge says when it was made.
		return chainInvalid(errors.New("the card signed too long ago"))
	}
	return nil
}

// mapCard finds the holder of a card by itself; the centre's word must agree (D-03).
func (s *Server) mapCard(ctx context.Context, p *proof, card jpki.Card, subject domain.Subject) error {
	u, known, err := s.userOf(ctx, issuingapi.CardKey(card.IssuerSPKI, card.Serial))
	if err != nil {
		return err
	}
	app := p.application
	switch {
	case !known, s.Now().Before(u.usableFrom):
		return refusal(domain.NotYetUsable, app)
	case u.ended:
		return refusal(domain.CertRevoked, app)
	case u.subject != subject || u.subject != p.assertion.Subject || u.municipality != p.assertion.Municipality:
		return bindingMismatch()
	}
	holder, known := s.Registry.Resident(u.resident)
	if !known {
		return refusal(domain.NotYetUsable, app)
	}
	p.user, p.holder = u, holder
	return nil
}

func chainInvalid(err error) error {
	return &issuingapi.ProtocolError{Code: issuingapi.CodeChainInvalid, Detail: "the application is not proved", Err: err}
}

func bindingMismatch() error {
	return &issuingapi.ProtocolError{
		Code:   issuingapi.CodeBindingMismatch,
		Detail: "the chain belongs to another application",
	}
}

func refusal(r domain.RefusalReason, app domain.ApplicationID) *issuingapi.Refusal {
	return &issuingapi.Refusal{Reason: r, Application: app, HelpKey: helpFor(r)}
}

// helpFor is the next step of docs/issuing.md in one word; most are for the counter.
func helpFor(r domain.RefusalReason) string {
	if r == domain.MovedOut {
		return "new-municipality"
	}
	passing := []domain.RefusalReason{domain.NotYetUsable, domain.OutOfHours, domain.Maintenance, domain.ServerStale}
	if slices.Contains(passing, r) {
		return "later"
	}
	return "counter"
}
