package card

import (
	"context"
	"crypto"
	"crypto/rsa"
	"fmt"
)

// SignDigest lets the card sign a SHA-256 digest: PKCS #1 v1.5, 256 bytes. The PIN was given before. If the
// certificate has been read, the signature is checked against it. It is not tried twice.
// Errors: [ErrNotVerified], [ErrSignature], and those of the port.
func (s *Session) SignDigest(ctx context.Context, digest [32]byte) ([]byte, error) {
	signature, err := s.sign(ctx, digest)
	if err != nil {
		s.overwrite(ctx) // the signature's command would have covered the PIN
		return nil, fmt.Errorf("card: sign: %w", err)
	}
	return signature, nil
}

func (s *Session) sign(ctx context.Context, digest [32]byte) ([]byte, error) {
	if err := s.selectFile(ctx, efAuthKey); err != nil {
		return nil, err
	}
	apdu := computeSignature(digest)
	signature, sw, err := s.once(ctx, apdu)
	if err == nil && sw&0xFF00 == swMoreMask { // the signature exists; fetching it makes no second one
		signature, sw, err = s.more(ctx, signature, sw)
	}
	if err != nil {
		return nil, err
	}
	if sw != swOK {
		return nil, statusError(apdu, sw)
	}
	if s.certificate == nil {
		return signature, nil
	}
	key := s.certificate.PublicKey.(*rsa.PublicKey) // parseCertificate took no other
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature); err != nil {
		return nil, ErrSignature
	}
	return signature, nil
}
