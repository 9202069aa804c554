package main

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/signed"
)

func (c config) file(name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(c.Dir, name))
	if err != nil {
		return nil, fmt.Errorf("issuerd: %w", err)
	}
	return b, nil
}

// ring opens the list of keys that two of three key holders signed.
func (c config) ring(now time.Time) (signed.Ring, error) {
	if hooks.anchors == nil {
		return signed.Ring{}, errors.New("issuerd: this build knows no key holders; a release is built with theirs")
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
		return signed.Ring{}, fmt.Errorf("issuerd: keys.note: %w", err)
	}
	return keys.Ring(), nil
}

// signers reads the note key of every municipality: <code>.note.key.
func (c config) signers() (map[domain.MunicipalityCode]signed.Signer, error) {
	all := map[domain.MunicipalityCode]signed.Signer{}
	for _, m := range c.Municipalities {
		text, err := c.file(string(m) + ".note.key")
		if err != nil {
			return nil, err
		}
		if all[m], err = signed.NewSigner(strings.TrimSpace(string(text))); err != nil {
			return nil, fmt.Errorf("issuerd: %s.note.key: %w", m, err)
		}
	}
	return all, nil
}

// pdfKeys reads the PDF key of every municipality: <code>.pdf.crt and .key under pdf-ca.crt.
func (c config) pdfKeys() (map[domain.MunicipalityCode]form.SigningKey, error) {
	ca, err := c.certificate("pdf-ca.crt")
	if err != nil {
		return nil, err
	}
	all := map[domain.MunicipalityCode]form.SigningKey{}
	for _, m := range c.Municipalities {
		base := filepath.Join(c.Dir, string(m)+".pdf")
		pair, err := tls.LoadX509KeyPair(base+".crt", base+".key")
		if err != nil {
			return nil, fmt.Errorf("issuerd: PDF key of %s: %w", m, err)
		}
		signer, ok := pair.PrivateKey.(crypto.Signer)
		if !ok {
			return nil, fmt.Errorf("issuerd: PDF key of %s cannot sign", m)
		}
		all[m] = form.SigningKey{Signer: signer, Certificate: pair.Leaf, Chain: []*x509.Certificate{ca}}
	}
	return all, nil
}

func (c config) certificate(name string) (*x509.Certificate, error) {
	text, err := c.file(name)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("issuerd: %s holds no PEM", name)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("issuerd: %s: %w", name, err)
	}
	return cert, nil
}

// tls is mutual TLS 1.3 under the private authority ca.crt.
func (c config) tls(now func() time.Time) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(c.Dir, "tls.crt"), filepath.Join(c.Dir, "tls.key"))
	if err != nil {
		return nil, fmt.Errorf("issuerd: TLS key: %w", err)
	}
	ca, err := c.certificate("ca.crt")
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	return &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"}, Time: now,
	}, nil
}
