package issuing

import (
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// 田中 和子's card (last-try): the head of her household is 田中 実. 大森 昇 is the fifth of six.
func TestTheHeadOfTheHouseholdIsPrintedFirstWhoeverHoldsTheCard(t *testing.T) {
	for name, c := range map[string]struct {
		card    string
		scope   domain.OptionValue
		members []string
		want    []string
	}{
		"whole, as choices name them": {"last-try", domain.ScopeWhole, []string{"m1", "m2"}, []string{"田中　実", "田中　和子"}},
		"whole, the other way round":  {"last-try", domain.ScopeWhole, []string{"m2", "m1"}, []string{"田中　実", "田中　和子"}},
		"two of four, from the end": {
			"tsuji", domain.ScopePart,
			[]string{"m4", "m2"},
			[]string{"辻\U000E0102　葛\U000E0102葉", "辻\U000E0102　蓮"},
		},
		"only the holder": {"last-try", domain.ScopeSelf, []string{"m1"}, []string{"田中　和子"}},
	} {
		w := newWorld(t)
		a := w.apply(c.card)
		must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
		o := a.order(c.scope, c.members...)
		r := a.issueRequest(o, w.kiosk)
		got := must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(), r))
		m, err := a.check(o, r, got)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		lines := strings.Split(strings.TrimSpace(string(got.Pages[0])), "\n")[2:]
		if len(lines) != len(c.want) || len(m.Pages[0].Persons) != len(c.want) {
			t.Fatalf("%s: %d lines, %d persons", name, len(lines), len(m.Pages[0].Persons))
		}
		for i, want := range c.want {
			if !strings.HasPrefix(lines[i], "{Name:"+want+" ") {
				t.Errorf("%s: line %d is not of %s: %s", name, i+1, want, lines[i])
			}
		}
		if a.choices.Members[0].Tag != signed.TagOf(a.challenge.KioskNonce, w.cards[c.card].Resident) {
			t.Errorf("%s: the holder is not the first of the choices", name)
		}
	}
}

func TestX17_NobodyIsOrderedTwice(t *testing.T) {
	w := newWorld(t)
	a := w.apply("tsuji")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	o := a.order(domain.ScopePart, "m1", "m1")
	if err := fitScope(o, a.choices, a.choices.Members[0].Tag); err == nil {
		t.Error("m1,m1 fits")
	}
	o.Members = []string{"m1", "m2"}
	if err := fitScope(o, a.choices, a.choices.Members[0].Tag); err != nil {
		t.Errorf("m1,m2: %v", err)
	}
}

func TestD03_AHouseholdThatChangedMeanwhileIsRefusedAndNoAlarm(t *testing.T) {
	w := newWorld(t)
	a := w.apply("last-try")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	// As if somebody had moved in after the choices were shown.
	shown := &w.server.visits[a.binding.Application].choices
	shown.Members = shown.Members[:1]
	_, err := w.server.IssueCertificate(t.Context(), a.issueRequest(a.order(domain.ScopeWhole, "m1"), w.kiosk))
	if codeOf(err) != "Unavailable" || a.state() != issuingapi.StateRefused || w.mismatches() != 0 {
		t.Errorf("%v, state %s, %d mismatches", err, a.state(), w.mismatches())
	}
}
