package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"github.com/BurntSushi/toml"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// config is the file centerd.toml. Which kiosks and municipalities take part stands in the signed list of keys, not
// here: whoever may write this file cannot add one.
type config struct {
	Listen   string     `toml:"listen"`    // address and port; port 0: any
	AddrFile string     `toml:"addr_file"` // the chosen address is written here; "": nowhere
	Dir      string     `toml:"dir"`       // the keys of this process, mode 0600
	Database string     `toml:"database"`  // "": center.db in dir
	Env      signed.Env `toml:"env"`       // test or prod

	ID      domain.CenterID   `toml:"id"`
	OCSP    string            `toml:"ocsp"`    // address of the responder
	Issuing string            `toml:"issuing"` // address of the issuing server of every municipality without its own
	Issuers map[string]string `toml:"issuers"` // municipality code = address
}

// defaultConfig is a centre on this machine.
func defaultConfig() config {
	return config{Listen: "127.0.0.1:0", Env: signed.EnvTest, ID: "test-center"}
}

// readConfig reads a file over the defaults. Unknown keys are errors; all findings are joined.
func readConfig(path string) (config, error) {
	c := defaultConfig()
	meta, err := toml.DecodeFile(path, &c)
	if err != nil {
		return c, fmt.Errorf("centerd: configuration: %w", err)
	}
	var all []error
	for _, k := range meta.Undecoded() {
		all = append(all, fmt.Errorf("centerd: configuration: unknown key %s", k))
	}
	if c.Database == "" {
		c.Database = filepath.Join(c.Dir, "center.db")
	}
	return c, errors.Join(append(all, c.validate())...)
}

func (c config) validate() error {
	var all []error
	refuse := func(key, format string, args ...any) {
		all = append(all, fmt.Errorf("centerd: configuration: %s: %s", key, fmt.Sprintf(format, args...)))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		refuse("listen", "want host:port")
	}
	if i, err := os.Stat(c.Dir); err != nil || !i.IsDir() {
		refuse("dir", "want the folder with this server's keys")
	}
	if c.Env != signed.EnvTest && c.Env != signed.EnvProd {
		refuse("env", "want test or prod")
	}
	if !domain.ValidToken(string(c.ID)) {
		refuse("id", "want 1 to 64 letters, digits, dots, underscores and hyphens")
	}
	if !address(c.OCSP, "http", "https") {
		refuse("ocsp", "want the responder's address, such as http://127.0.0.1:2560/")
	}
	if c.Issuing == "" && len(c.Issuers) == 0 {
		refuse("issuing", "want the issuing server's address, such as https://127.0.0.1:8444/")
	}
	if c.Issuing != "" && !address(c.Issuing, "https") {
		refuse("issuing", "want an https address")
	}
	for code, u := range c.Issuers {
		if _, err := domain.ParseMunicipalityCode(code); err != nil || !address(u, "https") {
			refuse("issuers."+code, "want a municipality code and an https address")
		}
	}
	return errors.Join(all...)
}

func address(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return false
	}
	for _, s := range schemes {
		if u.Scheme == s {
			return true
		}
	}
	return false
}
