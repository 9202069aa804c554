package card

import (
	"context"
	"fmt"
)

// pinLength is the only length of this PIN. Another length could cost a try, so it is never sent.
const pinLength = 4

// TriesLeft asks how many tries the PIN has left; it spends none. Blocked is [ErrPINBlocked] with 0 tries. Cards that
// have just been given the right PIN may not say: [TriesUnknown].
func (s *Session) TriesLeft(ctx context.Context) (Tries, error) {
	if err := s.selectFile(ctx, efAuthPIN); err != nil {
		return TriesUnknown, fmt.Errorf("card: tries left: %w", err)
	}
	_, sw, err := s.ask(ctx, queryPIN())
	if err != nil {
		return TriesUnknown, fmt.Errorf("card: tries left: %w", err)
	}
	if left, ok := counter(sw); ok && left > 0 {
		return left, nil
	}
	if sw == swOK || sw == swNoLimit {
		return TriesUnknown, nil
	}
	err = statusError(queryPIN(), sw)
	if sw == swCounterMask || sw == 0x6983 || sw == 0x6984 {
		return 0, fmt.Errorf("card: tries left: %w", err)
	}
	return TriesUnknown, fmt.Errorf("card: tries left: %w", err)
}

// Verify gives the card its PIN, once. Whatever the answer, the command's bytes are wiped here, and the buffers below
// are overwritten by a longer command: on success that is the signature's, which must follow; otherwise one is sent
// for nothing but that (it selects the application anew, so the next Verify begins from the start).
// Errors: [ErrPINFormat] (nothing sent), [*PINError], [ErrPINBlocked], and those of the port.
func (s *Session) Verify(ctx context.Context, pin Digits) error {
	apdu := make([]byte, 16)
	defer clear(apdu)
	n := copy(apdu, []byte{0x00, insVerify, 0x00, 0x80, pinLength})
	if got := pin.CopyTo(apdu[n:]); got != pinLength || !digitsOnly(apdu[n:n+pinLength]) {
		return fmt.Errorf("card: verify: %w", ErrPINFormat)
	}
	if err := s.selectFile(ctx, efAuthPIN); err != nil {
		return fmt.Errorf("card: verify: %w", err)
	}
	_, sw, err := s.once(ctx, apdu[:n+pinLength])
	clear(apdu)
	if err == nil && sw == swOK {
		return nil
	}
	s.overwrite(ctx)
	if err == nil {
		err = pinStatus(sw)
	}
	return fmt.Errorf("card: verify: %w", err)
}

// overwrite sends a harmless command that is longer than VERIFY, so that the PIN does not stay in the buffers of the
// reader service. The service copies a command before it looks for the card, so this works without one, too.
// The command's outcome means nothing; a cancelled context does not stop it, its own port's watchdog does.
func (s *Session) overwrite(ctx context.Context) {
	_, _ = s.port.Transmit(context.WithoutCancel(ctx), selectJPKI[:])
}

// pinStatus turns the answer to VERIFY into its meaning.
func pinStatus(sw uint16) error {
	if left, ok := counter(sw); ok && left > 0 {
		return &PINError{TriesLeft: left}
	}
	if sw == swNoLimit {
		return &PINError{TriesLeft: TriesUnknown}
	}
	return statusError([]byte{0x00, insVerify, 0x00, 0x80}, sw)
}

func digitsOnly(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
