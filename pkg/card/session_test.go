package card_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

func TestSessionIdentifiesAndSigns(t *testing.T) {
	t.Parallel()
	der := validCertificate(t)
	quirks := map[string]cardtest.Quirks{
		"plain":                         {},
		"first_command_fails_once":      {FirstFails: true},
		"short_reads":                   {ShortReads: 7},
		"one_byte_reads":                {ShortReads: 1},
		"answers_in_pieces":             {MoreData: true},
		"wrong_length_is_corrected":     {WrongLength: true},
		"filler_behind_certificate":     {Filler: 300},
		"length_with_a_byte_too_many":   {NonMinimalLength: true},
		"name_matches_by_prefix":        {PrefixSelect: true},
		"verified_pin_outlives_a_reset": {SurvivesPowerCycle: true},
	}
	for name, q := range quirks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := powered(cardtest.Config{AuthKey: testKey(), AuthCert: der, Quirks: q})
			s := card.NewSession(k)
			id, err := s.Identify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := card.Identity{
				Token:       card.Token{Kind: card.TokenMyNumber, Label: cardtest.LabelMyNumber},
				Certificate: der, Tries: 3,
			}
			if d := cmp.Diff(want, id); d != "" {
				t.Fatal(d)
			}
			digest := sha256.Sum256([]byte(name))
			signature, err := s.Authenticate(t.Context(), digits("1234"), digest)
			if err != nil {
				t.Fatal(err)
			}
			if err := rsa.VerifyPKCS1v15(&testKey().PublicKey, crypto.SHA256, digest[:], signature); err != nil {
				t.Fatal(err)
			}
			if n := k.Stats().Commands[0x20]; n != 2 {
				t.Errorf("%d VERIFY commands, want one query and one PIN", n)
			}
		})
	}
}

