package card_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

// noon is the time of these tests.
var noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// certificate makes a throw-away certificate for the test key.
func certificate(t *testing.T, from, to time.Time) []byte {
	t.Helper()
	name := pkix.Name{Country: []string{"JP"}, Organization: []string{"TEST kioskd"}, CommonName: "TEST 0001"}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: name, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &testKey().PublicKey, testKey())
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func validCertificate(t *testing.T) []byte {
	return certificate(t, noon.AddDate(-1, 0, 0), noon.AddDate(4, 0, 0))
}

// powered makes an emulated card with power.
func powered(c cardtest.Config) *cardtest.Card {
	k := cardtest.New(c)
	k.PowerOn()
	return k
}

// digits is a PIN as text.
type digits string

func (d digits) CopyTo(b []byte) int { return copy(b, d) }
