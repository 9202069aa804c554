package center_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

func TestX16_TheChainThatLeavesTheCentreVerifiesByItself(t *testing.T) {
	w := newWorld(t)
	w.ready(newKiosk(t), card(t, "tsuji"))
	town := w.town["990019"]
	if len(town.seenErrors) != 0 {
		t.Errorf("the issuing server finds %v", town.seenErrors)
	}
	// The judge can say no: a centre that lets another card's answer through is found.
	chain := town.lastChain
	chain.OCSP = bytes.Clone(chain.OCSP)
	chain.OCSP[len(chain.OCSP)/2] ^= 1
	if town.verify(chain); len(town.seenErrors) == 0 {
		t.Error("a changed answer of the responder was not found")
	}
}

func TestX17_AnOrderNeedsTheKiosksOwnSignature(t *testing.T) {
	for name, sign := range map[string]func(*world, *kiosk, signed.Order) []byte{
		"municipality": func(w *world, _ *kiosk, o signed.Order) []byte { return seal(w.t, o, w.town["990019"].signer) },
		"other_kiosk":  func(w *world, _ *kiosk, o signed.Order) []byte { return seal(w.t, o, w.second) },
		"other_kiosks_own": func(w *world, _ *kiosk, o signed.Order) []byte {
			o.Kiosk = "K-000002"
			return seal(w.t, o, w.second)
		},
		"two": func(w *world, k *kiosk, o signed.Order) []byte { return seal(w.t, o, k.signer, w.second) },
		"changed": func(w *world, k *kiosk, o signed.Order) []byte {
			return bytes.Replace(seal(w.t, o, k.signer), []byte("copies 2"), []byte("copies 3"), 1)
		},
		"more_than_offered": func(w *world, k *kiosk, o signed.Order) []byte {
			o.Copies, o.TotalFee = 4, 800
			return seal(w.t, o, k.signer)
		},
		"cheaper": func(w *world, k *kiosk, o signed.Order) []byte {
			o.UnitFee, o.TotalFee = 100, 200
			return seal(w.t, o, k.signer)
		},
		"stranger": func(w *world, k *kiosk, o signed.Order) []byte {
			o.Members = []string{"m1", "m2"}
			return seal(w.t, o, k.signer)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, k := newWorld(t), newKiosk(t)
			v := w.open(k, card(t, "hanako"))
			if err := errors.Join(v.authenticate(), v.choose()); err != nil {
				t.Fatal(err)
			}
			_, err := w.Order(t.Context(), k.peer, v.id, sign(w, k, v.orderNote()))
			if reason(err) != domain.DocumentMismatch {
				t.Errorf("got %v", err)
			}
		})
	}
}

func seal[T any, P signed.Note[T]](t testing.TB, n T, signers ...signed.Signer) []byte {
	t.Helper()
	msg, _, err := signed.Seal[T, P](n, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func TestX25_NothingOfAPersonIsOnTheDisk(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v, s := w.ready(k, card(t, "tsuji"))
	page, _, err := w.Page(t.Context(), k.peer, v.id, 1)
	if err != nil {
		t.Fatal(err)
	}
	sum := signed.HashOf(v.card.AuthCert)
	needles := map[string][]byte{
		"page": page, "picture": []byte("PNG of"), "certificate": v.card.AuthCert[200:232], "certificate_hash": sum[:],
		"certificate_hash_hex": []byte(hex.EncodeToString(sum[:])), "kiosk_nonce": v.request.KioskNonce[:],
		"kiosk_nonce_hex": []byte(v.request.KioskNonce.String()), "center_nonce": v.answer.CenterNonce[:],
		"center_nonce_hex": []byte(v.answer.CenterNonce.String()),
	}
	look := func(when string) {
		for _, name := range []string{w.db, w.db + "-wal"} {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(b, []byte(v.id.String())) && name == w.db+"-wal" {
				t.Error("the search finds nothing, not even the application's id")
			}
			for what, n := range needles {
				if bytes.Contains(b, n) {
					t.Errorf("%s: %s is in %s", when, what, name)
				}
			}
		}
		for what, n := range needles {
			if bytes.Contains(w.log.Bytes(), n) {
				t.Errorf("%s: %s is in the log", when, what)
			}
		}
	}
	look("while open")
	if _, err := w.Done(t.Context(), k.peer, v.id, v.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)); err != nil {
		t.Fatal(err)
	}
	look("afterwards")
}

func TestD03_EvidenceThatIsNotOfThisVisitIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*visit, *centerapi.Authentication)
		want   domain.RefusalReason
	}{
		"true": {func(*visit, *centerapi.Authentication) {}, domain.NoRefusal},
		"another_visits_challenge": {func(v *visit, a *centerapi.Authentication) {
			*a = evidence(v.w.t, v.card, v.w.open(v.k, v.card).challenge())
		}, domain.DocumentMismatch},
		"another_kiosks_key": {func(v *visit, a *centerapi.Authentication) {
			ch := v.challenge()
			ch.KioskKey = signed.HashOf([]byte("another"))
			*a = evidence(v.w.t, v.card, ch)
		}, domain.DocumentMismatch},
		"signature_of_another_card": {func(v *visit, a *centerapi.Authentication) {
			a.Signature = evidence(v.w.t, card(v.w.t, "tsuji"), v.challenge()).Signature
		}, domain.CardUnreadable},
		"card_that_was_not_announced": {func(v *visit, a *centerapi.Authentication) {
			v.card = card(v.w.t, "tsuji")
			*a = evidence(v.w.t, v.card, v.challenge())
		}, domain.DocumentMismatch},
		"too_late": {func(v *visit, _ *centerapi.Authentication) {
			v.w.clock.pass(domain.ChallengeLife + domain.ClockSkew + time.Second)
		}, domain.DeadlinePassed},
	} {
		t.Run(name, func(t *testing.T) {
			w, k := newWorld(t), newKiosk(t)
			v := &visit{w: w, k: k, card: card(t, "hanako"), id: domain.NewApplicationID()}
			v.request = centerapi.ChallengeRequest{
				Application: v.id, Boot: k.boot, KioskNonce: signed.Hash{9}, Purpose: "issue", Scope: "home",
				CertificateHash: signed.HashOf(v.card.AuthCert),
			}
			var err error
			if v.answer, err = w.Challenge(t.Context(), k.peer, v.request); err != nil {
				t.Fatal(err)
			}
			a := evidence(t, v.card, v.challenge())
			c.change(v, &a)
			_, err = w.Authenticate(t.Context(), k.peer, v.id, a)
			if got := reason(err); got != c.want || (err == nil) != (c.want == domain.NoRefusal) {
				t.Errorf("got %v (%v), want %v", got, err, c.want)
			}
			if n := w.responder.Asked(); c.want != domain.NoRefusal && n != 0 {
				t.Errorf("the responder was asked %d times about it", n)
			}
		})
	}
}
