package crash

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"

	"github.com/kioskd/kioskd/internal/terminal/ports"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/ui"
)

const pin = "1234"

// chip answers the commands of the sequence; whatever the PIN is, it is the right one.
type chip struct {
	file     string
	verified bool
}

func (c *chip) PowerOff(context.Context) error {
	c.verified = false
	return nil
}

func (c *chip) Transmit(_ context.Context, apdu []byte) ([]byte, error) {
	switch {
	case apdu[1] == 0xA4 && apdu[2] == 4:
		return []byte{0x90, 0}, nil
	case apdu[1] == 0xA4:
		c.file = string(apdu[5:7])
		return []byte{0x90, 0}, nil
	case apdu[1] == 0xB0:
		return c.read(int(apdu[2])<<8|int(apdu[3]), int(apdu[4])), nil
	case apdu[1] == 0x20 && len(apdu) == 4:
		return []byte{0x63, 0xC3}, nil
	case apdu[1] == 0x20:
		c.verified = true
		return []byte{0x90, 0}, nil
	case apdu[0] == 0x80 && apdu[1] == 0x2A && c.verified:
		sig, err := rsa.SignPKCS1v15(rand.Reader, keys().card, 0, apdu[5:5+51])
		return append(sig, 0x90, 0), err
	default:
		return []byte{0x69, 0x82}, nil
	}
}

func (c *chip) read(from, n int) []byte {
	content := map[string][]byte{
		"\x00\x06": []byte("JPKIAPICCTOKEN2                 "), "\x00\x08": {0x8F, 0x8F, 0}, "\x00\x0A": keys().der,
	}[c.file]
	if n == 0 {
		n = 256
	}
	if from >= len(content) {
		return []byte{0x6B, 0}
	}
	return append(bytes.Clone(content[from:min(len(content), from+n)]), 0x90, 0)
}

// reader is the card reader of one process.
type reader struct {
	p      *process
	events chan card.Event
}

var _ ports.Reader = (*reader)(nil)

func (r *reader) Events() <-chan card.Event { return r.events }

func (r *reader) Connect(context.Context, string) (c card.Card, err error) {
	r.p.after(bus, "card.connect", func() { c = &chip{} })
	return c, nil
}

// panel is the screen of one process.
type panel struct {
	p      *process
	events chan ui.Event
	view   session.View
}

var _ ports.Panel = (*panel)(nil)

// Show keeps the view; the world reads it while the loop waits.
func (s *panel) Show(v session.View) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.p.dead {
		return
	}
	s.view = v
	s.p.w.trace.note("show "+v.Screen, int64(s.p.w.elapsed()), int64(v.Inserted), int64(v.Owed), int64(v.SheetsDone))
}

func (s *panel) Events() <-chan ui.Event { return s.events }

// Wipe has no picture to wipe.
func (s *panel) Wipe() {}

func (s *panel) shown() session.View {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	return s.view
}
