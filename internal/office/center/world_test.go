package center_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/store"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

var noon = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

// keys is one set of test keys for all tests of this package; RSA keys cost time.
var keys string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "center")
	if err == nil {
		err = pki.Make(dir, noon)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	keys = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(keys, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func signer(t testing.TB, name string) signed.Signer {
	t.Helper()
	s, err := signed.NewSigner(strings.TrimSpace(string(file(t, name))))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ring(t testing.TB) signed.Ring {
	t.Helper()
	anchors, err := signed.ReadAnchors(file(t, "centerd/keys.anchors"), signed.EnvTest)
	if err != nil {
		t.Fatal(err)
	}
	list, err := signed.OpenKeys(file(t, "centerd/keys.note"), anchors, noon)
	if err != nil {
		t.Fatal(err)
	}
	return list.Ring()
}

// withSecondKiosk adds the key of K-000002, which the bench does not have.
func withSecondKiosk(t testing.TB, r signed.Ring) (signed.Ring, signed.Signer) {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, signed.KeyName(signed.RoleKiosk, "K-000002"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(public, "+", 3)[2])
	if err != nil {
		t.Fatal(err)
	}
	r.Keys = append(r.Keys, signed.Key{
		Name: signed.KeyName(signed.RoleKiosk, "K-000002"), Holder: "K-000002", Env: signed.EnvTest, Public: raw[1:],
		Things: []signed.Thing{signed.ThingOrder, signed.ThingDone},
		From:   domain.Date{Year: 2026, Month: 1, Day: 1}, Until: domain.Date{Year: 2027, Month: 1, Day: 1},
	})
	s, err := signed.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return r, s
}

// clock is the one time of a world.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a centre with a responder and the two municipalities' issuing servers.
type world struct {
	*center.Center
	t         testing.TB
	config    center.Config
	db        string
	clock     *clock
	responder *pki.Responder
	town      map[domain.MunicipalityCode]*town
	ring      signed.Ring
	second    signed.Signer // of K-000002
	log       *bytes.Buffer
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{at: noon}, town: map[domain.MunicipalityCode]*town{}, log: &bytes.Buffer{}}
	var err error
	w.ring, w.second = withSecondKiosk(t, ring(t))
	if w.responder, err = pki.NewResponder(keys, w.clock.now); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.responder)
	t.Cleanup(server.Close)
	client, err := jpki.NewClient(jpki.Config{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	roots, err := jpki.ParseRoots(file(t, "centerd/card-roots.pem"), signed.EnvTest)
	if err != nil {
		t.Fatal(err)
	}
	w.db = filepath.Join(t.TempDir(), "center.db")
	for _, m := range pki.Municipalities {
		w.town[m] = &town{
			t: t, code: m, ring: w.ring, signer: signer(t, "issuerd/"+string(m)+".note.key"), clock: w.clock, roots: roots,
		}
	}
	w.config = center.Config{
		ID: pki.Center, Ring: w.ring, Signer: signer(t, "centerd/note.key"), Roots: roots, Validation: client,
		Issuing:        func(m domain.MunicipalityCode) issuingapi.Service { return w.town[m] },
		Municipalities: pki.Municipalities, Kiosks: []domain.KioskID{pki.Kiosk, "K-000002"}, Now: w.clock.now,
		Log: slog.New(slog.NewJSONHandler(w.log, nil)),
	}
	w.restart()
	if err := w.SyncHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// restart gives the world a centre of a new process on the same database.
func (w *world) restart() {
	w.t.Helper()
	if w.config.Store != nil {
		if err := w.config.Store.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
	s, err := store.Open(context.Background(), w.db, center.Migrations())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = s.Close() })
	w.config.Store = s
	w.Center = center.New(w.config)
	if err := w.Start(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) count(name string) int64 {
	w.t.Helper()
	n, err := w.Counter(context.Background(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func card(t testing.TB, id string) pki.Card {
	t.Helper()
	list, err := pki.LoadCards(keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no card %s", id)
	return pki.Card{}
}
