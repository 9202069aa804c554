//go:build judge

package card_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	benchcard "github.com/kioskd/kioskd/internal/bench/card"
	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

// testPKI is a throw-away card CA and one holder's keys.
type testPKI struct {
	authKey, signKey                   *rsa.PrivateKey
	authCert, authCA, signCert, signCA []byte
}

var keys = sync.OnceValue(func() *testPKI {
	p := &testPKI{authKey: newKey(), signKey: newKey()}
	ca := newKey()
	p.authCA = sign("TEST user authentication CA", &ca.PublicKey, nil, ca)
	p.signCA = sign("TEST digital signature CA", &ca.PublicKey, nil, ca)
	p.authCert = sign("TEST auth 0001", &p.authKey.PublicKey, p.authCA, ca)
	p.signCert = sign("TEST sign 0001", &p.signKey.PublicKey, p.signCA, ca)
	return p
})

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// sign makes a certificate; without an issuer, a CA's own.
func sign(name string, key *rsa.PublicKey, issuer []byte, ca *rsa.PrivateKey) []byte {
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		Subject:               pkix.Name{Country: []string{"JP"}, Organization: []string{"TEST kioskd"}, CommonName: name},
		BasicConstraintsValid: true, IsCA: issuer == nil, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	parent := template
	if issuer != nil {
		var err error
		if parent, err = x509.ParseCertificate(issuer); err != nil {
			panic(err)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, ca)
	if err != nil {
		panic(err)
	}
	return der
}

// config is a whole test card.
func config() cardtest.Config {
	p := keys()
	return cardtest.Config{
		AuthKey: p.authKey, AuthCert: p.authCert, AuthCA: p.authCA,
		SignKey: p.signKey, SignCert: p.signCert, SignCA: p.signCA,
	}
}

// start gives a running reader with a folder of its own.
func start(t *testing.T) *benchcard.Reader {
	t.Helper()
	dir, err := os.MkdirTemp("", "reader") // T.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	r := benchcard.New(benchcard.Config{Dir: dir})
	t.Cleanup(func() {
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
		if log, err := os.ReadFile(filepath.Join(dir, "pcscd.log")); err == nil && t.Failed() {
			t.Logf("pcscd says:\n%s", log)
		}
		_ = os.RemoveAll(dir)
	})
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// insert puts a card in and waits until the service has given it power.
func insert(t *testing.T, r *benchcard.Reader, c cardtest.Config) *cardtest.Card {
	t.Helper()
	k := cardtest.New(c)
	if err := r.Insert(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	await(t, k, func(s cardtest.Stats) bool { return s.PowerUps > 0 })
	return k
}

// await waits until the card has seen something, at most half a minute.
func await(t *testing.T, k *cardtest.Card, done func(cardtest.Stats) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := k.Wait(ctx, done); err != nil {
		t.Fatalf("%v: %+v", err, k.Stats())
	}
}
