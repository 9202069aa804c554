package card

import (
	"errors"
	"fmt"
)

// What can be wrong with a card, a PIN or a reader. Ask with [errors.Is]; a wrong PIN is a [*PINError].
var (
	// ErrNotMyNumberCard: a card without the JPKI application lies in the reader.
	ErrNotMyNumberCard = errors.New("not a My Number card")
	// ErrJukiCard: an old 住民基本台帳カード; its certificates ended.
	ErrJukiCard = errors.New("a Juki card, whose certificates are no longer valid")
	// ErrPhone: a phone with the certificates in it; [Identity.Token] says which.
	ErrPhone = errors.New("a phone, which is not supported")
	// ErrUnknownGeneration: a card that says something unknown of itself, perhaps of the next generation.
	ErrUnknownGeneration = errors.New("a card of an unknown generation")
	// ErrNoAuthCertificate: the holder has no user authentication certificate on the card.
	ErrNoAuthCertificate = errors.New("no user authentication certificate on the card")
	// ErrCertificate: the certificate cannot be read as X.509, or has no RSA key of 2048 bits.
	ErrCertificate = errors.New("the card's certificate cannot be used")
	// ErrCertificateExpired: the certificate is past its last day.
	ErrCertificateExpired = errors.New("the card's certificate has expired")
	// ErrCertificateNotYetValid: the certificate's first day has not come.
	ErrCertificateNotYetValid = errors.New("the card's certificate is not valid yet")
	// ErrPINBlocked: no try is left; only the municipal office can help.
	ErrPINBlocked = errors.New("the PIN is blocked")
	// ErrPINFormat: not exactly four digits. Nothing was sent, no try was spent.
	ErrPINFormat = errors.New("the PIN has not exactly four digits")
	// ErrNotVerified: the card wants the PIN first, or lost power since it got it.
	ErrNotVerified = errors.New("the card has not been given its PIN")
	// ErrSignature: the card's signature does not fit its own certificate.
	ErrSignature = errors.New("the card's signature does not match its certificate")
	// ErrRefused: a command that [Allow] does not let through. It never reached the card.
	ErrRefused = errors.New("command refused by the allow-list")

	// ErrRemoved: the card left the reader.
	ErrRemoved = errors.New("the card was removed")
	// ErrReset: someone else reset the card; the whole session begins again.
	ErrReset = errors.New("the card was reset")
	// ErrMute: what lies in the reader does not answer.
	ErrMute = errors.New("the card does not answer")
	// ErrBusy: another program holds the reader.
	ErrBusy = errors.New("the reader is in use by another program")
	// ErrReaderGone: no reader of that name.
	ErrReaderGone = errors.New("the reader is gone")
	// ErrStalled: the reader did not answer in time. Nothing of that connection may be touched again.
	ErrStalled = errors.New("the reader does not answer")
	// ErrServiceDown: the reader service, or the process that speaks to it, is gone.
	ErrServiceDown = errors.New("the reader service is down")
	// ErrTransport: the reader brought no whole answer back.
	ErrTransport = errors.New("the reader brought no answer back")
)

// A PINError says that the PIN was wrong.
type PINError struct {
	TriesLeft Tries // at least 1, or [TriesUnknown]
}

// Error says it without the PIN.
func (e *PINError) Error() string { return fmt.Sprintf("wrong PIN, tries left: %v", e.TriesLeft) }

// Tries counts how often a wrong PIN may still be given.
type Tries int

// TriesUnknown means that the card does not say.
const TriesUnknown Tries = -1

// String writes the number, or "unknown".
func (t Tries) String() string {
	if t < 0 {
		return "unknown"
	}
	return fmt.Sprint(int(t))
}

// A StatusError is an answer with a status word other than 9000 (ISO 7816-4 §5.1.3). It unwraps to its meaning.
type StatusError struct {
	Command string // the command's header in hex, never its data
	SW      uint16 // the two status bytes
}

// Error names the command and the status word.
func (e *StatusError) Error() string {
	if m := e.Unwrap(); m != nil {
		return fmt.Sprintf("%s answered %04X: %v", e.Command, e.SW, m)
	}
	return fmt.Sprintf("%s answered %04X", e.Command, e.SW)
}

// Unwrap gives the meaning of the status word, where it has one of its own.
func (e *StatusError) Unwrap() error {
	switch e.SW {
	case 0x63C0, 0x6983, 0x6984:
		return ErrPINBlocked
	case 0x6982:
		return ErrNotVerified
	}
	return nil
}

// Status words that decide something here.
const (
	swOK           = 0x9000
	swEndOfFile    = 0x6282 // fewer bytes than asked for: the file ends
	swNoLimit      = 0x6300 // wrong, and no counter
	swNotFound     = 0x6A82 // no such application or file
	swPastEnd      = 0x6B00 // offset past the end
	swUnspecified  = 0x6F00 // seen once as the first answer after power-up
	swMoreMask     = 0x6100 // 61xx: xx bytes wait for GET RESPONSE
	swWrongLe      = 0x6C00 // 6Cxx: ask again for xx bytes
	swCounterMask  = 0x63C0 // 63Cx: x tries left
	swCounterBlank = 0xFFF0
)

// counter reads 63Cx.
func counter(sw uint16) (Tries, bool) {
	if sw&swCounterBlank != swCounterMask {
		return TriesUnknown, false
	}
	return Tries(sw & 0x0F), true
}
