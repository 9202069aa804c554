package config

import (
	"strings"
	"testing"
)

// whole is a configuration that is right; tests change one thing.
const whole = `
env = "test"
kiosk = "K-000001"
version = "1"
[center]
id = "c1"
url = "https://center.invalid"
cert = "c"
key = "k"
ca = "a"
[keys]
note = "n"
list = "l"
[render]
cache = "r"
[journal]
path = "j"
`

func TestCoin(t *testing.T) {
	for name, c := range map[string]struct{ text, wrong string }{
		"none": {``, ""},
		"usb": {
			"[coin]\nkind = \"usb\"\nserial = \"A1\"\nfloat = [1, 2, 3, 4]\nescrow_slots = 30\nproducts = [\"SR5\"]", "",
		},
		"no serial number": {"[coin]\nkind = \"usb\"\nany_product = true", "coin.serial"},
		"ftdi": {
			"[coin]\nkind = \"ftdi\"\nserial = \"A1\"\necho = true\ncrc16 = [2, 85]\nany_product = true", "",
		},
		"tty":              {"[coin]\nkind = \"tty\"\npath = \"/dev/ttyUSB0\"\nany_product = true", ""},
		"tty without path": {"[coin]\nkind = \"tty\"\nany_product = true", "coin.path"},
		"unknown kind":     {"[coin]\nkind = \"mdb\"", "coin.kind"},
		"three hoppers":    {"[coin]\nfloat = [1, 2, 3]", "coin.float"},
		"power loss":       {"[coin]\npower_loss = \"perhaps\"", "coin.power_loss"},
		"unknown units":    {"[coin]\nkind = \"tty\"\npath = \"/dev/x\"", "coin.products"},
		"any, and these": {
			"[coin]\nkind = \"tty\"\npath = \"/dev/x\"\nany_product = true\nproducts = [\"A\"]", "coin.products",
		},
		"addresses":          {"[coin]\nacceptor = 11\nescrow = 90\nhoppers = [7, 8, 9, 10]", ""},
		"one address twice":  {"[coin]\nacceptor = 3", "coin.hoppers"},
		"the host's address": {"[coin]\nescrow = 1", "coin.escrow"},
		"five hoppers":       {"[coin]\nhoppers = [3, 4, 5, 6, 7]", "coin.hoppers"},
		"keys":               {"[coin]\nhopper_keys = [\"serial\", \"none\", \"auto\", \"serial\"]", ""},
		"an encrypted one":   {"[coin]\nhopper_keys = [\"auto\", \"encrypted\", \"auto\", \"auto\"]", "cannot be driven"},
		"a changer":          {"[coin]\nmachine = \"changer\"", "tells values and has no escrow"},
		"three keys":         {"[coin]\nhopper_keys = [\"auto\", \"auto\", \"auto\"]", "coin.hopper_keys"},
		"no escrow":          {"[coin]\nescrow_slots = 0", "coin.escrow_slots"},
		"a printer's word":   {"[coin]\ntrust_counters = true", "unknown key coin.trust_counters"},
	} {
		_, err := Parse(whole + c.text)
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, err := Parse(whole); err != nil || c.Coin.Kind != "none" || c.Coin.EscrowSlots != 40 {
		t.Errorf("%+v, %v", c.Coin, err)
	}
}

func TestAnotherCertificateIsOfferedUnlessTheSiteSaysNo(t *testing.T) {
	for text, want := range map[string]bool{
		whole: true, "another = false\n" + whole: false, "another = true\n" + whole: true,
	} {
		if c, err := Parse(text); err != nil || c.Another != want {
			t.Errorf("%v, %v, want %v", c.Another, err, want)
		}
	}
}

func TestPhone(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "0120-000-000": true, "+81-3-0000-0000": true, "110": true, "0120 000": false, "call us": false,
		"-1": false, "03--1": false,
	} {
		c, err := Parse("phone = \"" + text + "\"\n" + whole)
		if (err == nil) != want || err == nil && c.Phone != text || err != nil && !strings.Contains(err.Error(), "phone") {
			t.Errorf("%q: %q, %v", text, c.Phone, err)
		}
	}
}
