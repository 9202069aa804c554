package pki

import (
	"crypto/x509"
	"net"
	"net/url"
	"path/filepath"
)

// makeTLS makes one private CA and a leaf for each end of each connection. Who somebody is stands in the URI SAN.
func (m *maker) makeTLS() error {
	ca, err := m.authority("TEST TLS CA")
	if err != nil {
		return err
	}
	if err := m.writeEach("ca.crt", certPEM(ca.cert), "centerd", "issuerd", "kioskd"); err != nil {
		return err
	}
	for _, leaf := range []struct {
		file, uri string
		server    bool
	}{
		{"centerd/tls", "urn:kioskd:center:" + string(Center), true},
		{"centerd/issuing-client", "urn:kioskd:center:" + string(Center), false},
		{"issuerd/tls", "urn:kioskd:issuing:test-issuing", true},
		{"kioskd/tls", "urn:kioskd:kiosk:" + string(Kiosk), false},
	} {
		if err := m.leaf(ca, leaf.file, leaf.uri, leaf.server); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) leaf(ca pair, file, uri string, server bool) error {
	key, err := newECDSA()
	if err != nil {
		return err
	}
	u, err := url.Parse(uri)
	if err != nil {
		return err
	}
	t := x509.Certificate{
		Subject: name("TEST " + filepath.Base(filepath.Dir(file))), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, URIs: []*url.URL{u},
	}
	if server {
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		t.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
		t.DNSNames = []string{"localhost"}
	}
	p, err := m.issue(t, key, &ca)
	if err != nil {
		return err
	}
	return m.writePair(file, p)
}

// makePDF makes the keys with which municipalities sign their pages.
func (m *maker) makePDF() error {
	ca, err := m.authority("TEST PDF CA")
	if err != nil {
		return err
	}
	if err := m.write("issuerd/pdf-ca.crt", certPEM(ca.cert)); err != nil {
		return err
	}
	for _, code := range Municipalities {
		key, err := newECDSA()
		if err != nil {
			return err
		}
		p, err := m.issue(x509.Certificate{
			Subject: name("TEST " + string(code)), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		}, key, &ca)
		if err != nil {
			return err
		}
		if err := m.writePair("issuerd/"+string(code)+".pdf", p); err != nil {
			return err
		}
	}
	return nil
}
