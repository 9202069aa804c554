package signed

import (
	"slices"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// Order is what the resident asked for, signed by the kiosk.
type Order struct {
	Env          Env
	Kiosk        domain.KioskID
	Boot         domain.BootID
	Software     Hash // SHA-256 of the release or of the binary
	Application  domain.ApplicationID
	Challenge    Hash
	Choices      Hash
	Municipality domain.MunicipalityCode
	Kind         domain.Kind
	Options      []domain.Option // sorted by code, each once
	Members      []string        // refs of choices, in the municipality's order; empty: none
	Copies       int
	UnitFee      domain.Yen
	TotalFee     domain.Yen
	Catalogue    string
	Config       string
	Made         time.Time
	Expires      time.Time
}

func (*Order) thing() Thing { return ThingOrder }

func (n *Order) lines(c *codec) {
	token(c, "env", &n.Env)
	token(c, "kiosk", &n.Kiosk)
	c.text("boot", &n.Boot)
	c.text("software", &n.Software)
	c.text("application", &n.Application)
	c.text("challenge", &n.Challenge)
	c.text("choices", &n.Choices)
	municipality(c, &n.Municipality)
	token(c, "kind", &n.Kind)
	list(c, "options", &n.Options, optionParts, readOption)
	refs(c, "members", &n.Members)
	c.integer("copies", &n.Copies, maxCopies)
	c.yen("unitfee", &n.UnitFee)
	c.yen("totalfee", &n.TotalFee)
	token(c, "catalogue", &n.Catalogue)
	token(c, "config", &n.Config)
	c.instant("made", &n.Made)
	c.instant("expires", &n.Expires)
	n.check(c)
}

// check refuses an order that is wrong in itself: unsorted or doubled options, no copy, a total that is not the
// product.
func (n *Order) check(c *codec) {
	if !slices.IsSortedFunc(n.Options, func(a, b domain.Option) int {
		return strings.Compare(string(a.Code), string(b.Code))
	}) {
		c.fail("options are not sorted by code")
	}
	for i := 1; i < len(n.Options); i++ {
		if n.Options[i].Code == n.Options[i-1].Code {
			c.fail("option %s stands twice", n.Options[i].Code)
		}
	}
	if total, err := n.UnitFee.Times(n.Copies); n.Copies < 1 || err != nil || total != n.TotalFee {
		c.fail("totalfee is not copies × unitfee")
	}
}

func (n *Order) claims() claims { return claims{n.Env, string(n.Kiosk), n.Made, n.Expires} }

// Option gives the value of an option, or "" where the order does not name it.
func (n *Order) Option(code domain.OptionCode) domain.OptionValue {
	for _, o := range n.Options {
		if o.Code == code {
			return o.Value
		}
	}
	return ""
}

func optionParts(o *domain.Option) []string { return []string{string(o.Code) + "=" + string(o.Value)} }

func readOption(o *domain.Option, p []string) error {
	return fields(p, func(s string) error {
		code, value, ok := strings.Cut(s, "=")
		if !ok || !domain.ValidToken(code) || !domain.ValidToken(value) {
			return ErrForm
		}
		o.Code, o.Value = domain.OptionCode(code), domain.OptionValue(value)
		return nil
	})
}

// refs walks references separated by commas, or none.
func refs(c *codec, key string, v *[]string) {
	now := none
	if len(*v) > 0 {
		now = strings.Join(*v, ",")
	}
	c.through(key, now, func(s string) error {
		*v = nil
		if s == none {
			return nil
		}
		for r := range strings.SplitSeq(s, ",") {
			if !domain.ValidToken(r) || slices.Contains(*v, r) || len(*v) == maxItems {
				return ErrForm
			}
			*v = append(*v, r)
		}
		return nil
	})
}
