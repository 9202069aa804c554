package signed

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// SheetFate is what became of a sheet.
type SheetFate string

// The fates.
const (
	SheetPrinted SheetFate = "printed"
	SheetSpoiled SheetFate = "spoiled"
	SheetUnknown SheetFate = "unknown"
	SheetUnfed   SheetFate = "unfed"
)

// DoneSheet is one sheet's fate.
type DoneSheet struct {
	ID   domain.SheetID
	Fate SheetFate
}

// Done is the kiosk's account of a visit's end; sent until acknowledged.
type Done struct {
	Env               Env
	Kiosk             domain.KioskID
	Boot              domain.BootID
	Application       domain.ApplicationID
	Manifest          Hash // none where nothing was issued
	Generation        int
	Outcome           domain.Outcome
	CopiesGood        int
	Sheets            []DoneSheet
	In                domain.Count // pieces put in
	Out               domain.Count // pieces given back or paid out
	Revenue           domain.Yen
	Owed              domain.Yen
	OwedSlip          string // slip number, or none
	ImpressionsBefore int64
	ImpressionsAfter  int64
	Staff             string // staff id, or none
	AuditSize         int64
	AuditRoot         Hash
	Made              time.Time
}

func (*Done) thing() Thing { return ThingDone }

func (n *Done) lines(c *codec) {
	token(c, "env", &n.Env)
	token(c, "kiosk", &n.Kiosk)
	c.text("boot", &n.Boot)
	c.text("application", &n.Application)
	c.optional("manifest", &n.Manifest)
	c.integer("generation", &n.Generation, maxGeneration)
	c.through("outcome", n.Outcome.String(), func(s string) (err error) {
		if n.Outcome, err = domain.ParseOutcome(s); n.Outcome == domain.OutcomeOpen {
			return ErrForm
		}
		return err
	})
	c.integer("copiesgood", &n.CopiesGood, maxCopies)
	list(c, "sheets", &n.Sheets, (*DoneSheet).parts, (*DoneSheet).read)
	count(c, "in", &n.In)
	count(c, "out", &n.Out)
	c.yen("revenue", &n.Revenue)
	c.yen("owed", &n.Owed)
	orNoneToken(c, "owedslip", &n.OwedSlip)
	c.number("impressionsbefore", &n.ImpressionsBefore, maxCounter)
	c.number("impressionsafter", &n.ImpressionsAfter, maxCounter)
	orNoneToken(c, "staff", &n.Staff)
	c.through("audit", fmt.Sprintf("%d:%s", n.AuditSize, n.AuditRoot), n.readAudit)
	c.instant("made", &n.Made)
}

// maxCounter bounds every device counter and tree size.
const maxCounter = 1 << 40

func (n *Done) readAudit(s string) error {
	return fields(strings.Split(s, ":"), func(s string) (err error) {
		n.AuditSize, err = number(s, maxCounter)
		return err
	}, asText(&n.AuditRoot))
}

// claims: a done note does not expire; it is sent until it is acknowledged.
func (n *Done) claims() claims { return claims{n.Env, string(n.Kiosk), n.Made, time.Time{}} }

func (s *DoneSheet) parts() []string { return []string{s.ID.String(), string(s.Fate)} }

func (s *DoneSheet) read(p []string) error {
	return fields(p, asText(&s.ID), func(v string) error {
		switch s.Fate = SheetFate(v); s.Fate {
		case SheetPrinted, SheetSpoiled, SheetUnknown, SheetUnfed:
			return nil
		default:
			return ErrForm
		}
	})
}

// count walks pieces of ¥10, ¥50, ¥100, ¥500.
func count(c *codec, key string, v *domain.Count) {
	parts := make([]string, len(v))
	for d, n := range v {
		parts[d] = strconv.Itoa(int(n))
	}
	c.through(key, strings.Join(parts, ","), func(s string) error {
		got := strings.Split(s, ",")
		if len(got) != len(v) {
			return ErrForm
		}
		for d := range v {
			n, err := number(got[d], 1<<20)
			if err != nil {
				return err
			}
			v[d] = int32(n)
		}
		return nil
	})
}

func orNoneToken(c *codec, key string, v *string) {
	now := *v
	if now == "" {
		now = none
	}
	c.through(key, now, func(s string) error {
		if s == none {
			*v = ""
			return nil
		}
		return asToken(v)(s)
	})
}