func TestIdentifyRefuses(t *testing.T) {
	t.Parallel()
	good := validCertificate(t)
	bytes33K, bytes16M := []byte{0x30, 0x82, 0x84, 0, 0, 0, 0, 0}, []byte{0x30, 0x83, 0xFF, 0xFF, 0xFF, 0, 0}
	tests := map[string]struct {
		config cardtest.Config
		want   error
	}{
		"another_card":              {cardtest.Config{NotMyNumber: true}, card.ErrNotMyNumberCard},
		"juki_card":                 {cardtest.Config{Label: cardtest.LabelJuki}, card.ErrJukiCard},
		"android_phone":             {cardtest.Config{Label: cardtest.LabelAndroid}, card.ErrPhone},
		"iphone":                    {cardtest.Config{Label: cardtest.LabelIPhone}, card.ErrPhone},
		"next_generation":           {cardtest.Config{Label: "JPKIAPICCTOKEN3"}, card.ErrUnknownGeneration},
		"no_certificate_says_0008":  {cardtest.Config{}, card.ErrNoAuthCertificate},
		"no_certificate_nor_0008":   {cardtest.Config{NoAvailability: true}, card.ErrNoAuthCertificate},
		"blocked":                   {cardtest.Config{AuthCert: good, Blocked: true}, card.ErrPINBlocked},
		"certificate_cut_short":     {cardtest.Config{AuthCert: good[:200]}, card.ErrCertificate},
		"certificate_of_zeros":      {cardtest.Config{AuthCert: make([]byte, 900)}, card.ErrCertificate},
		"certificate_of_33_KiB":     {cardtest.Config{AuthCert: bytes33K}, card.ErrCertificate},
		"certificate_of_16_MiB":     {cardtest.Config{AuthCert: bytes16M}, card.ErrCertificate},
		"certificate_of_wrong_kind": {cardtest.Config{AuthCert: []byte{0x30, 0x03, 0x02, 0x01, 0x00}}, card.ErrCertificate},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := card.NewSession(powered(tt.config)).Identify(t.Context())
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestCheckCertificateByDate(t *testing.T) {
	t.Parallel()
	from, to := noon.AddDate(-1, 0, 0), noon.AddDate(1, 0, 0)
	der := certificate(t, from, to)
	if err := card.CheckCertificate(der, noon); err != nil {
		t.Error(err)
	}
	if err := card.CheckCertificate(der, to.AddDate(0, 0, 1)); !errors.Is(err, card.ErrCertificateExpired) {
		t.Errorf("after its end: %v", err)
	}
	if err := card.CheckCertificate(der, from.AddDate(0, 0, -1)); !errors.Is(err, card.ErrCertificateNotYetValid) {
		t.Errorf("before its begin: %v", err)
	}
	if err := card.CheckCertificate(der[:100], noon); !errors.Is(err, card.ErrCertificate) {
		t.Errorf("cut short: %v", err)
	}
}

func TestWrongPINCountsDownToBlocked(t *testing.T) {
	t.Parallel()
	for _, by6983 := range []bool{false, true} {
		k := powered(cardtest.Config{
			AuthKey: testKey(), AuthCert: validCertificate(t),
			Quirks: cardtest.Quirks{BlockedBy6983: by6983},
		})
		s := card.NewSession(k)
		if _, err := s.Identify(t.Context()); err != nil {
			t.Fatal(err)
		}
		for left := card.Tries(2); left > 0; left-- {
			_, err := s.Authenticate(t.Context(), digits("9999"), [32]byte{})
			wrong, ok := errors.AsType[*card.PINError](err)
			if !ok || wrong.TriesLeft != left {
				t.Fatalf("got %v, want %v left", err, left)
			}
		}
		for range 2 { // 63C0 the first time, 6984 or 6983 after
			if _, err := s.Authenticate(t.Context(), digits("9999"), [32]byte{}); !errors.Is(err, card.ErrPINBlocked) {
				t.Fatalf("got %v, want blocked", err)
			}
		}
		if left, err := s.TriesLeft(t.Context()); left != 0 || !errors.Is(err, card.ErrPINBlocked) {
			t.Fatalf("got %v, %v", left, err)
		}
	}
}

func TestPINOfWrongFormIsNeverSent(t *testing.T) {
	t.Parallel()
	k := powered(cardtest.Config{AuthKey: testKey(), AuthCert: validCertificate(t)})
	s := card.NewSession(k)
	if _, err := s.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := k.Stats()
	for _, pin := range []digits{"", "123", "12345", "12 4", "12a4", "１２３４", "1234567890123456"} {
		if _, err := s.Authenticate(t.Context(), pin, [32]byte{}); !errors.Is(err, card.ErrPINFormat) {
			t.Errorf("a PIN of %d bytes: %v", len(pin), err)
		}
	}
	if d := cmp.Diff(before, k.Stats()); d != "" {
		t.Errorf("the card saw something: %s", d)
	}
}

func TestCounterMayBeSilentAfterVerify(t *testing.T) {
	t.Parallel()
	k := powered(cardtest.Config{
		AuthKey: testKey(), AuthCert: validCertificate(t), Quirks: cardtest.Quirks{VerifiedSilent: true},
	})
	s := card.NewSession(k)
	if _, err := s.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), digits("1234")); err != nil {
		t.Fatal(err)
	}
	if left, err := s.TriesLeft(t.Context()); left != card.TriesUnknown || err != nil {
		t.Errorf("got %v, %v; want unknown", left, err)
	}
}

func TestSignatureMustFitTheCertificate(t *testing.T) {
	t.Parallel()
	k := powered(cardtest.Config{
		AuthKey: testKey(), AuthCert: validCertificate(t), Quirks: cardtest.Quirks{ForeignSignature: true},
	})
	s := card.NewSession(k)
	if _, err := s.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(t.Context(), digits("1234"), [32]byte{}); !errors.Is(err, card.ErrSignature) {
		t.Fatalf("got %v", err)
	}
}

func TestSigningNeedsThePIN(t *testing.T) {
	t.Parallel()
	k := powered(cardtest.Config{AuthKey: testKey(), AuthCert: validCertificate(t)})
	s := card.NewSession(k)
	if _, err := s.Authenticate(t.Context(), digits("1234"), [32]byte{}); err == nil || k.Stats().Commands[0x20] != 0 {
		t.Errorf("authenticate before identify: %v", err)
	}
	if _, err := s.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignDigest(t.Context(), [32]byte{}); !errors.Is(err, card.ErrNotVerified) {
		t.Errorf("sign before verify: %v", err)
	}
}

