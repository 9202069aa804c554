package terminal

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"image"
	"image/png"
	"log/slog"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/mod/sumdb/note"

	bench "github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/hand"
	"github.com/kioskd/kioskd/internal/terminal/journal"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
)

// cardKey is one RSA key for all tests: making one takes a moment.
var cardKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// fakePanel keeps the last view.
type fakePanel struct {
	mu     sync.Mutex
	view   session.View
	wiped  int
	events chan ui.Event
}

func (p *fakePanel) Show(v session.View) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.view = v
}
func (p *fakePanel) Events() <-chan ui.Event { return p.events }
func (p *fakePanel) Wipe() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wiped++
}

// fakeCard answers the commands of the sequence, with a PIN and a counter.
type fakeCard struct {
	mu       sync.Mutex
	der      []byte
	pin      string
	tries    int
	file     string
	verified bool
	powered  bool
	gone     bool
	other    bool // not a My Number card
}

func (c *fakeCard) PowerOff(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.powered, c.verified = false, false
	return nil
}

func (c *fakeCard) Transmit(_ context.Context, apdu []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return nil, card.ErrRemoved
	}
	switch {
	case apdu[1] == 0xA4 && apdu[2] == 4 && c.other:
		return []byte{0x6A, 0x82}, nil
	case apdu[1] == 0xA4 && apdu[2] == 4:
		return []byte{0x90, 0}, nil
	case apdu[1] == 0xA4:
		c.file = string(apdu[5:7])
		return []byte{0x90, 0}, nil
	case apdu[1] == 0xB0:
		return c.read(int(apdu[2])<<8|int(apdu[3]), int(apdu[4])), nil
	case apdu[1] == 0x20 && len(apdu) == 4:
		return []byte{0x63, byte(0xC0 | c.tries)}, nil
	case apdu[1] == 0x20:
		return c.verify(string(apdu[5:])), nil
	case apdu[0] == 0x80 && apdu[1] == 0x2A && c.verified:
		sig, err := rsa.SignPKCS1v15(rand.Reader, cardKey(), 0, apdu[5:5+51])
		return append(sig, 0x90, 0), err
	default:
		return []byte{0x69, 0x82}, nil
	}
}

func (c *fakeCard) read(from, n int) []byte {
	content := map[string][]byte{
		"\x00\x06": []byte("JPKIAPICCTOKEN2                 "), "\x00\x08": {0x8F, 0x8F, 0}, "\x00\x0A": c.der,
	}[c.file]
	if n == 0 {
		n = 256
	}
	if from >= len(content) {
		return []byte{0x6B, 0}
	}
	return append(bytes.Clone(content[from:min(len(content), from+n)]), 0x90, 0)
}

func (c *fakeCard) verify(pin string) []byte {
	switch {
	case c.tries == 0:
		return []byte{0x69, 0x84}
	case pin == c.pin:
		c.tries, c.verified = 3, true
		return []byte{0x90, 0}
	default:
		c.tries--
		return []byte{0x63, byte(0xC0 | c.tries)}
	}
}

// fakeReader is a reader with at most one card.
type fakeReader struct {
	events chan card.Event
	card   *fakeCard
}

func (r *fakeReader) Events() <-chan card.Event { return r.events }
func (r *fakeReader) Connect(context.Context, string) (card.Card, error) {
	r.card.powered = true
	return r.card, nil
}

// rig is a terminal between fakes, inside a bubble of fake time.
type rig struct {
	t        *testing.T
	panel    *fakePanel
	reader   *fakeReader
	center   *fakeCenter
	terminal *Terminal
	coins    *bench.Machine
	plug     sync.Mutex
	pulled   bool
	line     net.Conn // to the coin machine
	printer  *fakePrinter
	log      bytes.Buffer
	closers  []func() error
	stop     func()
	clerk    chan hand.Turn
	hurry    chan int
	last     domain.ApplicationID // of the visit that was cut off
	offset   atomic.Int64         // of the machine's own clock
	ended    atomic.Bool          // the run is over
}

// withRig runs a story in a bubble.
func withRig(t *testing.T, story func(*rig), with ...func(*rig, *Options)) {
	key := cardKey()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, key, with...)
		r.start()
		defer func() { // also where the story failed: a bubble ends when all in it has
			r.stop()
			for _, end := range r.closers {
				if err := end(); err != nil {
					t.Error(err)
				}
			}
		}()
		story(r)
	})
}

// start lets the terminal run.
func (r *rig) start() {
	ctx, cancel := context.WithCancel(r.t.Context())
	ended := make(chan error, 1)
	r.ended.Store(false)
	go func() {
		err := r.terminal.Run(ctx)
		r.ended.Store(true)
		ended <- err
	}()
	r.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	r.reader.events <- card.Event{Kind: card.ReaderAdded, Reader: "r"}
	synctest.Wait()
}

