//go:build judge

package pki_test

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/jpki"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/signed"
)

// OpenSSL judges by the machine's clock, so these tests live in the present.

func openssl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "openssl", args...).CombinedOutput()
	if err != nil {
		t.Logf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func presentWorld(t *testing.T) (dir string, cards map[registry.CardState]pki.Card) {
	t.Helper()
	dir = t.TempDir()
	if err := pki.Make(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	list, err := pki.LoadCards(dir)
	if err != nil {
		t.Fatal(err)
	}
	cards = map[registry.CardState]pki.Card{}
	for _, c := range list {
		cards[c.State] = c
	}
	return dir, cards
}

func caFile(t *testing.T, dir string, c pki.Card) string {
	t.Helper()
	path := filepath.Join(dir, "issuer-of-"+c.ID+".pem")
	err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.AuthCA}), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenSSLBelievesOurResponder(t *testing.T) {
	dir, cards := presentWorld(t)
	r, err := pki.NewResponder(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r)
	defer server.Close()
	ask := func(c pki.Card) string {
		ca := caFile(t, dir, c)
		return openssl(t, "ocsp", "-issuer", ca, "-cert", filepath.Join(dir, "cards", c.ID+".crt"), "-CAfile", ca,
			"-url", server.URL, "-timeout", "20")
	}
	const fine = "Response verify OK"
	for state, want := range map[registry.CardState]string{
		registry.CardGood: ": good", registry.CardRevoked: ": revoked",
	} {
		out := ask(cards[state])
		if !strings.Contains(out, fine) || !strings.Contains(out, want) {
			t.Errorf("%s: openssl says %s", state, out)
		}
		if strings.Contains(out, "no nonce") {
			t.Errorf("%s: openssl misses the nonce: %s", state, out)
		}
	}
	// The judge can say no, too.
	for play, want := range map[pki.Play]string{
		pki.OtherSigner: "Response Verify Failure", pki.NoUsage: "Response Verify Failure",
		pki.WrongNonce: "Nonce Verify error", pki.NoNonce: "no nonce", pki.Future: "Status times invalid",
		pki.TryLater: "trylater",
	} {
		r.Play(play)
		if out := ask(cards[registry.CardGood]); !strings.Contains(out, want) {
			t.Errorf("%s: openssl does not say %q but %s", play, want, out)
		}
	}
}

// opensslResponder is an HTTP server that lets `openssl ocsp` make each answer from an index of openssl ca.
func opensslResponder(t *testing.T, dir string, c pki.Card, line string) *httptest.Server {
	t.Helper()
	index := filepath.Join(t.TempDir(), "index.txt")
	if err := os.WriteFile(index, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	ca, n := caFile(t, dir, c), "1"
	if strings.Contains(c.AuthCAFile, "2") {
		n = "2"
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		work, err := os.MkdirTemp(dir, "ask")
		if err != nil {
			t.Error(err)
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
			return
		}
		q, p := filepath.Join(work, "q.der"), filepath.Join(work, "p.der")
		if err := os.WriteFile(q, body, 0o600); err != nil {
			t.Error(err)
			return
		}
		openssl(t, "ocsp", "-index", index, "-CA", ca, "-rsigner", filepath.Join(dir, "ocsp", "responder"+n+".crt"),
			"-rkey", filepath.Join(dir, "ocsp", "responder"+n+".key"), "-reqin", q, "-respout", p)
		answer, err := os.ReadFile(p)
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = w.Write(answer)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestOurClientBelievesOpenSSLsResponder(t *testing.T) {
	dir, cards := presentWorld(t)
	text, err := os.ReadFile(filepath.Join(dir, "centerd", "card-roots.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots, err := jpki.ParseRoots(text, signed.EnvTest)
	if err != nil {
		t.Fatal(err)
	}
	good := cards[registry.CardGood]
	cert, err := x509.ParseCertificate(good.AuthCert)
	if err != nil {
		t.Fatal(err)
	}
	serial := fmt.Sprintf("%X", cert.SerialNumber)
	if len(serial)%2 == 1 {
		serial = "0" + serial
	}
	until := cert.NotAfter.UTC().Format("060102150405Z")
	for name, c := range map[string]struct {
		line string
		want domain.RefusalReason
	}{
		"good":    {"V\t" + until + "\t\t" + serial + "\tunknown\t/CN=TEST\n", domain.NoRefusal},
		"revoked": {"R\t" + until + "\t260101000000Z,keyCompromise\t" + serial + "\tunknown\t/CN=TEST\n", domain.CertRevoked},
		"unknown": {"V\t" + until + "\t\t01\tunknown\t/CN=TEST\n", domain.ValidationUnreach},
	} {
		t.Run(name, func(t *testing.T) {
			server := opensslResponder(t, dir, good, c.line)
			client, err := jpki.NewClient(jpki.Config{URL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			card, err := jpki.VerifyCard(roots, good.AuthCert, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Ask(t.Context(), card, [32]byte{1, 2, 3}, time.Now())
			if got := reasonOf(err); got != c.want {
				t.Errorf("got %v (%v), want %v", got, err, c.want)
			}
		})
	}
}

func reasonOf(err error) domain.RefusalReason {
	if e, ok := err.(*jpki.Error); ok {
		return e.Reason
	}
	return domain.NoRefusal
}