// wire is a port that keeps every command as it was when it arrived, and the slice it came in.
type wire struct {
	card.Port
	seen  [][]byte
	given [][]byte
	fail  func(apdu []byte) error
}

func (w *wire) Transmit(ctx context.Context, apdu []byte) ([]byte, error) {
	w.seen, w.given = append(w.seen, bytes.Clone(apdu)), append(w.given, apdu)
	if w.fail != nil {
		if err := w.fail(apdu); err != nil {
			return nil, err
		}
	}
	return w.Port.Transmit(ctx, apdu)
}

func isPIN(apdu []byte) bool { return apdu[1] == 0x20 && len(apdu) > 4 }

func TestX24_VerifyIsWipedAndOverwrittenByALongerCommand(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pin  digits
		fail func([]byte) error
	}{
		"right_pin": {pin: "1234"},
		"wrong_pin": {pin: "9999"},
		"card_removed_during_verify": {pin: "1234", fail: func(apdu []byte) error {
			if isPIN(apdu) {
				return card.ErrRemoved
			}
			return nil
		}},
		"card_removed_between_verify_and_signature": {pin: "1234", fail: func(apdu []byte) error {
			if apdu[1] == 0x2A {
				return card.ErrRemoved
			}
			return nil
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &wire{Port: powered(cardtest.Config{AuthKey: testKey(), AuthCert: validCertificate(t)}), fail: tt.fail}
			s := card.NewSession(w)
			if _, err := s.Identify(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, _ = s.Authenticate(t.Context(), tt.pin, [32]byte{})
			checkWiped(t, w)
		})
	}
}

// checkWiped wants exactly one PIN command, wiped, and a longer command after it.
func checkWiped(t *testing.T, w *wire) {
	t.Helper()
	sent, longer := 0, false
	for i, apdu := range w.seen {
		if isPIN(apdu) {
			sent++
			if !bytes.Equal(w.given[i], make([]byte, len(apdu))) {
				t.Errorf("command %d still holds its bytes", i)
			}
			continue
		}
		longer = longer || sent == 1 && len(apdu) > 9
	}
	if sent != 1 || !longer {
		t.Errorf("%d PIN commands, longer command after it: %v", sent, longer)
	}
}

func TestNoVerifyOrSignatureIsSentTwice(t *testing.T) {
	t.Parallel()
	for _, ins := range []byte{0x20, 0x2A} {
		w := &wire{Port: powered(cardtest.Config{AuthKey: testKey(), AuthCert: validCertificate(t)})}
		s := card.NewSession(w)
		if _, err := s.Identify(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.seen = nil
		w.fail = func(apdu []byte) error {
			if apdu[1] == ins {
				return card.ErrTransport
			}
			return nil
		}
		if _, err := s.Authenticate(t.Context(), digits("1234"), [32]byte{}); !errors.Is(err, card.ErrTransport) {
			t.Errorf("got %v", err)
		}
		n := 0
		for _, apdu := range w.seen {
			if apdu[1] == ins {
				n++
			}
		}
		if n != 1 {
			t.Errorf("instruction %02X was sent %d times", ins, n)
		}
	}
}

func TestRemovalAtEachCommandIsSaid(t *testing.T) {
	t.Parallel()
	der := validCertificate(t)
	for at := 0; ; at++ {
		if at > 100 {
			t.Fatal("no end")
		}
		count := 0
		w := &wire{Port: powered(cardtest.Config{AuthKey: testKey(), AuthCert: der})}
		w.fail = func([]byte) error {
			if count++; count > at {
				return card.ErrRemoved
			}
			return nil
		}
		s := card.NewSession(w)
		_, err := s.Identify(t.Context())
		if err == nil {
			_, err = s.Authenticate(t.Context(), digits("1234"), [32]byte{})
		}
		if err == nil {
			if at < 10 {
				t.Fatalf("ended after %d commands", at)
			}
			return
		}
		if !errors.Is(err, card.ErrRemoved) || strings.Contains(err.Error(), "1234") {
			t.Fatalf("command %d: %v", at, err)
		}
	}
}
