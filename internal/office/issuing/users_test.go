package issuing

import (
	"errors"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

type storeTx = store.Tx

func TestCardHomesComePageByPageWithoutNames(t *testing.T) {
	w := newWorld(t)
	seen := map[signed.Hash]domain.Subject{}
	after := ""
	for range 100 {
		page, err := w.server.GetCardHomes(t.Context(), issuingapi.CardHomesRequest{
			RequestID: newRequest(), Municipality: registry.Mihon, After: after, Limit: 3,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Homes {
			if _, twice := seen[h.Card]; twice || h.Card.String() <= after || h.Subject.IsZero() {
				t.Errorf("line %+v", h)
			}
			seen[h.Card], after = h.Subject, h.Card.String()
		}
		if !page.More {
			break
		}
	}
	users := must[[]User](t)(ParseUsers(read(t, "issuerd/user-map.json")))
	want := 0
	for _, u := range users {
		if u.Municipality == registry.Mihon {
			want++
			if _, there := seen[issuingapi.CardKey(u.IssuerSPKI, u.Serial)]; !there {
				t.Errorf("the card of %s is missing", u.Resident)
			}
		}
	}
	if len(seen) != want || want == 0 {
		t.Errorf("%d cards, want %d", len(seen), want)
	}
	if _, err := w.server.GetCardHomes(t.Context(), issuingapi.CardHomesRequest{
		Municipality: "131016",
		Limit:        1,
	}); codeOf(err) != issuingapi.CodeNotAuthorized {
		t.Errorf("a municipality that is not served: %v", err)
	}
}

func TestACardNeverChangesHandsAndAnEndedOneIsRefused(t *testing.T) {
	w := newWorld(t)
	users := must[[]User](t)(ParseUsers(read(t, "issuerd/user-map.json")))
	before := w.apply("hanako").subject
	moved := users[0]
	for _, r := range w.server.Registry.Residents() {
		if r.ID != moved.Resident && r.Municipality == moved.Municipality {
			moved.Resident = r.ID
		}
	}
	if err := w.server.LoadUsers(t.Context(), []User{moved}); !errors.Is(err, ErrCardMoved) {
		t.Errorf("got %v", err)
	}
	for i := range users {
		users[i].Ended = true
	}
	if err := w.server.LoadUsers(t.Context(), users); err != nil {
		t.Fatal(err)
	}
	a := w.apply("hanako")
	if a.subject != before {
		t.Error("the subject of a card changed")
	}
	if _, err := a.choose(t.Context()); codeOf(err) != "CertRevoked" {
		t.Errorf("got %v", err)
	}
}

func TestD17_TheFeeChangesAtMidnightInTokyo(t *testing.T) {
	c := must[Catalogues](t)(ParseCatalogues(SampleCatalogue))
	midnight := time.Date(2027, 3, 31, 15, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]domain.Yen{midnight.Add(-time.Second): 200, midnight: 250} {
		if e, ok := c.At(registry.Mihon, at); !ok || e.Kinds[0].Fee != want {
			t.Errorf("at %v: %v", at, e.Kinds)
		}
	}
	if _, ok := c.At(registry.Mihon, time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)); ok {
		t.Error("an edition without an end")
	}
}

func TestD19_ACatalogueWithoutALanguageIsRefused(t *testing.T) {
	const bad = `
[kind.ResidentRecord.label]
ja = "住民票の写し"
[[edition]]
municipality = "990019"
version = "1"
from = "2026-01-01"
until = "2027-01-01"
name = { ja = "見本市" }
colour = "red"
[[edition.kind]]
code = "ResidentRecord"
fee = 200
max_copies = 1
hours = [{ days = "1", from = "00:00", to = "24:00" }]
`
	_, err := ParseCatalogues([]byte(bad))
	if err == nil {
		t.Fatal("taken")
	}
	joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err)
	if !ok || len(joined.Unwrap()) < 2 {
		t.Errorf("not all findings are told: %v", err)
	}
}

func TestHoursAndClosedDaysAreThoseOfTokyo(t *testing.T) {
	k := issuingapi.CatalogueKind{
		Windows: []issuingapi.Window{{Days: "12345", From: "06:30", To: "23:00"}},
		Closed: []issuingapi.Closure{{From: domain.Date{Year: 2026, Month: 12, Day: 29}, Until: domain.Date{
			Year:  2027,
			Month: 1, Day: 3,
		}}},
	}
	at := func(s string) time.Time {
		return must[time.Time](t)(time.ParseInLocation("2006-01-02 15:04", s, tokyo))
	}
	for s, want := range map[string]bool{
		"2026-11-25 06:29": false, "2026-11-25 06:30": true, "2026-11-25 22:59": true, "2026-11-25 23:00": false,
		"2026-11-28 12:00": false, "2026-12-28 12:00": true, "2026-12-29 12:00": false, "2027-01-01 12:00": false,
		"2027-01-04 12:00": true,
	} {
		if open(k, at(s)) != want {
			t.Errorf("%s: open is %v", s, !want)
		}
	}
}

func TestD09_HeartbeatTellsBuildTopologyAndTheAgeOfTheData(t *testing.T) {
	w := newWorld(t)
	w.pass(2 * time.Minute)
	h, err := w.server.Heartbeat(t.Context(), issuingapi.HeartbeatRequest{
		RequestID:    newRequest(),
		Municipality: registry.Mihon,
	})
	if err != nil || h.Build != "issuerd-test" || h.Topology != "single" || !h.Clock.Equal(w.now()) ||
		!h.DataAsOf.Equal(start) {
		t.Errorf("%+v, %v", h, err)
	}
}
