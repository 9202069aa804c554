package jpki

import (
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/kioskd/kioskd/internal/domain"
)

// maxAge is how old an answer's thisUpdate may be when it is given (server §3.3).
const maxAge = 5 * time.Minute

// maxResponse bounds an answer of a responder.
const maxResponse = 64 << 10

// errUnknown is an honest answer of a responder that does not know the certificate.
var errUnknown = unreachable("the responder does not know the certificate")

// Question is what a responder is asked.
type Question struct {
	Certificate *x509.Certificate
	Issuer      *x509.Certificate
	Nonce       []byte // 32 bytes; nil in VerifyOCSPResponse: the answer's nonce is not looked at
}

// VerifyOCSPResponse judges an answer as it stood when the responder was asked: signed by the issuer or by a responder
// that the issuer named for this, about this very certificate and issuer, with the question's nonce, fresh, and good.
// Errors are *Error: CertRevoked, or ValidationUnreachable for everything that is neither good nor revoked.
func VerifyOCSPResponse(der []byte, q Question, at time.Time) error {
	if len(der) > maxResponse {
		return unreachable("answer of %d bytes", len(der))
	}
	r, err := ocsp.ParseResponseForCert(der, q.Certificate, q.Issuer)
	if err != nil {
		if status, ok := errors.AsType[ocsp.ResponseError](err); ok {
			return unreachable("the responder says %v", status.Status)
		}
		return &Error{Reason: domain.ValidationUnreach, What: "answer", Err: err}
	}
	if err := checkSigner(r, q.Issuer, at); err != nil {
		return err
	}
	if err := checkSubject(der, q); err != nil {
		return err
	}
	if err := checkFreshness(r, at); err != nil {
		return err
	}
	switch r.Status {
	case ocsp.Good:
		return nil
	case ocsp.Revoked:
		return refuse(domain.CertRevoked, "revoked, reason %d", r.RevocationReason)
	default:
		return errUnknown
	}
}

// checkSubject looks at what x/crypto does not: the issuer in the certificate id (two roots have one name, and serial
// numbers may meet), that it answers once, and the nonce in constant time.
func checkSubject(der []byte, q Question) error {
	data, err := readData(der)
	if err != nil {
		return &Error{Reason: domain.ValidationUnreach, What: "answer", Err: err}
	}
	if len(data.List) != 1 || !data.List[0].ID.names(q.Certificate, q.Issuer) {
		return unreachable("the answer is not about this certificate alone")
	}
	if q.Nonce != nil && subtle.ConstantTimeCompare(data.nonce(), q.Nonce) != 1 {
		return unreachable("the answer's nonce is missing or of another question")
	}
	return nil
}

func checkFreshness(r *ocsp.Response, at time.Time) error {
	switch {
	case r.ThisUpdate.After(at.Add(domain.ClockSkew)):
		return unreachable("the answer is from the future; check the clocks")
	case r.ThisUpdate.Before(at.Add(-maxAge)):
		return unreachable("the answer is older than %v", maxAge)
	case !r.NextUpdate.IsZero() && at.After(r.NextUpdate):
		return unreachable("the answer has been replaced by a later one")
	}
	return nil
}

// strong are the signature algorithms of an answer that count; SHA-1 does not.
var strong = []x509.SignatureAlgorithm{
	x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA, x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS,
	x509.SHA512WithRSAPSS, x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512,
}

// checkSigner: x/crypto has checked both signatures; here it is whether that signer may answer at all (RFC 6960
// §4.2.2.2).
func checkSigner(r *ocsp.Response, issuer *x509.Certificate, at time.Time) error {
	if !slices.Contains(strong, r.SignatureAlgorithm) {
		return unreachable("the answer is signed with %v", r.SignatureAlgorithm)
	}
	c := r.Certificate
	if c == nil || c.Equal(issuer) {
		return nil // the issuer itself
	}
	noCheck := slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidNoCheck) })
	switch {
	case !slices.Contains(strong, c.SignatureAlgorithm):
		return unreachable("the responder's certificate is signed with %v", c.SignatureAlgorithm)
	case !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return unreachable("the signer is no responder")
	case c.KeyUsage&x509.KeyUsageDigitalSignature == 0 || c.IsCA:
		return unreachable("the signer's key is for something else")
	case at.Before(c.NotBefore) || at.After(c.NotAfter):
		return unreachable("the responder's certificate is not valid at this time")
	case !noCheck:
		return unreachable("the responder's certificate does not say id-pkix-ocsp-nocheck")
	case len(c.UnhandledCriticalExtensions) > 0:
		return unreachable("the responder's certificate has an unknown critical extension")
	}
	return nil
}
