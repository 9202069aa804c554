// Package config reads the settings of kioskd: TOML with defaults, in which an unknown key is an error. Fees, hours,
// kinds and texts are dated data of the municipalities and never stand here (D-17). Secrets are paths.
package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"

	"github.com/BurntSushi/toml"

	"github.com/kioskd/kioskd/internal/domain"
)

// Kiosk is the configuration of kioskd.
type Kiosk struct {
	Env     string `toml:"env"`     // test or prod
	Kiosk   string `toml:"kiosk"`   // id of this kiosk, such as K-000001
	Version string `toml:"version"` // of this configuration; stands in every order

	// Phone is the operator's, as residents and staff dial it: "0120-000-000". "" is none.
	Phone string `toml:"phone"`

	// Another says whether a resident may have another certificate in the same visit, by placing the same card again
	//
	Another bool `toml:"another"`

	Center  Center  `toml:"center"`
	Keys    Keys    `toml:"keys"`
	Panel   Panel   `toml:"panel"`
	Render  Render  `toml:"render"`
	Coin    Coin    `toml:"coin"`
	Printer Device  `toml:"printer"`
	Journal Journal `toml:"journal"`
	Hours   Hours   `toml:"hours"`
}

// Hours are when visits may begin, in Japanese time. Hours of single kinds come with the municipality's catalogue.
type Hours struct {
	Open  string `toml:"open"`  // 06:30
	Close string `toml:"close"` // 23:00; 24:00 is the end of the day
}

// Center says where the centre is and who this kiosk is to it.
type Center struct {
	ID   string `toml:"id"`
	URL  string `toml:"url"`
	Cert string `toml:"cert"` // PEM of the kiosk's TLS leaf
	Key  string `toml:"key"`  // PEM, mode 0600
	CA   string `toml:"ca"`   // PEM of the private CA
}

// Keys are the keys for notes.
type Keys struct {
	Note    string `toml:"note"`    // the kiosk's own signing key, mode 0600
	List    string `toml:"list"`    // keys note, signed by two of three key holders
	Anchors string `toml:"anchors"` // verifier keys of the key holders, one a line; bench builds only
}

// Panel is the touch panel.
type Panel struct {
	Width      int     `toml:"width"`  // pixels
	Height     int     `toml:"height"` // pixels
	PxPerMM    float64 `toml:"px_per_mm"`
	Fullscreen bool    `toml:"fullscreen"`
	Scale      int     `toml:"scale"` // percent of the panel, for developers' displays
	Theme      string  `toml:"theme"`
	Fonts      string  `toml:"fonts"` // folder with NotoSansCJK-Regular.ttc and -Bold.ttc
}

// Render is the child process that renders pages.
type Render struct {
	Cache string `toml:"cache"` // folder of the compiled renderer; root-owned in production
}

// Device says how a printer is reached: "none", or "usb" with its serial number.
type Device struct {
	Kind   string `toml:"kind"`
	Serial string `toml:"serial"`
	// TrustCounters says that this model's counters were measured and count what comes out. Without
	// it a job that stopped on the way proves nothing, and a clerk is called.
	TrustCounters bool `toml:"trust_counters"`
}

// Journal is where money and acts are written.
type Journal struct {
	Path string `toml:"path"`
}

// Default gives the settings of the reference machine (reference panel 15.6″ portrait).
func Default() Kiosk {
	return Kiosk{
		Env: "prod", Version: "0", Another: true,
		Panel: Panel{
			Width: 1080, Height: 1920, PxPerMM: 5.58, Fullscreen: true, Scale: 100,
			Fonts: "/usr/share/fonts/opentype/noto",
		},
		Hours:   Hours{Open: "06:30", Close: "23:00"}, // of the real service
		Coin:    defaultCoin(),
		Printer: Device{Kind: "none"},
	}
}

// Read reads and checks a file.
func Read(path string) (Kiosk, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Kiosk{}, fmt.Errorf("config: %w", err)
	}
	return Parse(string(text))
}

// Parse reads and checks a text. All findings are joined in one error, each with its key.
func Parse(text string) (Kiosk, error) {
	c := Default()
	meta, err := toml.Decode(text, &c)
	if err != nil {
		return Kiosk{}, fmt.Errorf("config: %w", err)
	}
	var all []error
	for _, k := range meta.Undecoded() {
		all = append(all, fmt.Errorf("config: unknown key %s", k))
	}
	all = append(all, c.check()...)
	return c, errors.Join(all...)
}

// phone is a number as it is dialled, or none.
var phone = regexp.MustCompile(`^(\+?[0-9]+(-[0-9]+)*)?$`)

func (c Kiosk) check() []error {
	var all []error
	wrong := func(ok bool, key, want string) {
		if !ok {
			all = append(all, fmt.Errorf("config: %s: want %s", key, want))
		}
	}
	wrong(c.Env == "test" || c.Env == "prod", "env", "test or prod")
	wrong(domain.ValidToken(c.Kiosk), "kiosk", "an id such as K-000001")
	wrong(domain.ValidToken(c.Version), "version", "a version such as 2026-11-01.1")
	wrong(phone.MatchString(c.Phone), "phone", "a number as it is dialled, such as 0120-000-000")
	wrong(domain.ValidToken(c.Center.ID), "center.id", "the centre's id")
	u, err := url.Parse(c.Center.URL)
	wrong(err == nil && u.Scheme == "https" && u.Host != "", "center.url", "an https address")
	for key, path := range map[string]string{
		"center.cert": c.Center.Cert, "center.key": c.Center.Key, "center.ca": c.Center.CA, "keys.note": c.Keys.Note,
		"keys.list": c.Keys.List, "render.cache": c.Render.Cache, "journal.path": c.Journal.Path,
	} {
		wrong(path != "", key, "a path")
	}
	wrong(c.Panel.Width >= 320 && c.Panel.Width <= 8192, "panel.width", "320 to 8192 pixels")
	wrong(c.Panel.Height >= 320 && c.Panel.Height <= 8192, "panel.height", "320 to 8192 pixels")
	wrong(c.Panel.PxPerMM > 1 && c.Panel.PxPerMM < 50, "panel.px_per_mm", "1 to 50")
	wrong(c.Panel.Scale >= 10 && c.Panel.Scale <= 100, "panel.scale", "10 to 100 percent")
	_, err = domain.ParseHours(c.Hours.Open, c.Hours.Close)
	wrong(err == nil, "hours", "two times of the day such as 06:30 and 23:00")
	wrong(c.Printer.Kind == "none" || c.Printer.Kind == "usb", "printer.kind", "none or usb")
	c.Coin.check(wrong)
	return all
}
