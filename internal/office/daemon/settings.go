package daemon

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/BurntSushi/toml"

	"github.com/kioskd/kioskd/internal/signed"
)

// Settings are the part of a configuration file that every server has. A server's own type embeds it.
type Settings struct {
	Listen   string     `toml:"listen"`    // address and port; port 0: any
	AddrFile string     `toml:"addr_file"` // the chosen address is written here; "": nowhere
	Dir      Folder     `toml:"dir"`       // the keys of this process, mode 0600
	Database string     `toml:"database"`  // "": a file in dir
	Env      signed.Env `toml:"env"`       // test or prod
}

// Default are the settings of a server of the test world on this machine.
func Default() Settings { return Settings{Listen: "127.0.0.1:0", Env: signed.EnvTest} }

// Check fills in the database's file name and refuses what cannot be.
func (s *Settings) Check(f *Findings, database string) {
	if s.Database == "" {
		s.Database = filepath.Join(string(s.Dir), database)
	}
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		f.Refuse("listen", "want host:port")
	}
	if i, err := os.Stat(string(s.Dir)); err != nil || !i.IsDir() {
		f.Refuse("dir", "want the folder with this server's keys")
	}
	if s.Env != signed.EnvTest && s.Env != signed.EnvProd {
		f.Refuse("env", "want test or prod")
	}
}

// Findings are all that is wrong with one file.
type Findings struct{ all []error }

// Refuse adds a finding about a key.
func (f *Findings) Refuse(key, format string, args ...any) {
	f.all = append(f.all, fmt.Errorf("configuration: %s: %s", key, fmt.Sprintf(format, args...)))
}

// Load reads a TOML file over what into holds and checks it. A key that into does not have is a finding; the error
// joins all of them.
func Load(file string, into any, check func(*Findings)) error {
	meta, err := toml.DecodeFile(file, into)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	var f Findings
	for _, k := range meta.Undecoded() {
		f.Refuse(k.String(), "unknown key")
	}
	check(&f)
	return errors.Join(f.all...)
}
