package signed

import (
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// Purpose says what a card's signature is for.
type Purpose string

// PurposeIssue is the issue of certificates.
const PurposeIssue Purpose = "issue"

// ScopeHome asks for the municipality of residence; any other scope is a municipality code.
const ScopeHome = "home"

// Challenge is what the card signs: the hash of its text goes into a DigestInfo. The kiosk builds it from what it
// knows itself and never signs a hash received from elsewhere.
type Challenge struct {
	Env         Env
	Purpose     Purpose
	Center      domain.CenterID
	Application domain.ApplicationID
	Kiosk       domain.KioskID
	KioskKey    Hash     // SHA-256 of the SPKI of the kiosk's TLS key
	CenterNonce [32]byte // from the centre, consumed once
	KioskNonce  [32]byte // this visit's, never stored
	Scope       string   // home, or six digits
	NotBefore   time.Time
	NotAfter    time.Time
	Certificate Hash // SHA-256 of the card certificate's DER
}

func (*Challenge) thing() Thing { return ThingChallenge }

func (n *Challenge) lines(c *codec) {
	token(c, "env", &n.Env)
	token(c, "purpose", &n.Purpose)
	token(c, "center", &n.Center)
	c.text("application", &n.Application)
	token(c, "kiosk", &n.Kiosk)
	c.text("kioskkey", &n.KioskKey)
	c.bytes32("centernonce", &n.CenterNonce)
	c.bytes32("kiosknonce", &n.KioskNonce)
	token(c, "scope", &n.Scope)
	c.instant("notbefore", &n.NotBefore)
	c.instant("notafter", &n.NotAfter)
	c.text("certificate", &n.Certificate)
}

// Text gives the lines that the card signs.
func (n Challenge) Text() ([]byte, error) { return encode(&n) }

// ReadChallenge reads the lines strictly. It proves nothing about who signed.
func ReadChallenge(text []byte) (Challenge, error) {
	var n Challenge
	return n, decode(text, &n)
}
