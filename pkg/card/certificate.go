package card

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// maxFile caps what is read of one file: 32 KiB, all that a 15-bit offset reaches. Known certificates have 1.3 KiB.
const maxFile = 32 << 10

// errTooLong: a file that claims more than maxFile.
var errTooLong = errors.New("file longer than 32 KiB")

// keyBits is the size of every key of this generation.
const keyBits = 2048

// ReadCertificate reads the user authentication certificate, DER without filler. The card was probed before.
// Errors: [ErrNoAuthCertificate], [ErrCertificate], and those of the port.
func (s *Session) ReadCertificate(ctx context.Context) ([]byte, error) {
	if err := s.available(ctx); err != nil {
		return nil, fmt.Errorf("card: read certificate: %w", err)
	}
	if err := s.selectFile(ctx, efAuthCert); err != nil {
		if status, ok := errors.AsType[*StatusError](err); ok && status.SW == swNotFound {
			err = ErrNoAuthCertificate
		}
		return nil, fmt.Errorf("card: read certificate: %w", err)
	}
	der, err := s.readSequence(ctx)
	if err != nil {
		return nil, fmt.Errorf("card: read certificate: %w", err)
	}
	cert, err := parseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("card: read certificate: %w", err)
	}
	s.certificate = cert
	return cert.Raw, nil
}

// available asks file 0008 whether there is a certificate at all: its second byte, 8F or 00 (one author's
// observation). A card without the file, or with another value, is asked for the certificate itself.
func (s *Session) available(ctx context.Context) error {
	const presentAuth, absent = 1, 0x00
	err := s.selectFile(ctx, efAvailability)
	if err == nil {
		var flags []byte
		flags, err = s.readUpTo(ctx, 3)
		if err == nil && len(flags) == 3 && flags[presentAuth] == absent {
			return ErrNoAuthCertificate
		}
	}
	if _, ok := errors.AsType[*StatusError](err); ok {
		return nil
	}
	return err
}

// readSequence reads the DER sequence at the start of the selected file, whatever pieces the card gives it in, and
// cuts what stands behind it. Bound: a piece has at least one byte, and the whole at most [maxFile].
func (s *Session) readSequence(ctx context.Context) ([]byte, error) {
	var file []byte
	for {
		total, err := outerLength(file)
		if err == nil && len(file) >= total {
			return file[:total], nil
		}
		if errors.Is(err, errTooLong) || (err != nil && len(file) >= 6) { // 6: tag, length byte, four bytes
			return nil, fmt.Errorf("%w: %w", ErrCertificate, err)
		}
		if len(file) >= maxFile {
			return nil, fmt.Errorf("%w: %w", ErrCertificate, errTooLong)
		}
		want := maxShortLe
		if err == nil {
			want = min(want, total-len(file))
		}
		part, err := s.readPart(ctx, len(file), want)
		if err != nil {
			return nil, err
		}
		if len(part) == 0 {
			return nil, fmt.Errorf("%w: file ends after %d bytes", ErrCertificate, len(file))
		}
		file = append(file, part...)
	}
}

// readUpTo reads the first n bytes of the selected file, fewer where it ends. Bound: a piece has at least one byte.
func (s *Session) readUpTo(ctx context.Context, n int) ([]byte, error) {
	var file []byte
	for len(file) < n {
		part, err := s.readPart(ctx, len(file), n-len(file))
		if err != nil {
			return nil, err
		}
		if len(part) == 0 {
			break
		}
		file = append(file, part[:min(len(part), n-len(file))]...)
	}
	return file, nil
}

// readPart reads up to n bytes at offset; empty means that the file ends there.
func (s *Session) readPart(ctx context.Context, offset, n int) ([]byte, error) {
	if offset > 0x7FFF {
		return nil, nil
	}
	apdu := readBinary(offset, n)
	data, sw, err := s.ask(ctx, apdu)
	switch {
	case err != nil:
		return nil, err
	case sw == swOK, sw == swEndOfFile:
		return data, nil
	case sw == swPastEnd && offset > 0:
		return nil, nil
	}
	return nil, statusError(apdu, sw)
}

func parseCertificate(der []byte) (*x509.Certificate, error) {
	der, err := minimalHead(der)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		// The parser's text may quote the certificate; it stays here.
		return nil, fmt.Errorf("%w: no X.509", ErrCertificate)
	}
	if key, ok := cert.PublicKey.(*rsa.PublicKey); !ok || key.N.BitLen() != keyBits {
		return nil, fmt.Errorf("%w: no RSA key of %d bits", ErrCertificate, keyBits)
	}
	return cert, nil
}

// CheckCertificate says whether a certificate (DER) can be used at a time: parsable, RSA 2048, inside its dates.
// It is a courtesy that refuses early. Chain and revocation are a verifier's to check.
// Errors: [ErrCertificate], [ErrCertificateExpired], [ErrCertificateNotYetValid].
func CheckCertificate(der []byte, at time.Time) error {
	cert, err := parseCertificate(der)
	switch {
	case err != nil:
		return fmt.Errorf("card: check certificate: %w", err)
	case at.After(cert.NotAfter):
		return fmt.Errorf("card: check certificate: %w", ErrCertificateExpired)
	case at.Before(cert.NotBefore):
		return fmt.Errorf("card: check certificate: %w", ErrCertificateNotYetValid)
	}
	return nil
}
