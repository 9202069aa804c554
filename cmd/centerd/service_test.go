//go:build debian

package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/daemon"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/issuing"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// bench is the whole office on this machine: responder, issuing server, centre, each over its real wire.
type bench struct {
	t      *testing.T
	dir    string
	ring   signed.Ring
	client *centerapi.Client
	key    signed.Hash // of the kiosk's TLS key
	note   signed.Signer
	boot   domain.BootID
	stop   func() error
}

func (b *bench) read(name string) []byte {
	b.t.Helper()
	text, err := os.ReadFile(filepath.Join(b.dir, name))
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) pair(name string) tls.Certificate {
	b.t.Helper()
	p, err := tls.LoadX509KeyPair(filepath.Join(b.dir, name+".crt"), filepath.Join(b.dir, name+".key"))
	b.must(err)
	return p
}

func (b *bench) signer(name string) signed.Signer {
	b.t.Helper()
	s, err := signed.NewSigner(strings.TrimSpace(string(b.read(name))))
	b.must(err)
	return s
}

func (b *bench) authority() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(b.read("kioskd/ca.crt"))
	return pool
}

// issuer starts the real issuing server and gives its address.
func (b *bench) issuer() string {
	b.t.Helper()
	pdf, signers := map[domain.MunicipalityCode]form.SigningKey{}, map[domain.MunicipalityCode]signed.Signer{}
	for _, m := range pki.Municipalities {
		p := b.pair("issuerd/" + string(m) + ".pdf")
		pdf[m] = form.SigningKey{Signer: p.PrivateKey.(crypto.Signer), Certificate: p.Leaf}
		signers[m] = b.signer("issuerd/" + string(m) + ".note.key")
	}
	former, err := form.Open(form.Config{FontPath: form.DefaultFontPath, Keys: pdf})
	b.must(err)
	catalogues, err := issuing.ParseCatalogues(issuing.SampleCatalogue)
	b.must(err)
	roots, err := jpki.ParseRoots(b.read("issuerd/card-roots.pem"), signed.EnvTest)
	b.must(err)
	users, err := issuing.ParseUsers(b.read("issuerd/user-map.json"))
	b.must(err)
	db, err := store.Open(b.t.Context(), filepath.Join(b.dir, "issuerd.db"), issuing.Migrations())
	b.must(err)
	b.t.Cleanup(func() { _ = db.Close() })
	log := slog.New(slog.NewJSONHandler(b.t.Output(), nil))
	s := issuing.New(issuing.Config{
		Env: signed.EnvTest, Ring: b.ring, Roots: roots, Signers: signers, Registry: registry.New(), Catalogues: catalogues,
		Former: former, Store: db, Now: time.Now, Log: log, Build: "test", Node: "node-1",
	})
	b.must(s.Start(b.t.Context(), users))
	server := httptest.NewUnstartedServer(issuingapi.Handler(issuingapi.ServerConfig{
		Service: s, Log: log,
		Authorize: func(*http.Request, domain.MunicipalityCode) error { return nil },
	}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{b.pair("issuerd/tls")}, ClientCAs: b.authority(),
		ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13,
	}
	server.StartTLS()
	b.t.Cleanup(server.Close)
	return server.URL + "/"
}

// ready waits for the line that says that the server is, without sleeping.
type ready struct{ line chan struct{} }

func (r ready) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "centerd.ready") {
		close(r.line)
	}
	return len(p), nil
}

