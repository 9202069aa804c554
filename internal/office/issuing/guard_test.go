package issuing

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

func TestX16_AChallengeThatLivesForYearsIsBelievedByNobody(t *testing.T) {
	w := newWorld(t)
	for life, want := range map[time.Duration]string{
		domain.ChallengeLife: "<nil>", domain.ChallengeLife + time.Second: issuingapi.CodeChainInvalid,
		10 * 365 * 24 * time.Hour: issuingapi.CodeChainInvalid,
	} {
		a := w.applyFor("hanako", life)
		if _, err := a.choose(t.Context()); codeOf(err) != want {
			t.Errorf("life %v: %v, want %s", life, err, want)
		}
	}
}

// gate holds back the first pictures of two requests until both have come that far.
type gate struct {
	Former
	both sync.WaitGroup
	mu   sync.Mutex
	n    int
}

func (g *gate) Picture(text string, style form.PictureStyle) ([]byte, error) {
	if style == form.HolderLine {
		g.mu.Lock()
		g.n++
		g.mu.Unlock()
		g.both.Done()
		g.both.Wait()
	}
	return g.Former.Picture(text, style)
}

func TestD07_OfTwoRequestsForChoicesInTheSameInstantOneIsAnswered(t *testing.T) {
	g := &gate{}
	w := newWorld(t, func(c *Config) { g.Former, c.Former = c.Former, g })
	a := w.apply("hanako")
	g.both.Add(2)
	got := make(chan error, 2)
	for range 2 {
		r := a.choicesRequest() // each has an id of its own
		go func() {
			_, err := w.server.GetApplicantChoices(context.WithoutCancel(t.Context()), r)
			got <- err
		}()
	}
	codes := map[string]int{}
	for range 2 {
		codes[codeOf(<-got)]++
	}
	if codes["<nil>"] != 1 || codes[issuingapi.CodeStateConflict] != 1 || g.n != 2 {
		t.Errorf("%v, %d pictures of the holder", codes, g.n)
	}
}

func TestX20_NobodyIsOfferedMoreSheetsThanAVisitHasTimeFor(t *testing.T) {
	w := newWorld(t)
	for card, want := range map[string]int{"hanako": 10, "tsuji": 10, "omori": 6} { // six people: two pages a copy
		a := w.apply(card)
		must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
		k, _ := a.choices.Kind(domain.ResidentRecord)
		if k.MaxCopies != want {
			t.Errorf("%s: %d copies, want %d", card, k.MaxCopies, want)
		}
	}
	a := w.apply("omori")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	o := a.order(domain.ScopeWhole, "m1", "m2", "m3", "m4", "m5", "m6")
	o.Copies, o.TotalFee = 7, 7*o.UnitFee
	_, err := w.server.IssueCertificate(t.Context(), a.issueRequest(o, w.kiosk))
	if codeOf(err) != issuingapi.CodeChainInvalid {
		t.Errorf("14 sheets: %v", err)
	}
}

func TestX05_MoneyThatIsNotThatOfTheGoodCopiesIsAMismatch(t *testing.T) {
	for name, c := range map[string]struct {
		good    int
		revenue domain.Yen
		want    int
	}{
		"both paid": {2, 400, 0}, "one paid, one refunded": {1, 200, 0}, "nothing": {0, 0, 0},
		"one kept too much": {1, 400, 1}, "printed for nothing": {2, 0, 1}, "paid for nothing": {0, 400, 1},
	} {
		w := newWorld(t)
		a := w.apply("hanako")
		must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
		got := must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(),
			a.issueRequest(a.order(domain.ScopeSelf, "m1"), w.kiosk)))
		d := signed.Done{
			Env: signed.EnvTest, Kiosk: pki.Kiosk, Boot: domain.BootID{ID: domain.NewID()},
			Application: a.binding.Application, Manifest: must[signed.Hash](t)(signed.HashOfMessage(got.Manifest)),
			Generation: 1, Outcome: domain.OutcomePartPaid, CopiesGood: c.good, Revenue: c.revenue, AuditRoot: signed.Hash{3},
			Made: w.now(),
		}
		msg, _, err := signed.Seal(d, w.kiosk)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.server.ConfirmPrinted(t.Context(), issuingapi.ConfirmRequest{
			RequestID: newRequest(), Binding: a.binding, Issue: got.Issue, Done: msg,
		})
		if err != nil || w.mismatches() != c.want {
			t.Errorf("%s: %v, %d mismatches, want %d", name, err, w.mismatches(), c.want)
		}
	}
}
