package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kioskd/kioskd/internal/config"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal"
)

// identity reads who this kiosk is: its keys, the keys of the others, and the hash of its own program.
func identity(c config.Kiosk, now func() time.Time) (terminal.Identity, *tls.Config, error) {
	var none terminal.Identity
	if err := private(c.Center.Key, c.Keys.Note); err != nil {
		return none, nil, err
	}
	pair, err := tls.LoadX509KeyPair(c.Center.Cert, c.Center.Key)
	if err != nil {
		return none, nil, fmt.Errorf("kioskd: TLS key: %w", err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return none, nil, fmt.Errorf("kioskd: TLS certificate: %w", err)
	}
	pem, err := os.ReadFile(c.Center.CA)
	if err != nil {
		return none, nil, fmt.Errorf("kioskd: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return none, nil, fmt.Errorf("kioskd: %s holds no certificate", c.Center.CA)
	}
	id := terminal.Identity{
		Env: signed.Env(c.Env), Kiosk: domain.KioskID(c.Kiosk), Center: domain.CenterID(c.Center.ID),
		KioskKey: sha256.Sum256(leaf.RawSubjectPublicKeyInfo), Boot: domain.BootID{ID: domain.NewID()},
		Config: c.Version,
	}
	if id.Software, err = ownHash(); err != nil {
		return none, nil, err
	}
	secret, err := os.ReadFile(c.Keys.Note)
	if err != nil {
		return none, nil, fmt.Errorf("kioskd: note key: %w", err)
	}
	if id.Note, err = signed.NewSigner(strings.TrimSpace(string(secret))); err != nil {
		return none, nil, err
	}
	if id.Own, err = ownKey(string(secret)); err != nil {
		return none, nil, err
	}
	if id.Anchors, err = keyList(c, now()); err != nil {
		return none, nil, err
	}
	return id, &tls.Config{
		Certificates: []tls.Certificate{pair}, RootCAs: roots, MinVersion: tls.VersionTLS13, Time: now,
	}, nil
}

// private refuses a secret that somebody else could read.
func private(paths ...string) error {
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return fmt.Errorf("kioskd: key: %w", err)
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			return fmt.Errorf("kioskd: %s has mode %#o; others could read it: chmod 600", p, mode)
		}
	}
	return nil
}

// ownKey is the public half of a note's private key, "PRIVATE+KEY+<name>+<hash>+<base64 of 1 and the seed>"
// (golang.org/x/mod/sumdb/note).
func ownKey(secret string) (ed25519.PublicKey, error) {
	parts := strings.SplitN(secret, "+", 5) // base64 holds plus signs, too
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(parts) != 5 || len(raw) != 1+ed25519.SeedSize {
		return nil, errors.New("kioskd: note key: not an Ed25519 key of sumdb/note")
	}
	private := ed25519.NewKeyFromSeed(raw[1:])
	defer clear(raw)
	defer clear(private)
	return private.Public().(ed25519.PublicKey), nil
}

// claimKey is the key under which claim codes are kept. It is made from the kiosk's own signing key, so that the
// journal's file alone does not let anybody try codes.
func claimKey(path string) ([]byte, error) {
	secret, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("kioskd: note key: %w", err)
	}
	defer clear(secret)
	key, err := hkdf.Key(sha256.New, bytes.TrimSpace(secret), nil, "kioskd/claim-key/1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("kioskd: claim key: %w", err)
	}
	return key, nil
}

// noteKey reads the kiosk's own signing key, both halves.
func noteKey(path string) (note.Signer, note.Verifier, error) {
	secret, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("kioskd: note key: %w", err)
	}
	defer clear(secret)
	text := string(bytes.TrimSpace(secret))
	signer, err := note.NewSigner(text)
	if err != nil {
		return nil, nil, fmt.Errorf("kioskd: note key: %w", err)
	}
	public, err := ownKey(text)
	if err != nil {
		return nil, nil, err
	}
	key, err := note.NewEd25519VerifierKey(signer.Name(), public)
	if err != nil {
		return nil, nil, fmt.Errorf("kioskd: note key: %w", err)
	}
	verifier, err := note.NewVerifier(key)
	return signer, verifier, err
}

// keyList opens the list of keys that two of three key holders signed.
func keyList(c config.Kiosk, now time.Time) (signed.Ring, error) {
	if hooks.anchors == nil {
		return signed.Ring{}, errors.New("kioskd: this build knows no key holders; a release is built with theirs")
	}
	text, err := hooks.anchors(c.Keys.Anchors)
	if err != nil {
		return signed.Ring{}, err
	}
	anchors, err := signed.ReadAnchors(text, signed.Env(c.Env))
	if err != nil {
		return signed.Ring{}, err
	}
	msg, err := os.ReadFile(c.Keys.List)
	if err != nil {
		return signed.Ring{}, fmt.Errorf("kioskd: key list: %w", err)
	}
	keys, err := signed.OpenKeys(msg, anchors, now)
	if err != nil {
		return signed.Ring{}, err
	}
	return keys.Ring(), nil
}

// ownHash is the SHA-256 of the running program; it stands in every order (D-09).
func ownHash() (signed.Hash, error) {
	path, err := os.Executable()
	if err != nil {
		return signed.Hash{}, err
	}
	f, err := os.Open(path)
	if err != nil {
		return signed.Hash{}, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return signed.Hash{}, fmt.Errorf("kioskd: hash of the program: %w", err)
	}
	return signed.Hash(h.Sum(nil)), nil
}
