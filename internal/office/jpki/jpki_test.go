package jpki_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/signed"
)

var noon = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// world is one set of test keys for all tests of this package; RSA keys cost time.
var world string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "jpki")
	if err == nil {
		err = pki.Make(dir, noon)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	world = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func roots(t *testing.T) jpki.Roots {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(world, "centerd", "card-roots.pem"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := jpki.ParseRoots(text, signed.EnvTest)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// card finds the first test card in a state.
func card(t *testing.T, s registry.CardState) pki.Card {
	t.Helper()
	for _, c := range cards(t) {
		if c.State == s {
			return c
		}
	}
	t.Fatalf("no test card is %s", s)
	return pki.Card{}
}

func cards(t *testing.T) []pki.Card {
	t.Helper()
	list, err := pki.LoadCards(world)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func verified(t *testing.T, c pki.Card) jpki.Card {
	t.Helper()
	v, err := jpki.VerifyCard(roots(t), c.AuthCert, noon)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// reason takes the refusal out of an error; an error without one fails the test.
func reason(t *testing.T, err error) domain.RefusalReason {
	t.Helper()
	if err == nil {
		return domain.NoRefusal
	}
	e, ok := errors.AsType[*jpki.Error](err)
	if !ok {
		t.Fatalf("%v is no *jpki.Error", err)
	}
	return e.Reason
}

// root gives a card root with its key.
func root(t *testing.T, n int) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	base := filepath.Join(world, "offline", fmt.Sprintf("root%d", n))
	var der [2][]byte
	for i, ext := range []string{".crt", ".key"} {
		text, err := os.ReadFile(base + ext)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(text)
		der[i] = block.Bytes
	}
	cert, err := x509.ParseCertificate(der[0])
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(der[1])
	if err != nil {
		t.Fatal(err)
	}
	return cert, key.(*rsa.PrivateKey)
}

// forge makes a certificate under root 1 for the key of a good card, or for another key.
func forge(t *testing.T, change func(*x509.Certificate), public any) []byte {
	t.Helper()
	issuer, key := root(t, 1)
	good := card(t, registry.CardGood)
	model, err := x509.ParseCertificate(good.AuthCert)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(77), Subject: pkix.Name{CommonName: "TEST forged"}, NotBefore: noon.AddDate(-1, 0, 0),
		NotAfter: noon.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature, Policies: model.Policies,
		BasicConstraintsValid: true,
	}
	change(tmpl)
	if public == nil {
		public = &good.AuthKey.PublicKey
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, issuer, public, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestRootsOfOneNameAreToldApartBySignature(t *testing.T) {
	seen := map[signed.Hash]bool{}
	for _, c := range cards(t) {
		if c.State != registry.CardGood {
			continue
		}
		v := verified(t, c)
		if v.Certificate.CheckSignatureFrom(v.Issuer) != nil {
			t.Errorf("%s: the issuer found did not sign it", c.ID)
		}
		if len(v.Certificate.AuthorityKeyId) != 0 {
			t.Errorf("%s names its issuer's key; real cards do not", c.ID)
		}
		seen[v.IssuerSPKI] = true
	}
	if len(seen) != 2 {
		t.Errorf("the good cards are of %d roots, want 2", len(seen))
	}
}

func TestACardIsRefusedForTheFirstThingThatIsWrong(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	same := func(*x509.Certificate) {}
	good := card(t, registry.CardGood)
	for name, c := range map[string]struct {
		der  []byte
		want domain.RefusalReason
	}{
		"good":           {good.AuthCert, domain.NoRefusal},
		"forged_control": {forge(t, same, nil), domain.NoRefusal},
		"expired":        {card(t, registry.CardExpired).AuthCert, domain.CertExpired},
		"trailing_byte":  {append(append([]byte{}, good.AuthCert...), 0), domain.CardUnreadable},
		"cut":            {good.AuthCert[:len(good.AuthCert)-1], domain.CardUnreadable},
		"empty":          {nil, domain.CardUnreadable},
		"too_long":       {make([]byte, 8<<10+1), domain.CardUnreadable},
		"self_made":      {good.SignCA, domain.UnknownGeneration},
		"signature_use":  {good.SignCert, domain.UnknownGeneration},
		"rsa_1024":       {forge(t, same, &small.PublicKey), domain.UnknownGeneration},
		"curve":          {forge(t, same, &curve.PublicKey), domain.UnknownGeneration},
		"no_policy":      {forge(t, func(c *x509.Certificate) { c.Policies = nil }, nil), domain.NoAuthCertificate},
		"other_usage": {forge(t, func(c *x509.Certificate) {
			c.KeyUsage = x509.KeyUsageKeyEncipherment
		}, nil), domain.NoAuthCertificate},
		"an_authority": {forge(t, func(c *x509.Certificate) { c.IsCA = true }, nil), domain.NoAuthCertificate},
		"not_yet": {forge(t, func(c *x509.Certificate) {
			c.NotBefore = noon.Add(time.Second)
		}, nil), domain.CertNotYetValid},
		"critical_unknown": {forge(t, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}, nil), domain.UnknownGeneration},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := jpki.VerifyCard(roots(t), c.der, noon)
			if got := reason(t, err); got != c.want {
				t.Errorf("got %v (%v), want %v", got, err, c.want)
			}
		})
	}
}

func TestARootOfSignatureCertificatesMakesNoUserAuthentication(t *testing.T) {
	key := card(t, registry.CardGood).SignKey
	for unit, want := range map[string]domain.RefusalReason{
		"TEST JPKI for user authentication": domain.NoRefusal,
		"TEST JPKI for digital signature":   domain.NoAuthCertificate,
	} {
		tmpl := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"TEST"}, OrganizationalUnit: []string{unit}},
			NotBefore: noon.AddDate(-1, 0, 0), NotAfter: noon.AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign,
		}
		der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		r, err := jpki.ParseRoots(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), signed.EnvTest)
		if err != nil {
			t.Fatal(err)
		}
		model, err := x509.ParseCertificate(forge(t, func(*x509.Certificate) {}, nil))
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.CreateCertificate(rand.Reader, model, tmpl, model.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := jpki.VerifyCard(r, leaf, noon); reason(t, err) != want {
			t.Errorf("%s: %v", unit, err)
		}
	}
}

func TestX26_RootsOfOneEnvironmentAreNothingInTheOther(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(world, "centerd", "card-roots.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jpki.ParseRoots(text, signed.EnvProd); err == nil {
		t.Error("a production build took test roots")
	}
	if _, err := jpki.ParseRoots([]byte("no PEM"), signed.EnvTest); err == nil {
		t.Error("an empty set of roots was taken")
	}
}

func TestASignatureCountsForItsTextAndCardOnly(t *testing.T) {
	good := card(t, registry.CardGood)
	text := []byte("kioskd/challenge/1\n")
	signature := sign(t, good.AuthKey, text)
	if err := jpki.VerifySignature(verified(t, good), text, signature); err != nil {
		t.Errorf("the card's own: %v", err)
	}
	if err := jpki.VerifySignature(verified(t, good), []byte("another"), signature); err == nil {
		t.Error("another text was taken")
	}
	if err := jpki.VerifySignature(verified(t, good), text, sign(t, good.SignKey, text)); err == nil {
		t.Error("another key was taken")
	}
	if err := jpki.VerifySignature(verified(t, good), text, nil); err == nil {
		t.Error("no signature was taken")
	}
}

func sign(t *testing.T, key *rsa.PrivateKey, text []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(text)
	s, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return s
}
