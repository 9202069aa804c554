package center_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// printed goes the whole way to a certificate that is paid and accounted for.
func (w *world) printed(k *kiosk) *visit {
	w.t.Helper()
	v, s := w.ready(k, card(w.t, "hanako"))
	v.finish(s, domain.OutcomePrintedPaid)
	return v
}

// finish sends the account of an end.
func (v *visit) finish(s centerapi.Status, o domain.Outcome) {
	v.w.t.Helper()
	if _, err := v.w.Done(v.w.t.Context(), v.k.peer, v.id, v.done(s, o, signed.SheetPrinted)); err != nil {
		v.w.t.Fatal(err)
	}
}

// next is the application after this one, and what the kiosk asks for it.
func (v *visit) next() (*visit, centerapi.AnotherRequest) {
	n := *v
	n.id = domain.NewApplicationID()
	return &n, centerapi.AnotherRequest{
		After: v.id, Boot: v.k.boot, CertificateHash: signed.HashOf(v.card.AuthCert),
	}
}

// another opens the application after this one.
func (v *visit) another() *visit {
	v.w.t.Helper()
	n, r := v.next()
	s, err := v.w.Another(v.w.t.Context(), v.k.peer, n.id, r)
	if err != nil || s.State != centerapi.StateAuthenticated {
		v.w.t.Fatalf("another: %+v, %v", s, err)
	}
	return n
}

func TestX11_AnotherCertificateUnderTheSameAssertion(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	first := w.printed(k)
	v := first
	for range domain.MaxApplications - 1 {
		v = v.another()
		if err := errors.Join(v.choose(), v.orderIt()); err != nil {
			t.Fatal(err)
		}
		if v.choices.Application != v.id || v.choices.Challenge != first.choices.Challenge {
			t.Errorf("choices %+v", v.choices)
		}
		s := v.await()
		if s.State != centerapi.StateReady {
			t.Fatalf("%+v\n%s", s, w.log)
		}
		page, _, err := w.Page(t.Context(), k.peer, v.id, 1)
		if err != nil || !bytes.HasSuffix(page, []byte("for "+v.id.String())) {
			t.Errorf("page %q, %v", page, err)
		}
		v.finish(s, domain.OutcomePrintedPaid)
	}
	if n := w.responder.Asked(); n != 1 {
		t.Errorf("the responder was asked %d times for one signature", n)
	}
	n, r := v.next()
	if _, err := w.Another(t.Context(), k.peer, n.id, r); code(err) != "Gone" {
		t.Errorf("a fourth certificate: %v", err)
	}
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.town["990019"].got(); len(got) != 3 {
		t.Errorf("the issuing server heard %v", got)
	}
	if n := w.count("mismatch"); n != 0 {
		t.Errorf("%d mismatches", n)
	}
	if seen := w.town["990019"].seenErrors; len(seen) != 0 { // the same evidence verifies for each of them
		t.Error(seen)
	}
}

