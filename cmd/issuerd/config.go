package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/BurntSushi/toml"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/signed"
)

// config is the file issuerd.toml. Fees, hours and texts are dated data and stand in the catalogue, not here (D-17).
type config struct {
	Listen         string                    `toml:"listen"`         // address and port; port 0: any
	AddrFile       string                    `toml:"addr_file"`      // the chosen address is written here; "": nowhere
	Dir            string                    `toml:"dir"`            // the keys of this process, mode 0600
	Database       string                    `toml:"database"`       // "": issuerd.db in dir
	Font           string                    `toml:"font"`           // IPAmj明朝
	Env            signed.Env                `toml:"env"`            // test or prod
	Center         domain.CenterID           `toml:"center"`         // the one centre that may call
	Node           string                    `toml:"node"`           // name of this node
	Municipalities []domain.MunicipalityCode `toml:"municipalities"` // those served
}

// defaultConfig is a server on this machine that serves the made-up municipalities.
func defaultConfig() config {
	return config{
		Listen: "127.0.0.1:0", Font: form.DefaultFontPath, Env: signed.EnvTest, Center: "test-center", Node: "node-1",
		Municipalities: []domain.MunicipalityCode{registry.Mihon, registry.Kaku},
	}
}

// readConfig reads a file over the defaults. Unknown keys are errors; all findings are joined.
func readConfig(path string) (config, error) {
	c := defaultConfig()
	meta, err := toml.DecodeFile(path, &c)
	if err != nil {
		return c, fmt.Errorf("issuerd: configuration: %w", err)
	}
	var all []error
	for _, k := range meta.Undecoded() {
		all = append(all, fmt.Errorf("issuerd: configuration: unknown key %s", k))
	}
	if c.Database == "" {
		c.Database = filepath.Join(c.Dir, "issuerd.db")
	}
	return c, errors.Join(append(all, c.validate())...)
}

func (c config) validate() error {
	var all []error
	refuse := func(key, format string, args ...any) {
		all = append(all, fmt.Errorf("issuerd: configuration: %s: %s", key, fmt.Sprintf(format, args...)))
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
	for key, v := range map[string]string{"center": string(c.Center), "node": c.Node} {
		if !domain.ValidToken(v) {
			refuse(key, "want 1 to 64 letters, digits, dots, underscores and hyphens")
		}
	}
	if len(c.Municipalities) == 0 {
		refuse("municipalities", "none is served")
	}
	for _, m := range c.Municipalities {
		if _, err := domain.ParseMunicipalityCode(string(m)); err != nil {
			refuse("municipalities", "%s: %v", m, err)
		}
	}
	return errors.Join(all...)
}
