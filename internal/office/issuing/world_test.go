package issuing

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// keysDir holds one test world's keys for all tests of the package; making RSA keys takes seconds.
var keysDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "issuing-test-")
	if err == nil {
		err = pki.Make(dir, start)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	keysDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// start is when every test begins: noon in Tokyo, a Wednesday.
var start = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// world is one issuing server with everybody around it: cards, centre, kiosk, responder, and a clock.
type world struct {
	t         *testing.T
	server    *Server
	former    *paper
	path      string // of the database
	ring      signed.Ring
	center    signed.Signer
	kiosk     signed.Signer
	cards     map[string]pki.Card
	client    *jpki.Client
	responder *pki.Responder
	mu        sync.Mutex
	at        time.Time
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	return must[[]byte](t)(os.ReadFile(filepath.Join(keysDir, name)))
}

func signer(t *testing.T, name string) signed.Signer {
	t.Helper()
	return must[signed.Signer](t)(signed.NewSigner(strings.TrimSpace(string(read(t, name)))))
}

// newWorld opens a world; adjust may change the server's configuration.
func newWorld(t *testing.T, adjust ...func(*Config)) *world {
	t.Helper()
	w := &world{
		t: t, at: start, former: &paper{}, path: filepath.Join(t.TempDir(), "issuing.db"),
		cards: map[string]pki.Card{},
	}
	anchors := must[signed.Ring](t)(signed.ReadAnchors(read(t, "issuerd/keys.anchors"), signed.EnvTest))
	w.ring = must[signed.Keys](t)(signed.OpenKeys(read(t, "issuerd/keys.note"), anchors, start)).Ring()
	w.center, w.kiosk = signer(t, "centerd/note.key"), signer(t, "kioskd/note.key")
	for _, c := range must[[]pki.Card](t)(pki.LoadCards(keysDir)) {
		w.cards[c.ID] = c
	}
	w.responder = must[*pki.Responder](t)(pki.NewResponder(keysDir, w.now))
	web := httptest.NewServer(w.responder)
	t.Cleanup(web.Close)
	w.client = must[*jpki.Client](t)(jpki.NewClient(jpki.Config{URL: web.URL}))
	db := must[*store.Store](t)(store.Open(t.Context(), w.path, Migrations()))
	t.Cleanup(func() { _ = db.Close() })
	c := Config{
		Env: signed.EnvTest, Ring: w.ring, Registry: registry.New(), Former: w.former, Store: db, Now: w.now,
		Roots: must[jpki.Roots](t)(jpki.ParseRoots(read(t, "issuerd/card-roots.pem"), signed.EnvTest)),
		Signers: map[domain.MunicipalityCode]signed.Signer{
			registry.Mihon: signer(t, "issuerd/990019.note.key"), registry.Kaku: signer(t, "issuerd/990027.note.key"),
		},
		Catalogues: must[Catalogues](t)(ParseCatalogues(SampleCatalogue)),
		Log:        slog.New(slog.NewTextHandler(io.Discard, nil)), Build: "issuerd-test", Node: "node-1",
	}
	for _, a := range adjust {
		a(&c)
	}
	w.server = New(c)
	if err := w.server.Start(t.Context(), must[[]User](t)(ParseUsers(read(t, "issuerd/user-map.json")))); err != nil {
		t.Fatal(err)
	}
	return w
}

// application is one visit at the kiosk, as far as the centre would carry it.
type application struct {
	w         *world
	binding   issuingapi.Binding
	subject   domain.Subject
	challenge signed.Challenge
	chain     issuingapi.Chain
	assertion signed.Assertion
	choices   signed.Choices
	hash      signed.Hash // of choices
}

// apply lets a card sign a challenge and the centre assert it.
func (w *world) apply(card string) *application {
	w.t.Helper()
	return w.applyFor(card, domain.ChallengeLife)
}

// applyFor lets the card sign a challenge of another life.
func (w *world) applyFor(card string, life time.Duration) *application {
	w.t.Helper()
	t, c, now := w.t, w.cards[card], w.now()
	municipality := registry.Mihon
	if strings.HasPrefix(c.Resident, string(registry.Kaku)) {
		municipality = registry.Kaku
	}
	a := &application{w: w, binding: issuingapi.Binding{
		Application: domain.NewApplicationID(), Municipality: municipality, Kiosk: pki.Kiosk,
	}}
	a.challenge = signed.Challenge{
		Env: signed.EnvTest, Purpose: signed.PurposeIssue, Center: pki.Center, Application: a.binding.Application,
		Kiosk: pki.Kiosk, KioskKey: signed.Hash{1}, Scope: signed.ScopeHome, NotBefore: now,
		NotAfter: now.Add(life), Certificate: signed.HashOf(c.AuthCert),
	}
	_, _ = rand.Read(a.challenge.CenterNonce[:])
	_, _ = rand.Read(a.challenge.KioskNonce[:])
	a.chain.Challenge = must[[]byte](t)(a.challenge.Text())
	a.chain.Certificate = c.AuthCert
	sum := sha256.Sum256(a.chain.Challenge)
	a.chain.Signature = must[[]byte](t)(rsa.SignPKCS1v15(nil, c.AuthKey, crypto.SHA256, sum[:]))
	proved := must[jpki.Card](t)(jpki.VerifyCard(w.server.Roots, c.AuthCert, now))
	a.chain.OCSP = must[[]byte](t)(w.client.Ask(t.Context(), proved, jpki.NonceOf(signed.HashOf(a.chain.Challenge)), now))
	u, _, err := w.server.userOf(t.Context(), issuingapi.CardKey(proved.IssuerSPKI, proved.Serial))
	if err != nil {
		t.Fatal(err)
	}
	a.subject = u.subject
	a.assertion = signed.Assertion{
		Env: signed.EnvTest, Center: pki.Center, Application: a.binding.Application, Kiosk: pki.Kiosk,
		Challenge: signed.HashOf(a.chain.Challenge), Municipality: municipality, Subject: u.subject,
		Method: signed.MethodJPKI, Status: signed.StatusGood, Checked: now, OCSP: signed.HashOf(a.chain.OCSP),
		Made: now, Expires: now.Add(domain.NoteLife),
	}
	a.assert(w.center)
	return a
}

// assert seals the assertion anew.
func (a *application) assert(by signed.Signer) {
	a.w.t.Helper()
	msg, _, err := signed.Seal(a.assertion, by)
	if err != nil {
		a.w.t.Fatal(err)
	}
	a.chain.Assertion = msg
}

func newRequest() domain.RequestID { return domain.RequestID{ID: domain.NewID()} }

func (a *application) choicesRequest() issuingapi.ChoicesRequest {
	return issuingapi.ChoicesRequest{
		RequestID: newRequest(), Binding: a.binding, Subject: a.subject, Chain: a.chain,
		TimeLeft: time.Minute,
	}
}

// choose asks for the choices and opens them.
func (a *application) choose(ctx context.Context) (issuingapi.ChoicesAnswer, error) {
	got, err := a.w.server.GetApplicantChoices(ctx, a.choicesRequest())
	if err != nil {
		return got, err
	}
	a.choices, a.hash, err = signed.Open[signed.Choices](got.Choices, a.w.ring, a.w.now(), signed.RoleMunicipality)
	return got, err
}

// order makes the kiosk's order of a scope with every option shown.
func (a *application) order(scope domain.OptionValue, members ...string) signed.Order {
	return signed.Order{
		Env: signed.EnvTest, Kiosk: pki.Kiosk, Boot: domain.BootID{ID: domain.NewID()}, Software: signed.Hash{2},
		Application: a.binding.Application, Challenge: signed.HashOf(a.chain.Challenge), Choices: a.hash,
		Municipality: a.binding.Municipality, Kind: domain.ResidentRecord, Options: []domain.Option{
			{Code: domain.OptionScope, Value: scope},
			{Code: domain.OptionShowDomicile, Value: domain.OptionYes},
			{Code: domain.OptionShowHeadAndRelation, Value: domain.OptionYes},
			{Code: domain.OptionShowMyNumber, Value: domain.OptionNo},
			{Code: domain.OptionShowResidentCode, Value: domain.OptionNo},
		},
		Members: members, Copies: 2, UnitFee: a.choices.Kinds[0].UnitFee, TotalFee: 2 * a.choices.Kinds[0].UnitFee,
		Catalogue: a.choices.Catalogue, Config: "v1", Made: a.w.now(), Expires: a.w.now().Add(domain.NoteLife),
	}
}

// issueRequest seals an order into a request.
func (a *application) issueRequest(o signed.Order, by signed.Signer) issuingapi.IssueRequest {
	a.w.t.Helper()
	msg, _, err := signed.Seal(o, by)
	if err != nil {
		a.w.t.Fatal(err)
	}
	chain := a.chain
	chain.Order = msg
	return issuingapi.IssueRequest{
		RequestID: newRequest(), Binding: a.binding, Subject: a.subject, Chain: chain,
		TimeLeft: time.Minute,
	}
}

// check holds an answer against the order as the kiosk does, and gives the manifest.
func (a *application) check(
	o signed.Order, r issuingapi.IssueRequest, got issuingapi.IssueAnswer,
) (signed.Manifest, error) {
	m, _, err := signed.Open[signed.Manifest](got.Manifest, a.w.ring, a.w.now(), signed.RoleMunicipality)
	if err != nil {
		return m, err
	}
	orderHash, err := signed.HashOfMessage(r.Chain.Order)
	if err != nil {
		return m, err
	}
	assertionHash, err := signed.HashOfMessage(a.chain.Assertion)
	if err != nil {
		return m, err
	}
	if err := signed.FitManifest(m, o, orderHash, a.choices, assertionHash); err != nil {
		return m, err
	}
	if len(got.Pages) != len(m.Pages) || got.Issue != m.Issue || got.Binding != a.binding {
		return m, fmt.Errorf("%d pages for %d in the manifest", len(got.Pages), len(m.Pages))
	}
	for i, p := range got.Pages {
		if signed.HashOf(p) != m.Pages[i].Digest || len(p) != m.Pages[i].Bytes {
			return m, fmt.Errorf("page %d is not the manifest's", i+1)
		}
	}
	return m, nil
}

// doneNote is the kiosk's account of a manifest's end.
func (a *application) doneNote(manifest []byte, good int, by signed.Signer) []byte {
	a.w.t.Helper()
	hash := must[signed.Hash](a.w.t)(signed.HashOfMessage(manifest))
	d := signed.Done{
		Env: signed.EnvTest, Kiosk: pki.Kiosk, Boot: domain.BootID{ID: domain.NewID()}, Application: a.binding.Application,
		Manifest: hash, Generation: 1, Outcome: domain.OutcomePrintedPaid, CopiesGood: good, Revenue: 200 * domain.Yen(good),
		AuditRoot: signed.Hash{3}, Made: a.w.now(),
	}
	if good == 0 {
		d.Outcome = domain.OutcomeRefunded
	}
	msg, _, err := signed.Seal(d, by)
	if err != nil {
		a.w.t.Fatal(err)
	}
	return msg
}

func (a *application) state() issuingapi.State {
	a.w.t.Helper()
	got, err := a.w.server.GetStatus(a.w.t.Context(), issuingapi.StatusRequest{
		RequestID: newRequest(),
		Binding:   a.binding,
	})
	if err != nil {
		a.w.t.Fatal(err)
	}
	return got.State
}

// paper is a Former without fonts: a page is the text of its cells. It remembers every page that it gave, to see that
// each is overwritten.
type paper struct {
	mu     sync.Mutex
	given  [][]byte
	during func(form.ResidentRecord) // called while a document is being made
}

func (p *paper) CheckResidentRecord(d form.ResidentRecord) error {
	if d.Application.IsZero() || d.Issue.IsZero() || d.Tally == "" || d.Municipality.Sentence == "" {
		return form.ErrDocument
	}
	for _, person := range d.Persons {
		if strings.Contains(string(person.Name), "\U0010DE92") {
			return form.ErrCharacterPending
		}
	}
	return nil
}

func (p *paper) ResidentRecord(d form.ResidentRecord) ([]form.Page, error) {
	if p.during != nil {
		p.during(d)
	}
	var pages []form.Page
	for chunk := range slices.Chunk(d.Persons, form.PersonsPerPage) {
		var b bytes.Buffer
		fmt.Fprintf(&b, "%%PDF %s %s %s %d/%d\n", d.Application, d.Issue, d.Tally, len(pages)+1,
			form.PagesFor(len(d.Persons)))
		fmt.Fprintf(&b, "%+v %s %s %s sample=%v\n", d.Municipality, d.Address, d.HeadName, d.Issued, d.Sample)
		page := form.Page{Orientation: signed.Portrait}
		for i, person := range chunk {
			fmt.Fprintf(&b, "%+v\n", person)
			page.Persons = append(page.Persons, len(pages)*form.PersonsPerPage+i)
		}
		page.PDF = b.Bytes()
		pages = append(pages, page)
		p.mu.Lock()
		p.given = append(p.given, page.PDF)
		p.mu.Unlock()
	}
	return pages, nil
}

func (p *paper) Picture(text string, style form.PictureStyle) ([]byte, error) {
	b := fmt.Appendf(nil, "PNG %d %s", style, text)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.given = append(p.given, b)
	return b, nil
}

// remains counts the pages and pictures that still hold anything.
func (p *paper) remains() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.given {
		if len(bytes.Trim(b, "\x00")) != 0 {
			n++
		}
	}
	return n
}
