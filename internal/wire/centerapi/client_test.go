package centerapi_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/wire/centerapi"
)

// serve starts a centre of one handler and gives a client of it, through the address that between may replace.
func serve(t *testing.T, h http.HandlerFunc, between func(string) string) *centerapi.Client {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{
		ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13,
		Certificates: []tls.Certificate{named(t, "urn:kioskd:center:test-center")},
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	address := server.Listener.Addr().String()
	if between != nil {
		address = between(address)
	}
	c, err := centerapi.New(centerapi.Config{
		URL: "https://" + address, TLS: &tls.Config{RootCAs: pool, Certificates: server.TLS.Certificates},
		Center: "test-center",
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// named makes a certificate of its own with names of the service.
func named(t *testing.T, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: true,
	}
	for _, name := range names {
		u, err := url.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		template.URIs = append(template.URIs, u)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestX17_OnlyTheCentreOfThatNameIsSpokenTo(t *testing.T) {
	for name, c := range map[string]struct {
		names []string
		fine  bool
	}{
		"the centre":        {[]string{"urn:kioskd:center:test-center"}, true},
		"another centre":    {[]string{"urn:kioskd:center:other-center"}, false},
		"an issuing server": {[]string{"urn:kioskd:issuing:test-center"}, false},
		"a kiosk":           {[]string{"urn:kioskd:kiosk:K-000001"}, false},
		"two names":         {[]string{"urn:kioskd:center:test-center", "urn:kioskd:kiosk:K-000001"}, false},
		"no name":           {nil, false},
	} {
		asked := false
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked = true
			answer(w, 200, centerapi.HeartbeatAnswer{ServerTime: time.Unix(1, 0), ClockOk: true})
		}))
		server.EnableHTTP2 = true
		server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		server.TLS = &tls.Config{Certificates: []tls.Certificate{named(t, c.names...)}, MinVersion: tls.VersionTLS13}
		server.StartTLS()
		pool := x509.NewCertPool()
		pool.AddCert(server.Certificate())
		client, err := centerapi.New(centerapi.Config{
			URL: server.URL, TLS: &tls.Config{RootCAs: pool, Certificates: server.TLS.Certificates}, Center: "test-center",
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err = client.Heartbeat(ctx, centerapi.Heartbeat{})
		cancel()
		server.Close()
		if (err == nil) != c.fine || asked != c.fine {
			t.Errorf("%s: %v, asked %v", name, err, asked)
		}
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func TestACallSpeaksHTTP2AndSaysHowLongItWaits(t *testing.T) {
	var proto, deadline string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		proto, deadline = r.Proto, r.Header.Get("Kioskd-Deadline")
		answer(w, 200, centerapi.HeartbeatAnswer{ServerTime: time.Unix(1, 0), ClockOk: true})
	}, nil)
	if _, err := c.Heartbeat(t.Context(), centerapi.Heartbeat{}); err != nil {
		t.Fatal(err)
	}
	if proto != "HTTP/2.0" || !regexp.MustCompile(`^[1-9]\d{0,3}$`).MatchString(deadline) {
		t.Errorf("spoke %s with deadline %q", proto, deadline)
	}
}

func TestAnswersBecomeTheirErrors(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   any
		want   error
	}{
		"refusal":         {422, centerapi.Problem{Reason: "CertRevoked"}, &centerapi.Refused{Reason: domain.CertRevoked}},
		"newer_reason":    {422, centerapi.Problem{Reason: "FromTheFuture"}, &centerapi.Refused{Reason: domain.Unavailable}},
		"conflict":        {409, centerapi.Problem{Code: "RequestConflict"}, centerapi.ErrProtocol},
		"no_problem":      {404, "not found", centerapi.ErrProtocol},
		"reason_elsewise": {500, centerapi.Problem{Reason: "CertRevoked"}, centerapi.ErrProtocol},
		"no_json":         {200, "text", centerapi.ErrProtocol},
		"empty_object":    {200, struct{}{}, centerapi.ErrProtocol},
		"redirect":        {302, "", centerapi.ErrProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, c.status, c.body) }, nil)
			_, _, err := client.Authenticate(t.Context(), domain.NewApplicationID(), centerapi.Authentication{})
			want, isRefusal := c.want.(*centerapi.Refused)
			got, refused := errors.AsType[*centerapi.Refused](err)
			if isRefusal != refused || (refused && *got != *want) || (!refused && !errors.Is(err, c.want)) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestOnlyBusyAnswersAreRetriedAndAlwaysWithTheSameBody(t *testing.T) {
	app := domain.NewApplicationID()
	for _, status := range []int{429, 502, 503, 504} {
		var bodies []string
		client := serve(t, func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			bodies = append(bodies, r.URL.Path+string(b))
			if len(bodies) < 2 {
				w.WriteHeader(status)
				return
			}
			answer(w, 202, centerapi.Status{State: centerapi.StateOrdered})
		}, nil)
		if err := client.Order(t.Context(), app, []byte("note")); err != nil {
			t.Fatal(err)
		}
		if len(bodies) != 2 || bodies[0] != bodies[1] {
			t.Errorf("%d: sent %q", status, bodies)
		}
	}
	var tries atomic.Int32
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		tries.Add(1)
		answer(w, 500, centerapi.Problem{})
	}, nil)
	if err := client.Order(t.Context(), app, nil); err == nil || tries.Load() != 1 {
		t.Errorf("500 was tried %d times: %v", tries.Load(), err)
	}
}

func TestACentreThatIsNotThereIsUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := serve(t, nil, func(string) string { return l.Addr().String() })
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := client.Cancel(ctx, domain.NewApplicationID()); !errors.Is(err, centerapi.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if err := client.Cancel(ctx, domain.NewApplicationID()); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that gave up gets %v", err)
	}
}

// freezer is a wire that can stop carrying bytes without closing anything.
type freezer struct {
	mu     sync.Mutex
	frozen chan struct{} // closed: nothing passes on the connections of this generation
	dials  atomic.Int32
}

func (f *freezer) between(t *testing.T) func(string) string {
	return func(target string) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		f.frozen = make(chan struct{})
		go func() {
			for {
				near, err := l.Accept()
				if err != nil {
					return
				}
				f.dials.Add(1)
				far, err := net.Dial("tcp", target)
				if err != nil {
					_ = near.Close()
					return
				}
				t.Cleanup(func() { _, _ = near.Close(), far.Close() })
				f.mu.Lock()
				frozen := f.frozen
				f.mu.Unlock()
				go carry(far, near, frozen)
				go carry(near, far, frozen)
			}
		}()
		return l.Addr().String()
	}
}

func carry(to io.Writer, from io.Reader, frozen <-chan struct{}) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		select {
		case <-frozen: // swallowed: neither an answer nor a reset
		default:
			_, _ = to.Write(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// freeze stops the wires of now; wires of later dials carry.
func (f *freezer) freeze() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.frozen)
	f.frozen = make(chan struct{})
}

func TestS10_APeerThatNeitherAnswersNorResetsEndsWithTheDeadlineAndTheNextVisitIsFine(t *testing.T) {
	f := &freezer{}
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 200, centerapi.Status{State: centerapi.StateCancelled, Rev: 1})
	}, f.between(t))
	app := domain.NewApplicationID()
	for range 2 {
		if err := client.Cancel(t.Context(), app); err != nil {
			t.Fatal(err)
		}
	}
	if f.dials.Load() != 1 {
		t.Fatalf("%d connections, want one that is used again", f.dials.Load())
	}
	f.freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := client.Cancel(ctx, app); !errors.Is(err, centerapi.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
	if err := client.Cancel(t.Context(), app); err != nil {
		t.Errorf("the next visit: %v", err)
	}
	if f.dials.Load() != 2 {
		t.Errorf("%d connections, want a fresh one", f.dials.Load())
	}
}

func TestS10_ADeadPeerIsNoticedBeforeALongBudgetEnds(t *testing.T) {
	f := &freezer{}
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 200, centerapi.Status{State: centerapi.StateCancelled, Rev: 1})
	}, f.between(t))
	if err := client.Cancel(t.Context(), domain.NewApplicationID()); err != nil {
		t.Fatal(err)
	}
	f.freeze()
	ctx, cancel := context.WithTimeout(t.Context(), domain.IssueBudget)
	defer cancel()
	// The ping goes unanswered, the connection is given up, and the same call succeeds on a fresh one.
	s, err := client.Wait(ctx, domain.NewApplicationID(), 0)
	if err != nil || s.State != centerapi.StateCancelled {
		t.Errorf("got %v, %v", s, err)
	}
}

func TestWaitPollsUntilSomethingChanges(t *testing.T) {
	var polls atomic.Int32
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("after") != "7" {
			t.Errorf("query %s", r.URL.RawQuery)
		}
		if polls.Add(1) < 3 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, 200, centerapi.Status{Rev: 8, State: centerapi.StateRefused, Reason: "Deceased"})
	}, nil)
	s, err := client.Wait(t.Context(), domain.NewApplicationID(), 7)
	if err != nil || s.Rev != 8 || s.Refusal() != domain.Deceased {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestAPageThatBreaksOffGoesOnWhereItStopped(t *testing.T) {
	page := bytes.Repeat([]byte("%PDF-1.7 made up\n"), 10_000)
	tag := centerapi.PageTag(signed.HashOf(page))
	var ranges []string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		w.Header().Set("ETag", tag)
		if len(ranges) == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(len(page)))
			_, _ = w.Write(page[:100_000])
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(page))
	}, nil)
	got, err := client.Page(t.Context(), domain.NewApplicationID(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"", "bytes=100000-"}, ranges); diff != "" || !bytes.Equal(got, page) {
		t.Errorf("asked for %v, have %d bytes", ranges, len(got))
	}
}

func TestD02_APageWithOtherBytesIsRefused(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", centerapi.PageTag(signed.HashOf([]byte("the right one"))))
		_, _ = w.Write([]byte("another one"))
	}, nil)
	got, err := client.Page(t.Context(), domain.NewApplicationID(), 1)
	if !errors.Is(err, centerapi.ErrProtocol) || got != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestTheDocumentNamesEveryTypeOnce(t *testing.T) {
	text, err := os.ReadFile("../../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`(?m)^  /v1/`).FindAll(text, -1)); n != 10 {
		t.Errorf("%d paths in the document; the client knows 10", n)
	}
}
