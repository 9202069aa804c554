// Package form sets the municipality's documents: signed one-page PDFs of 住民票の写し (世帯連記式, server.md §8) and the
// pictures of names that the screens show.
//
// The issuing server calls it. It decides nothing about persons: what a cell says is given as text, and a cell that was
// not asked for is given as Omitted. A character that the font does not have is refused before anything is drawn
// (CharacterPending), a text that does not fit is refused and never cut (TextTooLong). It holds no clock: every time is
// a parameter; only the PKCS #7 library stamps its signing time by itself.
//
// Glyph sources: IPAmj明朝 with Moji_Joho variation sequences (domain.md §9). Layout: the field list of server.md §8;
// the measures are ours, since the standard form's drawing is not public.
package form

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/tdewolff/canvas"

	"github.com/kioskd/kioskd/internal/domain"
)

// DefaultFontPath is where Debian's fonts-ipamj-mincho puts the font.
const DefaultFontPath = "/usr/share/fonts/truetype/ipamj/ipamjm.ttf"

// Errors of this package. The issuing server turns the first two into the refusals of the same name.
var (
	// ErrCharacterPending: a character, or a base with this variation selector, is not in the font.
	ErrCharacterPending = errors.New("form: a character is not in the font; register it first (CharacterPending)")
	// ErrTextTooLong: a text does not fit its cell, not even at 70 %, on two lines and continued in 備考.
	ErrTextTooLong = errors.New("form: a text does not fit the form (TextTooLong)")
	// ErrDocument: the document is not complete; this is a defect of the caller.
	ErrDocument = errors.New("form: the document is not complete")
)

// SigningKey signs the PDFs of one municipality.
type SigningKey struct {
	Signer      crypto.Signer       // ECDSA P-256
	Certificate *x509.Certificate   // of Signer
	Chain       []*x509.Certificate // issuers above Certificate, nearest first; may be empty
}

// Config is what Open needs.
type Config struct {
	FontPath string // "" is DefaultFontPath
	Keys     map[domain.MunicipalityCode]SigningKey
}

// Former makes pages and pictures. It is safe for concurrent use; it works on one page at a time.
type Former struct {
	glyphs glyphs
	keys   map[domain.MunicipalityCode]SigningKey

	// mu guards what follows: the shaper keeps caches.
	mu       sync.Mutex
	font     *canvas.Font
	readings readings
}

// Open reads the font file and makes a Former.
func Open(c Config) (*Former, error) {
	path := c.FontPath
	if path == "" {
		path = DefaultFontPath
	}
	font, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("form: read font (Debian: fonts-ipamj-mincho): %w", err)
	}
	return New(font, c.Keys)
}

// New makes a Former from the bytes of a TrueType font. Keys may be nil where only pictures are made.
func New(font []byte, keys map[domain.MunicipalityCode]SigningKey) (*Former, error) {
	g, err := newGlyphs(font)
	if err != nil {
		return nil, err
	}
	shaped, err := canvas.LoadFont(font, 0, canvas.FontRegular)
	if err != nil {
		return nil, fmt.Errorf("form: load font: %w", err)
	}
	if err := wake(shaped, g); err != nil {
		return nil, err
	}
	r := readings{}
	shaped.Cmap.Subtables = append(shaped.Cmap.Subtables, r)
	return &Former{glyphs: g, keys: keys, font: shaped, readings: r}, nil
}
