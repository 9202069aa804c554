package center_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// town is a municipality's issuing server as a test drives it: honest unless a hook says otherwise. It signs with the
// municipality's true key.
type town struct {
	t      testing.TB
	code   domain.MunicipalityCode
	signer signed.Signer
	ring   signed.Ring
	clock  *clock
	roots  jpki.Roots

	mu      sync.Mutex
	asked   int      // for the catalogue
	letters []string // confirm and cancel, as they came
	done    [][]byte

	// Hooks change an answer before it is signed, or give an error instead.
	onChoices  func(*signed.Choices, *issuingapi.ChoicesAnswer) error
	onIssue    func(context.Context, *signed.Manifest, *issuingapi.IssueAnswer) error
	onLetter   func() error
	onHomes    func(*issuingapi.CardHomes)
	lastChain  issuingapi.Chain
	seenErrors []error
}

var _ issuingapi.Service = (*town)(nil)

func (w *town) subject(c pki.Card) domain.Subject {
	h := signed.HashOf([]byte("subject" + c.ID))
	var s domain.Subject
	copy(s.ID[:], h[:])
	return s
}

func (w *town) GetServiceCatalogue(_ context.Context, r issuingapi.CatalogueRequest) (issuingapi.Catalogue, error) {
	w.mu.Lock()
	w.asked++
	w.mu.Unlock()
	if r.KnownVersion == "v1" {
		return issuingapi.Catalogue{NotModified: true, Version: "v1"}, nil
	}
	return issuingapi.Catalogue{
		Version: "v1", Municipality: w.code, Name: issuingapi.Text{domain.Japanese: "町"}, ValidFrom: noon.AddDate(0, -1, 0),
		ValidUntil: noon.AddDate(0, 1, 0), Kinds: []issuingapi.CatalogueKind{{
			Kind: domain.ResidentRecord, Fee: 200, MaxCopies: 3, Orientation: signed.Portrait,
			Options: []issuingapi.CatalogueOption{{
				Code: domain.OptionScope, Default: domain.ScopeSelf,
				Choices: []issuingapi.OptionChoice{{Value: domain.ScopeSelf}},
			}},
			Windows: []issuingapi.Window{{Days: "1234567", From: "06:30", To: "23:00"}},
		}},
	}, nil
}

func (w *town) catalogues() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

func (w *town) GetCardHomes(_ context.Context, r issuingapi.CardHomesRequest) (issuingapi.CardHomes, error) {
	all, err := pki.LoadCards(keys)
	if err != nil {
		return issuingapi.CardHomes{}, err
	}
	var homes []issuingapi.CardHome
	for _, c := range all {
		if !usable(c) || !strings.HasPrefix(c.Resident, string(w.code)) {
			continue
		}
		cert, err := x509.ParseCertificate(c.AuthCert)
		if err != nil {
			return issuingapi.CardHomes{}, err
		}
		issuer, err := x509.ParseCertificate(c.AuthCA)
		if err != nil {
			return issuingapi.CardHomes{}, err
		}
		from := noon.AddDate(0, -1, 0)
		if c.ID == "new" {
			from = noon.AddDate(0, 0, 1)
		}
		homes = append(homes, issuingapi.CardHome{
			Card:    issuingapi.CardKey(signed.HashOf(issuer.RawSubjectPublicKeyInfo), cert.SerialNumber.Text(16)),
			Subject: w.subject(c), UsableFrom: from,
		})
	}
	slices.SortFunc(homes, func(a, b issuingapi.CardHome) int { return bytes.Compare(a.Card[:], b.Card[:]) })
	// Two a page, so that the centre must turn pages.
	i := 0
	for i < len(homes) && homes[i].Card.String() <= r.After {
		i++
	}
	out := issuingapi.CardHomes{Homes: homes[i:min(i+2, len(homes))], More: i+2 < len(homes)}
	if w.onHomes != nil {
		w.onHomes(&out)
	}
	return out, nil
}

