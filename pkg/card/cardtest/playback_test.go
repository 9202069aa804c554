package cardtest_test

import (
	"strings"
	"testing"

	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

type digits string

func (d digits) CopyTo(b []byte) int { return copy(b, d) }

// record keeps a conversation about a card that has no certificate, so that the test needs no key.
func record(t *testing.T) []cardtest.Exchange {
	t.Helper()
	k := cardtest.New(cardtest.Config{})
	k.PowerOn()
	r := &cardtest.Record{Port: k}
	talk(t, r, "9999")
	return r.Exchanges()
}

func talk(t *testing.T, p card.Port, pin digits) error {
	t.Helper()
	s := card.NewSession(p)
	if _, err := s.Probe(t.Context()); err != nil {
		return err
	}
	if err := s.Verify(t.Context(), pin); err == nil {
		t.Error("a wrong PIN was taken")
	}
	return nil
}

func TestPlaybackRepeatsARecording(t *testing.T) {
	t.Parallel()
	exchanges := record(t)
	for _, e := range exchanges {
		if strings.Contains(e.Command, "39393939") {
			t.Error("the recording holds the PIN")
		}
	}
	p := &cardtest.Playback{Exchanges: exchanges}
	if err := talk(t, p, "8888"); err != nil { // the PIN is not recorded, so any will do
		t.Error(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestPlaybackFailsOnAnythingElse(t *testing.T) {
	t.Parallel()
	exchanges := record(t)
	p := &cardtest.Playback{Exchanges: exchanges[1:]}
	if err := talk(t, p, "9999"); err == nil {
		t.Error("another first command passed")
	}
	if err := p.Close(); err == nil {
		t.Error("leftovers passed")
	}
	cut := &cardtest.Playback{Exchanges: exchanges[:1]}
	if err := talk(t, cut, "9999"); err == nil {
		t.Error("a command after the end passed")
	}
}
