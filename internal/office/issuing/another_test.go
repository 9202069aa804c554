package issuing

import (
	"bytes"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// another is a later application of the same visit: the same chain, another id.
func (a *application) another() *application {
	b := *a
	b.binding.Application = domain.NewApplicationID()
	return &b
}

// issued asks for the holder's own certificate and gives order, request and answer.
func (a *application) issued(t *testing.T) (signed.Order, issuingapi.IssueRequest, issuingapi.IssueAnswer) {
	t.Helper()
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	o := a.order(domain.ScopeSelf, "m1")
	r := a.issueRequest(o, a.w.kiosk)
	got := must[issuingapi.IssueAnswer](t)(a.w.server.IssueCertificate(t.Context(), r))
	if _, err := a.check(o, r, got); err != nil {
		t.Fatal(err)
	}
	return o, r, got
}

func (a *application) confirm(t *testing.T, got issuingapi.IssueAnswer, good int) {
	t.Helper()
	must[issuingapi.StatusAnswer](t)(a.w.server.ConfirmPrinted(t.Context(), issuingapi.ConfirmRequest{
		RequestID: newRequest(), Binding: a.binding, Issue: got.Issue, Done: a.doneNote(got.Manifest, good, a.w.kiosk),
	}))
}

func TestX11_ThreeCertificatesUnderOneAssertion(t *testing.T) {
	w := newWorld(t)
	first := w.apply("tsuji")
	_, _, one := first.issued(t)
	first.confirm(t, one, 2)
	second := first.another()
	_, _, two := second.issued(t) // the second's account is still on its way
	third := first.another()
	_, _, three := third.issued(t)
	for _, p := range [][2][]byte{{one.Pages[0], two.Pages[0]}, {two.Pages[0], three.Pages[0]}} {
		if bytes.Equal(p[0], p[1]) {
			t.Error("one page for two orders")
		}
	}
	second.confirm(t, two, 2)
	third.confirm(t, three, 2)
	if second.state() != issuingapi.StatePrinted || third.state() != issuingapi.StatePrinted {
		t.Errorf("second %s, third %s", second.state(), third.state())
	}
	if _, err := first.another().choose(t.Context()); codeOf(err) != issuingapi.CodeChainInvalid {
		t.Errorf("a fourth: %v", err)
	}
	if n := w.former.remains(); n != 0 {
		t.Errorf("%d pages and pictures are left", n)
	}
}

// TestX11_X16_NoCentreInventsAnotherCertificate: what the card did not sign by itself must follow what it did sign.
func TestX11_X16_NoCentreInventsAnotherCertificate(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*testing.T, *application)
		change func(*application)
		want   string
	}{
		"nothing before it": {func(*testing.T, *application) {}, func(*application) {}, issuingapi.CodeBindingMismatch},
		"the first is open": {func(t *testing.T, a *application) {
			must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
		}, func(*application) {}, issuingapi.CodeStateConflict},
		"the first was cancelled": {func(t *testing.T, a *application) {
			a.issued(t)
			must[issuingapi.StatusAnswer](t)(a.w.server.Cancel(t.Context(), issuingapi.CancelRequest{
				RequestID: newRequest(), Binding: a.binding,
			}))
		}, func(*application) {}, issuingapi.CodeStateConflict},
		"the first was not printed": {func(t *testing.T, a *application) {
			_, _, got := a.issued(t)
			a.confirm(t, got, 0)
		}, func(*application) {}, issuingapi.CodeStateConflict},
		"another kiosk": {func(t *testing.T, a *application) { a.issued(t) }, func(a *application) {
			a.binding.Kiosk = "K-000002"
		}, issuingapi.CodeBindingMismatch},
		"another subject": {func(t *testing.T, a *application) { a.issued(t) }, func(a *application) {
			a.subject = domain.Subject{ID: domain.NewID()}
		}, issuingapi.CodeBindingMismatch},
		"a good one": {func(t *testing.T, a *application) { a.issued(t) }, func(*application) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			a := w.apply("hanako")
			c.before(t, a)
			b := a.another()
			c.change(b)
			_, err := b.choose(t.Context())
			if good := c.want == ""; good != (err == nil) || !good && codeOf(err) != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestX11_D03_OrdersOfOneVisitDoNotMix(t *testing.T) {
	for name, c := range map[string]struct {
		change func(o *signed.Order, first *application, firsts signed.Order)
		chain  bool // of another person
		good   bool
	}{
		"the truth":       {change: func(*signed.Order, *application, signed.Order) {}, good: true},
		"the first order": {change: func(o *signed.Order, _ *application, firsts signed.Order) { *o = firsts }},
		"an order on the first choices": {change: func(o *signed.Order, first *application, _ signed.Order) {
			o.Choices = first.hash
		}},
		"an order for the first": {change: func(o *signed.Order, first *application, _ signed.Order) {
			o.Application = first.binding.Application
		}},
		"another person's chain": {change: func(*signed.Order, *application, signed.Order) {}, chain: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			first := w.apply("tsuji")
			firsts, _, _ := first.issued(t)
			second := first.another()
			must[issuingapi.ChoicesAnswer](t)(second.choose(t.Context()))
			o := second.order(domain.ScopeSelf, "m1")
			c.change(&o, first, firsts)
			r := second.issueRequest(o, w.kiosk)
			if c.chain {
				stranger, order := w.apply("yoshida"), r.Chain.Order
				r.Chain, r.Subject = stranger.chain, stranger.subject
				r.Chain.Order = order
			}
			got, err := w.server.IssueCertificate(t.Context(), r)
			if c.good != (err == nil) || !c.good && codeOf(err) != issuingapi.CodeChainInvalid {
				t.Errorf("%v, %d pages", err, len(got.Pages))
			}
		})
	}
}