func newBench(t *testing.T) *bench {
	t.Helper()
	hooks.anchors = os.ReadFile
	b := &bench{t: t, dir: t.TempDir(), boot: domain.BootID{ID: domain.NewID()}}
	b.must(pki.Make(b.dir, time.Now()))
	responder, err := pki.NewResponder(b.dir, time.Now)
	b.must(err)
	ocsp := httptest.NewServer(responder)
	t.Cleanup(ocsp.Close)
	b.ring, err = daemon.Folder(filepath.Join(b.dir, "centerd")).Ring(os.ReadFile, signed.EnvTest, time.Now())
	b.must(err)
	addr := filepath.Join(b.dir, "centerd.addr")
	c, err := readConfig(write(t, `
dir = "`+filepath.Join(b.dir, "centerd")+`"
addr_file = "`+addr+`"
ocsp = "`+ocsp.URL+`"
issuing = "`+b.issuer()+`"
`))
	b.must(err)
	ctx, stop := context.WithCancel(context.Background())
	up, ended := ready{make(chan struct{})}, make(chan error, 1)
	go func() {
		ended <- c.serve(ctx, time.Now, slog.New(slog.NewJSONHandler(io.MultiWriter(up, t.Output()), nil)))
	}()
	select {
	case <-up.line:
	case err := <-ended:
		stop()
		t.Fatal(err)
	}
	b.stop = func() error { stop(); return <-ended }
	b.note = b.signer("kioskd/note.key")
	own := b.pair("kioskd/tls")
	b.key = sha256.Sum256(own.Leaf.RawSubjectPublicKeyInfo)
	b.client, err = centerapi.New(centerapi.Config{
		URL: "https://" + strings.TrimSpace(string(b.read("centerd.addr"))),
		TLS: &tls.Config{Certificates: []tls.Certificate{own}, RootCAs: b.authority()}, Center: pki.Center,
	})
	b.must(err)
	return b
}

// authenticate goes as far as the assertion.
func (b *bench) authenticate(id string) (domain.ApplicationID, signed.Challenge, error) {
	b.t.Helper()
	cards, err := pki.LoadCards(b.dir)
	b.must(err)
	var card pki.Card
	for _, c := range cards {
		if c.ID == id {
			card = c
		}
	}
	app := domain.NewApplicationID()
	r := centerapi.ChallengeRequest{
		Application: app, Boot: b.boot, KioskNonce: signed.Hash(sha256.Sum256(app.ID[:])), Purpose: "issue", Scope: "home",
	}
	a, err := b.client.Challenge(b.t.Context(), r)
	if err != nil {
		return app, signed.Challenge{}, err
	}
	ch := signed.Challenge{
		Env: signed.EnvTest, Purpose: signed.PurposeIssue, Center: a.Center, Application: app, Kiosk: pki.Kiosk,
		KioskKey: b.key, CenterNonce: a.CenterNonce, KioskNonce: r.KioskNonce, Scope: r.Scope, NotBefore: a.NotBefore,
		NotAfter: a.NotAfter, Certificate: signed.HashOf(card.AuthCert),
	}
	text, err := ch.Text()
	b.must(err)
	sum := sha256.Sum256(text)
	signature, err := rsa.SignPKCS1v15(rand.Reader, card.AuthKey, crypto.SHA256, sum[:])
	b.must(err)
	_, _, err = b.client.Authenticate(b.t.Context(), app, centerapi.Authentication{
		ChallengeText: text, Certificate: card.AuthCert, Signature: signature,
	})
	return app, ch, err
}

// choose goes as far as the choices.
func (b *bench) choose(id string) (domain.ApplicationID, signed.Choices, signed.Hash, error) {
	b.t.Helper()
	app, _, err := b.authenticate(id)
	if err != nil {
		return app, signed.Choices{}, signed.Hash{}, err
	}
	c, err := b.client.Choices(b.t.Context(), app)
	if err != nil {
		return app, signed.Choices{}, signed.Hash{}, err
	}
	n, hash, err := signed.Open[signed.Choices](c.Note, b.ring, time.Now(), signed.RoleMunicipality)
	b.must(err)
	if _, ok := n.Kind(domain.ResidentRecord); !ok || c.Catalogue.Version != n.Catalogue || len(c.Pictures) == 0 {
		b.t.Errorf("choices without the kind, the catalogue or pictures: %+v", n)
	}
	return app, n, hash, nil
}

func refusal(err error) domain.RefusalReason {
	if e, ok := errors.AsType[*centerapi.Refused](err); ok {
		return e.Reason
	}
	return domain.NoRefusal
}

