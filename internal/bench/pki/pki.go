// Package pki makes every key of a test world: the card CA with its two roots and one OCSP responder each, the test
// cards, the TLS certificates of the processes, the note keys with the list that two of three key holders sign, and the
// municipalities' PDF keys. All of it says TEST and is worth nothing anywhere else.
//
// cmd/kioskbench calls [Make] and serves a [Responder]; tests of the servers do the same. Each process gets a folder of
// its own, every file 0600, and no key of another.
package pki

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/registry"
)

// Names of the one test world.
const (
	Center = domain.CenterID("test-center")
	Kiosk  = domain.KioskID("K-000001")
)

// Municipalities are the two fictional ones: 見本市 and 架空町.
var Municipalities = []domain.MunicipalityCode{registry.Mihon, registry.Kaku}

// stamp is written last; while it fits, Make keeps what is there.
const stamp = "pki.stamp"

// version rises when the files of this package change, so that an older folder is made anew.
const version = 1

// past and future are how far validity reaches around the moment of making, so that a desk clock that is moved over a
// fiscal year or an era meets valid keys.
const (
	past   = -1 // years
	future = 10 // years
)

// Make writes the test world's keys under dir, one folder a process. A folder that is complete and of the same cards
// is kept as it is; any other is made anew. It takes a few seconds of processor time for the RSA keys.
func Make(dir string, now time.Time) error {
	want, err := fingerprint()
	if err != nil {
		return err
	}
	got, err := os.ReadFile(filepath.Join(dir, stamp))
	if err == nil && string(got) == want {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("pki: read stamp: %w", err)
	}
	m := &maker{dir: dir, from: now.AddDate(past, 0, 0), now: now, until: now.AddDate(future, 0, 0)}
	for _, step := range []func() error{m.makeTLS, m.makeNotes, m.makePDF, m.makeCards} {
		if err := step(); err != nil {
			return fmt.Errorf("pki: %w", err)
		}
	}
	return m.write(stamp, []byte(want))
}

// fingerprint names what Make would write.
func fingerprint() (string, error) {
	b, err := json.Marshal(registry.TestCards())
	if err != nil {
		return "", fmt.Errorf("pki: list of cards: %w", err)
	}
	sum := sha256.Sum256(b)
	return fmt.Sprintf("kioskd test keys %d %s\n", version, hex.EncodeToString(sum[:])), nil
}

// maker carries what all steps need.
type maker struct {
	dir   string
	from  time.Time
	now   time.Time
	until time.Time
}

// write puts one file in place, 0600, in a folder of 0700.
func (m *maker) write(name string, content []byte) error {
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("pki: %w", err)
	}
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return fmt.Errorf("pki: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("pki: %w", err)
	}
	return nil
}

// writeEach puts the same file into the folders of several processes.
func (m *maker) writeEach(name string, content []byte, processes ...string) error {
	for _, p := range slices.Compact(processes) {
		if err := m.write(filepath.Join(p, name), content); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) writeJSON(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("pki: %s: %w", name, err)
	}
	return m.write(name, append(b, '\n'))
}
