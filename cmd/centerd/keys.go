package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

func (c config) file(name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(c.Dir, name))
	if err != nil {
		return nil, fmt.Errorf("centerd: %w", err)
	}
	return b, nil
}

// ring opens the list of keys that two of three key holders signed.
func (c config) ring(now time.Time) (signed.Ring, error) {
	if hooks.anchors == nil {
		return signed.Ring{}, errors.New("centerd: this build knows no key holders; a release is built with theirs")
	}
	text, err := hooks.anchors(filepath.Join(c.Dir, "keys.anchors"))
	if err != nil {
		return signed.Ring{}, err
	}
	anchors, err := signed.ReadAnchors(text, c.Env)
	if err != nil {
		return signed.Ring{}, err
	}
	msg, err := c.file("keys.note")
	if err != nil {
		return signed.Ring{}, err
	}
	keys, err := signed.OpenKeys(msg, anchors, now)
	if err != nil {
		return signed.Ring{}, fmt.Errorf("centerd: keys.note: %w", err)
	}
	return keys.Ring(), nil
}

// holders gives those who have a key of a role in the list, each once.
func holders[T ~string](ring signed.Ring, r signed.Role) []T {
	var all []T
	seen := map[string]bool{}
	for _, k := range ring.Keys {
		if k.Role() == r && !seen[k.Holder] {
			seen[k.Holder] = true
			all = append(all, T(k.Holder))
		}
	}
	return all
}

// parties are those whom the signed list of keys lets take part.
func parties(ring signed.Ring) (kiosks []domain.KioskID, municipalities []domain.MunicipalityCode, err error) {
	kiosks = holders[domain.KioskID](ring, signed.RoleKiosk)
	municipalities = holders[domain.MunicipalityCode](ring, signed.RoleMunicipality)
	for _, m := range municipalities {
		if _, err := domain.ParseMunicipalityCode(string(m)); err != nil {
			return nil, nil, fmt.Errorf("centerd: keys.note: holder %s: %w", m, err)
		}
	}
	return kiosks, municipalities, nil
}

// signer reads the centre's note key and demands that the list of keys knows it.
func (c config) signer(ring signed.Ring) (signed.Signer, error) {
	text, err := c.file("note.key")
	if err != nil {
		return signed.Signer{}, err
	}
	s, err := signed.NewSigner(strings.TrimSpace(string(text)))
	if err != nil {
		return signed.Signer{}, fmt.Errorf("centerd: note.key: %w", err)
	}
	for _, k := range ring.Keys {
		if k.Name == s.Name() && k.Role() == signed.RoleCenter && k.Holder == string(c.ID) {
			return s, nil
		}
	}
	return signed.Signer{}, fmt.Errorf("centerd: note.key: keys.note does not name %s for centre %s", s.Name(), c.ID)
}

func (c config) authority() (*x509.CertPool, error) {
	text, err := c.file("ca.crt")
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("centerd: ca.crt holds no certificate")
	}
	return pool, nil
}

func (c config) pair(base string) ([]tls.Certificate, error) {
	base = filepath.Join(c.Dir, base)
	p, err := tls.LoadX509KeyPair(base+".crt", base+".key")
	if err != nil {
		return nil, fmt.Errorf("centerd: TLS key: %w", err)
	}
	return []tls.Certificate{p}, nil
}

// serverTLS is mutual TLS 1.3 towards kiosks.
func (c config) serverTLS(now func() time.Time) (*tls.Config, error) {
	pool, err := c.authority()
	if err != nil {
		return nil, err
	}
	own, err := c.pair("tls")
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		Certificates: own, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13,
		NextProtos: []string{"h2"}, Time: now,
	}, nil
}

// clientTLS is mutual TLS 1.3 towards issuing servers.
func (c config) clientTLS(now func() time.Time) (*tls.Config, error) {
	pool, err := c.authority()
	if err != nil {
		return nil, err
	}
	own, err := c.pair("issuing-client")
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: own, RootCAs: pool, MinVersion: tls.VersionTLS13, Time: now}, nil
}
