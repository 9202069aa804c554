package issuingapi

import (
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// Limits of one message (server §2.2); api/issuing.xsd repeats those of the elements.
const (
	MaxRequest     = 1 << 20
	MaxAnswer      = 16 << 20
	maxNote        = 256 << 10
	maxChallenge   = 4 << 10
	maxCertificate = 8 << 10
	maxSignature   = 1 << 10
	maxOCSP        = 64 << 10
	maxPicture     = 256 << 10
	maxPictures    = 64
	maxHomes       = 1000
	maxKinds       = 64
	maxTimeLeft    = 120 * time.Second
)

// The walks below are the bodies of api/issuing.xsd, element by element.

func (c *codec) binding(b *Binding) {
	c.group("binding", func() {
		c.id("applicationId", &b.Application.ID)
		c.municipality(&b.Municipality)
		token(c, "kioskId", formCode, &b.Kiosk)
	})
}

func (c *codec) municipality(m *domain.MunicipalityCode) {
	token(c, "municipality", formMunicipality, m)
	if c.err == nil && c.reading() {
		_, err := domain.ParseMunicipalityCode(string(*m))
		c.keep(inXML(err))
	}
}

func (c *codec) chain(v *Chain, ordered bool) {
	c.group("chain", func() {
		c.bytes("challenge", &v.Challenge, maxChallenge)
		c.bytes("certificate", &v.Certificate, maxCertificate)
		c.bytes("signature", &v.Signature, maxSignature)
		c.bytes("ocsp", &v.OCSP, maxOCSP)
		c.bytes("assertion", &v.Assertion, maxNote)
		if ordered {
			c.bytes("order", &v.Order, maxNote)
		}
	})
}

func (c *codec) timeLeft(v *time.Duration) {
	ms := int(min(*v, maxTimeLeft).Milliseconds())
	c.integer("timeLeftMs", &ms, 0, int(maxTimeLeft.Milliseconds()))
	if c.reading() {
		*v = time.Duration(ms) * time.Millisecond
	}
}

type inLang struct {
	lang domain.Lang
	text string
}

// words walks one text in its languages, Japanese first.
func (c *codec) words(name string, t *Text) {
	var all []inLang
	for _, l := range domain.Langs {
		if s, ok := (*t)[l]; ok {
			all = append(all, inLang{l, s})
		}
	}
	c.group(name, func() {
		repeat(c, "in", &all, 1, 16, func(v *inLang) {
			c.group("in", func() {
				token(c, "lang", formLang, &v.lang)
				token(c, "text", formText, &v.text)
			})
		})
	})
	if !c.reading() {
		return
	}
	*t = Text{}
	for _, v := range all {
		(*t)[v.lang] = v.text
	}
}

func walkCatalogueRequest(c *codec, r *CatalogueRequest) {
	c.id("requestId", &r.RequestID.ID)
	c.municipality(&r.Municipality)
	token(c, "kioskGroup", formCode, &r.KioskGroup)
	c.instant("asOf", &r.AsOf)
	c.maybe("knownVersion", r.KnownVersion != "", func() { token(c, "knownVersion", formCode, &r.KnownVersion) })
}

func walkCatalogue(c *codec, r *Catalogue) {
	token(c, "version", formCode, &r.Version)
	if c.reading() {
		r.NotModified = true
	}
	c.maybe("catalogue", !r.NotModified, func() {
		c.group("catalogue", func() {
			if c.reading() {
				r.NotModified = false
			}
			c.municipality(&r.Municipality)
			c.words("name", &r.Name)
			c.instant("validFrom", &r.ValidFrom)
			c.instant("validUntil", &r.ValidUntil)
			repeat(c, "kind", &r.Kinds, 1, maxKinds, c.kind)
		})
	})
}

func (c *codec) kind(k *CatalogueKind) {
	c.group("kind", func() {
		token(c, "code", formCode, &k.Kind)
		c.words("label", &k.Label)
		c.words("help", &k.Help)
		repeat(c, "window", &k.Windows, 1, 16, func(w *Window) {
			c.group("window", func() {
				token(c, "days", formDays, &w.Days)
				token(c, "from", formHour, &w.From)
				token(c, "to", formHour, &w.To)
			})
		})
		repeat(c, "closed", &k.Closed, 0, 64, func(w *Closure) {
			c.group("closed", func() {
				c.day("from", &w.From)
				c.day("until", &w.Until)
			})
		})
		c.yen("fee", &k.Fee)
		c.integer("maxCopies", &k.MaxCopies, 1, 99)
		token(c, "orientation", formCode, &k.Orientation)
		repeat(c, "option", &k.Options, 0, 32, c.option)
	})
}

func (c *codec) option(o *CatalogueOption) {
	c.group("option", func() {
		token(c, "code", formCode, &o.Code)
		c.words("label", &o.Label)
		repeat(c, "choice", &o.Choices, 1, 32, func(v *OptionChoice) {
			c.group("choice", func() {
				token(c, "value", formCode, &v.Value)
				c.words("label", &v.Label)
			})
		})
		token(c, "default", formCode, &o.Default)
		c.maybe("dependsOn", o.DependsOn != "", func() { token(c, "dependsOn", formDepends, &o.DependsOn) })
	})
}

func walkHomesRequest(c *codec, r *CardHomesRequest) {
	c.id("requestId", &r.RequestID.ID)
	c.municipality(&r.Municipality)
	c.integer("limit", &r.Limit, 1, maxHomes)
	c.maybe("after", r.After != "", func() { token(c, "after", formHash, &r.After) })
}

func walkHomes(c *codec, r *CardHomes) {
	repeat(c, "home", &r.Homes, 0, maxHomes, func(h *CardHome) {
		c.group("home", func() {
			c.hash("card", &h.Card)
			c.id("subject", &h.Subject.ID)
			c.instant("usableFrom", &h.UsableFrom)
			c.boolean("ended", &h.Ended)
		})
	})
	c.boolean("more", &r.More)
}

func walkChoicesRequest(c *codec, r *ChoicesRequest) {
	c.id("requestId", &r.RequestID.ID)
	c.binding(&r.Binding)
	c.id("subject", &r.Subject.ID)
	c.chain(&r.Chain, false)
	c.timeLeft(&r.TimeLeft)
}

func walkChoices(c *codec, r *ChoicesAnswer) {
	c.binding(&r.Binding)
	c.bytes("choices", &r.Choices, maxNote)
	repeat(c, "picture", &r.Pictures, 0, maxPictures, func(p *[]byte) { c.bytes("picture", p, maxPicture) })
}

func walkIssueRequest(c *codec, r *IssueRequest) {
	c.id("requestId", &r.RequestID.ID)
	c.binding(&r.Binding)
	c.id("subject", &r.Subject.ID)
	c.chain(&r.Chain, true)
	c.timeLeft(&r.TimeLeft)
}

func walkIssue(c *codec, r *IssueAnswer) {
	c.binding(&r.Binding)
	c.id("issueId", &r.Issue.ID)
	c.bytes("manifest", &r.Manifest, maxNote)
	n := 0
	repeat(c, "page", &r.Pages, 1, signed.MaxPages, func(p *[]byte) {
		n++
		number := n
		c.group("page", func() {
			c.integer("number", &number, 1, signed.MaxPages)
			if c.err == nil && number != n {
				c.keep(bad("page %d stands at place %d", number, n))
			}
			c.bytes("pdf", p, signed.MaxPageBytes)
		})
	})
}

func walkStatusRequest(c *codec, r *StatusRequest) {
	c.id("requestId", &r.RequestID.ID)
	c.binding(&r.Binding)
}

func walkStatus(c *codec, r *StatusAnswer) {
	c.binding(&r.Binding)
	token(c, "state", formCode, &r.State)
	c.instant("since", &r.Since)
	c.maybe("issueId", !r.Issue.IsZero(), func() { c.id("issueId", &r.Issue.ID) })
}

func walkCancel(c *codec, r *CancelRequest) {
	c.id("requestId", &r.RequestID.ID)
	c.binding(&r.Binding)
	token(c, "reason", formCode, &r.Reason)
}

func walkConfirm(c *codec, r *ConfirmRequest) {
	c.id("requestId", &r.RequestID.ID)
	c.binding(&r.Binding)
	c.id("issueId", &r.Issue.ID)
	c.bytes("done", &r.Done, maxNote)
}

func walkHeartbeatRequest(c *codec, r *HeartbeatRequest) {
	c.id("requestId", &r.RequestID.ID)
	c.municipality(&r.Municipality)
}

func walkHeartbeat(c *codec, r *HeartbeatAnswer) {
	token(c, "build", formText, &r.Build)
	token(c, "topology", formCode, &r.Topology)
	token(c, "node", formCode, &r.Node)
	c.instant("dataAsOf", &r.DataAsOf)
	c.instant("clock", &r.Clock)
}
