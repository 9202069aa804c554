package terminal

import (
	"image"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/secret"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/offer"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// held is what this visit holds beyond the session's own words: nonces, notes, pictures, pages. It is made empty for
// each visit and wiped as a whole; a request that outlives its visit holds the old one. Safe for concurrent use.
type held struct {
	mu    sync.Mutex
	arena *secret.Arena

	certificate []byte // DER; until ForgetCard
	certHash    signed.Hash
	nonce       [32]byte // kiosk nonce, never stored (notes: challenge)
	challenge   signed.Challenge
	text        []byte // of the challenge
	textHash    signed.Hash
	signature   []byte
	opened      bool // the centre knows the application

	assertion     signed.Assertion
	assertionHash signed.Hash
	choices       signed.Choices
	choicesHash   signed.Hash
	notes         notes // messages as received, for the second check (sheet.Verify)
	catalogue     centerapi.Catalogue
	pictures      map[signed.Hash]image.Image

	manifest signed.Manifest
	delivery signed.Delivery
	hash     signed.Hash // of the manifest
	pages    []secret.Doc
}

// notes are signed messages as they came.
type notes struct{ assertion, choices, order, manifest, delivery []byte }

func newHeld() *held { return &held{arena: secret.NewArena()} }

// known reports whether the centre knows of this application.
func (h *held) known() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.opened
}

// left is how many seconds are left of what was signed for this visit: the first to expire decides.
func (h *held) left(now time.Time) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	until := h.assertion.Expires
	for _, t := range []time.Time{h.choices.Expires, h.manifest.Expires, h.delivery.Expires} {
		if t.Before(until) {
			until = t
		}
	}
	return int(until.Sub(now) / time.Second)
}

// forgetCard erases what came from the card but the certificate's hash (D-14).
func (h *held) forgetCard() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.certificate)
	clear(h.signature)
	clear(h.text)
	h.certificate, h.signature, h.text = nil, nil, nil
}

// wipe erases all of it.
func (h *held) wipe() {
	h.forgetCard()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.pictures {
		if g, ok := p.(*image.Gray); ok {
			clear(g.Pix)
		}
	}
	h.arena.Wipe()
	h.pictures, h.pages = nil, nil
	h.notes = notes{}
	h.nonce = [32]byte{}
	h.challenge, h.assertion, h.choices = signed.Challenge{}, signed.Assertion{}, signed.Choices{}
}

// Picture gives the panel a picture by the hex of its hash. The panel may ask from any goroutine.
func (t *Terminal) Picture(key string) (image.Image, bool) {
	hash, err := signed.ParseHash(key)
	if err != nil {
		return nil, false
	}
	h := t.shown.Load()
	if h == nil {
		return nil, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	img, ok := h.pictures[hash]
	return img, ok
}

// texts joins the municipality's texts to what the session shows.
func (h *held) texts(v *session.View) {
	h.mu.Lock()
	defer h.mu.Unlock()
	offer.Texts(v, h.catalogue)
}
