package card_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/pkg/card"
	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

const selectAP = "00A4040C0AD392F000260100000001"

var signCommand = "802A008033" + "3031300D060960864801650304020105000420" + strings.Repeat("00", 32) + "00"

// send sends commands through the guard in order and gives the last one's error.
func send(t *testing.T, k card.Port, commands ...string) error {
	t.Helper()
	g := card.Allow(k)
	var err error
	for i, c := range commands {
		apdu, bad := hex.DecodeString(c)
		if bad != nil {
			t.Fatal(bad)
		}
		if _, err = g.Transmit(t.Context(), apdu); err != nil && i < len(commands)-1 {
			t.Fatalf("%s: %v", c, err)
		}
	}
	return err
}

func TestAllowRefusesAllElse(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"empty":                           {""},
		"three_bytes":                     {"00A404"},
		"text_application":                {"00A4040C0AD3921000310001010408"},
		"surface_application":             {"00A4040C0AD3921000310001010402"},
		"juki_application":                {"00A4040C0AD3921000310001010401"},
		"common_application":              {"00A4040C0AD3921000310001010100"},
		"short_name":                      {"00A4040C05D392F00026"},
		"jpki_with_le":                    {selectAP + "00"},
		"jpki_on_channel_1":               {"01" + selectAP[2:]},
		"master_file":                     {"00A40000"},
		"file_0001_signature_certificate": {selectAP, "00A4020C020001"},
		"file_001A_signature_key":         {selectAP, "00A4020C02001A"},
		"file_001B_signature_password":    {selectAP, "00A4020C02001B"},
		"file_0011_number_pin":            {selectAP, "00A4020C020011"},
		"read_before_select":              {selectAP, "00B0000020"},
		"read_by_short_file_id":           {selectAP, "00A4020C020006", "00B0810000"},
		"read_of_the_pin_file":            {selectAP, "00A4020C020018", "00B0000000"},
		"pin_by_short_file_id":            {selectAP, "00A4020C020018", "00200098"},
		"pin_with_no_file":                {selectAP, "002000800431323334"},
		"pin_to_the_key_file":             {selectAP, "00A4020C020017", "002000800431323334"},
		"pin_of_three_digits":             {selectAP, "00A4020C020018", "0020008003313233"},
		"pin_of_five_digits":              {selectAP, "00A4020C020018", "00200080053132333435"},
		"pin_with_a_letter":               {selectAP, "00A4020C020018", "002000800431323341"},
		"pin_after_a_failed_select":       {selectAP, "00A4020C020018", "00A4020C020008", "002000800431323334"},
		"change_pin":                      {selectAP, "00A4020C020018", "002401800431323334"},
		"unblock_pin":                     {selectAP, "00A4020C020018", "002C00800431323334"},
		"sign_with_no_key":                {selectAP, signCommand},
		"sign_with_the_pin_file":          {selectAP, "00A4020C020018", signCommand},
		"sign_raw_bytes":                  {selectAP, "00A4020C020017", "802A00800401020304" + "00"},
		"sign_by_p1_02":                   {selectAP, "00A4020C020017", strings.Replace(signCommand, "802A00", "802A02", 1)},
		"get_data":                        {"00CA00F000"},
		"write":                           {selectAP, "00A4020C020008", "00D6000001FF"},
		"manage_channel":                  {"0070000001"},
		"phone_last_command":              {"80FC0000"},
	}
	for name, commands := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := powered(cardtest.Config{AuthKey: testKey(), NoAvailability: name == "pin_after_a_failed_select"})
			before := 0
			for range commands[:len(commands)-1] {
				before++
			}
			err := send(t, k, commands...)
			if !errors.Is(err, card.ErrRefused) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), "31323334") {
				t.Error("the error holds the PIN")
			}
			seen := 0
			for _, n := range k.Stats().Commands {
				seen += n
			}
			if seen != before {
				t.Errorf("the card saw %d commands, want %d", seen, before)
			}
		})
	}
}

// The negative control: the same guard lets the sequence through.
func TestAllowPassesTheSequence(t *testing.T) {
	t.Parallel()
	k := powered(cardtest.Config{AuthKey: testKey(), AuthCert: validCertificate(t)})
	err := send(
		t, k, selectAP, "00A4020C020006", "00B0000020", "00A4020C02000A", "00B0010000",
		"00A4020C020018", "00200080", "002000800431323334", "00A4020C020017", signCommand,
	)
	if err != nil || k.Stats().Signatures != 1 {
		t.Fatalf("%v, %d signatures", err, k.Stats().Signatures)
	}
}

func FuzzAllow(f *testing.F) {
	for _, s := range []string{selectAP, "00A4020C020018", "002000800431323334", signCommand, "00200080", ""} {
		b, err := hex.DecodeString(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, apdu []byte) {
		k := powered(cardtest.Config{})
		g := card.Allow(k)
		_, err := g.Transmit(t.Context(), apdu)
		if err == nil && len(apdu) > 7 && !strings.EqualFold(hex.EncodeToString(apdu), selectAP) {
			t.Fatalf("%x passed on a fresh card", apdu)
		}
	})
}
