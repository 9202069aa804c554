package daemon

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/signed"
)

// Folder is the folder with the keys of one process.
type Folder string

// Read gives a file that is no secret.
func (f Folder) Read(name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(string(f), name))
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return b, nil
}

// Secret gives a file that nobody but this process's user may touch, and refuses one that others may.
func (f Folder) Secret(name string) ([]byte, error) {
	file, err := os.Open(filepath.Join(string(f), name))
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	defer func() { _ = file.Close() }() // read-only: nothing to lose
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("keys: %s has mode %04o, others may touch it; make a new key and chmod 600 its file",
			file.Name(), mode)
	}
	b, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("keys: %s: %w", name, err)
	}
	return b, nil
}

// ErrNoKeyHolders says that a build believes no list of keys.
var ErrNoKeyHolders = errors.New("keys: no key holders are compiled into this build, so it believes no keys.note; " +
	"for a test use a bench build (go build -tags bench), for production a release built with the holders' keys: " +
	"docs/center.md, \"Key holders\"")

// Anchors reads the key holders' keys from a file. The default build has none: its holders are compiled in, or nobody
// is believed.
type Anchors func(file string) ([]byte, error)

// Ring opens keys.note, the list of keys that two of three key holders signed. It is ErrNoKeyHolders in a build
// that knows none.
func (f Folder) Ring(anchors Anchors, env signed.Env, now time.Time) (signed.Ring, error) {
	if anchors == nil {
		return signed.Ring{}, ErrNoKeyHolders
	}
	text, err := anchors(filepath.Join(string(f), "keys.anchors"))
	if err != nil {
		return signed.Ring{}, fmt.Errorf("keys: %w", err)
	}
	holders, err := signed.ReadAnchors(text, env)
	if err != nil {
		return signed.Ring{}, err
	}
	msg, err := f.Read("keys.note")
	if err != nil {
		return signed.Ring{}, err
	}
	keys, err := signed.OpenKeys(msg, holders, now)
	if err != nil {
		return signed.Ring{}, fmt.Errorf("keys: keys.note: %w", err)
	}
	return keys.Ring(), nil
}

// Signer reads a note key and demands that the list of keys names it for this role and holder.
func (f Folder) Signer(name string, ring signed.Ring, role signed.Role, holder string) (signed.Signer, error) {
	text, err := f.Secret(name)
	if err != nil {
		return signed.Signer{}, err
	}
	s, err := signed.NewSigner(strings.TrimSpace(string(text)))
	if err != nil {
		return signed.Signer{}, fmt.Errorf("keys: %s: %w", name, err)
	}
	if !slices.ContainsFunc(ring.Keys, func(k signed.Key) bool {
		return k.Name == s.Name() && k.Role() == role && k.Holder == holder
	}) {
		return signed.Signer{}, fmt.Errorf("keys: %s: keys.note does not name %s for %s", name, s.Name(), holder)
	}
	return s, nil
}

// Pair reads the certificate and key NAME.crt and NAME.key.
func (f Folder) Pair(name string) (tls.Certificate, error) {
	cert, err := f.Read(name + ".crt")
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := f.Secret(name + ".key")
	if err != nil {
		return tls.Certificate{}, err
	}
	defer clear(key)
	p, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("keys: %s: %w", name, err)
	}
	return p, nil
}

// authority is the private CA of the service's TLS.
func (f Folder) authority() (*x509.CertPool, error) {
	text, err := f.Read("ca.crt")
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("keys: ca.crt holds no certificate")
	}
	return pool, nil
}
