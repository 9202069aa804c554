// Package sheettest makes whole applications for tests: every note by its signer, each bound to the one before, as a
// kiosk holds them when it prints. Keys are throw-away, made from fixed seeds.
package sheettest

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// Kiosk is the kiosk of every application here.
const Kiosk domain.KioskID = "K-000001"

// Copies is how many were ordered.
const Copies = 2

// Noon is when everything was made; Life later it expires.
var Noon = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// Life is the lifetime of every note.
const Life = 45 * time.Minute

// Signer signs, and Key verifies.
type Signer struct {
	signed.Signer
	Key signed.Key
}

// Signers are everybody who could sign.
type Signers struct{ Center, OtherCenter, Town, OtherTown, Kiosk, OtherKiosk, Stranger Signer }

// World is one application. Change a note, call Chain if what follows shall fit it, and take its Notes.
type World struct {
	Signers
	Challenge signed.Challenge
	Assertion signed.Assertion
	Choices   signed.Choices
	Order     signed.Order
	Manifest  signed.Manifest
	Delivery  signed.Delivery
	PDFs      [][]byte
}

// New makes an application with one page a PDF. Two applications share nothing but their signers and their kiosk.
func New(env signed.Env, pdfs ...[]byte) *World {
	app, expires := domain.NewApplicationID(), Noon.Add(Life)
	w := &World{PDFs: pdfs, Signers: everybody(env)}
	w.Challenge = signed.Challenge{
		Env: env, Purpose: signed.PurposeIssue, Center: "test-center", Application: app, Kiosk: Kiosk,
		KioskKey: signed.HashOf([]byte("key")), CenterNonce: signed.HashOf([]byte(app.String())), KioskNonce: [32]byte{1},
		Scope: signed.ScopeHome, NotBefore: Noon, NotAfter: Noon.Add(3 * time.Minute),
		Certificate: signed.HashOf([]byte("certificate of " + app.String())),
	}
	w.Assertion = signed.Assertion{
		Env: env, Center: "test-center", Application: app, Kiosk: Kiosk, Municipality: "990019",
		Subject: domain.Subject{ID: domain.NewID()}, Method: signed.MethodJPKI, Status: signed.StatusGood, Checked: Noon,
		OCSP: signed.HashOf([]byte("ocsp")), Made: Noon, Expires: expires,
	}
	w.Choices = signed.Choices{
		Env: env, Municipality: "990019", Application: app, Subject: w.Assertion.Subject,
		Holder: signed.HashOf([]byte("holder")), Catalogue: "2026-11-20.3", DataAsOf: Noon, Made: Noon, Expires: expires,
		Members: []signed.Member{
			{Ref: "m1", Tag: signed.TagOf([32]byte{1}, app.String()), Picture: signed.HashOf([]byte("m1"))},
			{Ref: "m2", Tag: signed.TagOf([32]byte{2}, app.String()), Picture: signed.HashOf([]byte("m2"))},
		},
		Kinds: []signed.OfferedKind{{Kind: domain.ResidentRecord, UnitFee: 200, MaxCopies: 10}},
	}
	w.Order = signed.Order{
		Env: env, Kiosk: Kiosk, Boot: domain.BootID{ID: domain.NewID()}, Software: signed.HashOf([]byte("program")),
		Application: app, Municipality: "990019", Kind: domain.ResidentRecord, Members: []string{"m1"}, Copies: Copies,
		UnitFee: 200, TotalFee: 200 * Copies, Catalogue: "2026-11-20.3", Config: "test", Made: Noon, Expires: expires,
	}
	w.answer(expires)
	w.Chain()
	return w
}

// Another is another application of the same visit: the same card, challenge and assertion, and everything after
// them of its own.
func (w *World) Another(pdfs ...[]byte) *World {
	o := *w
	o.PDFs, o.Choices.Application = pdfs, domain.NewApplicationID()
	o.Order.Application = o.Choices.Application
	o.answer(w.Order.Expires)
	o.Chain()
	return &o
}

// answer makes what answers the order.
func (w *World) answer(expires time.Time) {
	o := w.Order
	w.Manifest = signed.Manifest{
		Env: o.Env, Municipality: o.Municipality, Application: o.Application, Issue: domain.IssueID{ID: domain.NewID()},
		Kind: o.Kind, Copies: o.Copies, Fee: o.TotalFee, Issued: domain.DateOf(Noon), DataAsOf: Noon, Build: "issuerd",
		Topology: "single", Made: Noon, Expires: expires,
	}
	w.Delivery = signed.Delivery{
		Env: o.Env, Center: "test-center", Application: o.Application, Kiosk: Kiosk, Generation: 1, Back: signed.BackNone,
		Made: Noon, Expires: expires,
	}
	for _, pdf := range w.PDFs {
		w.Manifest.Pages = append(w.Manifest.Pages, signed.Page{
			Orientation: signed.Portrait, Bytes: len(pdf), Digest: signed.HashOf(pdf),
			Persons: []signed.Tag{w.Choices.Members[0].Tag},
		})
	}
	for i := range Copies * len(w.PDFs) {
		w.Delivery.Sheets = append(w.Delivery.Sheets, signed.Sheet{
			Copy: i/len(w.PDFs) + 1, Page: i%len(w.PDFs) + 1, ID: domain.SheetID{ID: domain.NewID()},
		})
	}
}

