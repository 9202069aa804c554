package signed

import (
	"crypto/sha256"
	"strconv"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// Orientation is how a page lies.
type Orientation string

// The orientations.
const (
	Portrait  Orientation = "portrait"
	Landscape Orientation = "landscape"
)

// MaxPages and MaxPageBytes bound one issue (server §2.2).
const (
	MaxPages     = 64
	MaxPageBytes = 2 << 20
)

// Page is one one-page PDF. Persons are the tags of choices in the order printed.
type Page struct {
	Orientation Orientation
	Bytes       int
	Digest      Hash // SHA-256 of the PDF
	Persons     []Tag
}

// Manifest is the municipality's word on what it issued.
type Manifest struct {
	Env          Env
	Municipality domain.MunicipalityCode
	Application  domain.ApplicationID
	Order        Hash
	Assertion    Hash
	Choices      Hash
	Issue        domain.IssueID
	Kind         domain.Kind
	Copies       int
	Holder       Hash   // HolderOf the subject read from the row that was printed, and the order
	Tally        string // 電子契印: TallyOf issue, order and pages; printed on every page
	Pages        []Page
	Fee          domain.Yen // the total of the order
	Issued       domain.Date
	DataAsOf     time.Time
	Build        string
	Topology     string
	Made         time.Time
	Expires      time.Time
}

func (*Manifest) thing() Thing { return ThingManifest }

func (n *Manifest) lines(c *codec) {
	token(c, "env", &n.Env)
	municipality(c, &n.Municipality)
	c.text("application", &n.Application)
	c.text("order", &n.Order)
	c.text("assertion", &n.Assertion)
	c.text("choices", &n.Choices)
	c.text("issue", &n.Issue)
	token(c, "kind", &n.Kind)
	c.integer("copies", &n.Copies, maxCopies)
	c.text("holder", &n.Holder)
	token(c, "tally", &n.Tally)
	list(c, "pages", &n.Pages, (*Page).parts, (*Page).read)
	c.yen("fee", &n.Fee)
	c.text("issued", &n.Issued)
	c.instant("dataasof", &n.DataAsOf)
	c.word("build", &n.Build)
	token(c, "topology", &n.Topology)
	c.instant("made", &n.Made)
	c.instant("expires", &n.Expires)
	if len(n.Pages) < 1 || len(n.Pages) > MaxPages {
		c.fail("%d pages, want 1 to %d", len(n.Pages), MaxPages)
	}
}

func (n *Manifest) claims() claims {
	return claims{n.Env, string(n.Municipality), n.Made, n.Expires}
}

func (p *Page) parts() []string {
	persons := make([]string, len(p.Persons))
	for i, t := range p.Persons {
		persons[i] = t.String()
	}
	return []string{string(p.Orientation), strconv.Itoa(p.Bytes), p.Digest.String(), strings.Join(persons, ",")}
}

func (p *Page) read(parts []string) error {
	return fields(parts, func(s string) error {
		p.Orientation = Orientation(s)
		if p.Orientation != Portrait && p.Orientation != Landscape {
			return ErrForm
		}
		return nil
	}, asInt(&p.Bytes, MaxPageBytes), asText(&p.Digest), func(s string) error {
		for t := range strings.SplitSeq(s, ",") {
			h, err := ParseHash(t)
			if err != nil || len(p.Persons) == maxItems {
				return ErrForm
			}
			p.Persons = append(p.Persons, h)
		}
		return nil
	})
}

// HolderOf binds the subject of a printed row to an order.
func HolderOf(subject domain.Subject, order Hash) Hash {
	return sha256.Sum256([]byte("kioskd/holder/1\n" + subject.String() + "\n" + order.String() + "\n"))
}

// TallyOf is the 電子契印: the first 40 bits as 8 characters of Crockford base32.
func TallyOf(issue domain.IssueID, order Hash, pages int) string {
	sum := sha256.Sum256([]byte("kioskd/tally/1\n" + issue.String() + "\n" + order.String() + "\n" +
		strconv.Itoa(pages) + "\n"))
	s, err := domain.Crockford(sum[:], 8)
	if err != nil {
		panic("signed: 32 bytes are too few for 8 characters") // cannot be: the hash has 256 bits
	}
	return s
}