func TestACertificateComesThroughTheWholeOffice(t *testing.T) {
	b := newBench(t)
	app, n, hash, err := b.choose("tsuji")
	b.must(err)
	kind, _ := n.Kind(domain.ResidentRecord)
	o := signed.Order{
		Env: signed.EnvTest, Kiosk: pki.Kiosk, Boot: b.boot, Application: app, Challenge: n.Challenge, Choices: hash,
		Municipality: n.Municipality, Kind: kind.Kind, Copies: 2, UnitFee: kind.UnitFee, TotalFee: 2 * kind.UnitFee,
		Catalogue: n.Catalogue, Config: "c1", Made: time.Now(), Expires: time.Now().Add(domain.NoteLife),
		Options: []domain.Option{
			{Code: domain.OptionScope, Value: domain.ScopeWhole},
			{Code: domain.OptionShowDomicile, Value: domain.OptionNo},
			{Code: domain.OptionShowHeadAndRelation, Value: domain.OptionYes},
			{Code: domain.OptionShowMyNumber, Value: domain.OptionNo},
			{Code: domain.OptionShowResidentCode, Value: domain.OptionNo},
		},
	}
	for _, m := range n.Members {
		o.Members = append(o.Members, m.Ref)
	}
	msg, order, err := signed.Seal(o, b.note)
	b.must(err)
	b.must(b.client.Order(t.Context(), app, msg))
	var s centerapi.Status
	for s.State != centerapi.StateReady {
		if s, err = b.client.Wait(t.Context(), app, s.Rev); err != nil || centerapi.Final(s.State) {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	m, manifest, err := signed.Open[signed.Manifest](s.Manifest, b.ring, time.Now(), signed.RoleMunicipality)
	b.must(err)
	b.must(signed.FitManifest(m, o, order, n, n.Assertion))
	d, _, err := signed.Open[signed.Delivery](s.Delivery, b.ring, time.Now(), signed.RoleCenter)
	b.must(err)
	b.must(signed.FitDelivery(d, m, manifest, pki.Kiosk))
	for i, p := range m.Pages {
		page, err := b.client.Page(t.Context(), app, i+1)
		if err != nil || signed.HashOf(page) != p.Digest || !strings.HasPrefix(string(page), "%PDF-") {
			t.Errorf("page %d: %v", i+1, err)
		}
	}
	done := signed.Done{
		Env: signed.EnvTest, Kiosk: pki.Kiosk, Boot: b.boot, Application: app, Manifest: manifest, Generation: 1,
		Outcome: domain.OutcomePrintedPaid, CopiesGood: 2, Revenue: o.TotalFee, Made: time.Now(),
	}
	for _, sheet := range d.Sheets {
		done.Sheets = append(done.Sheets, signed.DoneSheet{ID: sheet.ID, Fate: signed.SheetPrinted})
	}
	msg, _, err = signed.Seal(done, b.note)
	b.must(err)
	b.must(b.client.Done(t.Context(), app, msg))
	b.must(b.stop())
	if err := b.client.Done(t.Context(), app, msg); !errors.Is(err, centerapi.ErrUnreachable) {
		t.Errorf("after the end: %v", err)
	}
}

func TestD15_EachTestCardMeetsItsOwnReason(t *testing.T) {
	b := newBench(t)
	defer func() { b.must(b.stop()) }()
	for id, want := range map[string]domain.RefusalReason{
		"hanako": domain.NoRefusal, "kaku": domain.NoRefusal, "omori": domain.NoRefusal, "maria": domain.NoRefusal,
		"tsuji": domain.NoRefusal, "yoshida": domain.NoRefusal,
		"expired": domain.CertExpired, "revoked": domain.CertRevoked, "unknown": domain.NotYetUsable,
		"new": domain.NotYetUsable, "leaver": domain.HouseholdHasLeaver, "moved": domain.MovedOut,
		"gaiji": domain.CharacterPending, "child": domain.Under15, "held": domain.Unavailable,
	} {
		_, n, _, err := b.choose(id)
		got := refusal(err)
		if err == nil {
			kind, _ := n.Kind(domain.ResidentRecord)
			got = kind.Refusal
		}
		if got != want {
			t.Errorf("%s: %v (%v), want %v", id, got, err, want)
		}
	}
}
