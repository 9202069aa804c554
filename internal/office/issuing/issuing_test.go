package issuing

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

func codeOf(err error) string {
	if p, ok := errors.AsType[*issuingapi.ProtocolError](err); ok {
		return p.Code
	}
	if r, ok := errors.AsType[*issuingapi.Refusal](err); ok {
		return r.Reason.Code()
	}
	return fmt.Sprint(err)
}

func TestX09_ChoicesNameTheHouseholdAndTheirPictures(t *testing.T) {
	a := newWorld(t).apply("tsuji")
	got, err := a.choose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	assertionHash := must[signed.Hash](t)(signed.HashOfMessage(a.chain.Assertion))
	if err := signed.FitChoices(a.choices, a.assertion, assertionHash, a.binding.Application); err != nil {
		t.Error(err)
	}
	pictures := map[signed.Hash]string{}
	for _, p := range got.Pictures {
		pictures[signed.HashOf(p)] = string(p)
	}
	if len(a.choices.Members) != 4 || len(pictures) != 5 || !strings.HasSuffix(pictures[a.choices.Holder],
		"辻\U000E0102　健一郎") {
		t.Errorf("%d members, pictures %q", len(a.choices.Members), pictures)
	}
	for i, m := range a.choices.Members {
		if m.Ref != fmt.Sprintf("m%d", i+1) || pictures[m.Picture] == "" {
			t.Errorf("member %d: %+v", i, m)
		}
	}
	if want := signed.TagOf(a.challenge.KioskNonce, "990019-000002"); a.choices.Members[0].Tag != want {
		t.Error("the holder is not the first member")
	}
	if k, ok := a.choices.Kind(domain.ResidentRecord); !ok || k.UnitFee != 200 || k.MaxCopies != 10 || k.Refusal != 0 {
		t.Errorf("kind %+v", k)
	}
}

func TestWholeWayFromChoicesToPrinted(t *testing.T) {
	w := newWorld(t)
	a := w.apply("omori")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	o := a.order(domain.ScopeWhole, "m1", "m2", "m3", "m4", "m5", "m6")
	r := a.issueRequest(o, w.kiosk)
	got := must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(), r))
	m, err := a.check(o, r, got)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Pages) != 2 || m.Fee != 400 || a.state() != issuingapi.StateIssued {
		t.Errorf("%d pages, fee %v, state %s", len(got.Pages), m.Fee, a.state())
	}
	for i, want := range []string{"大森　太一", "大森　昇"} {
		if p := string(got.Pages[i]); !strings.Contains(p, want) || !strings.Contains(p, m.Tally) || !strings.Contains(p,
			"sample=true") ||
			!strings.Contains(p, fmt.Sprintf("%d/2", i+1)) || !strings.Contains(p, "昭和55年4月4日") == (i == 0) {
			t.Errorf("page %d:\n%s", i+1, p)
		}
	}
	confirm := issuingapi.ConfirmRequest{
		RequestID: newRequest(), Binding: a.binding, Issue: got.Issue, Done: a.doneNote(got.Manifest, 2, w.kiosk),
	}
	for range 2 { // the same account again is the same answer
		s, err := w.server.ConfirmPrinted(t.Context(), confirm)
		if err != nil || s.State != issuingapi.StatePrinted || s.Issue != got.Issue || s.Binding != a.binding {
			t.Errorf("%+v, %v", s, err)
		}
	}
	confirm.Done = a.doneNote(got.Manifest, 1, w.kiosk)
	if _, err := w.server.ConfirmPrinted(t.Context(), confirm); codeOf(err) != issuingapi.CodeStateConflict {
		t.Errorf("another account was taken: %v", err)
	}
}

func TestOptionsLeaveOutWhatWasNotAskedFor(t *testing.T) {
	w := newWorld(t)
	a := w.apply("tsuji")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	o := a.order(domain.ScopePart, "m2", "m4")
	o.Options[1].Value, o.Options[2].Value = domain.OptionNo, domain.OptionNo
	r := a.issueRequest(o, w.kiosk)
	got := must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(), r))
	if _, err := a.check(o, r, got); err != nil {
		t.Fatal(err)
	}
	page := string(got.Pages[0])
	for want, is := range map[string]bool{
		"葛\U000E0102葉": true, "蓮": true, "健一郎": false, "遥": false, "妻": false, "緑町二丁目14番地": false, "省略": true,
		"髙﨑": true, "99001900": false,
	} {
		if strings.Contains(page, want) != is {
			t.Errorf("%q on the page: %v, want %v\n%s", want, !is, is, page)
		}
	}
}

