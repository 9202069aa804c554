package signed

import (
	"crypto/hmac"
	"crypto/sha256"
	"strconv"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// Tag stands for one row of the registry within one visit:
// HMAC-SHA-256(kiosknonce, "kioskd/member/1\n" + row id + "\n").
type Tag = Hash

// TagOf makes the tag of a registry row.
func TagOf(kioskNonce [32]byte, rowID string) Tag {
	m := hmac.New(sha256.New, kioskNonce[:])
	m.Write([]byte("kioskd/member/1\n" + rowID + "\n"))
	return Tag(m.Sum(nil))
}

// Member is one person who may stand on a page.
type Member struct {
	Ref     string // m1, m2 …
	Tag     Tag
	Picture Hash // SHA-256 of the PNG that shows the name
}

// OfferedKind is one kind the holder may or may not have. Refusal is NoRefusal where it is offered.
type OfferedKind struct {
	Kind      domain.Kind
	Refusal   domain.RefusalReason
	UnitFee   domain.Yen
	MaxCopies int
}

// OfferedYear is one fiscal year of one kind, with the hash of the municipality's own text for it.
type OfferedYear struct {
	Kind domain.Kind
	Year int
	Text Hash
}

// Choices is what the municipality lets this holder choose from. Nothing of the registry is drawn before it is
// checked.
type Choices struct {
	Env          Env
	Municipality domain.MunicipalityCode
	Application  domain.ApplicationID
	Challenge    Hash
	Assertion    Hash
	Subject      domain.Subject
	Holder       Hash // SHA-256 of the PNG of the holder line
	Members      []Member
	Kinds        []OfferedKind
	Years        []OfferedYear
	Catalogue    string
	DataAsOf     time.Time
	Made         time.Time
	Expires      time.Time
}

func (*Choices) thing() Thing { return ThingChoices }

func (n *Choices) lines(c *codec) {
	token(c, "env", &n.Env)
	municipality(c, &n.Municipality)
	c.text("application", &n.Application)
	c.text("challenge", &n.Challenge)
	c.text("assertion", &n.Assertion)
	c.text("subject", &n.Subject)
	c.text("holder", &n.Holder)
	list(c, "members", &n.Members, (*Member).parts, (*Member).read)
	list(c, "kinds", &n.Kinds, (*OfferedKind).parts, (*OfferedKind).read)
	list(c, "years", &n.Years, (*OfferedYear).parts, (*OfferedYear).read)
	token(c, "catalogue", &n.Catalogue)
	c.instant("dataasof", &n.DataAsOf)
	c.instant("made", &n.Made)
	c.instant("expires", &n.Expires)
}

func (n *Choices) claims() claims {
	return claims{n.Env, string(n.Municipality), n.Made, n.Expires}
}

// Kind gives the line of a kind.
func (n *Choices) Kind(k domain.Kind) (OfferedKind, bool) {
	for _, o := range n.Kinds {
		if o.Kind == k {
			return o, true
		}
	}
	return OfferedKind{}, false
}

// Member gives the line of a member.
func (n *Choices) Member(ref string) (Member, bool) {
	for _, m := range n.Members {
		if m.Ref == ref {
			return m, true
		}
	}
	return Member{}, false
}

func (m *Member) parts() []string { return []string{m.Ref, m.Tag.String(), m.Picture.String()} }

func (m *Member) read(p []string) error {
	return fields(p, asToken(&m.Ref), asText(&m.Tag), asText(&m.Picture))
}

const offered = "offered"

// maxCopies bounds the copies of one order; the municipality's limit is lower.
const maxCopies = 99

func (k *OfferedKind) parts() []string {
	state := offered
	if k.Refusal != domain.NoRefusal {
		state = k.Refusal.Code()
	}
	return []string{string(k.Kind), state, k.UnitFee.String(), strconv.Itoa(k.MaxCopies)}
}

func (k *OfferedKind) read(p []string) error {
	return fields(p, asToken(&k.Kind), func(s string) error {
		if s == offered {
			k.Refusal = domain.NoRefusal
			return nil
		}
		var known bool
		if k.Refusal, known = domain.ParseReason(s); !known {
			return ErrNewer
		}
		return nil
	}, asYen(&k.UnitFee), asInt(&k.MaxCopies, maxCopies))
}

func (y *OfferedYear) parts() []string {
	return []string{string(y.Kind), strconv.Itoa(y.Year), y.Text.String()}
}

func (y *OfferedYear) read(p []string) error {
	return fields(p, asToken(&y.Kind), asInt(&y.Year, 9999), asText(&y.Text))
}
