package terminal

import (
	"bytes"
	"image"
	"image/png"
	"sync"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/secret"
	"github.com/kioskd/kioskd/internal/signed"
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

// maxPicture bounds a picture of a name: pixels of one side.
const maxPicture = 4096

// decodePicture reads a municipality's picture. Its hash was checked before.
func decodePicture(b []byte) (image.Image, bool) {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width > maxPicture || c.Height > maxPicture/4 {
		return nil, false
	}
	img, err := png.Decode(bytes.NewReader(b))
	return img, err == nil
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
	if len(v.Kinds) == 0 {
		return
	}
	v.Municipality = session.Text(h.catalogue.Name)
	for i := range v.Kinds {
		h.kindTexts(&v.Kinds[i])
	}
	h.kindTexts(&v.Kind)
	kind, ok := h.kind(v.Kind.Kind)
	if !ok {
		return
	}
	for i := range v.Options {
		for _, o := range kind.Options {
			if o.Code == v.Options[i].Code {
				optionTexts(&v.Options[i], o)
			}
		}
	}
}

func (h *held) kind(k domain.Kind) (centerapi.CatalogueKind, bool) {
	for _, c := range h.catalogue.Kinds {
		if c.Kind == k {
			return c, true
		}
	}
	return centerapi.CatalogueKind{}, false
}

func (h *held) kindTexts(v *session.KindView) {
	if c, ok := h.kind(v.Kind); ok {
		v.Label, v.Help = session.Text(c.Label), session.Text(c.Help)
	}
}

func optionTexts(v *session.OptionView, o centerapi.CatalogueOption) {
	v.Label = session.Text(o.Label)
	for i := range v.Choices {
		for _, c := range o.Choices {
			if c.Value == v.Choices[i].Value {
				v.Choices[i].Label = session.Text(c.Label)
			}
		}
	}
}
