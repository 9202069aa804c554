package signed

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/domain"
)

// signerOf makes a signer from a fixed seed and the key that verifies it.
func signerOf(t testing.TB, role Role, id, holder string, seed byte, things ...Thing) (Signer, Key) {
	t.Helper()
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32))
	public := private.Public().(ed25519.PublicKey)
	name := KeyName(role, id)
	vkey, err := note.NewEd25519VerifierKey(name, public)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(vkey, "+")
	hash, _, _ := strings.Cut(rest, "+")
	secret := append([]byte{1}, private.Seed()...)
	s, err := NewSigner("PRIVATE+KEY+" + name + "+" + hash + "+" + base64.StdEncoding.EncodeToString(secret))
	if err != nil {
		t.Fatal(err)
	}
	return s, Key{
		Name: name, Holder: holder, Things: things, Env: EnvTest, Public: public,
		From: domain.Date{Year: 2026, Month: 1, Day: 1}, Until: domain.Date{Year: 2026, Month: 12, Day: 31},
	}
}

type world struct {
	center, town, other, kiosk                Signer
	ring                                      Ring
	challenge                                 Challenge
	assertion                                 Assertion
	choices                                   Choices
	order                                     Order
	manifest                                  Manifest
	delivery                                  Delivery
	done                                      Done
	challengeHash, assertionHash, choicesHash Hash
	orderHash, manifestHash                   Hash
}

func id(b byte) domain.ID { return domain.ID{b, 0x5a} }

// newWorld makes one whole application with fixed ids.
func newWorld(t testing.TB) *world {
	w := &world{}
	var keys [4]Key
	w.center, keys[0] = signerOf(t, RoleCenter, "c1", "test-center", 1, ThingAssertion, ThingDelivery)
	w.town, keys[1] = signerOf(t, RoleMunicipality, "990019-1", "990019", 2, ThingChoices, ThingManifest)
	w.other, keys[2] = signerOf(t, RoleMunicipality, "990027-1", "990027", 3, ThingChoices, ThingManifest)
	w.kiosk, keys[3] = signerOf(t, RoleKiosk, "K-000001", "K-000001", 4, ThingOrder, ThingDone)
	w.ring = Ring{Env: EnvTest, Keys: keys[:]}
	app, expires := domain.ApplicationID{ID: id(1)}, noon.Add(45*time.Minute)
	w.challenge = Challenge{
		Env: EnvTest, Purpose: PurposeIssue, Center: "test-center", Application: app, Kiosk: "K-000001",
		KioskKey: HashOf([]byte("key")), CenterNonce: HashOf([]byte("a")), KioskNonce: HashOf([]byte("b")),
		Scope: ScopeHome, NotBefore: noon, NotAfter: noon.Add(3 * time.Minute), Certificate: HashOf([]byte("cert")),
	}
	text, err := w.challenge.Text()
	if err != nil {
		t.Fatal(err)
	}
	w.challengeHash = HashOf(text)
	w.assertion = Assertion{
		Env: EnvTest, Center: "test-center", Application: app, Kiosk: "K-000001", Challenge: w.challengeHash,
		Municipality: "990019", Subject: domain.Subject{ID: id(2)}, Method: MethodJPKI, Status: StatusGood,
		Checked: noon, OCSP: HashOf([]byte("ocsp")), Made: noon, Expires: expires,
	}
	w.assertionHash = hashOf(t, &w.assertion)
	tag := func(row string) Tag { return TagOf(w.challenge.KioskNonce, row) }
	w.choices = Choices{
		Env: EnvTest, Municipality: "990019", Application: app, Challenge: w.challengeHash, Assertion: w.assertionHash,
		Subject: w.assertion.Subject, Holder: HashOf([]byte("h")), Catalogue: "2026-11-20.3", DataAsOf: noon, Made: noon,
		Members: []Member{
			{"m1", tag("r1"), HashOf([]byte("p1"))},
			{"m2", tag("r2"), HashOf([]byte("p2"))},
			{"m3", tag("r3"), HashOf([]byte("p3"))},
		},
		Kinds: []OfferedKind{
			{domain.ResidentRecord, domain.NoRefusal, 200, 10}, {domain.SealRegistration, domain.SealNotRegistered, 0, 0},
		},
		Years: []OfferedYear{{"TaxIncome", 2026, HashOf([]byte("令和8年度"))}}, Expires: expires,
	}
	w.choicesHash = hashOf(t, &w.choices)
	w.order = Order{
		Env: EnvTest, Kiosk: "K-000001", Boot: domain.BootID{ID: id(3)}, Software: HashOf([]byte("bin")),
		Application: app, Challenge: w.challengeHash, Choices: w.choicesHash, Municipality: "990019",
		Kind:    domain.ResidentRecord,
		Options: []domain.Option{{Code: "Scope", Value: "part"}, {Code: "ShowHeadAndRelation", Value: "true"}},
		Members: []string{"m1", "m3"}, Copies: 2, UnitFee: 200, TotalFee: 400, Catalogue: "2026-11-20.3",
		Config: "2026-11-01.1", Made: noon, Expires: expires,
	}
	w.orderHash = hashOf(t, &w.order)
	w.issue(noon, expires, tag, t)
	return w
}

// issue makes what answers the order.
func (w *world) issue(noon, expires time.Time, tag func(string) Tag, t testing.TB) {
	app := w.order.Application
	issue := domain.IssueID{ID: id(4)}
	w.manifest = Manifest{
		Env: EnvTest, Municipality: "990019", Application: app, Order: w.orderHash, Assertion: w.assertionHash,
		Choices: w.choicesHash, Issue: issue, Kind: domain.ResidentRecord, Copies: 2,
		Holder: HolderOf(w.choices.Subject, w.orderHash), Tally: TallyOf(issue, w.orderHash, 1),
		Pages: []Page{{Portrait, 48211, HashOf([]byte("pdf")), []Tag{tag("r1"), tag("r3")}}},
		Fee:   400, Issued: domain.DateOf(noon), DataAsOf: noon, Build: "issuerd-1.0.0+5f2c", Topology: "single",
		Made: noon, Expires: expires,
	}
	w.manifestHash = hashOf(t, &w.manifest)
	w.delivery = Delivery{
		Env: EnvTest, Center: "test-center", Application: app, Kiosk: "K-000001", Manifest: w.manifestHash,
		Assertion: w.assertionHash, Generation: 1, Back: BackNone, Made: noon, Expires: expires,
		Sheets: []Sheet{{1, 1, domain.SheetID{ID: id(5)}, Hash{}, Hash{}}, {2, 1, domain.SheetID{ID: id(6)}, Hash{}, Hash{}}},
	}
	w.done = Done{
		Env: EnvTest, Kiosk: "K-000001", Boot: w.order.Boot, Application: app, Manifest: w.manifestHash, Generation: 1,
		Outcome: domain.OutcomePrintedPaid, CopiesGood: 2,
		Sheets: []DoneSheet{{domain.SheetID{ID: id(5)}, SheetPrinted}, {domain.SheetID{ID: id(6)}, SheetPrinted}},
		In:     domain.Count{0, 0, 0, 1}, Out: domain.Count{0, 0, 1, 0}, Revenue: 400, ImpressionsBefore: 10412,
		ImpressionsAfter: 10416, AuditSize: 5121, AuditRoot: HashOf([]byte("root")), Made: noon,
	}
}
