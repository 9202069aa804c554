package center_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/center"
	"github.com/kioskd/kioskd/internal/office/center/door"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// behindDoor serves a world over mutual TLS and gives the settings of a client with one process's certificate.
func (w *world) behindDoor(t *testing.T) (address string, as func(process string) *tls.Config) {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(file(t, "centerd/ca.crt"))
	pair := func(name string) tls.Certificate {
		c, err := tls.X509KeyPair(file(t, name+".crt"), file(t, name+".key"))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	server := httptest.NewUnstartedServer(door.Handler(w.Center))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, MinVersion: tls.VersionTLS13,
		Certificates: []tls.Certificate{pair("centerd/tls")},
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, func(name string) *tls.Config {
		return &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair(name)}}
	}
}

func TestAKioskGoesTheWholeWayThroughTheDoor(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	address, as := w.behindDoor(t)
	config := as("kioskd/tls")
	leaf, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	k.peer.Key = signed.HashOf(leaf.RawSubjectPublicKeyInfo)
	client, err := centerapi.New(centerapi.Config{URL: address, TLS: config, Center: pki.Center})
	if err != nil {
		t.Fatal(err)
	}
	beat, err := client.Heartbeat(t.Context(), centerapi.Heartbeat{Boot: k.boot, Build: "b", Clock: noon.Add(time.Minute)})
	if err != nil || beat.ClockOk || !beat.ServerTime.Equal(noon) {
		t.Errorf("heartbeat %+v, %v", beat, err)
	}
	catalogue, err := client.Catalogue(t.Context(), "990027")
	if err != nil || catalogue.Kinds[0].Options[0].Choices[0].Value != domain.ScopeSelf {
		t.Errorf("catalogue %+v, %v", catalogue, err)
	}
	v := &visit{w: w, k: k, card: card(t, "tsuji"), id: domain.NewApplicationID()}
	v.request = centerapi.ChallengeRequest{
		Application: v.id, Boot: k.boot, KioskNonce: signed.Hash{7}, Purpose: "issue", Scope: "home",
		CertificateHash: signed.HashOf(v.card.AuthCert),
	}
	if v.answer, err = client.Challenge(t.Context(), v.request); err != nil {
		t.Fatal(err)
	}
	_, m, err := client.Authenticate(t.Context(), v.id, evidence(t, v.card, v.challenge()))
	if err != nil || m != "990019" {
		t.Fatalf("%s, %v", m, err)
	}
	choices, err := client.Choices(t.Context(), v.id)
	if err != nil || len(choices.Pictures) != 1 || choices.Catalogue.Version != "v1" {
		t.Fatalf("choices: %v", err)
	}
	if err := v.choose(); err != nil {
		t.Fatal(err)
	}
	s := throughDoor(t, client, v)
	manifest, _, err := signed.Open[signed.Manifest](s.Manifest, w.ring, noon, signed.RoleMunicipality)
	if err != nil {
		t.Fatal(err)
	}
	page, err := client.Page(t.Context(), v.id, 1)
	if err != nil || signed.HashOf(page) != manifest.Pages[0].Digest {
		t.Errorf("page: %v", err)
	}
	if err := client.Done(t.Context(), v.id, v.done(s, domain.OutcomePrintedPaid, signed.SheetPrinted)); err != nil {
		t.Error(err)
	}
	if err := client.Cancel(t.Context(), v.id); err != nil {
		t.Error(err)
	}
	if _, err := client.Page(t.Context(), v.id, 1); !errors.Is(err, centerapi.ErrProtocol) {
		t.Errorf("a page after the end: %v", err)
	}
}

