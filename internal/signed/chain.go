package signed

import (
	"maps"

	"github.com/kioskd/kioskd/internal/domain"
)

// The functions of this file hold one signed thing against the ones before it. Kiosk and issuing server call the same
// ones, each with what it verified itself. Every difference is a *MismatchError.

type comparison struct {
	thing Thing
	err   *MismatchError
}

func (c *comparison) same(field string, equal bool) {
	if !equal && c.err == nil {
		c.err = &MismatchError{Thing: c.thing, Field: field}
	}
}

func (c *comparison) result() error {
	if c.err == nil {
		return nil // a nil *MismatchError in an error would not be nil
	}
	return c.err
}

// FitAssertion holds an assertion against the challenge that the card signed.
func FitAssertion(a Assertion, ch Challenge, challenge Hash) error {
	c := comparison{thing: ThingAssertion}
	c.same("env", a.Env == ch.Env)
	c.same("center", a.Center == ch.Center)
	c.same("application", a.Application == ch.Application)
	c.same("kiosk", a.Kiosk == ch.Kiosk)
	c.same("challenge", a.Challenge == challenge)
	c.same("municipality", ch.Scope == ScopeHome || ch.Scope == string(a.Municipality))
	c.same("status", a.Status == StatusGood)
	return c.result()
}

// FitChoices holds the choices of an application against the assertion under which it stands: the application's own,
// or, for another certificate, that of the first application of the visit. Each application has choices of its
// own, and everything after them stands on these: what belongs to one application never fits another.
func FitChoices(n Choices, a Assertion, assertion Hash, application domain.ApplicationID) error {
	c := comparison{thing: ThingChoices}
	c.same("env", n.Env == a.Env)
	c.same("municipality", n.Municipality == a.Municipality)
	c.same("application", n.Application == application)
	c.same("challenge", n.Challenge == a.Challenge)
	c.same("assertion", n.Assertion == assertion)
	c.same("subject", n.Subject == a.Subject)
	return c.result()
}

// FitOrder holds an order against the choices: only what was offered, for the price that was shown.
func FitOrder(o Order, n Choices, choices Hash) error {
	c := comparison{thing: ThingOrder}
	c.same("env", o.Env == n.Env)
	c.same("municipality", o.Municipality == n.Municipality)
	c.same("application", o.Application == n.Application)
	c.same("challenge", o.Challenge == n.Challenge)
	c.same("choices", o.Choices == choices)
	c.same("catalogue", o.Catalogue == n.Catalogue)
	kind, ok := n.Kind(o.Kind)
	c.same("kind", ok && kind.Refusal == domain.NoRefusal)
	c.same("unitfee", o.UnitFee == kind.UnitFee)
	c.same("copies", o.Copies <= kind.MaxCopies)
	for _, ref := range o.Members {
		_, known := n.Member(ref)
		c.same("members", known)
	}
	return c.result()
}

// FitManifest holds a manifest against the order and what the order stands on.
func FitManifest(m Manifest, o Order, order Hash, n Choices, assertion Hash) error {
	c := comparison{thing: ThingManifest}
	c.same("env", m.Env == o.Env)
	c.same("municipality", m.Municipality == o.Municipality)
	c.same("application", m.Application == o.Application)
	c.same("order", m.Order == order)
	c.same("assertion", m.Assertion == assertion)
	c.same("choices", m.Choices == o.Choices)
	c.same("kind", m.Kind == o.Kind)
	c.same("copies", m.Copies == o.Copies)
	c.same("fee", m.Fee == o.TotalFee)
	c.same("holder", m.Holder == HolderOf(n.Subject, order))
	c.same("tally", m.Tally == TallyOf(m.Issue, order, len(m.Pages)))
	c.same("pages", samePersons(m, o, n))
	return c.result()
}

// samePersons: exactly the ordered members stand on the pages, nobody else (D-03). The order printed is the
// municipality's: the head of the household first.
func samePersons(m Manifest, o Order, n Choices) bool {
	want, have := map[Tag]bool{}, map[Tag]bool{}
	for _, ref := range o.Members {
		member, ok := n.Member(ref)
		if !ok {
			return false
		}
		want[member.Tag] = true
	}
	for _, p := range m.Pages {
		for _, t := range p.Persons {
			have[t] = true
		}
	}
	return len(want) > 0 && maps.Equal(want, have)
}

// FitDelivery holds a delivery against the manifest: each copy and page once, in order, each sheet id once.
func FitDelivery(d Delivery, m Manifest, manifest Hash, kiosk domain.KioskID) error {
	c := comparison{thing: ThingDelivery}
	c.same("env", d.Env == m.Env)
	c.same("application", d.Application == m.Application)
	c.same("kiosk", d.Kiosk == kiosk)
	c.same("manifest", d.Manifest == manifest)
	c.same("assertion", d.Assertion == m.Assertion)
	c.same("sheets", len(d.Sheets) == m.Copies*len(m.Pages))
	seen := map[domain.SheetID]bool{}
	for i, s := range d.Sheets {
		c.same("sheets", s.Copy == i/len(m.Pages)+1 && s.Page == i%len(m.Pages)+1 && !seen[s.ID])
		seen[s.ID] = true
	}
	return c.result()
}
