package signed

import (
	"strconv"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// BackNone is the back without an anti-tamper field.
const BackNone = "none/1"

// Sheet is one printed sheet of a delivery: copy × page.
type Sheet struct {
	Copy   int // 1 …
	Page   int // 1 …
	ID     domain.SheetID
	Record Hash // SHA-256 of the paper record, or none
	Back   Hash // SHA-256 of the back data, or none
}

// Delivery is the centre's word on the sheets of one manifest.
type Delivery struct {
	Env         Env
	Center      domain.CenterID
	Application domain.ApplicationID
	Kiosk       domain.KioskID
	Manifest    Hash
	Assertion   Hash
	Generation  int
	Replaced    Hash // the delivery that this one replaces, or none
	Back        string
	Sheets      []Sheet
	Made        time.Time
	Expires     time.Time
}

func (*Delivery) thing() Thing { return ThingDelivery }

func (n *Delivery) lines(c *codec) {
	token(c, "env", &n.Env)
	token(c, "center", &n.Center)
	c.text("application", &n.Application)
	token(c, "kiosk", &n.Kiosk)
	c.text("manifest", &n.Manifest)
	c.text("assertion", &n.Assertion)
	c.integer("generation", &n.Generation, maxGeneration)
	c.optional("replaced", &n.Replaced)
	c.word("back", &n.Back)
	list(c, "sheets", &n.Sheets, (*Sheet).parts, (*Sheet).read)
	c.instant("made", &n.Made)
	c.instant("expires", &n.Expires)
}

// maxGeneration: one first print and at most one whole-copy reprint.
const maxGeneration = 2

func (n *Delivery) claims() claims { return claims{n.Env, string(n.Center), n.Made, n.Expires} }

func (s *Sheet) parts() []string {
	return []string{strconv.Itoa(s.Copy), strconv.Itoa(s.Page), s.ID.String(), orNone(s.Record), orNone(s.Back)}
}

func (s *Sheet) read(p []string) error {
	return fields(p, asInt(&s.Copy, maxCopies), asInt(&s.Page, MaxPages), asText(&s.ID), asOptional(&s.Record),
		asOptional(&s.Back))
}
