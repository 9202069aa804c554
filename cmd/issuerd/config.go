package main

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/daemon"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/registry"
)

// config is the file issuerd.toml. Fees, hours and texts are dated data and stand in the catalogue, not here (D-17).
type config struct {
	daemon.Settings
	Font           string                    `toml:"font"`           // IPAmj明朝
	Center         domain.CenterID           `toml:"center"`         // the one centre that may call
	Node           string                    `toml:"node"`           // name of this node
	Municipalities []domain.MunicipalityCode `toml:"municipalities"` // those served
}

// readConfig reads a file over the defaults, which are a server on this machine for the made-up municipalities.
func readConfig(file string) (config, error) {
	c := config{
		Settings: daemon.Default(), Font: form.DefaultFontPath, Center: "test-center", Node: "node-1",
		Municipalities: []domain.MunicipalityCode{registry.Mihon, registry.Kaku},
	}
	err := daemon.Load(file, &c, func(f *daemon.Findings) {
		c.Settings.Check(f, "issuerd.db")
		c.check(f)
	})
	return c, err
}

func (c config) check(f *daemon.Findings) {
	for key, v := range map[string]string{"center": string(c.Center), "node": c.Node} {
		if !domain.ValidToken(v) {
			f.Refuse(key, "want 1 to 64 letters, digits, dots, underscores and hyphens")
		}
	}
	if len(c.Municipalities) == 0 {
		f.Refuse("municipalities", "none is served")
	}
	for _, m := range c.Municipalities {
		if _, err := domain.ParseMunicipalityCode(string(m)); err != nil {
			f.Refuse("municipalities", "%s: %v", m, err)
		}
	}
}
