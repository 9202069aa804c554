// Package jpki judges the certificate of a card (公的個人認証): that the card's key signed this challenge, that one of
// the known roots made its certificate, and that the responder calls it good at this moment.
//
// The verifiers are pure: the caller says at what instant. The centre calls [Client] for the question to the responder;
// the issuing server calls [VerifyEvidence] on what the centre passes on and believes nobody. Nothing is cached:
// "good" belongs to one application. The package keeps no personal data and writes no log.
//
// Sources: RFC 5280, RFC 6960, RFC 8954 (nonce); the profile of the real certificates is disclosed on application only.
package jpki

import (
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
)

// Error says why a card was not accepted. What is for the log: it names no person and no certificate.
type Error struct {
	Reason domain.RefusalReason
	What   string
	Err    error // the cause, or nil
}

func (e *Error) Error() string {
	s := "jpki: " + e.Reason.Code() + ": " + e.What
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

func refuse(r domain.RefusalReason, format string, args ...any) error {
	return &Error{Reason: r, What: fmt.Sprintf(format, args...)}
}

// unreachable is every answer of a responder that is neither good nor revoked: never "good", never CertRevoked.
func unreachable(format string, args ...any) error {
	return refuse(domain.ValidationUnreach, format, args...)
}
