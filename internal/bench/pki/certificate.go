package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
)

// pair is a certificate with its key.
type pair struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func newECDSA() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// serial draws 64 random bits, never 0.
func serial() *big.Int {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[0] |= 1
	return new(big.Int).SetBytes(b[:])
}

func name(common string) pkix.Name {
	return pkix.Name{Country: []string{"JP"}, Organization: []string{"TEST kioskd"}, CommonName: common}
}

// issue makes a certificate for a key. A nil parent means that it signs itself. Validity is the maker's where the
// template has none.
func (m *maker) issue(t x509.Certificate, key crypto.Signer, parent *pair) (pair, error) {
	if t.SerialNumber == nil {
		t.SerialNumber = serial()
	}
	if t.NotBefore.IsZero() {
		t.NotBefore = m.from
	}
	if t.NotAfter.IsZero() {
		t.NotAfter = m.until
	}
	t.BasicConstraintsValid = true
	by := &pair{&t, key}
	if parent != nil {
		by = parent
	}
	der, err := x509.CreateCertificate(rand.Reader, &t, by.cert, key.Public(), by.key)
	if err != nil {
		return pair{}, fmt.Errorf("certificate %s: %w", t.Subject.CommonName, err)
	}
	cert, err := x509.ParseCertificate(der)
	return pair{cert, key}, err
}

func (m *maker) authority(common string) (pair, error) {
	key, err := newECDSA()
	if err != nil {
		return pair{}, err
	}
	return m.issue(x509.Certificate{
		Subject: name(common), IsCA: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, key, nil)
}

// writePair writes NAME.crt and NAME.key.
func (m *maker) writePair(base string, p pair) error {
	if err := m.write(base+".crt", certPEM(p.cert)); err != nil {
		return err
	}
	text, err := keyPEM(p.key)
	if err != nil {
		return err
	}
	return m.write(base+".key", text)
}

func certPEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func keyPEM(k crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// readPair reads NAME.crt and NAME.key.
func readPair(dir, base string) (pair, error) {
	cert, err := readCert(dir, base+".crt")
	if err != nil {
		return pair{}, err
	}
	der, err := readPEM(filepath.Join(dir, base+".key"))
	if err != nil {
		return pair{}, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return pair{}, fmt.Errorf("pki: %s.key: %w", base, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return pair{}, fmt.Errorf("pki: %s.key: a key of type %T", base, key)
	}
	return pair{cert, signer}, nil
}

func readCert(dir, file string) (*x509.Certificate, error) {
	der, err := readPEM(filepath.Join(dir, file))
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("pki: %s: %w", file, err)
	}
	return cert, nil
}

func readPEM(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("pki: %w; make the keys anew", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("pki: %s holds no PEM; make the keys anew", path)
	}
	return block.Bytes, nil
}