// throughDoor orders and waits for the certificate.
func throughDoor(t *testing.T, client *centerapi.Client, v *visit) centerapi.Status {
	t.Helper()
	msg, _, err := signed.Seal(v.orderNote(), v.k.signer)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Order(t.Context(), v.id, msg); err != nil {
		t.Fatal(err)
	}
	var s centerapi.Status
	for s.State != centerapi.StateReady {
		if s, err = client.Wait(t.Context(), v.id, s.Rev); err != nil || centerapi.Final(s.State) {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	return s
}

func TestARefusalKeepsItsReasonThroughTheDoor(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	address, as := w.behindDoor(t)
	config := as("kioskd/tls")
	client, err := centerapi.New(centerapi.Config{URL: address, TLS: config, Center: pki.Center})
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	k.peer.Key = signed.HashOf(leaf.RawSubjectPublicKeyInfo)
	v := w.open(k, card(t, "revoked"))
	_, _, err = client.Authenticate(t.Context(), v.id, evidence(t, v.card, v.challenge()))
	if got, ok := errors.AsType[*centerapi.Refused](err); !ok || got.Reason != domain.CertRevoked {
		t.Errorf("got %v", err)
	}
}

func TestOnlyAKioskOfThisCentreComesThroughTheDoor(t *testing.T) {
	w := newWorld(t)
	address, as := w.behindDoor(t)
	get := func(config *tls.Config) (int, error) {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}}
		defer client.CloseIdleConnections()
		answer, err := client.Get(address + "/v1/kiosk/catalogue?municipality=990019")
		if err != nil {
			return 0, err
		}
		return answer.StatusCode, answer.Body.Close()
	}
	if status, err := get(as("kioskd/tls")); err != nil || status != 200 {
		t.Errorf("a kiosk: %d, %v", status, err)
	}
	if status, err := get(as("centerd/issuing-client")); err != nil || status != 403 {
		t.Errorf("a centre: %d, %v", status, err)
	}
	w.Kiosks = []domain.KioskID{"K-000002"}
	if status, err := get(as("kioskd/tls")); err != nil || status != 403 {
		t.Errorf("a kiosk that is not in service: %d, %v", status, err)
	}
	nobody := as("kioskd/tls")
	nobody.Certificates = nil
	if _, err := get(nobody); err == nil {
		t.Error("somebody without a certificate came in")
	}
}

// ask sends one request past TLS, as the kiosk of the keys.
func ask(t *testing.T, w *world, method, path, body string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	leaf, err := tls.X509KeyPair(file(t, "kioskd/tls.crt"), file(t, "kioskd/tls.key"))
	if err != nil {
		t.Fatal(err)
	}
	r.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{leaf.Leaf}}}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	door.Handler(w.Center).ServeHTTP(rec, r)
	return rec.Result()
}

func TestTheDoorTakesBodiesStrictly(t *testing.T) {
	w := newWorld(t)
	good := centerapi.ChallengeRequest{
		Application: domain.NewApplicationID(), Boot: domain.BootID{ID: domain.NewID()}, KioskNonce: signed.Hash{1},
		Purpose: "issue", Scope: "home",
	}
	text, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	with := func(old, replacement string) string { return strings.Replace(string(text), old, replacement, 1) }
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"right":         {string(text), 200},
		"unknown_field": {with(`{`, `{"more":1,`), 400},
		"two_values":    {string(text) + "{}", 400},
		"tail":          {string(text) + "}", 400},
		"empty":         {"", 400},
		"no_id":         {with(good.Application.String(), ""), 400},
		"zero_id":       {with(good.Application.String(), domain.ApplicationID{}.String()), 400},
		"other_purpose": {with(`"issue"`, `"vote"`), 400},
		"other_scope":   {with(`"home"`, `"990018"`), 400},
		"too_long":      {with(`"home"`, `"`+strings.Repeat("x", 256<<10)+`"`), 413},
	} {
		t.Run(name, func(t *testing.T) {
			answer := ask(t, w, "POST", "/v1/challenges", c.body)
			if answer.StatusCode != c.status {
				t.Errorf("HTTP %d, want %d", answer.StatusCode, c.status)
			}
			if kind := answer.Header.Get("Content-Type"); c.status != 200 && kind != "application/problem+json" {
				t.Errorf("answered as %s", kind)
			}
		})
	}
	for _, header := range []string{"x", "0", "-5"} {
		got := ask(t, w, "GET", "/v1/kiosk/catalogue?municipality=990019", "", "Kioskd-Deadline", header)
		if got.StatusCode != 400 {
			t.Errorf("deadline %q: HTTP %d", header, got.StatusCode)
		}
	}
}

