package signed

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/domain"
)

// Key is one verification key: who may sign what with it, for whom, where and when.
type Key struct {
	Name   string // kioskd.<role>/<id>
	Holder string // the municipality code, centre id or kiosk id that it signs for; "none" for the keys role
	Things []Thing
	Env    Env
	From   domain.Date // first day
	Until  domain.Date // last day
	Public ed25519.PublicKey
}

// Role is the role in the key's name.
func (k Key) Role() Role {
	rest, ok := strings.CutPrefix(k.Name, "kioskd.")
	role, _, slash := strings.Cut(rest, "/")
	if !ok || !slash {
		return ""
	}
	return Role(role)
}

// KeyName gives "kioskd.<role>/<id>".
func KeyName(r Role, id string) string { return "kioskd." + string(r) + "/" + id }

// mayOpen reports whether the key is valid for a thing in an environment at an instant.
func (k Key) mayOpen(t Thing, env Env, at time.Time) bool {
	day := domain.DateOf(at)
	return k.Env == env && slices.Contains(k.Things, t) && day.Compare(k.From) >= 0 && day.Compare(k.Until) <= 0
}

func (k Key) verifier() (note.Verifier, error) {
	text, err := note.NewEd25519VerifierKey(k.Name, k.Public)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(text)
}

// Keys is the list of verification keys, signed offline by two of three key holders. A kiosk believes no
// municipality's or centre's key that stands anywhere else.
type Keys struct {
	Env      Env
	Sequence int // rises; a smaller one than the last is refused
	Keys     []Key
	Made     time.Time
	Expires  time.Time
}

func (*Keys) thing() Thing { return ThingKeys }

func (n *Keys) lines(c *codec) {
	token(c, "env", &n.Env)
	c.integer("sequence", &n.Sequence, 1<<31)
	list(c, "keys", &n.Keys, (*Key).parts, (*Key).read)
	c.instant("made", &n.Made)
	c.instant("expires", &n.Expires)
}

func (n *Keys) claims() claims { return claims{n.Env, none, n.Made, n.Expires} }

func (k *Key) parts() []string {
	things := make([]string, len(k.Things))
	for i, t := range k.Things {
		things[i] = string(t)
	}
	return []string{
		k.Name, k.Holder, strings.Join(things, ","), string(k.Env), k.From.String(), k.Until.String(), hexOf(k.Public),
	}
}

func (k *Key) read(p []string) error {
	return fields(p, k.readName, asToken(&k.Holder), k.readThings, asToken(&k.Env), asText(&k.From), asText(&k.Until),
		func(s string) error {
			b, err := hex.DecodeString(s)
			if err != nil || len(b) != ed25519.PublicKeySize {
				return fmt.Errorf("%w: a key is 32 bytes of hex", ErrForm)
			}
			k.Public = b
			return nil
		})
}

func (k *Key) readName(s string) error {
	k.Name = s
	_, id, _ := strings.Cut(s, "/")
	switch k.Role() {
	case RoleKiosk, RoleCenter, RoleMunicipality:
	case RoleKeys: // the keys role is anchored in the program, never in a list that it signs
		return fmt.Errorf("%w: a list of keys may not name %s", ErrForm, s)
	default:
		return fmt.Errorf("%w: key name %.40q", ErrForm, s)
	}
	if !domain.ValidToken(id) {
		return fmt.Errorf("%w: key name %.40q", ErrForm, s)
	}
	return nil
}

func (k *Key) readThings(s string) error {
	k.Things = nil
	for t := range strings.SplitSeq(s, ",") {
		if !domain.ValidToken(t) || len(k.Things) == maxItems {
			return ErrForm
		}
		k.Things = append(k.Things, Thing(t))
	}
	return nil
}

// Ring is the set of verification keys of one environment.
type Ring struct {
	Env  Env
	Keys []Key
}

// OpenKeys opens a list of keys: at least two of the given anchors must have signed it.
func OpenKeys(msg []byte, anchors Ring, at time.Time) (Keys, error) {
	var n Keys
	signers, err := openText(msg, &n, anchors, at)
	if err != nil {
		return Keys{}, err
	}
	if err := checkTimes(n.claims(), anchors.Env, at); err != nil {
		return Keys{}, err
	}
	if len(signers) < 2 {
		return Keys{}, fmt.Errorf("%w: %d of the key holders signed, two are needed", ErrSignature, len(signers))
	}
	return n, nil
}

// Ring gives the keys of an opened list.
func (n Keys) Ring() Ring { return Ring{Env: n.Env, Keys: n.Keys} }

// ReadAnchors reads the verifier keys of the key holders, one a line in the text form of sumdb/note
// ("kioskd.keys/<id>+<hash>+<key>"), as the ring that opens a list of keys. Anchors are good for every day: they end
// by being taken out of the program.
func ReadAnchors(text []byte, env Env) (Ring, error) {
	ring := Ring{Env: env}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		v, err := note.NewVerifier(line)
		if err != nil {
			return Ring{}, fmt.Errorf("signed: anchor: %w", err)
		}
		_, rest, _ := strings.Cut(line, "+")
		_, key, _ := strings.Cut(rest, "+")
		raw, err := base64.StdEncoding.DecodeString(key)
		k := Key{
			Name: v.Name(), Holder: none, Things: []Thing{ThingKeys}, Env: env,
			From: domain.Date{Year: 1, Month: 1, Day: 1}, Until: domain.Date{Year: 9999, Month: 12, Day: 31},
		}
		if err != nil || len(raw) != 1+ed25519.PublicKeySize || k.Role() != RoleKeys {
			return Ring{}, fmt.Errorf("%w: %.40q is no anchor", ErrForm, line)
		}
		k.Public = raw[1:]
		ring.Keys = append(ring.Keys, k)
	}
	return ring, nil
}
