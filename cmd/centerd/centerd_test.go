package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/office/daemon"
)

// minimal is what a file must say beside dir.
const minimal = `
ocsp = "http://127.0.0.1:2560/"
issuing = "https://127.0.0.1:8444/"
`

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "centerd.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfigurationTellsEveryFinding(t *testing.T) {
	_, err := readConfig(write(t, `
listen = "somewhere"
dir = "/nonexistent"
env = "staging"
colour = "red"
ocsp = "2560"
[issuers]
990018 = "https://127.0.0.1:1/"
`))
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"listen", "dir", "env", "colour", "ocsp", "990018"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %s in: %v", want, err)
		}
	}
	dir := t.TempDir()
	c, err := readConfig(write(t, `dir = "`+dir+`"`+minimal))
	if err != nil || c.Listen != "127.0.0.1:0" || c.Database != filepath.Join(dir, "center.db") {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestX26_WithoutKeyHoldersThereIsNoService(t *testing.T) {
	kept := hooks.anchors
	defer func() { hooks.anchors = kept }()
	hooks.anchors = nil
	file := write(t, "dir = \""+t.TempDir()+"\"\n"+minimal)
	err := program.Serve(t.Context(), file, slog.New(slog.DiscardHandler))
	if !errors.Is(err, daemon.ErrNoKeyHolders) {
		t.Errorf("a build that knows no key holders: %v", err)
	}
}