func TestX16_ABrokenChainIsBelievedByNobody(t *testing.T) {
	w := newWorld(t)
	other := w.apply("yoshida")
	for name, change := range map[string]func(*application){
		"another card's certificate": func(a *application) { a.chain.Certificate = other.chain.Certificate },
		"another card's signature":   func(a *application) { a.chain.Signature = other.chain.Signature },
		"another challenge": func(a *application) {
			a.challenge.KioskNonce[0] ^= 1
			a.chain.Challenge = must[[]byte](t)(a.challenge.Text())
		},
		"another responder's answer": func(a *application) { a.chain.OCSP = other.chain.OCSP },
		"another answer to the same question": func(a *application) {
			w.pass(time.Second)
			card := must[jpki.Card](t)(jpki.VerifyCard(w.server.Roots, a.chain.Certificate, w.now()))
			nonce := jpki.NonceOf(signed.HashOf(a.chain.Challenge))
			a.chain.OCSP = must[[]byte](t)(w.client.Ask(t.Context(), card, nonce, w.now()))
		},
		"another answer, asserted": func(a *application) {
			a.chain.OCSP, a.assertion.OCSP = other.chain.OCSP, other.assertion.OCSP
			a.assert(w.center)
		},
		"assertion by the kiosk":        func(a *application) { a.assert(w.kiosk) },
		"assertion by the municipality": func(a *application) { a.assert(w.server.Signers[registry.Mihon]) },
		"assertion of another":          func(a *application) { a.chain.Assertion = other.chain.Assertion },
		"assertion for another challenge": func(a *application) {
			a.assertion.Challenge = other.assertion.Challenge
			a.assert(w.center)
		},
		"another municipality": func(a *application) {
			a.assertion.Municipality = registry.Kaku
			a.assert(w.center)
			a.binding.Municipality = registry.Kaku
		},
		"another kiosk":       func(a *application) { a.binding.Kiosk = "K-000002" },
		"another application": func(a *application) { a.binding.Application = other.binding.Application },
		"whole chain of another": func(a *application) {
			a.chain, a.subject = other.chain, other.subject
		},
		"another subject": func(a *application) { a.subject = other.subject },
		"another subject, asserted": func(a *application) {
			a.subject, a.assertion.Subject = other.subject, other.subject
			a.assert(w.center)
		},
		"truncated signature": func(a *application) { a.chain.Signature = a.chain.Signature[:255] },
		"CRLF in the challenge": func(a *application) {
			a.chain.Challenge = bytes.ReplaceAll(a.chain.Challenge, []byte("\n"), []byte("\r\n"))
		},
	} {
		a := w.apply("hanako")
		change(a)
		got, err := a.choose(t.Context())
		code := codeOf(err)
		if code != issuingapi.CodeChainInvalid && code != issuingapi.CodeBindingMismatch {
			t.Errorf("%s: %v, %d bytes of choices", name, err, len(got.Choices))
		}
	}
	if _, err := w.apply("hanako").choose(t.Context()); err != nil {
		t.Errorf("the good chain: %v", err)
	}
}

func TestX16_AnOldSignatureCannotBeDatedAnew(t *testing.T) {
	w := newWorld(t)
	a := w.apply("hanako")
	w.pass(domain.NoteLife + domain.ChallengeLife + time.Minute)
	a.assertion.Made, a.assertion.Expires = w.now(), w.now().Add(domain.NoteLife)
	a.assert(w.center)
	if _, err := a.choose(t.Context()); codeOf(err) != issuingapi.CodeChainInvalid {
		t.Errorf("got %v", err)
	}
}

