package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/config"
)

// kioskdConfig is kioskd's configuration in this world.
func (w *world) kioskdConfig(center string) string {
	c := config.Default()
	c.Env, c.Kiosk, c.Version = "test", string(pki.Kiosk), "bench.1"
	c.Center = config.Center{
		ID: string(pki.Center), URL: "https://" + center,
		Cert: w.path("kioskd", "tls.crt"), Key: w.path("kioskd", "tls.key"), CA: w.path("kioskd", "ca.crt"),
	}
	c.Keys = config.Keys{
		Note: w.path("kioskd", "note.key"), List: w.path("kioskd", "keys.note"), Anchors: w.path("kioskd", "keys.anchors"),
	}
	c.Panel.Fullscreen = w.headless
	if !w.headless {
		c.Panel.Scale = 50
	}
	c.Coin.Kind, c.Coin.Serial, c.Coin.Float = "usb", coin.USBSerial, w.float
	c.Coin.Products = []string{"SIM-CA", "SIM-ES", "SIM-HOP-NOENCRYPT"} // internal/bench/coin/still
	c.Printer = config.Device{Kind: "usb", TrustCounters: true}         // internal/bench/printer counts what comes out
	c.Hours = config.Hours{Open: "00:00", Close: "24:00"}               // who tries it may do so at night
	c.Render.Cache = w.path("kioskd", "render")
	c.Journal.Path = w.path("kioskd", "journal.db")
	return encode(c)
}

// encode writes a configuration. Structs of configurations hold nothing that TOML cannot say.
func encode(v any) string {
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(v); err != nil {
		panic(err)
	}
	return b.String()
}

// entry is one key of a server's configuration.
type entry struct {
	key   string
	value any
}

// table writes entries as TOML.
func table(entries ...entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%s = %s\n", e.key, quote(e.value))
	}
	return b.String()
}

func quote(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprint(v)
}

// issuerdConfig is the issuing server's.
func (w *world) issuerdConfig(listen string) string {
	return table(
		entry{"listen", listen}, entry{"addr_file", w.addressFile("issuerd")}, entry{"dir", w.path("issuerd")},
	)
}

// centerdConfig is the centre's.
func (w *world) centerdConfig(listen, issuing string) string {
	return table(
		entry{"listen", listen}, entry{"addr_file", w.addressFile("centerd")}, entry{"dir", w.path("centerd")},
		entry{"ocsp", "http://" + w.status.address + "/"}, entry{"issuing", "https://" + issuing + "/"},
	)
}
