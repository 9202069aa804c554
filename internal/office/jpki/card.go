package jpki

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// maxCertificate bounds a card's certificate (server §3.2); known ones have 1.3 KiB.
const maxCertificate = 8 << 10

// keyBits and exponent are those of every key of this generation.
const (
	keyBits  = 2048
	exponent = 65537
)

// Card is a certificate that a known root made and that is inside its dates. It says nothing about revocation, nor who
// holds the card.
type Card struct {
	Certificate *x509.Certificate
	Issuer      *x509.Certificate
	Digest      signed.Hash // SHA-256 of the certificate's DER
	IssuerSPKI  signed.Hash // SHA-256 of the issuer's SubjectPublicKeyInfo
	Serial      string      // lower-case hex without leading zeros; with IssuerSPKI the key of user management
}

// VerifyCard checks steps 3 to 7 of server §3.2 in their order. Errors are *Error: CardUnreadable (not one DER value),
// UnknownGeneration (another key, or made by nobody we know), NoAuthCertificate (another use: a 署名用 certificate is
// refused and must not be stored), CertNotYetValid, CertExpired.
func VerifyCard(roots Roots, der []byte, at time.Time) (Card, error) {
	if len(der) > maxCertificate {
		return Card{}, refuse(domain.CardUnreadable, "certificate of %d bytes", len(der))
	}
	cert, err := x509.ParseCertificate(der) // refuses trailing bytes
	if err != nil {
		// The parser's text may quote the certificate; it stays here.
		return Card{}, refuse(domain.CardUnreadable, "not one certificate in DER")
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() != keyBits || key.E != exponent {
		return Card{}, refuse(domain.UnknownGeneration, "not an RSA-2048 key with exponent 65537")
	}
	root := roots.issuerOf(cert)
	if root == nil {
		return Card{}, refuse(domain.UnknownGeneration, "made by none of the known roots")
	}
	if cert.IsCA || cert.KeyUsage&x509.KeyUsageDigitalSignature == 0 || !roots.isUserAuthentication(cert, root) {
		return Card{}, refuse(domain.NoAuthCertificate, "not a user authentication certificate")
	}
	if at.Before(cert.NotBefore) {
		return Card{}, refuse(domain.CertNotYetValid, "valid later")
	}
	if at.After(cert.NotAfter) {
		return Card{}, refuse(domain.CertExpired, "validity has ended")
	}
	if err := verify(cert, root, at); err != nil {
		return Card{}, &Error{Reason: domain.UnknownGeneration, What: "path to the root", Err: err}
	}
	return Card{
		Certificate: cert, Issuer: root, Digest: signed.HashOf(der),
		IssuerSPKI: signed.HashOf(root.RawSubjectPublicKeyInfo), Serial: cert.SerialNumber.Text(16),
	}, nil
}

// VerifySignature checks that the card's key signed the text: PKCS #1 v1.5 over its SHA-256. Error: CardUnreadable.
func VerifySignature(c Card, text, signature []byte) error {
	sum := sha256.Sum256(text)
	key, ok := c.Certificate.PublicKey.(*rsa.PublicKey)
	if !ok || rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) != nil {
		return refuse(domain.CardUnreadable, "the signature is not of this card over this challenge")
	}
	return nil
}
