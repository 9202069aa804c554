package jpki

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/signed"
)

// userAuthentication ends the organisational unit of every root of user authentication certificates; the roots of
// signature certificates (署名用) have another one (measured on the four public roots).
const userAuthentication = "for user authentication"

// userAuthPolicy is the certificate policy of the user authentication certificate (one source; not confirmed).
var userAuthPolicy = asn1.ObjectIdentifier{1, 2, 392, 200149, 8, 5, 1, 3, 30}

// maxRoots bounds the set: three generations exist.
const maxRoots = 16

// Roots is the set of roots of one build. All generations share one subject name and carry no key identifiers, so an
// issuer is found by its signature, never by its name.
type Roots struct {
	Policy asn1.ObjectIdentifier // demanded of every card's certificate
	certs  []*x509.Certificate
}

// ParseRoots reads a PEM file of roots. A set for one environment refuses the anchors of the other: real ones in test,
// anything that says TEST in production.
func ParseRoots(text []byte, env signed.Env) (Roots, error) {
	r := Roots{Policy: userAuthPolicy}
	for len(r.certs) < maxRoots {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return Roots{}, fmt.Errorf("jpki: roots: certificate %d: %w", len(r.certs)+1, err)
		}
		if err := checkRoot(cert, env); err != nil {
			return Roots{}, fmt.Errorf("jpki: roots: certificate %d: %w", len(r.certs)+1, err)
		}
		r.certs = append(r.certs, cert)
	}
	if len(r.certs) == 0 {
		return Roots{}, errors.New("jpki: roots: no certificate in the file; give the PEM file of the card roots")
	}
	return r, nil
}

func checkRoot(cert *x509.Certificate, env signed.Env) error {
	test := strings.Contains(strings.Join(cert.Subject.Organization, " "), "TEST")
	if test != (env != signed.EnvProd) {
		return fmt.Errorf("root of %q does not belong to environment %q", cert.Subject.Organization, env)
	}
	if !cert.BasicConstraintsValid || !cert.IsCA {
		return errors.New("not a CA certificate")
	}
	return nil
}

// issuerOf finds the root that signed the certificate; nil where none did.
func (r Roots) issuerOf(cert *x509.Certificate) *x509.Certificate {
	for _, root := range r.certs {
		if cert.CheckSignatureFrom(root) == nil {
			return root
		}
	}
	return nil
}

// verify runs the library's own path check with the one root that signed; it judges what is not looked at by hand,
// such as unknown critical extensions. The card's extended usages are of no concern here.
func verify(cert, root *x509.Certificate, at time.Time) error {
	pool := x509.NewCertPool()
	pool.AddCert(root)
	_, err := cert.Verify(x509.VerifyOptions{
		Roots: pool, Intermediates: x509.NewCertPool(), CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err
}

func (r Roots) isUserAuthentication(cert, root *x509.Certificate) bool {
	unit := slices.ContainsFunc(root.Subject.OrganizationalUnit, func(s string) bool {
		return strings.HasSuffix(s, userAuthentication)
	})
	policy := slices.ContainsFunc(cert.PolicyIdentifiers, r.Policy.Equal)
	return unit && policy
}
