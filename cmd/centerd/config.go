package main

import (
	"net/url"
	"slices"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/daemon"
)

// config is the file centerd.toml. Which kiosks and municipalities take part stands in the signed list of keys, not
// here: whoever may write this file cannot add one.
type config struct {
	daemon.Settings
	ID      domain.CenterID   `toml:"id"`
	OCSP    string            `toml:"ocsp"`    // address of the responder
	Issuing string            `toml:"issuing"` // address of the issuing server of every municipality without its own
	Issuers map[string]string `toml:"issuers"` // municipality code = address
}

// readConfig reads a file over the defaults, which are a centre on this machine.
func readConfig(file string) (config, error) {
	c := config{Settings: daemon.Default(), ID: "test-center"}
	err := daemon.Load(file, &c, func(f *daemon.Findings) {
		c.Settings.Check(f, "center.db")
		c.check(f)
	})
	return c, err
}

func (c config) check(f *daemon.Findings) {
	if !domain.ValidToken(string(c.ID)) {
		f.Refuse("id", "want 1 to 64 letters, digits, dots, underscores and hyphens")
	}
	if !address(c.OCSP, "http", "https") {
		f.Refuse("ocsp", "want the responder's address, such as http://127.0.0.1:2560/")
	}
	if c.Issuing == "" && len(c.Issuers) == 0 {
		f.Refuse("issuing", "want the issuing server's address, such as https://127.0.0.1:8444/")
	}
	if c.Issuing != "" && !address(c.Issuing, "https") {
		f.Refuse("issuing", "want an https address")
	}
	for code, u := range c.Issuers {
		if _, err := domain.ParseMunicipalityCode(code); err != nil || !address(u, "https") {
			f.Refuse("issuers."+code, "want a municipality code and an https address")
		}
	}
}

func address(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme)
}