func TestEveryCallOfTheDocumentHasItsHandler(t *testing.T) {
	text, err := os.ReadFile("../../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w, n, path := newWorld(t), 0, ""
	for line := range strings.Lines(string(text)) {
		if m := regexp.MustCompile(`^  (/v1/\S+):`).FindStringSubmatch(line); m != nil {
			path = strings.NewReplacer("{id}", domain.NewApplicationID().String(), "{n}", "1").Replace(m[1])
		}
		m := regexp.MustCompile(`^    (get|put|post|delete):`).FindStringSubmatch(line)
		if m == nil {
			continue
		}
		n++
		answer := ask(t, w, strings.ToUpper(m[1]), path, "{}")
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(body), "no such call") || answer.StatusCode == http.StatusMethodNotAllowed {
			t.Errorf("%s %s has no handler", m[1], path)
		}
	}
	if n != 11 {
		t.Errorf("%d calls in the document, want 11", n)
	}
	if got := ask(t, w, "GET", "/v1/nothing", ""); got.StatusCode != 404 {
		t.Errorf("a call of no document: HTTP %d", got.StatusCode)
	}
}

func TestAPageIsGivenInRanges(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	leaf, err := tls.X509KeyPair(file(t, "kioskd/tls.crt"), file(t, "kioskd/tls.key"))
	if err != nil {
		t.Fatal(err)
	}
	k.peer.Key = signed.HashOf(leaf.Leaf.RawSubjectPublicKeyInfo)
	v, _ := w.ready(k, card(t, "hanako"))
	whole, digest, err := w.Page(t.Context(), k.peer, v.id, 1)
	if err != nil {
		t.Fatal(err)
	}
	path := "/v1/applications/" + v.id.String() + "/pages/1/front"
	tag := centerapi.PageTag(digest)
	for _, c := range []struct {
		rng, ifRange string
		status       int
		want         []byte
	}{
		{"", "", 200, whole},
		{"bytes=5-", tag, 206, whole[5:]},
		{"bytes=5-", `"sha256-other"`, 200, whole},
		{"bytes=999999-", tag, 416, nil},
	} {
		answer := ask(t, w, "GET", path, "", "Range", c.rng, "If-Range", c.ifRange)
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != c.status || (c.want != nil && !bytes.Equal(body, c.want)) {
			t.Errorf("%q, %q: HTTP %d, %d bytes", c.rng, c.ifRange, answer.StatusCode, len(body))
		}
		h := answer.Header
		marked := h.Get("ETag") == tag && h.Get("Repr-Digest") != "" && h.Get("Cache-Control") == "no-store"
		if c.status < 300 && !marked {
			t.Errorf("headers %v", h)
		}
	}
	if got := ask(t, w, "GET", strings.Replace(path, "/1/", "/2/", 1), ""); got.StatusCode != 404 {
		t.Errorf("a page too many: HTTP %d", got.StatusCode)
	}
}

func TestALongPollAnswersAtTheChange(t *testing.T) {
	w, k := newWorld(t), newKiosk(t)
	v := w.open(k, card(t, "hanako"))
	got := make(chan centerapi.Status, 1)
	go func() {
		s, ok, err := w.Wait(context.Background(), k.peer, v.id, 1, time.Minute)
		if !ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
		got <- s
	}()
	if _, err := w.Cancel(t.Context(), k.peer, v.id); err != nil {
		t.Fatal(err)
	}
	if s := <-got; s.State != centerapi.StateCancelled || s.Rev != 2 {
		t.Errorf("%+v", s)
	}
	if _, ok, err := w.Wait(t.Context(), center.Peer{ID: pki.Kiosk}, v.id, 2, time.Minute); ok || err != nil {
		t.Errorf("nothing new of an ended application: %v, %v", ok, err)
	}
}
