package jpki

import (
	"bytes"
	"crypto/sha256"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// CheckChallenge holds the text that the card signed against the one that this application must have: every line, so
// that no field can be forgotten. It gives the text's hash. Errors: DocumentMismatch (another challenge; a stop),
// DeadlinePassed (signed too late).
func CheckChallenge(text []byte, want signed.Challenge, at time.Time) (signed.Hash, error) {
	expected, err := want.Text()
	if err != nil {
		return signed.Hash{}, &Error{Reason: domain.DocumentMismatch, What: "challenge", Err: err}
	}
	if !bytes.Equal(text, expected) {
		return signed.Hash{}, refuse(domain.DocumentMismatch, "the card signed another challenge")
	}
	if at.Before(want.NotBefore.Add(-domain.ClockSkew)) || at.After(want.NotAfter.Add(domain.ClockSkew)) {
		return signed.Hash{}, refuse(domain.DeadlinePassed, "the challenge is not valid at this time")
	}
	return signed.HashOf(text), nil
}

// NonceOf is the nonce of the question about the card that signed a challenge: SHA-256("kioskd/ocsp/1\n" + hash of the
// challenge + "\n"). It is as fresh as the challenge's own two nonces, and whoever holds the challenge can see that the
// answer was made for it and is no older one kept back.
func NonceOf(challenge signed.Hash) [32]byte {
	return sha256.Sum256([]byte("kioskd/ocsp/1\n" + challenge.String() + "\n"))
}

// Evidence is all that shows that the holder of a card stands behind one challenge.
type Evidence struct {
	Challenge   []byte // the text that the card signed
	Certificate []byte // DER
	Signature   []byte
	OCSP        []byte // the responder's answer
}

// VerifyEvidence checks everything that can be checked without asking anybody: certificate, signature, and that the
// responder answered "good" to a question made for this very challenge. Checked is when the centre says that it asked;
// it must lie within the challenge's life. Errors as of VerifyCard, VerifySignature, VerifyOCSPResponse, and
// DocumentMismatch where the challenge names another certificate or another time.
func VerifyEvidence(roots Roots, e Evidence, checked time.Time) (Card, signed.Challenge, error) {
	var none signed.Challenge
	ch, err := signed.ReadChallenge(e.Challenge)
	if err != nil {
		return Card{}, none, &Error{Reason: domain.DocumentMismatch, What: "challenge", Err: err}
	}
	if _, err := CheckChallenge(e.Challenge, ch, checked); err != nil {
		return Card{}, none, err
	}
	card, err := VerifyCard(roots, e.Certificate, checked)
	if err != nil {
		return Card{}, none, err
	}
	if card.Digest != ch.Certificate {
		return Card{}, none, refuse(domain.DocumentMismatch, "the challenge names another certificate")
	}
	if err := VerifySignature(card, e.Challenge, e.Signature); err != nil {
		return Card{}, none, err
	}
	nonce := NonceOf(signed.HashOf(e.Challenge))
	if err := VerifyOCSPResponse(e.OCSP, Question{card.Certificate, card.Issuer, nonce[:]}, checked); err != nil {
		return Card{}, none, err
	}
	return card, ch, nil
}