// Chain binds each note to the ones before it, as they are now.
func (w *World) Chain() {
	text, err := w.Challenge.Text()
	if err != nil {
		panic(err) // a challenge of this package is always in form
	}
	challenge := signed.HashOf(text)
	w.Assertion.Challenge = challenge
	assertion := hashOf(w.Assertion)
	w.Choices.Challenge, w.Choices.Assertion = challenge, assertion
	choices := hashOf(w.Choices)
	w.Order.Challenge, w.Order.Choices = challenge, choices
	order := hashOf(w.Order)
	m := &w.Manifest
	m.Order, m.Assertion, m.Choices = order, assertion, choices
	m.Holder, m.Tally = signed.HolderOf(w.Choices.Subject, order), signed.TallyOf(m.Issue, order, len(m.Pages))
	w.ChainDelivery()
}

// ChainDelivery binds the delivery alone: what stands in the manifest stays.
func (w *World) ChainDelivery() {
	w.Delivery.Manifest, w.Delivery.Assertion = hashOf(w.Manifest), w.Manifest.Assertion
}

// Notes are sealed messages.
type Notes struct{ Assertion, Choices, Order, Manifest, Delivery []byte }

// Notes seals every note as it stands, each by its right signer.
func (w *World) Notes() Notes {
	return Notes{
		Seal(w.Assertion, w.Center), Seal(w.Choices, w.Town), Seal(w.Order, w.Kiosk), Seal(w.Manifest, w.Town),
		Seal(w.Delivery, w.Center),
	}
}

// Ring is what the kiosk believes.
func (w *World) Ring() signed.Ring {
	s := w.Signers
	return signed.Ring{Env: w.Order.Env, Keys: []signed.Key{s.Center.Key, s.OtherCenter.Key, s.Town.Key, s.OtherTown.Key}}
}

// Seal signs a note; one that is not in form is a mistake of the test.
func Seal[T any, P signed.Note[T]](n T, by ...Signer) []byte {
	var signers []signed.Signer
	for _, s := range by {
		signers = append(signers, s.Signer)
	}
	msg, _, err := signed.Seal[T, P](n, signers...)
	if err != nil {
		panic(err)
	}
	return msg
}

func hashOf[T any, P signed.Note[T]](n T) signed.Hash {
	_, hash, err := signed.Seal[T, P](n)
	if err != nil {
		panic(err)
	}
	return hash
}

func everybody(env signed.Env) Signers {
	var seed byte
	one := func(role signed.Role, holder string, things ...signed.Thing) Signer {
		seed++
		return newSigner(seed, signed.Key{Name: signed.KeyName(role, holder), Holder: holder, Things: things, Env: env})
	}
	center := []signed.Thing{signed.ThingAssertion, signed.ThingDelivery}
	town := []signed.Thing{signed.ThingChoices, signed.ThingManifest}
	return Signers{
		Center: one(signed.RoleCenter, "test-center", center...), Town: one(signed.RoleMunicipality, "990019", town...),
		OtherCenter: one(signed.RoleCenter, "other-center", center...),
		OtherTown:   one(signed.RoleMunicipality, "990027", town...),
		Kiosk:       one(signed.RoleKiosk, string(Kiosk), signed.ThingOrder),
		OtherKiosk:  one(signed.RoleKiosk, "K-000002", signed.ThingOrder),
		Stranger:    one(signed.RoleKiosk, string(Kiosk), signed.ThingOrder), // the kiosk's name with another key
	}
}

// newSigner makes the key pair of a seed.
func newSigner(seed byte, k signed.Key) Signer {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	k.Public = private.Public().(ed25519.PublicKey)
	k.From, k.Until = domain.Date{Year: 2026, Month: 1, Day: 1}, domain.Date{Year: 2026, Month: 12, Day: 31}
	verifier, err := note.NewEd25519VerifierKey(k.Name, k.Public)
	if err != nil {
		panic(err)
	}
	hash := strings.Split(verifier, "+")[1]
	secret := base64.StdEncoding.EncodeToString(append([]byte{1}, private.Seed()...)) // 1 is Ed25519 (sumdb/note)
	s, err := signed.NewSigner("PRIVATE+KEY+" + k.Name + "+" + hash + "+" + secret)
	if err != nil {
		panic(err)
	}
	return Signer{s, k}
}
