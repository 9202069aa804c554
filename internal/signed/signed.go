// Package signed holds everything that is signed, line by line (docs/signed.md): challenge, assertion, choices, order,
// manifest, delivery, done and keys.
//
// One format: a C2SP signed note (golang.org/x/mod/sumdb/note, Ed25519). The text is lines "key value" in one fixed
// order, each key once, values of printable ASCII without a space. The hash of a note is the SHA-256 of its text only.
// The challenge is the exception in signature, not in form: its hash is signed by the card.
//
// Kiosk, centre and issuing server call it. It knows no clock: the caller says at what instant a note must hold.
package signed

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// Thing names what a note is; it stands in the first line, "kioskd/<thing>/<version>".
type Thing string

// The things.
const (
	ThingChallenge Thing = "challenge"
	ThingAssertion Thing = "assertion"
	ThingChoices   Thing = "choices"
	ThingOrder     Thing = "order"
	ThingManifest  Thing = "manifest"
	ThingDelivery  Thing = "delivery"
	ThingDone      Thing = "done"
	ThingKeys      Thing = "keys"
)

// version is the version of every thing that this program writes and reads.
const version = 1

// Role is the part a signer plays; key names are "kioskd.<role>/<id>".
type Role string

// The roles.
const (
	RoleKiosk        Role = "kiosk"
	RoleCenter       Role = "center"
	RoleMunicipality Role = "municipality"
	RoleKeys         Role = "keys"
)

// Env separates test from production; a note of one is nothing in the other.
type Env string

// The environments.
const (
	EnvTest Env = "test"
	EnvProd Env = "prod"
)

// Hash is a SHA-256; its text form is 64 lower-case hex digits.
type Hash [32]byte

// HashOf is the SHA-256 of the bytes.
func HashOf(b []byte) Hash { return sha256.Sum256(b) }

// IsZero reports whether the hash is unset; in a note that is written "none" where the note allows it.
func (h Hash) IsZero() bool { return h == Hash{} }

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText gives 64 lower-case hex digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 64 lower-case hex digits.
func (h *Hash) UnmarshalText(b []byte) error {
	got, err := ParseHash(string(b))
	if err != nil {
		return err
	}
	*h = got
	return nil
}

// ParseHash reads 64 lower-case hex digits.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 64 {
		return h, fmt.Errorf("%w: a hash has 64 hex digits, not %d", ErrForm, len(s))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil || h.String() != s {
		return Hash{}, fmt.Errorf("%w: a hash is lower-case hex", ErrForm)
	}
	return h, nil
}

// Errors of reading. Every error of this package wraps one of them or is a *MismatchError.
var (
	// ErrForm: the text is not in the one allowed form.
	ErrForm = errors.New("signed: not in the form of a note")
	// ErrNewer: made by a newer version; update this program.
	ErrNewer = errors.New("signed: made by a newer version of the service; update this program")
	// ErrSignature: a demanded signature is missing, wrong, or by a key that may not sign this.
	ErrSignature = errors.New("signed: a demanded signature is missing or not valid here")
	// ErrExpired: the note is not valid at this instant.
	ErrExpired = errors.New("signed: not valid at this time")
)

// MismatchError says that two signed things do not belong together (D-02, D-03). It is a stop, never a retry.
type MismatchError struct {
	Thing Thing  // the note that does not fit
	Field string // the line that differs
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("signed: %s does not belong to this application: line %q differs; nothing may be printed",
		e.Thing, e.Field)
}
