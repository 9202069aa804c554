package center_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// kiosk is a kiosk's part of visits, with the key of K-000001 or, for another id, a stranger's.
type kiosk struct {
	peer   center.Peer
	signer signed.Signer
	boot   domain.BootID
	nonce  byte
}

func newKiosk(t testing.TB) *kiosk {
	t.Helper()
	return &kiosk{
		peer: center.Peer{ID: pki.Kiosk, Key: signed.HashOf([]byte("spki"))}, signer: signer(t, "kioskd/note.key"),
		boot: domain.BootID{ID: domain.NewID()},
	}
}

// secondKiosk is K-000002.
func (w *world) secondKiosk() *kiosk {
	return &kiosk{
		peer: center.Peer{ID: "K-000002", Key: signed.HashOf([]byte("spki 2"))}, signer: w.second,
		boot: domain.BootID{ID: domain.NewID()},
	}
}

// visit is what a kiosk holds of one application.
type visit struct {
	w          *world
	k          *kiosk
	card       pki.Card
	id         domain.ApplicationID
	request    centerapi.ChallengeRequest
	answer     centerapi.ChallengeAnswer
	assertion  signed.Assertion
	choices    signed.Choices
	choicesSum signed.Hash
	order      signed.Order
	orderSum   signed.Hash
}

// open asks for a challenge.
func (w *world) open(k *kiosk, c pki.Card) *visit {
	w.t.Helper()
	k.nonce++
	v := &visit{w: w, k: k, card: c, id: domain.NewApplicationID()}
	v.request = centerapi.ChallengeRequest{
		Application: v.id, Boot: k.boot, KioskNonce: signed.Hash{k.nonce, 1}, Purpose: string(signed.PurposeIssue),
		Scope: signed.ScopeHome,
	}
	var err error
	if v.answer, err = w.Challenge(w.t.Context(), k.peer, v.request); err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (v *visit) challenge() signed.Challenge {
	return signed.Challenge{
		Env: signed.EnvTest, Purpose: signed.PurposeIssue, Center: v.answer.Center, Application: v.id,
		Kiosk: v.k.peer.ID, KioskKey: v.k.peer.Key, CenterNonce: v.answer.CenterNonce, KioskNonce: v.request.KioskNonce,
		Scope: v.request.Scope, NotBefore: v.answer.NotBefore, NotAfter: v.answer.NotAfter,
		Certificate: signed.HashOf(v.card.AuthCert),
	}
}

// evidence is what the card gives for a challenge.
func evidence(t testing.TB, c pki.Card, ch signed.Challenge) centerapi.Authentication {
	t.Helper()
	text, err := ch.Text()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	s, err := rsa.SignPKCS1v15(rand.Reader, c.AuthKey, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return centerapi.Authentication{ChallengeText: text, Certificate: bytes.Clone(c.AuthCert), Signature: s}
}

func (v *visit) authenticate() error {
	v.w.t.Helper()
	a, err := v.w.Authenticate(v.w.t.Context(), v.k.peer, v.id, evidence(v.w.t, v.card, v.challenge()))
	if err != nil {
		return err
	}
	n, _, err := signed.Open[signed.Assertion](a.Assertion, v.w.ring, v.w.clock.now(), signed.RoleCenter)
	v.assertion = n
	return err
}

func (v *visit) choose() error {
	c, err := v.w.Choices(v.w.t.Context(), v.k.peer, v.id)
	if err != nil {
		return err
	}
	v.choices, v.choicesSum, err = signed.Open[signed.Choices](c.Note, v.w.ring, v.w.clock.now(), signed.RoleMunicipality)
	return err
}

func (v *visit) orderNote() signed.Order {
	now := v.w.clock.now()
	return signed.Order{
		Env: signed.EnvTest, Kiosk: v.k.peer.ID, Boot: v.k.boot, Application: v.id, Challenge: v.choices.Challenge,
		Choices: v.choicesSum, Municipality: v.choices.Municipality, Kind: domain.ResidentRecord,
		Options: []domain.Option{{Code: domain.OptionScope, Value: domain.ScopeSelf}}, Members: []string{"m1"}, Copies: 2,
		UnitFee: 200, TotalFee: 400, Catalogue: v.choices.Catalogue, Config: "c1", Made: now,
		Expires: now.Add(domain.NoteLife),
	}
}

func (v *visit) orderIt() error {
	return v.send(v.orderNote())
}

func (v *visit) send(o signed.Order) error {
	msg, sum, err := signed.Seal(o, v.k.signer)
	if err != nil {
		return err
	}
	v.order, v.orderSum = o, sum
	_, err = v.w.Order(v.w.t.Context(), v.k.peer, v.id, msg)
	return err
}

// await waits for a state that is not ordered.
func (v *visit) await() centerapi.Status {
	v.w.t.Helper()
	var s centerapi.Status
	for range 20 { // states of one application
		var ok bool
		var err error
		if s, ok, err = v.w.Wait(v.w.t.Context(), v.k.peer, v.id, s.Rev, time.Minute); err != nil || !ok {
			v.w.t.Fatalf("wait: %v, %v", ok, err)
		}
		if s.State != centerapi.StateOrdered {
			return s
		}
	}
	v.w.t.Fatal("no end")
	return s
}

// ready goes the whole way to a ready certificate.
func (w *world) ready(k *kiosk, c pki.Card) (*visit, centerapi.Status) {
	w.t.Helper()
	v := w.open(k, c)
	for _, step := range []func() error{v.authenticate, v.choose, v.orderIt} {
		if err := step(); err != nil {
			w.t.Fatal(err)
		}
	}
	s := v.await()
	if s.State != centerapi.StateReady {
		w.t.Fatalf("state %s, reason %s\n%s", s.State, s.Reason, w.log)
	}
	return v, s
}

func (v *visit) done(s centerapi.Status, o domain.Outcome, fate signed.SheetFate) []byte {
	v.w.t.Helper()
	n := signed.Done{
		Env: signed.EnvTest, Kiosk: v.k.peer.ID, Boot: v.k.boot, Application: v.id, Outcome: o, Made: v.w.clock.now(),
	}
	if s.Delivery != nil {
		d, _, err := signed.Open[signed.Delivery](s.Delivery, v.w.ring, v.w.clock.now(), signed.RoleCenter)
		if err != nil {
			v.w.t.Fatal(err)
		}
		n.Manifest, n.Generation = d.Manifest, d.Generation
		for _, sheet := range d.Sheets {
			n.Sheets = append(n.Sheets, signed.DoneSheet{ID: sheet.ID, Fate: fate})
		}
	}
	msg, _, err := signed.Seal(n, v.k.signer)
	if err != nil {
		v.w.t.Fatal(err)
	}
	return msg
}

// testCards gives the cards that the towns know.
func usable(c pki.Card) bool {
	return c.AuthCert != nil && c.State != registry.CardUnknown && c.State != registry.CardJuki
}
