//go:build judge

package issuing

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// phpAnswer is what testdata/issue.php prints.
type phpAnswer struct {
	Bodies    []string
	Catalogue struct {
		Version, Name, Code string
		Fee, Options        int
	}
	Issue struct {
		Issue, Application string
		Manifest           []byte
		Pages              [][]byte
	}
	Fault *struct {
		String string
		Detail json.RawMessage
	}
}

// listen serves a world over mutual TLS with the test world's own keys.
func (w *world) listen() string {
	w.t.Helper()
	t := w.t
	pair := must[tls.Certificate](t)(tls.LoadX509KeyPair(
		filepath.Join(keysDir, "issuerd", "tls.crt"), filepath.Join(keysDir, "issuerd", "tls.key")))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(read(t, "issuerd/ca.crt"))
	web := httptest.NewUnstartedServer(issuingapi.Handler(issuingapi.ServerConfig{
		Service: w.server, Log: w.server.Log, Authorize: func(*http.Request, domain.MunicipalityCode) error { return nil },
	}))
	web.TLS = &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
		MinVersion: tls.VersionTLS13, Time: w.now,
	}
	web.StartTLS()
	t.Cleanup(web.Close)
	return web.URL + "/"
}

func (w *world) php(url, version string, more map[string]any) phpAnswer {
	w.t.Helper()
	in := map[string]any{
		"url": url, "version": version, "wsdl": filepath.Join("..", "..", "..", "api", "issuing.wsdl"),
		"cert": filepath.Join(keysDir, "centerd", "issuing-client.crt"),
		"key":  filepath.Join(keysDir, "centerd", "issuing-client.key"), "ca": filepath.Join(keysDir, "centerd", "ca.crt"),
	}
	for k, v := range more {
		in[k] = v
	}
	cmd := exec.CommandContext(w.t.Context(), "php", filepath.Join("testdata", "issue.php"))
	cmd.Stdin = bytes.NewReader(must[[]byte](w.t)(json.Marshal(in)))
	cmd.Stderr = os.Stderr
	out := must[[]byte](w.t)(cmd.Output())
	var a phpAnswer
	if err := json.Unmarshal(out, &a); err != nil {
		w.t.Fatalf("%v\n%.500s", err, out)
	}
	return a
}

// realFormer sets pages with the font of Debian and the test world's PDF keys.
func realFormer(t *testing.T) *form.Former {
	t.Helper()
	keys := map[domain.MunicipalityCode]form.SigningKey{}
	for _, m := range []domain.MunicipalityCode{registry.Mihon, registry.Kaku} {
		base := filepath.Join(keysDir, "issuerd", string(m)+".pdf")
		pair := must[tls.Certificate](t)(tls.LoadX509KeyPair(base+".crt", base+".key"))
		signer, ok := pair.PrivateKey.(crypto.Signer)
		if !ok {
			t.Fatal("the PDF key cannot sign")
		}
		keys[m] = form.SigningKey{Signer: signer, Certificate: pair.Leaf}
	}
	return must[*form.Former](t)(form.Open(form.Config{Keys: keys}))
}

func binding(b issuingapi.Binding) map[string]any {
	return map[string]any{"applicationId": b.Application, "municipality": b.Municipality, "kioskId": b.Kiosk}
}

func TestPHPCallsTheCatalogueAndIssuesACertificateInBothVersions(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Former = realFormer(t) })
	url := w.listen()
	for _, version := range []string{"1.1", "1.2"} {
		a := w.apply("tsuji")
		must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
		o := a.order(domain.ScopeWhole, "m1", "m2", "m3", "m4")
		r := a.issueRequest(o, w.kiosk)
		got := w.php(url, version, map[string]any{
			"catalogue": map[string]any{
				"requestId": newRequest(), "municipality": "990019", "kioskGroup": "default",
				"asOf": w.now().In(tokyo).Format(time.RFC3339),
			},
			"issue": map[string]any{
				"requestId": r.RequestID, "binding": binding(r.Binding), "subject": r.Subject, "chain": map[string]any{
					"challenge": r.Chain.Challenge, "certificate": r.Chain.Certificate, "signature": r.Chain.Signature,
					"ocsp": r.Chain.OCSP, "assertion": r.Chain.Assertion, "order": r.Chain.Order,
				}, "timeLeftMs": 25000,
			},
		})
		if got.Fault != nil {
			t.Fatalf("SOAP %s: %+v\n%s", version, got.Fault, got.Bodies)
		}
		if got.Catalogue.Name != "見本市" || got.Catalogue.Fee != 200 || got.Catalogue.Options != 5 {
			t.Errorf("SOAP %s: %+v", version, got.Catalogue)
		}
		answer := issuingapi.IssueAnswer{Binding: a.binding, Manifest: got.Issue.Manifest, Pages: got.Issue.Pages}
		if err := answer.Issue.UnmarshalText([]byte(got.Issue.Issue)); err != nil {
			t.Fatal(err)
		}
		if _, err := a.check(o, r, answer); err != nil || !bytes.HasPrefix(answer.Pages[0], []byte("%PDF-1.7")) {
			t.Errorf("SOAP %s: %v", version, err)
		}
		w.xmllint(got.Bodies)
	}
}

