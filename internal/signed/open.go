package signed

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/domain"
)

// claims are what every note says of itself and what Open compares with the key and the clock.
type claims struct {
	env     Env
	holder  string // whose key must have signed
	made    time.Time
	expires time.Time // zero: does not expire
}

// signable is a note with a signature; *Assertion, *Choices … are.
type signable interface {
	body
	claims() claims
}

// Note is a pointer to one of the note types.
type Note[T any] interface {
	*T
	signable
}

// Signer signs notes with one private key.
type Signer struct{ signer note.Signer }

// NewSigner reads a private key in the text form of sumdb/note ("PRIVATE+KEY+…"), as GenerateKey makes it.
func NewSigner(text string) (Signer, error) {
	s, err := note.NewSigner(text)
	if err != nil {
		return Signer{}, fmt.Errorf("signed: private key: %w", err)
	}
	return Signer{s}, nil
}

// Name is the key's name.
func (s Signer) Name() string { return s.signer.Name() }

// Seal writes a note and signs it with every given key. It gives the signed message and the hash of its text.
func Seal[T any, P Note[T]](n T, signers ...Signer) ([]byte, Hash, error) {
	text, err := encode(P(&n))
	if err != nil {
		return nil, Hash{}, err
	}
	list := make([]note.Signer, len(signers))
	for i, s := range signers {
		list[i] = s.signer
	}
	msg, err := note.Sign(&note.Note{Text: string(text)}, list...)
	if err != nil {
		return nil, Hash{}, fmt.Errorf("signed: seal %s: %w", P(&n).thing(), err)
	}
	return msg, HashOf(text), nil
}

// Open reads a signed message and demands a signature of every listed role, each by a key of the ring that is valid
// for this thing, environment, holder and day. A signature by anybody else in the message is an error. Made and
// expiry are judged at the given instant with domain.ClockSkew of leave.
func Open[T any, P Note[T]](msg []byte, ring Ring, at time.Time, roles ...Role) (T, Hash, error) {
	var n, zero T
	p := P(&n)
	signers, err := openText(msg, p, ring, at)
	if err != nil {
		return zero, Hash{}, err
	}
	if err := checkTimes(p.claims(), ring.Env, at); err != nil {
		return zero, Hash{}, err
	}
	if len(roles) == 0 {
		return zero, Hash{}, fmt.Errorf("%w: no role was demanded of %s", ErrSignature, p.thing())
	}
	if len(signers) != len(roles) {
		return zero, Hash{}, fmt.Errorf("%w: %s has %d signatures, want %d", ErrSignature, p.thing(), len(signers),
			len(roles))
	}
	for _, r := range roles {
		if !hasRole(signers, r, p.claims().holder) {
			return zero, Hash{}, fmt.Errorf("%w: %s lacks %s", ErrSignature, p.thing(), r)
		}
	}
	text, _, err := split(msg)
	return n, HashOf(text), err
}

func hasRole(signers []Key, r Role, holder string) bool {
	for _, k := range signers {
		if k.Role() == r && k.Holder == holder {
			return true
		}
	}
	return false
}

func checkTimes(c claims, env Env, at time.Time) error {
	if c.env != env {
		return fmt.Errorf("%w: environment %s, here is %s", ErrSignature, c.env, env)
	}
	if at.Before(c.made.Add(-domain.ClockSkew)) {
		return fmt.Errorf("%w: made in the future; check the clocks", ErrExpired)
	}
	if !c.expires.IsZero() && at.After(c.expires.Add(domain.ClockSkew)) {
		return fmt.Errorf("%w: expired", ErrExpired)
	}
	return nil
}

// openText verifies the signatures, reads the text strictly and gives the keys that signed.
func openText(msg []byte, b body, ring Ring, at time.Time) ([]Key, error) {
	text, _, err := split(msg)
	if err != nil {
		return nil, err
	}
	if err := checkFirst(firstLine(text), b.thing()); err != nil {
		return nil, err
	}
	found := &finder{ring: ring, thing: b.thing(), at: at}
	n, err := note.Open(msg, found)
	if err != nil {
		var unverified *note.UnverifiedNoteError
		if errors.As(err, &unverified) {
			return nil, fmt.Errorf("%w: %s is signed by nobody who may", ErrSignature, b.thing())
		}
		return nil, fmt.Errorf("%w: %s: %v", ErrSignature, b.thing(), err)
	}
	if len(n.UnverifiedSigs) != 0 {
		return nil, fmt.Errorf("%w: %s carries a stranger's signature", ErrSignature, b.thing())
	}
	if err := decode([]byte(n.Text), b); err != nil {
		return nil, err
	}
	keys := make([]Key, 0, len(n.Sigs))
	for _, s := range n.Sigs {
		keys = append(keys, found.by[s.Name+"+"+fmt.Sprintf("%08x", s.Hash)])
	}
	return keys, nil
}

// split cuts a message at the first empty line. note.Open cuts at the last; the two agree because decode refuses an
// empty line in the text.
func split(msg []byte) (text, signatures []byte, err error) {
	i := bytes.Index(msg, []byte("\n\n"))
	if i < 0 || len(msg) > maxText || bytes.ContainsAny(msg, "\r\t") {
		return nil, nil, fmt.Errorf("%w: no signature block, too long, or CR or TAB inside", ErrForm)
	}
	return msg[:i+1], msg[i+2:], nil
}

func firstLine(text []byte) string {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return string(line)
}

// finder gives note.Open the keys of a ring that may sign the thing in hand.
type finder struct {
	ring  Ring
	thing Thing
	at    time.Time
	by    map[string]Key
}

// Verifier implements note.Verifiers. A known key that may not sign this thing here and now is unknown.
func (f *finder) Verifier(name string, hash uint32) (note.Verifier, error) {
	for _, k := range f.ring.Keys {
		if k.Name != name || !k.mayOpen(f.thing, f.ring.Env, f.at) {
			continue
		}
		v, err := k.verifier()
		if err != nil || v.KeyHash() != hash {
			continue
		}
		if f.by == nil {
			f.by = map[string]Key{}
		}
		f.by[name+"+"+fmt.Sprintf("%08x", hash)] = k
		return v, nil
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

// HashOfMessage is the hash of a signed message's text, without judging the signatures.
func HashOfMessage(msg []byte) (Hash, error) {
	text, _, err := split(msg)
	if err != nil {
		return Hash{}, err
	}
	return HashOf(text), nil
}
