//go:build debian

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// client speaks as one of the test world's processes.
func client(t *testing.T, dir, url, cert string) *issuingapi.Client {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, cert+".crt"), filepath.Join(dir, cert+".key"))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(dir, "issuerd", "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	transport := issuingapi.Transport(&tls.Config{
		Certificates: []tls.Certificate{pair}, RootCAs: pool, MinVersion: tls.VersionTLS13,
	})
	t.Cleanup(transport.CloseIdleConnections)
	return issuingapi.NewClient(url, transport)
}

func TestX17_AnotherCentreOrACertificateOfTwoNamesMayNotAct(t *testing.T) {
	c := config{Center: "test-center"}
	for names, fine := range map[string]bool{
		"urn:kioskd:center:test-center": true, "urn:kioskd:center:other-center": false, "urn:kioskd:kiosk:K-000001": false,
		"urn:kioskd:center:test-center urn:kioskd:kiosk:K-000001": false, "": false,
	} {
		leaf := &x509.Certificate{}
		for name := range strings.FieldsSeq(names) {
			u, err := url.Parse(name)
			if err != nil {
				t.Fatal(err)
			}
			leaf.URIs = append(leaf.URIs, u)
		}
		r := &http.Request{TLS: &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{leaf}}}}
		if err := c.authorize(r, registry.Mihon); (err == nil) != fine {
			t.Errorf("%q: %v", names, err)
		}
	}
	if err := c.authorize(&http.Request{}, registry.Mihon); err == nil {
		t.Error("without TLS")
	}
}

// ready waits for the line that says that the server is, without sleeping.
type ready struct{ line chan struct{} }

func (r ready) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "issuerd.ready") {
		close(r.line)
	}
	return len(p), nil
}

func TestTheServerServesTheCentreAloneAndStopsGracefully(t *testing.T) {
	hooks.anchors = os.ReadFile
	dir := t.TempDir()
	if err := pki.Make(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	addr := filepath.Join(dir, "issuerd.addr")
	c, err := readConfig(write(t, `dir = "`+filepath.Join(dir, "issuerd")+`"`+"\n"+`addr_file = "`+addr+`"`))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	up, ended := ready{make(chan struct{})}, make(chan error, 1)
	go func() {
		ended <- c.serve(ctx, time.Now, slog.New(slog.NewJSONHandler(io.MultiWriter(up, io.Discard), nil)))
	}()
	select {
	case <-up.line:
	case err := <-ended:
		t.Fatal(err)
	}
	text, err := os.ReadFile(addr)
	if err != nil {
		t.Fatal(err)
	}
	url := "https://" + strings.TrimSpace(string(text)) + "/"
	id := domain.RequestID{ID: domain.NewID()}
	center := client(t, dir, url, "centerd/issuing-client")
	h, err := center.Heartbeat(t.Context(), issuingapi.HeartbeatRequest{RequestID: id, Municipality: registry.Mihon})
	if err != nil || h.Topology != "single" || !strings.HasPrefix(h.Build, "issuerd-") {
		t.Errorf("%+v, %v", h, err)
	}
	got, err := center.GetServiceCatalogue(t.Context(), issuingapi.CatalogueRequest{
		RequestID: id, Municipality: registry.Kaku, KioskGroup: "default", AsOf: time.Now(),
	})
	if err != nil || len(got.Kinds) != 1 || got.Name[domain.Korean] == "" {
		t.Errorf("%+v, %v", got, err)
	}
	homes, err := center.GetCardHomes(t.Context(), issuingapi.CardHomesRequest{
		RequestID:    id,
		Municipality: registry.Mihon, Limit: 1000,
	})
	if err != nil || len(homes.Homes) < 10 || homes.More {
		t.Errorf("%d cards, %v", len(homes.Homes), err)
	}
	_, err = client(t, dir, url, "kioskd/tls").Heartbeat(t.Context(), issuingapi.HeartbeatRequest{
		RequestID:    id,
		Municipality: registry.Mihon,
	})
	if p, ok := errors.AsType[*issuingapi.ProtocolError](err); !ok || p.Code != issuingapi.CodeUnreachable {
		t.Errorf("a kiosk's certificate passed the handshake: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := center.Heartbeat(t.Context(), issuingapi.HeartbeatRequest{
		RequestID:    id,
		Municipality: registry.Mihon,
	}); err == nil {
		t.Error("it answers after its end")
	}
}