// restart ends the terminal wherever it is, and starts one with the same journal and devices and an empty memory.
func (r *rig) restart() { r.restartAfter(0) }

// restartAfter lets the machine be without power for a while.
func (r *rig) restartAfter(d time.Duration) {
	r.stop()
	r.unplug()
	r.wait(d)
	if r.coins != nil {
		r.vendor(&r.terminal.Options)
	}
	r.terminal = New(r.terminal.Options)
	r.start()
}

func noteKey(t *testing.T, role signed.Role, id, holder string, things ...signed.Thing) (signed.Signer, signed.Key) {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.Reader, signed.KeyName(role, id))
	if err != nil {
		t.Fatal(err)
	}
	s, err := signed.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(public, "+", 3)[2])
	if err != nil {
		t.Fatal(err)
	}
	return s, signed.Key{
		Name: s.Name(), Holder: holder, Things: things, Env: signed.EnvTest, From: domain.Date{Year: 1999, Month: 1, Day: 1},
		Until: domain.Date{Year: 2099, Month: 1, Day: 1}, Public: ed25519.PublicKey(raw[1:]),
	}
}

func onePNG(t *testing.T, w int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func newRig(t *testing.T, key *rsa.PrivateKey, with ...func(*rig, *Options)) *rig {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(5), Subject: pkix.Name{Organization: []string{"TEST kioskd"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * 365 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	center, ck := noteKey(t, signed.RoleCenter, "c1", "test-center", signed.ThingAssertion, signed.ThingDelivery)
	town, tk := noteKey(t, signed.RoleMunicipality, "990019", "990019", signed.ThingChoices, signed.ThingManifest)
	own, okey := noteKey(t, signed.RoleKiosk, "K-000001", "K-000001", signed.ThingOrder, signed.ThingDone)
	r := &rig{
		t: t, clerk: make(chan hand.Turn), hurry: make(chan int), panel: &fakePanel{events: make(chan ui.Event)},
		reader: &fakeReader{events: make(chan card.Event), card: &fakeCard{der: der, pin: "1234", tries: 3}},
		center: &fakeCenter{
			center: center, town: town, now: time.Now, kiosk: signed.Ring{Env: signed.EnvTest, Keys: []signed.Key{okey}},
			pictures: [][]byte{onePNG(t, 16), onePNG(t, 24)},
		},
	}
	books, err := journal.Open(t.Context(), filepath.Join(t.TempDir(), "journal"), domain.BootID{},
		journal.Of("K-000001", []byte("of the tests")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { books.Close() })
	options := Options{
		Identity: Identity{
			Env: signed.EnvTest, Kiosk: "K-000001", Center: "test-center", Boot: domain.BootID{ID: domain.NewID()},
			Config: "test", Note: own, Own: okey.Public, Anchors: signed.Ring{Env: signed.EnvTest, Keys: []signed.Key{ck, tk}},
		},
		Ports: Ports{Panel: r.panel, Reader: r.reader, Center: r.center, Journal: books, Clerk: r.clerk},
		Now:   func() time.Time { return time.Now().Add(time.Duration(r.offset.Load())) },
		Hurry: r.hurry,
		Log:   slog.New(slog.NewJSONHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: untimed})),
	}
	for _, w := range with {
		w(r, &options)
	}
	r.terminal = New(options)
	return r
}

// touch is one tap, after which everything has settled.
func (r *rig) touch(verb, arg string) {
	r.panel.events <- ui.Event{Action: node.Action{Verb: verb, Arg: arg}}
	synctest.Wait()
}

func (r *rig) place() {
	r.reader.events <- card.Event{Kind: card.CardInserted, Reader: "r"}
	synctest.Wait()
}

func (r *rig) take() {
	r.reader.card.mu.Lock()
	r.reader.card.gone = true
	r.reader.card.mu.Unlock()
	r.reader.events <- card.Event{Kind: card.CardRemoved, Reader: "r"}
	synctest.Wait()
	r.reader.card.mu.Lock()
	r.reader.card.gone = false
	r.reader.card.mu.Unlock()
}

func (r *rig) pin(digits string) {
	for _, d := range digits {
		r.touch(session.VerbDigit, string(d))
	}
	r.touch(session.VerbSubmitPIN, "")
}

func (r *rig) view() session.View {
	r.panel.mu.Lock()
	defer r.panel.mu.Unlock()
	return r.panel.view
}

func (r *rig) at(s session.State) {
	r.t.Helper()
	if got := r.view().State; got != s {
		r.t.Fatalf("at %v, want %v (refusal %v)", got, s, r.view().Refusal)
	}
}

// shift moves the machine's own clock.
func (r *rig) shift(d time.Duration) { r.offset.Add(int64(d)) }

// wait lets fake time pass.
func (r *rig) wait(d time.Duration) {
	<-time.After(d) // fake time of the bubble: it passes at once
	synctest.Wait()
}

// untimed drops the time of a record: it may hold any digits, those of a PIN too.
func untimed(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
