package card

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
)

// A Session is one use of one card, from the moment it is connected to until its power is taken away. It is not
// safe for concurrent use. It sends nothing by itself and need not be closed; the [Card] below it must be.
type Session struct {
	port        Port
	answered    bool // the card has answered once since power-up
	certificate *x509.Certificate
}

// NewSession begins a session on a freshly connected card. The port is wrapped by [Allow].
func NewSession(p Port) *Session { return &Session{port: Allow(p)} }

// An Identity is what a card says of itself before any PIN.
type Identity struct {
	Token       Token
	Certificate []byte // user authentication certificate, DER without filler
	Tries       Tries  // tries left; 1 means that the next wrong PIN blocks the card for good
}

// Identify is the first half: what lies in the reader, its certificate, and how many tries its PIN has left. It spends
// nothing and needs no PIN. Errors: [ErrNotMyNumberCard], [ErrJukiCard], [ErrPhone], [ErrUnknownGeneration],
// [ErrNoAuthCertificate], [ErrCertificate], [ErrPINBlocked], and those of the port. With [ErrPhone],
// [ErrUnknownGeneration] and [ErrPINBlocked] the identity holds what is known.
//
// Whether the certificate is valid today is asked by [CheckCertificate]; whether it was revoked only a verifier knows.
func (s *Session) Identify(ctx context.Context) (Identity, error) {
	var id Identity
	var err error
	if id.Token, err = s.Probe(ctx); err != nil {
		return id, err
	}
	if err := id.Token.usable(); err != nil {
		return id, fmt.Errorf("card: identify: %w", err)
	}
	if id.Certificate, err = s.ReadCertificate(ctx); err != nil {
		return id, err
	}
	id.Tries, err = s.TriesLeft(ctx)
	return id, err
}

// Authenticate is the second half: it gives the card its PIN once and lets it sign the SHA-256 digest. The signature is
// PKCS #1 v1.5, 256 bytes, and has been checked against the card's own certificate. Call [Session.Identify] before;
// take the card's power away after, however it ended.
//
// Errors: [ErrPINFormat] (nothing sent), [*PINError], [ErrPINBlocked], [ErrSignature], and those of the port. A port
// error may hide whether a try was spent; the card's counter tells at the next Identify. Nothing is tried twice.
func (s *Session) Authenticate(ctx context.Context, pin Digits, digest [32]byte) ([]byte, error) {
	if s.certificate == nil {
		return nil, errors.New("card: authenticate: identify the card first")
	}
	if err := s.Verify(ctx, pin); err != nil {
		return nil, err
	}
	return s.SignDigest(ctx, digest)
}

// selectFile selects the application's file.
func (s *Session) selectFile(ctx context.Context, id fileID) error {
	_, err := s.expect(ctx, selectEF(id))
	return err
}

// expect sends a command that spends nothing and wants 9000.
func (s *Session) expect(ctx context.Context, apdu []byte) ([]byte, error) {
	data, sw, err := s.ask(ctx, apdu)
	if err != nil {
		return nil, err
	}
	if sw != swOK {
		return nil, statusError(apdu, sw)
	}
	return data, nil
}

// ask sends a command that may be sent again: it spends no try and uses no key. It follows 61xx and 6Cxx once each,
// repeats once after an answer too short to be one, and once after 6F00 as the card's first answer.
func (s *Session) ask(ctx context.Context, apdu []byte) ([]byte, uint16, error) {
	data, sw, err := s.once(ctx, apdu)
	if errors.Is(err, errShortAnswer) || (err == nil && sw == swUnspecified && !s.answered) {
		data, sw, err = s.once(ctx, apdu)
	}
	s.answered = true
	if err != nil {
		return nil, 0, err
	}
	if sw&0xFF00 == swWrongLe && len(apdu) == 5 {
		again := append([]byte(nil), apdu...)
		again[4] = byte(sw)
		if data, sw, err = s.once(ctx, again); err != nil {
			return nil, 0, err
		}
	}
	if sw&0xFF00 == swMoreMask {
		return s.more(ctx, data, sw)
	}
	return data, sw, nil
}

// more fetches what the card holds back after 61xx. Bound: 128 rounds, which is more than [maxFile] at 256 bytes.
func (s *Session) more(ctx context.Context, data []byte, sw uint16) ([]byte, uint16, error) {
	for range maxFile / maxShortLe {
		if sw&0xFF00 != swMoreMask {
			return data, sw, nil
		}
		part, next, err := s.once(ctx, []byte{0x00, insGetResponse, 0x00, 0x00, byte(sw)})
		if err != nil {
			return nil, 0, err
		}
		data, sw = append(data, part...), next
	}
	return nil, 0, errTooLong
}

// errShortAnswer: fewer than the two status bytes came back.
var errShortAnswer = fmt.Errorf("answer without a status: %w", ErrTransport)

// once sends a command once.
func (s *Session) once(ctx context.Context, apdu []byte) ([]byte, uint16, error) {
	answer, err := s.port.Transmit(ctx, apdu)
	if err != nil {
		return nil, 0, err
	}
	n := len(answer) - 2
	if n < 0 {
		return nil, 0, errShortAnswer
	}
	return answer[:n], uint16(answer[n])<<8 | uint16(answer[n+1]), nil
}

func statusError(apdu []byte, sw uint16) error {
	return &StatusError{Command: fmt.Sprintf("%x", apdu[:4]), SW: sw}
}
