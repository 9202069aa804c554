package center_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// The shorter names keep the table readable.
type (
	c  = *signed.Choices
	ca = *issuingapi.ChoicesAnswer
	m  = *signed.Manifest
	ia = *issuingapi.IssueAnswer
)

// lie is one way in which an issuing server answers what belongs to another.
type lie struct {
	choices func(c, ca)
	issue   func(m, ia)
	proved  bool // the municipality's own signature stands under it
}

// tell makes a town lie.
func (l lie) tell(w *town) {
	w.onChoices = func(n c, a ca) error {
		if l.choices != nil {
			l.choices(n, a)
		}
		return nil
	}
	w.onIssue = func(_ context.Context, n m, a ia) error {
		if l.issue != nil {
			l.issue(n, a)
		}
		return nil
	}
}

func TestD03_WhatBelongsToAnotherStopsTheApplication(t *testing.T) {
	hash := signed.HashOf([]byte("another"))
	subject := domain.Subject{ID: domain.NewID()}
	for name, l := range map[string]lie{
		"choices_binding": {choices: func(_ c, a ca) {
			a.Binding.Application = domain.NewApplicationID()
		}},
		"choices_challenge": {choices: func(n c, _ ca) { n.Challenge = hash }, proved: true},
		"choices_subject":   {choices: func(n c, _ ca) { n.Subject = subject }, proved: true},
		"choices_picture":   {choices: func(_ c, a ca) { a.Pictures[0] = []byte("other") }},
		"issue_binding":     {issue: func(_ m, a ia) { a.Binding.Kiosk = "K-000002" }},
		"issue_holder":      {issue: func(n m, _ ia) { n.Holder = hash }, proved: true},
		"issue_order":       {issue: func(n m, _ ia) { n.Order = hash }, proved: true},
		"issue_person":      {issue: func(n m, _ ia) { n.Pages[0].Persons[0] = hash }, proved: true},
		"issue_fee":         {issue: func(n m, _ ia) { n.Fee = 300 }, proved: true},
		"issue_page":        {issue: func(_ m, a ia) { a.Pages[0] = bytes.ToUpper(a.Pages[0]) }},
		"issue_page_more":   {issue: func(_ m, a ia) { a.Pages = append(a.Pages, nil) }},
		"issue_id":          {issue: func(_ m, a ia) { a.Issue.ID = domain.NewID() }},
	} {
		t.Run(name, func(t *testing.T) {
			w, k := newWorld(t), newKiosk(t)
			town := w.town["990019"]
			l.tell(town)
			v := w.open(k, card(t, "hanako"))
			if err := v.authenticate(); err != nil {
				t.Fatal(err)
			}
			err := v.choose()
			if l.issue != nil {
				if err = errors.Join(err, v.orderIt()); err == nil {
					err = &centerapi.Refused{Reason: v.await().Refusal()}
				}
			}
			if reason(err) != domain.DocumentMismatch {
				t.Fatalf("got %v", err)
			}
			if _, _, err := w.Page(t.Context(), k.peer, v.id, 1); err == nil {
				t.Error("a page can be had")
			}
			if n := w.count("mismatch"); n != 1 {
				t.Errorf("%d mismatches counted", n)
			}
			// what the municipality's own signature proves stops the municipality, not the others.
			town.onChoices, town.onIssue = nil, nil
			want := map[bool]domain.RefusalReason{true: domain.Maintenance, false: domain.NoRefusal}[l.proved]
			if err := w.open(k, card(t, "yoshida")).authenticate(); reason(err) != want {
				t.Errorf("the next visit: %v, want %v", err, want)
			}
			if err := w.open(k, card(t, "kaku")).authenticate(); err != nil {
				t.Errorf("the other municipality: %v", err)
			}
		})
	}
}

func TestX18_AStoppedMunicipalityGivesNothingMoreToWhatIsOpenElsewhere(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	two := w.secondKiosk()
	authenticated, chosen := w.open(k, card(t, "yoshida")), w.open(k, card(t, "tsuji"))
	elsewhere := w.open(two, card(t, "kaku"))
	err := errors.Join(authenticated.authenticate(), chosen.authenticate(), chosen.choose(), elsewhere.authenticate())
	if err != nil {
		t.Fatal(err)
	}
	ready, s := w.ready(two, card(t, "omori"))
	town := w.town["990019"]
	lie{choices: func(n c, _ ca) { n.Challenge = signed.HashOf([]byte("another")) }}.tell(town)
	liar := w.open(k, card(t, "hanako"))
	if err := errors.Join(liar.authenticate(), liar.choose()); reason(err) != domain.DocumentMismatch {
		t.Fatalf("the lie: %v", err)
	}
	town.onChoices, town.onIssue = nil, nil
	if err := authenticated.choose(); reason(err) != domain.Maintenance {
		t.Errorf("choices: %v", err)
	}
	if err := chosen.orderIt(); err != nil || chosen.await().Refusal() != domain.Maintenance {
		t.Errorf("an order: %v, %s", err, chosen.state(t))
	}
	if _, _, err := w.Page(t.Context(), two.peer, ready.id, 1); reason(err) != domain.Maintenance {
		t.Errorf("a page: %v", err)
	}
	if err := elsewhere.choose(); err != nil {
		t.Errorf("the other municipality: %v", err)
	}
	done := ready.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)
	if _, err := w.Done(t.Context(), two.peer, ready.id, done); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(t.Context()); err != nil || !slices.Contains(town.got(), "confirm "+ready.id.String()) {
		t.Errorf("the account: %v, %v", err, town.got())
	}
}