func TestPHPReadsARefusalAndRefusesToBelieveALie(t *testing.T) {
	w := newWorld(t)
	url := w.listen()
	a, other := w.apply("tsuji"), w.apply("hanako")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	r := a.issueRequest(a.order(domain.ScopeSelf, "m1"), w.kiosk)
	chain := map[string]any{
		"challenge": r.Chain.Challenge, "certificate": other.chain.Certificate, "signature": r.Chain.Signature,
		"ocsp": r.Chain.OCSP, "assertion": r.Chain.Assertion, "order": r.Chain.Order,
	}
	for _, version := range []string{"1.1", "1.2"} {
		got := w.php(url, version, map[string]any{"issue": map[string]any{
			"requestId": newRequest(), "binding": binding(r.Binding), "subject": r.Subject, "chain": chain, "timeLeftMs": 25000,
		}})
		if got.Fault == nil || !bytes.Contains(got.Fault.Detail, []byte(issuingapi.CodeChainInvalid)) ||
			got.Issue.Issue != "" {
			t.Errorf("SOAP %s: %+v", version, got.Fault)
		}
		w.xmllint(got.Bodies[1:])
	}
}

// body takes the child of Body, or the child of a fault's detail, out of a message.
var body = regexp.MustCompile(`(?s)<[A-Za-z0-9-]+:Body>(?:<s:Fault>.*<(?:detail|s:Detail)>)?(.*?)` +
	`(?:</(?:detail|s:Detail)></s:Fault>)?</[A-Za-z0-9-]+:Body>`)

// xmllint demands that every body validates; the negative control is a body with one element too many.
func (w *world) xmllint(messages []string) {
	w.t.Helper()
	declare := regexp.MustCompile(`^<([A-Za-z0-9]+):([A-Za-z]+)`)
	verdict := func(b string) error {
		cmd := exec.CommandContext(w.t.Context(), "xmllint", "--noout", "--schema", filepath.Join("..", "..", "..", "api",
			"issuing.xsd"), "-")
		cmd.Stdin = bytes.NewReader([]byte(b))
		return cmd.Run()
	}
	for _, m := range messages {
		found := body.FindStringSubmatch(m)
		if found == nil || !declare.MatchString(found[1]) {
			w.t.Fatalf("no body in %.300s", m)
		}
		b := declare.ReplaceAllString(found[1], `<$1:$2 xmlns:$1="`+issuingapi.Namespace+`"`)
		if err := verdict(b); err != nil {
			w.t.Errorf("%v: %.300s", err, b)
		}
		end := regexp.MustCompile(`</[A-Za-z0-9]+:[A-Za-z]+>\s*$`)
		if verdict(end.ReplaceAllString(b, "<more/>$0")) == nil {
			w.t.Errorf("the judge accepts everything: %.300s", b)
		}
	}
}

func TestEveryTestCardThatMayHasItsCertificateOnRealPaper(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Former = realFormer(t) })
	for card, pages := range map[string]int{
		"hanako": 1, "tsuji": 1, "yoshida": 1, "maria": 1, "omori": 2, "kaku": 1, "gaiji": 0,
	} {
		a := w.apply(card)
		_, err := a.choose(t.Context())
		if pages == 0 {
			if codeOf(err) != "CharacterPending" {
				t.Errorf("%s: %v", card, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", card, err)
			continue
		}
		var all []string
		for _, m := range a.choices.Members {
			all = append(all, m.Ref)
		}
		o := a.order(domain.ScopeWhole, all...)
		r := a.issueRequest(o, w.kiosk)
		got, err := w.server.IssueCertificate(t.Context(), r)
		if err != nil || len(got.Pages) != pages {
			t.Errorf("%s: %d pages, %v", card, len(got.Pages), err)
			continue
		}
		if _, err := a.check(o, r, got); err != nil {
			t.Errorf("%s: %v", card, err)
		}
	}
}

// The card is the wife's; her dates must stand after the head's.
func TestPdftotextReadsTheHeadOfTheHouseholdFirst(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Former = realFormer(t) })
	a := w.apply("last-try")
	must[issuingapi.ChoicesAnswer](t)(a.choose(t.Context()))
	r := a.issueRequest(a.order(domain.ScopeWhole, "m1", "m2"), w.kiosk)
	got := must[issuingapi.IssueAnswer](t)(w.server.IssueCertificate(t.Context(), r))
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(got.Pages[0])
	text := must[[]byte](t)(cmd.Output())
	head, holder := bytes.Index(text, []byte("昭和24年10月10日")), bytes.Index(text, []byte("昭和26年1月15日"))
	if head < 0 || holder < head {
		t.Errorf("head at %d, holder at %d:\n%s", head, holder, text)
	}
}