func (w *town) GetApplicantChoices(_ context.Context, r issuingapi.ChoicesRequest) (issuingapi.ChoicesAnswer, error) {
	w.mu.Lock()
	w.lastChain = r.Chain
	w.mu.Unlock()
	a, assertion := w.verify(r.Chain)
	picture := []byte("PNG of " + r.Subject.String())
	now := w.clock.now()
	n := signed.Choices{
		Env: signed.EnvTest, Municipality: w.code, Application: r.Binding.Application, Challenge: a.Challenge,
		Assertion: assertion, Subject: r.Subject, Holder: signed.HashOf(picture),
		Members: []signed.Member{{
			Ref: "m1", Tag: signed.HashOf([]byte("tag" + r.Subject.String())), Picture: signed.HashOf(picture),
		}},
		Kinds:     []signed.OfferedKind{{Kind: domain.ResidentRecord, UnitFee: 200, MaxCopies: 3}},
		Catalogue: "v1", DataAsOf: now, Made: now, Expires: now.Add(domain.NoteLife),
	}
	answer := issuingapi.ChoicesAnswer{Binding: r.Binding, Pictures: [][]byte{picture}}
	if w.onChoices != nil {
		if err := w.onChoices(&n, &answer); err != nil {
			return issuingapi.ChoicesAnswer{}, err
		}
	}
	var err error
	answer.Choices, _, err = signed.Seal(n, w.signer)
	return answer, err
}

// verify does what every issuing server does with what the centre passes on.
func (w *town) verify(c issuingapi.Chain) (signed.Assertion, signed.Hash) {
	a, hash, err := signed.Open[signed.Assertion](c.Assertion, w.ring, w.clock.now(), signed.RoleCenter)
	if err == nil {
		_, _, err = jpki.VerifyEvidence(w.roots, jpki.Evidence{
			Challenge: c.Challenge, Certificate: c.Certificate, Signature: c.Signature, OCSP: c.OCSP,
		}, a.Checked)
	}
	if err != nil {
		w.mu.Lock()
		w.seenErrors = append(w.seenErrors, err)
		w.mu.Unlock()
	}
	return a, hash
}

func (w *town) IssueCertificate(ctx context.Context, r issuingapi.IssueRequest) (issuingapi.IssueAnswer, error) {
	_, assertion := w.verify(r.Chain)
	o, order, err := signed.Open[signed.Order](r.Chain.Order, w.ring, w.clock.now(), signed.RoleKiosk)
	if err != nil {
		return issuingapi.IssueAnswer{}, err
	}
	now := w.clock.now()
	page := []byte("%PDF-1.7 of " + r.Subject.String() + " for " + r.Binding.Application.String())
	n := signed.Manifest{
		Env: signed.EnvTest, Municipality: w.code, Application: o.Application, Order: order, Assertion: assertion,
		Choices: o.Choices, Issue: domain.IssueID{ID: domain.NewID()}, Kind: o.Kind, Copies: o.Copies,
		Holder: signed.HolderOf(r.Subject, order), Fee: o.TotalFee, Issued: domain.DateOf(now), DataAsOf: now, Build: "fake",
		Topology: "single", Made: now, Expires: now.Add(domain.NoteLife),
		Pages: []signed.Page{{
			Orientation: signed.Portrait, Bytes: len(page), Digest: signed.HashOf(page),
			Persons: []signed.Tag{signed.HashOf([]byte("tag" + r.Subject.String()))},
		}},
	}
	n.Tally = signed.TallyOf(n.Issue, order, 1)
	answer := issuingapi.IssueAnswer{Binding: r.Binding, Issue: n.Issue, Pages: [][]byte{page}}
	if w.onIssue != nil {
		if err := w.onIssue(ctx, &n, &answer); err != nil {
			return issuingapi.IssueAnswer{}, err
		}
	}
	answer.Manifest, _, err = signed.Seal(n, w.signer)
	return answer, err
}

func (w *town) letter(what string, app domain.ApplicationID, done []byte) (issuingapi.StatusAnswer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.letters = append(w.letters, what+" "+app.String())
	w.done = append(w.done, done)
	if w.onLetter != nil {
		return issuingapi.StatusAnswer{}, w.onLetter()
	}
	return issuingapi.StatusAnswer{}, nil
}

func (w *town) got() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.letters)
}

func (w *town) ConfirmPrinted(_ context.Context, r issuingapi.ConfirmRequest) (issuingapi.StatusAnswer, error) {
	return w.letter("confirm", r.Binding.Application, r.Done)
}

func (w *town) Cancel(_ context.Context, r issuingapi.CancelRequest) (issuingapi.StatusAnswer, error) {
	return w.letter("cancel", r.Binding.Application, nil)
}

func (w *town) GetStatus(context.Context, issuingapi.StatusRequest) (issuingapi.StatusAnswer, error) {
	return issuingapi.StatusAnswer{}, nil
}

func (w *town) Heartbeat(context.Context, issuingapi.HeartbeatRequest) (issuingapi.HeartbeatAnswer, error) {
	return issuingapi.HeartbeatAnswer{Clock: time.Time{}}, nil
}
