package card_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

func TestX27_TraceMasksPINs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { // a time of day may hold any digits
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	der := validCertificate(t)
	k := powered(cardtest.Config{AuthKey: testKey(), AuthCert: der, PIN: "7391"})
	s := card.NewSession(card.Trace(k, log))
	if _, err := s.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(t.Context(), digits("7391"), [32]byte{}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, secret := range []string{"7391", "37333931", "54455354"} { // PIN, PIN in hex, a name in the certificate
		if strings.Contains(text, secret) {
			t.Errorf("the trace holds %s", secret)
		}
	}
	for _, line := range []string{"00200080****", `"status":"9000"`, "00a4040c0a[10 bytes]"} {
		if !strings.Contains(text, line) {
			t.Errorf("the trace lacks %s", line)
		}
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		apdu []byte
		want string
	}{
		"query":             {[]byte{0x00, 0x20, 0x00, 0x80}, "00200080"},
		"pin":               {[]byte{0x00, 0x20, 0x00, 0x80, 4, '1', '2', '3', '4'}, "00200080****"},
		"pin_without_lc":    {[]byte{0x00, 0x20, 0x00, 0x80, '1'}, "00200080****"},
		"new_pin":           {[]byte{0x00, 0x24, 0x01, 0x80, 4, '1', '2', '3', '4'}, "00240180****"},
		"instruction_32":    {[]byte{0x00, 0x32, 0x01, 0x80, 4, '1', '2', '3', '4'}, "00320180****"},
		"pin_on_a_channel":  {[]byte{0x0C, 0x20, 0x00, 0x80, 4, '1', '2', '3', '4'}, "0c200080****"},
		"read":              {[]byte{0x00, 0xB0, 0x01, 0x00, 0x00}, "00b0010000"},
		"too_short_to_tell": {[]byte{'1', '2', '3'}, "[3 bytes]"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := card.Masked(tt.apdu); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