func TestX17_OnlyTheKiosksOwnOrderForWhatWasOfferedIsIssued(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		by     signed.Signer
		change func(*signed.Order)
	}{
		"signed by the centre":       {w.center, func(*signed.Order) {}},
		"signed by the municipality": {w.server.Signers[registry.Mihon], func(*signed.Order) {}},
		"other choices":              {w.kiosk, func(o *signed.Order) { o.Choices[0] ^= 1 }},
		"other challenge":            {w.kiosk, func(o *signed.Order) { o.Challenge[0] ^= 1 }},
		"other price":                {w.kiosk, func(o *signed.Order) { o.UnitFee, o.TotalFee = 10, 20 }},
		"too many copies":            {w.kiosk, func(o *signed.Order) { o.Copies, o.TotalFee = 11, 11*o.UnitFee }},
		"other kind":                 {w.kiosk, func(o *signed.Order) { o.Kind = domain.SealRegistration }},
		"stranger":                   {w.kiosk, func(o *signed.Order) { o.Members = []string{"m9"} }},
		"somebody else as self": {
			w.kiosk,
			func(o *signed.Order) { o.Options[0].Value = domain.ScopeSelf; o.Members = []string{"m2"} },
		},
		"two as self":       {w.kiosk, func(o *signed.Order) { o.Options[0].Value = domain.ScopeSelf }},
		"half of the whole": {w.kiosk, func(o *signed.Order) { o.Options[0].Value = domain.ScopeWhole }},
		"nobody":            {w.kiosk, func(o *signed.Order) { o.Members = nil }},
		"unknown value":     {w.kiosk, func(o *signed.Order) { o.Options[0].Value = "everybody" }},
		"option missing":    {w.kiosk, func(o *signed.Order) { o.Options = o.Options[:4] }},
		"other application": {w.kiosk, func(o *signed.Order) { o.Application = domain.NewApplicationID() }},
	} {
		a := w.apply("tsuji")
		must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
		o := a.order(domain.ScopePart, "m1", "m2")
		c.change(&o)
		_, err := w.server.IssueCertificate(t.Context(), a.issueRequest(o, c.by))
		if codeOf(err) != issuingapi.CodeChainInvalid {
			t.Errorf("%s: %v", name, err)
		}
		if s := a.state(); s != issuingapi.StateCancelled {
			t.Errorf("%s: state %s", name, s)
		}
	}
}

func TestD15_EachCardIsRefusedForItsOwnReason(t *testing.T) {
	w := newWorld(t)
	for card, want := range map[string]string{
		"leaver": "HouseholdHasLeaver", "held": "Unavailable", "gaiji": "CharacterPending", "moved": "MovedOut",
		"child": "Under15", "new": "NotYetUsable", "hanako": "<nil>", "kaku": "<nil>", "maria": "<nil>",
	} {
		a := w.apply(card)
		if _, err := a.choose(t.Context()); codeOf(err) != want {
			t.Errorf("%s: %v, want %s", card, err, want)
		}
	}
}

func TestX22_AProtectedPersonIsRefusedLikeAnyHoldAndAsSlowly(t *testing.T) {
	day := domain.DateOf(start)
	r := registry.New()
	reasons := map[domain.RefusalReason]int{}
	for _, row := range r.Residents() {
		_, rows, _ := r.Household(row.Household)
		held := row.Hold != registry.NoHold
		for _, other := range rows {
			held = held || other.Hold != registry.NoHold
		}
		got := mayHave(row, rows, day)
		if held != (got == domain.Unavailable) {
			t.Errorf("%s: %v", row.ID, got)
		}
		reasons[got]++
	}
	if reasons[domain.Unavailable] < 10 || reasons[domain.NoRefusal] < 30 {
		t.Errorf("%v", reasons)
	}
	w := newWorld(t, func(c *Config) { c.RefusalTime = 150 * time.Millisecond })
	for _, card := range []string{"held", "moved"} {
		a := w.apply(card)
		began := time.Now()
		_, err := a.choose(t.Context())
		if took := time.Since(began); took < 150*time.Millisecond {
			t.Errorf("%s took %v", card, took)
		}
		refused, ok := errors.AsType[*issuingapi.Refusal](err)
		if !ok || card == "held" && !cmp.Equal(refused, &issuingapi.Refusal{
			Reason: domain.Unavailable, Application: a.binding.Application, HelpKey: "counter",
		}) {
			t.Errorf("%s: %v", card, err)
		}
	}
}

func TestD08_OldDataAreNotIssuedFrom(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxDataAge = time.Minute })
	w.pass(4 * time.Minute) // the last feed is four minutes old
	if _, err := w.apply("hanako").choose(t.Context()); codeOf(err) != "ServerStale" {
		t.Errorf("got %v", err)
	}
	w.pass(time.Minute)
	if _, err := w.apply("hanako").choose(t.Context()); err != nil {
		t.Errorf("with fresh data: %v", err)
	}
}