func TestX11_D07_TheSameRequestAgainIsTheSameApplication(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	first := w.printed(k)
	n, r := first.next()
	for range 2 {
		if s, err := w.Another(t.Context(), k.peer, n.id, r); err != nil || s.State != centerapi.StateAuthenticated {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	other := r
	other.CertificateHash[3] ^= 1
	if _, err := w.Another(t.Context(), k.peer, n.id, other); code(err) != "RequestConflict" {
		t.Errorf("the id for another card: %v", err)
	}
	if _, err := w.Another(t.Context(), k.peer, domain.NewApplicationID(), r); code(err) != "Gone" {
		t.Errorf("two after one: %v", err)
	}
	// it holds its card like any other.
	two := w.secondKiosk()
	if err := w.open(two, first.card).authenticate(); reason(err) != domain.Superseded {
		t.Errorf("the card at another kiosk: %v", err)
	}
}

func TestX11_WhatMayNotFollow(t *testing.T) {
	for name, c := range map[string]struct {
		between func(*world, *kiosk, *visit)
		change  func(*centerapi.AnotherRequest)
		peer    center.Peer
		want    string
		reason  domain.RefusalReason
	}{
		"another card": {
			change: func(r *centerapi.AnotherRequest) { r.CertificateHash = signed.HashOf([]byte("another")) },
			reason: domain.DocumentMismatch,
		},
		"another kiosk":  {peer: center.Peer{ID: "K-000002", Key: signed.HashOf([]byte("spki"))}, want: "NotFound"},
		"another key":    {peer: center.Peer{ID: "K-000001", Key: signed.HashOf([]byte("other"))}, want: "Gone"},
		"nothing before": {change: func(r *centerapi.AnotherRequest) { r.After.ID[3] ^= 1 }, want: "NotFound"},
		"no card": {change: func(r *centerapi.AnotherRequest) {
			r.CertificateHash = signed.Hash{}
		}, want: "BadRequest"},
		"another run": {change: func(r *centerapi.AnotherRequest) {
			r.Boot = domain.BootID{ID: domain.NewID()}
		}, want: "Gone"},
		"somebody else began": {between: func(w *world, k *kiosk, _ *visit) {
			w.open(k, card(w.t, "tsuji"))
		}, want: "Gone"},
		"too late": {between: func(w *world, _ *kiosk, _ *visit) {
			w.clock.pass(domain.AnotherWait)
		}, reason: domain.DeadlinePassed},
		"swept": {between: func(w *world, _ *kiosk, _ *visit) {
			w.clock.pass(domain.AnotherWait)
			if err := w.Sweep(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
		}, want: "Gone"},
		"a centre of another process": {between: func(w *world, _ *kiosk, _ *visit) { w.restart() }, want: "Gone"},
		"open elsewhere": {between: func(w *world, _ *kiosk, v *visit) {
			if err := w.open(w.secondKiosk(), v.card).authenticate(); err != nil {
				w.t.Fatal(err)
			}
		}, reason: domain.Superseded},
	} {
		t.Run(name, func(t *testing.T) {
			w, k := newWorld(t), newKiosk(t)
			v := w.printed(k)
			if c.between != nil {
				c.between(w, k, v)
			}
			n, r := v.next()
			if c.change != nil {
				c.change(&r)
			}
			peer := k.peer
			if c.peer.ID != "" {
				peer = c.peer
			}
			_, err := w.Another(t.Context(), peer, n.id, r)
			if err == nil || code(err) != c.want || reason(err) != c.reason {
				t.Errorf("got %v, want %s %v", err, c.want, c.reason)
			}
		})
	}
}

func TestX11_OnlyAfterACertificateThatWasPrintedAndPaid(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v, s := w.ready(k, card(t, "hanako"))
	n, r := v.next()
	if _, err := w.Another(t.Context(), k.peer, n.id, r); code(err) != "StateConflict" {
		t.Errorf("before the account: %v", err)
	}
	v.finish(s, domain.OutcomeRefunded)
	if _, err := w.Another(t.Context(), k.peer, n.id, r); code(err) != "Gone" {
		t.Errorf("after a refund: %v", err)
	}
	// One that a lost account left waiting is over, too: its evidence went with it.
	v, s = w.ready(k, card(t, "tsuji"))
	w.open(k, card(t, "tsuji"))
	k.boot = domain.BootID{ID: domain.NewID()}
	if _, err := w.Heartbeat(t.Context(), k.peer.ID, centerapi.Heartbeat{Boot: k.boot, Clock: noon}); err != nil {
		t.Fatal(err)
	}
	v.finish(s, domain.OutcomePrintedPaid)
	n, r = v.next()
	if _, err := w.Another(t.Context(), k.peer, n.id, r); code(err) != "Gone" {
		t.Errorf("after a crash: %v", err)
	}
}

// TestX11_X18_WhatIsOfTheFirstIsNoAnswerToTheSecond: the lying server over two orders under one assertion. Everything
// that it slips in is its own, true, and of the same person.
func TestX11_X18_WhatIsOfTheFirstIsNoAnswerToTheSecond(t *testing.T) {
	for name, l := range map[string]slip{
		"choices": {choices: func(first signed.Choices, n *signed.Choices) { *n = first }, proved: true},
		"application of the choices": {choices: func(first signed.Choices, n *signed.Choices) {
			n.Application = first.Application
		}, proved: true},
		"manifest and page": {issue: func(first signed.Manifest, p []byte, n *signed.Manifest, a *issuingapi.IssueAnswer) {
			*n, a.Pages, a.Issue = first, [][]byte{bytes.Clone(p)}, first.Issue
		}, proved: true},
		"page": {issue: func(_ signed.Manifest, p []byte, _ *signed.Manifest, a *issuingapi.IssueAnswer) {
			a.Pages = [][]byte{bytes.Clone(p)}
		}},
		"order in the manifest": {issue: func(f signed.Manifest, _ []byte, n *signed.Manifest, _ *issuingapi.IssueAnswer) {
			n.Order, n.Holder, n.Tally = f.Order, f.Holder, f.Tally
		}, proved: true},
		"choices in the manifest": {issue: func(f signed.Manifest, _ []byte, n *signed.Manifest, _ *issuingapi.IssueAnswer) {
			n.Choices = f.Choices
		}, proved: true},
		"the kiosk's order":                {order: func(first, o *signed.Order) { *o = *first }},
		"the kiosk's order on its choices": {order: func(first, o *signed.Order) { o.Choices = first.Choices }},
		"the truth":                        {},
	} {
		t.Run(name, func(t *testing.T) { l.told(t, name == "the truth") })
	}
}

// slip is what of the first application is slipped under the second.
type slip struct {
	choices func(first signed.Choices, n *signed.Choices)
	issue   func(first signed.Manifest, page []byte, n *signed.Manifest, a *issuingapi.IssueAnswer)
	order   func(first, o *signed.Order)
	proved  bool
}

func (l slip) told(t *testing.T, truth bool) {
	w, k := newWorld(t), newKiosk(t)
	town := w.town["990019"]
	first, s := w.ready(k, card(t, "hanako"))
	manifest, _, err := signed.Open[signed.Manifest](s.Manifest, w.ring, noon, signed.RoleMunicipality)
	if err != nil {
		t.Fatal(err)
	}
	page, _, err := w.Page(t.Context(), k.peer, first.id, 1)
	if err != nil {
		t.Fatal(err)
	}
	first.finish(s, domain.OutcomePrintedPaid)
	lie := lie{proved: l.proved}
	if l.choices != nil {
		lie.choices = func(n c, _ ca) { l.choices(first.choices, n) }
	}
	if l.issue != nil {
		lie.issue = func(n m, a ia) { l.issue(manifest, page, n, a) }
	}
	lie.tell(town)
	w.clock.pass(time.Minute)
	second := first.another()
	err = second.choose()
	if err == nil {
		o := second.orderNote()
		if l.order != nil {
			l.order(&first.order, &o)
		}
		err = second.send(o)
	}
	if err == nil {
		if got := second.await(); got.State != centerapi.StateReady {
			err = &centerapi.Refused{Reason: got.Refusal()}
		}
	}
	if refused := reason(err) == domain.DocumentMismatch; refused == truth || truth && err != nil {
		t.Errorf("got %v", err)
	}
	town.onChoices, town.onIssue = nil, nil
	next := w.open(k, card(t, "yoshida")).authenticate()
	if stopped := reason(next) == domain.Maintenance; stopped != l.proved {
		t.Errorf("the municipality is stopped: %v, want %v", stopped, l.proved)
	}
}

func TestX11_X25_WhatIsKeptForAnotherIsInMemoryOnlyAndWiped(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v := w.printed(k)
	certificate := w.town["990019"].lastChain.Certificate
	if !bytes.Equal(certificate, v.card.AuthCert) {
		t.Fatal("control: the chain held another certificate")
	}
	if n := w.Rests(); n != 1 {
		t.Fatalf("%d are kept", n)
	}
	w.clock.pass(domain.AnotherWait)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.Rests(); n != 0 {
		t.Errorf("%d are kept for nobody", n)
	}
}
