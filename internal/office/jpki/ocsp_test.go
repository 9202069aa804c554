package jpki_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/signed"
)

func responder(t *testing.T) (*pki.Responder, *jpki.Client) {
	t.Helper()
	r, err := pki.NewResponder(world, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	c, err := jpki.NewClient(jpki.Config{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return r, c
}

func TestOnlyGoodIsGood(t *testing.T) {
	for play, want := range map[pki.Play]domain.RefusalReason{
		pki.Honest: domain.NoRefusal, pki.Stale: domain.ValidationUnreach, pki.Replaced: domain.ValidationUnreach,
		pki.Future: domain.ValidationUnreach, pki.WrongNonce: domain.ValidationUnreach,
		pki.NoNonce: domain.ValidationUnreach, pki.OtherSigner: domain.ValidationUnreach,
		pki.NoUsage: domain.ValidationUnreach, pki.ExpiredSigner: domain.ValidationUnreach,
		pki.OtherSubject: domain.ValidationUnreach, pki.Malformed: domain.ValidationUnreach,
		pki.TryLater: domain.ValidationUnreach, pki.Closed: domain.ValidationUnreach,
		pki.Huge: domain.ValidationUnreach, pki.ServerError: domain.ValidationUnreach,
	} {
		t.Run("play_"+string(play), func(t *testing.T) {
			r, c := responder(t)
			r.Play(play)
			der, err := c.Ask(t.Context(), verified(t, card(t, registry.CardGood)), [32]byte{1}, noon)
			if got := reason(t, err); got != want {
				t.Errorf("got %v (%v), want %v", got, err, want)
			}
			if (err == nil) != (len(der) > 0) {
				t.Error("an answer came with an error, or none without")
			}
		})
	}
}

func TestASlowResponderEndsWithTheDeadline(t *testing.T) {
	r, c := responder(t)
	r.Play(pki.Slow)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := c.Ask(ctx, verified(t, card(t, registry.CardGood)), [32]byte{1}, noon)
	if got := reason(t, err); got != domain.ValidationUnreach {
		t.Errorf("got %v (%v)", got, err)
	}
}

func TestABrokenConnectionIsTriedOnceMoreAndNothingElseIs(t *testing.T) {
	for play, want := range map[pki.Play]int{pki.Closed: 2, pki.TryLater: 1, pki.Malformed: 1, pki.ServerError: 1} {
		r, c := responder(t)
		r.Play(play)
		if _, err := c.Ask(t.Context(), verified(t, card(t, registry.CardGood)), [32]byte{}, noon); err == nil {
			t.Errorf("%s: no error", play)
		}
		if r.Asked() != want {
			t.Errorf("%s: asked %d times, want %d", play, r.Asked(), want)
		}
	}
}

func TestRevokedIsRevokedForEveryReason(t *testing.T) {
	r, c := responder(t)
	v := verified(t, card(t, registry.CardGood))
	for _, code := range []int{0, 1, 2, 3, 4, 5, 6, 8, 9, 10} {
		r.Judge(v.Serial, pki.Revoked, code)
		_, err := c.Ask(t.Context(), v, [32]byte{byte(code)}, noon)
		if got := reason(t, err); got != domain.CertRevoked {
			t.Errorf("reason %d: got %v (%v)", code, got, err)
		}
	}
	r.Judge(v.Serial, pki.Unknown, 0)
	_, err := c.Ask(t.Context(), v, [32]byte{}, noon)
	if got := reason(t, err); got != domain.ValidationUnreach {
		t.Errorf("unknown: got %v (%v)", got, err)
	}
	r.Judge(v.Serial, pki.Good, 0)
	if _, err := c.Ask(t.Context(), v, [32]byte{}, noon); err != nil {
		t.Errorf("revoked answers opened the breaker: %v", err)
	}
}

func TestCallersThatGiveUpAndUnknownCertificatesDoNotRestTheResponder(t *testing.T) {
	r, c := responder(t)
	v := verified(t, card(t, registry.CardGood))
	r.Play(pki.Slow)
	for range 6 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		if _, err := c.Ask(ctx, v, [32]byte{}, noon); err == nil {
			t.Error("an answer without one")
		}
		cancel()
	}
	r.Play(pki.Honest)
	r.Judge(v.Serial, pki.Unknown, 0)
	for range 6 {
		_, err := c.Ask(t.Context(), v, [32]byte{}, noon)
		if got := reason(t, err); got != domain.ValidationUnreach {
			t.Errorf("unknown: got %v (%v)", got, err)
		}
	}
	if !c.Available(noon) {
		t.Error("the responder rests")
	}
	r.Judge(v.Serial, pki.Good, 0)
	if _, err := c.Ask(t.Context(), v, [32]byte{}, noon); err != nil {
		t.Error(err)
	}
}

func TestAProbeWhoseCallerGivesUpLetsTheNextOneProbe(t *testing.T) {
	r, c := responder(t)
	v := verified(t, card(t, registry.CardGood))
	r.Play(pki.TryLater)
	for range 5 {
		_, _ = c.Ask(t.Context(), v, [32]byte{}, noon)
	}
	r.Play(pki.Slow)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	later := noon.Add(10 * time.Second)
	_, _ = c.Ask(ctx, v, [32]byte{}, later)
	r.Play(pki.Honest)
	if _, err := c.Ask(t.Context(), v, [32]byte{}, later); err != nil {
		t.Errorf("the next probe: %v", err)
	}
}

func TestFiveFailuresRestTheResponderForTenSeconds(t *testing.T) {
	r, c := responder(t)
	v := verified(t, card(t, registry.CardGood))
	r.Play(pki.TryLater)
	for i := range 5 {
		if !c.Available(noon) {
			t.Fatalf("resting after %d failures", i)
		}
		_, _ = c.Ask(t.Context(), v, [32]byte{}, noon)
	}
	if c.Available(noon) {
		t.Fatal("not resting after five failures")
	}
	r.Play(pki.Honest)
	if _, err := c.Ask(t.Context(), v, [32]byte{}, noon.Add(9*time.Second)); err == nil || r.Asked() != 5 {
		t.Errorf("asked while resting: %v, %d", err, r.Asked())
	}
	if _, err := c.Ask(t.Context(), v, [32]byte{}, noon.Add(10*time.Second)); err != nil {
		t.Errorf("the probe: %v", err)
	}
	if !c.Available(noon.Add(10 * time.Second)) {
		t.Error("resting after a good probe")
	}
}

func TestX16_EvidenceIsOneChainOrNothing(t *testing.T) {
	good, other := card(t, registry.CardGood), card(t, registry.CardRevoked)
	e, ch := evidence(t, good, 1)
	v, got, err := jpki.VerifyEvidence(roots(t), e, noon)
	if err != nil || v.Digest != signed.HashOf(good.AuthCert) || got != ch {
		t.Fatalf("true evidence: %v", err)
	}
	older, _ := evidence(t, good, 2)
	stranger := older
	stranger.Certificate = other.AuthCert
	for name, change := range map[string]func(*jpki.Evidence){
		"answer_of_another_visit": func(e *jpki.Evidence) { e.OCSP = older.OCSP },
		"signature_of_another":    func(e *jpki.Evidence) { e.Signature = older.Signature },
		"challenge_of_another":    func(e *jpki.Evidence) { e.Challenge = older.Challenge },
		"certificate_of_another":  func(e *jpki.Evidence) { e.Certificate = other.AuthCert },
		"no_answer":               func(e *jpki.Evidence) { e.OCSP = nil },
		"line_too_many": func(e *jpki.Evidence) {
			e.Challenge = append(e.Challenge[:len(e.Challenge):len(e.Challenge)], "x y\n"...)
		},
		"everything_missing": func(e *jpki.Evidence) { *e = jpki.Evidence{} },
	} {
		t.Run(name, func(t *testing.T) {
			bad := e
			change(&bad)
			if _, _, err := jpki.VerifyEvidence(roots(t), bad, noon); reason(t, err) == domain.NoRefusal {
				t.Error("taken")
			}
		})
	}
	for _, at := range []time.Time{noon.Add(-time.Minute), noon.Add(domain.ChallengeLife + time.Minute)} {
		if _, _, err := jpki.VerifyEvidence(roots(t), e, at); reason(t, err) == domain.NoRefusal {
			t.Errorf("taken as checked at %v", at)
		}
	}
}

func TestD03_EveryLineOfTheChallengeCounts(t *testing.T) {
	_, want := evidence(t, card(t, registry.CardGood), 1)
	for name, change := range map[string]func(*signed.Challenge){
		"env":     func(c *signed.Challenge) { c.Env = signed.EnvProd },
		"purpose": func(c *signed.Challenge) { c.Purpose = "other" },
		"center":  func(c *signed.Challenge) { c.Center = "x" }, "kiosk": func(c *signed.Challenge) { c.Kiosk = "K-2" },
		"application": func(c *signed.Challenge) { c.Application = domain.NewApplicationID() },
		"kioskkey":    func(c *signed.Challenge) { c.KioskKey[0] ^= 1 },
		"centernonce": func(c *signed.Challenge) { c.CenterNonce[0] ^= 1 },
		"kiosknonce":  func(c *signed.Challenge) { c.KioskNonce[0] ^= 1 },
		"scope":       func(c *signed.Challenge) { c.Scope = "990019" },
		"notbefore":   func(c *signed.Challenge) { c.NotBefore = c.NotBefore.Add(time.Second) },
		"notafter":    func(c *signed.Challenge) { c.NotAfter = c.NotAfter.Add(time.Second) },
		"certificate": func(c *signed.Challenge) { c.Certificate[0] ^= 1 },
		"nothing":     func(*signed.Challenge) {},
	} {
		other := want
		change(&other)
		text, err := other.Text()
		if err != nil {
			t.Fatal(err)
		}
		_, err = jpki.CheckChallenge(text, want, noon)
		if (name == "nothing") != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// evidence makes what a visit with a card leaves; n tells visits apart.
func evidence(t *testing.T, c pki.Card, n byte) (jpki.Evidence, signed.Challenge) {
	t.Helper()
	ch := signed.Challenge{
		Env: signed.EnvTest, Purpose: signed.PurposeIssue, Center: pki.Center, Application: domain.NewApplicationID(),
		Kiosk: pki.Kiosk, KioskKey: signed.Hash{n}, CenterNonce: [32]byte{n}, KioskNonce: [32]byte{n, n},
		Scope: signed.ScopeHome, NotBefore: noon, NotAfter: noon.Add(domain.ChallengeLife),
		Certificate: signed.HashOf(c.AuthCert),
	}
	text, err := ch.Text()
	if err != nil {
		t.Fatal(err)
	}
	_, client := responder(t)
	der, err := client.Ask(t.Context(), verified(t, c), jpki.NonceOf(signed.HashOf(text)), noon)
	if err != nil {
		t.Fatal(err)
	}
	return jpki.Evidence{
		Challenge: text, Certificate: c.AuthCert, Signature: sign(t, c.AuthKey, text), OCSP: der,
	}, ch
}

func FuzzOCSPAnswer(f *testing.F) {
	f.Add([]byte{0x30, 0x03, 0x0a, 0x01, 0x03})
	f.Fuzz(func(t *testing.T, der []byte) {
		v := verified(t, card(t, registry.CardGood))
		q := jpki.Question{Certificate: v.Certificate, Issuer: v.Issuer}
		if err := jpki.VerifyOCSPResponse(der, q, noon); err == nil {
			t.Errorf("%d bytes out of nowhere are good", len(der))
		}
	})
}
