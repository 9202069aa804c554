package sheet

import (
	"crypto/ed25519"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// Proof is what a copy stands on: the signed messages of one application as they were received, the order as this kiosk
// sealed it, and what this visit knows by itself. A proof without any of them proves nothing, and nothing is printed.
type Proof struct {
	Assertion, Choices, Order, Manifest, Delivery []byte // signed messages, unchanged

	// Application is the one that is being printed. It is the challenge's own, or a later one of the same visit.
	Application domain.ApplicationID
	Challenge   signed.Challenge  // this visit's, as the card signed it
	Anchors     signed.Ring       // keys of centre and municipalities, by two of three key holders
	OwnName     string            // of this kiosk's note key, "kioskd.kiosk/<id>"
	Own         ed25519.PublicKey // of the same
	// At is the instant at which every note must hold. It is taken once a copy: nothing expires between two sheets of
	// one copy.
	At time.Time
}

// Verify opens every note of a copy again, each by its demanded role, fits each to the one before it, and holds
// the copy, and the n-th page in hand with its PDF, against them (D-02, D-03). It remembers nothing of earlier checks.
// Its errors are *[MixError]: Page is n, Field says which note or line, and the cause is inside.
func Verify(s Source, n int) error {
	v := verification{proof: s.Proof, page: n}
	choices, assertion := v.identity()
	order, orderHash := v.order(s.Kiosk, choices)
	m, manifest := v.manifest(order, orderHash, choices.note, assertion)
	d, delivery := v.delivery(m, manifest, s.Kiosk)
	v.same("manifest", sealedAs(s.Manifest, manifest))
	v.same("delivery", sealedAs(s.Delivery, delivery))
	v.sheet(s, m, d)
	if v.err == nil {
		return nil // a nil *MixError in an error would not be nil
	}
	return v.err
}

// verification keeps the first difference. Once there is one, what follows compares zero values and changes nothing.
type verification struct {
	proof Proof
	page  int
	err   *MixError
}

func (v *verification) same(field string, holds bool) {
	if !holds && v.err == nil {
		v.err = &MixError{Page: v.page, Field: field}
	}
}

func (v *verification) must(field string, err error) {
	if err != nil && v.err == nil {
		v.err = &MixError{Page: v.page, Field: field, Cause: err}
	}
}

// heldChoices are opened choices with the hash of their text.
type heldChoices struct {
	note signed.Choices
	hash signed.Hash
}

// identity opens what was proved before the resident chose: assertion and choices, from this visit's own challenge.
func (v *verification) identity() (heldChoices, signed.Hash) {
	text, err := v.proof.Challenge.Text()
	v.must("challenge", err)
	a, hash, err := signed.Open[signed.Assertion](v.proof.Assertion, v.proof.Anchors, v.proof.At, signed.RoleCenter)
	v.must("assertion", err)
	v.must("assertion", signed.FitAssertion(a, v.proof.Challenge, signed.HashOf(text)))
	c, choices, err := signed.Open[signed.Choices](v.proof.Choices, v.proof.Anchors, v.proof.At, signed.RoleMunicipality)
	v.must("choices", err)
	v.must("choices", signed.FitChoices(c, a, hash, v.proof.Application))
	return heldChoices{c, choices}, hash
}

// order opens this kiosk's own note. No list of keys is asked: only the key in this machine could have sealed it.
func (v *verification) order(kiosk domain.KioskID, c heldChoices) (signed.Order, signed.Hash) {
	ring := signed.Ring{Env: v.proof.Anchors.Env, Keys: []signed.Key{{
		Name: v.proof.OwnName, Holder: string(kiosk), Things: []signed.Thing{signed.ThingOrder}, Env: v.proof.Anchors.Env,
		Public: v.proof.Own, From: domain.DateOf(v.proof.At), Until: domain.DateOf(v.proof.At),
	}}}
	o, hash, err := signed.Open[signed.Order](v.proof.Order, ring, v.proof.At, signed.RoleKiosk)
	v.must("order", err)
	v.must("order", signed.FitOrder(o, c.note, c.hash))
	v.same("order", o.Kiosk == kiosk)
	return o, hash
}

func (v *verification) manifest(o signed.Order, order signed.Hash, c signed.Choices, assertion signed.Hash) (
	signed.Manifest, signed.Hash,
) {
	m, hash, err := signed.Open[signed.Manifest](v.proof.Manifest, v.proof.Anchors, v.proof.At, signed.RoleMunicipality)
	v.must("manifest", err)
	v.must("manifest", signed.FitManifest(m, o, order, c, assertion))
	return m, hash
}

func (v *verification) delivery(m signed.Manifest, manifest signed.Hash, kiosk domain.KioskID) (
	signed.Delivery, signed.Hash,
) {
	d, hash, err := signed.Open[signed.Delivery](v.proof.Delivery, v.proof.Anchors, v.proof.At, signed.RoleCenter)
	v.must("delivery", err)
	if v.err == nil { // FitDelivery counts in the pages of a manifest that has some
		v.must("delivery", signed.FitDelivery(d, m, manifest, kiosk))
	}
	return d, hash
}

// sheet holds the page in hand against what was opened.
func (v *verification) sheet(s Source, m signed.Manifest, d signed.Delivery) {
	at := (s.Copy-1)*len(m.Pages) + v.page - 1
	inside := v.page >= 1 && v.page <= len(m.Pages) && len(s.PDFs) == len(m.Pages) && s.Copy >= 1 && s.Copy <= m.Copies
	v.same("number", inside && at < len(d.Sheets))
	if v.err != nil {
		return
	}
	sheet, page, pdf := d.Sheets[at], m.Pages[v.page-1], s.PDFs[v.page-1]
	v.same("sheet", sheet.Copy == s.Copy && sheet.Page == v.page && !sheet.ID.IsZero())
	v.same("length", len(pdf) == page.Bytes)
	v.same("digest", signed.HashOf(pdf) == page.Digest)
}

// sealedAs reports whether a note in memory is, to the byte, the text with this hash.
func sealedAs[T any, P signed.Note[T]](n T, hash signed.Hash) bool {
	_, own, err := signed.Seal[T, P](n)
	return err == nil && !hash.IsZero() && own == hash
}
