package daemon

import (
	"crypto/tls"
	"fmt"
	"strings"
	"time"
)

// Role begins the name of everybody who plays one part in the service; the rest is its id.
type Role string

// The roles, as they stand in the URI of a certificate.
const (
	RoleKiosk   Role = "urn:kioskd:kiosk:"
	RoleCenter  Role = "urn:kioskd:center:"
	RoleIssuing Role = "urn:kioskd:issuing:"
)

// ServerTLS is mutual TLS 1.3 with the pair "tls" towards clients of the private CA that have the role. A client of
// another role is turned away before it can send a byte of a request. Which of them may do what is for the handler to
// say, by Peer.
func (f Folder) ServerTLS(clients Role, now func() time.Time) (*tls.Config, error) {
	t, err := f.mutual("tls", clients, now)
	if err != nil {
		return nil, err
	}
	t.ClientAuth = tls.RequireAndVerifyClientCert
	return t, nil
}

// ClientTLS is mutual TLS 1.3 with a pair of the folder towards servers of the private CA that have the role. A host
// name alone would let every other server of the CA on that host take their place.
func (f Folder) ClientTLS(pair string, servers Role, now func() time.Time) (*tls.Config, error) {
	return f.mutual(pair, servers, now)
}

func (f Folder) mutual(pair string, peers Role, now func() time.Time) (*tls.Config, error) {
	pool, err := f.authority()
	if err != nil {
		return nil, err
	}
	own, err := f.Pair(pair)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		Certificates: []tls.Certificate{own}, RootCAs: pool, ClientCAs: pool, MinVersion: tls.VersionTLS13, Time: now,
		VerifyConnection: func(s tls.ConnectionState) error {
			if name := Peer(&s); !strings.HasPrefix(name, string(peers)) {
				return fmt.Errorf("tls: the certificate names %.80q, want %s…", name, peers)
			}
			return nil
		},
	}, nil
}

// Peer is the name of the other end: the one URI of its verified certificate. It is "" where there is none or more than
// one.
func Peer(s *tls.ConnectionState) string {
	if s == nil || len(s.VerifiedChains) == 0 {
		return ""
	}
	if leaf := s.VerifiedChains[0][0]; len(leaf.URIs) == 1 {
		return leaf.URIs[0].String()
	}
	return ""
}
