package daemon_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/internal/office/daemon"
	"github.com/kioskd/kioskd/internal/signed"
)

// keys is one set of test keys for all tests of this package; RSA keys cost time.
var keys string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "daemon")
	if err == nil {
		err = pki.Make(dir, time.Now())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	keys = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func folder(process string) daemon.Folder { return daemon.Folder(filepath.Join(keys, process)) }

func config(t *testing.T) func(*tls.Config, error) *tls.Config {
	return func(c *tls.Config, err error) *tls.Config {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// ready waits for the line that says that the server is, without sleeping.
type ready struct{ line chan struct{} }

func (r ready) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "test.ready") {
		close(r.line)
	}
	return len(p), nil
}

// up serves a handler with a server's TLS and gives its address and the way to end it.
func up(t *testing.T, c *tls.Config, h http.HandlerFunc, jobs func(context.Context)) (string, func() error) {
	t.Helper()
	s := daemon.Default()
	s.AddrFile = filepath.Join(t.TempDir(), "addr")
	ctx, stop := context.WithCancel(t.Context())
	line, ended := ready{make(chan struct{})}, make(chan error, 1)
	go func() {
		ended <- s.Serve(ctx, daemon.Service{
			Name: "test", Jobs: jobs, Log: slog.New(slog.NewJSONHandler(line, nil)),
			HTTP: &http.Server{Handler: h, TLSConfig: c, WriteTimeout: time.Minute},
		})
	}()
	select {
	case <-line.line:
	case err := <-ended:
		stop()
		t.Fatal(err)
	}
	text, err := os.ReadFile(s.AddrFile)
	if err != nil {
		t.Fatal(err)
	}
	return "https://" + strings.TrimSpace(string(text)), func() error { stop(); return <-ended }
}

func untilDone(ctx context.Context) { <-ctx.Done() }

func get(address string, c *tls.Config) error {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: c, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	answer, err := client.Get(address)
	if err != nil {
		return err
	}
	return errors.Join(err, answer.Body.Close())
}

func TestX17_EachServerTakesOnlyClientsOfTheRightRole(t *testing.T) {
	center, issuer, kiosk := folder("centerd"), folder("issuerd"), folder("kioskd")
	of := config(t)
	for name, c := range map[string]struct {
		server, client *tls.Config
		fine           bool
	}{
		"a kiosk at the centre": {
			of(center.ServerTLS(daemon.RoleKiosk, time.Now)), of(kiosk.ClientTLS("tls", daemon.RoleCenter, time.Now)), true,
		},
		"the centre at the issuing server": {
			of(issuer.ServerTLS(daemon.RoleCenter, time.Now)),
			of(center.ClientTLS("issuing-client", daemon.RoleIssuing, time.Now)), true,
		},
		"a kiosk at the issuing server": {
			of(issuer.ServerTLS(daemon.RoleCenter, time.Now)), of(kiosk.ClientTLS("tls", daemon.RoleIssuing, time.Now)), false,
		},
		"the centre as a kiosk": {
			of(center.ServerTLS(daemon.RoleKiosk, time.Now)),
			of(center.ClientTLS("issuing-client", daemon.RoleCenter, time.Now)), false,
		},
		"the centre's server key as its client key": {
			of(issuer.ServerTLS(daemon.RoleCenter, time.Now)), of(center.ClientTLS("tls", daemon.RoleIssuing, time.Now)), false,
		},
		"the issuing server as a kiosk": {
			of(center.ServerTLS(daemon.RoleKiosk, time.Now)), of(issuer.ClientTLS("tls", daemon.RoleCenter, time.Now)), false,
		},
		"an issuing server that poses as the centre": {
			of(issuer.ServerTLS(daemon.RoleKiosk, time.Now)), of(kiosk.ClientTLS("tls", daemon.RoleCenter, time.Now)), false,
		},
		"the centre that poses as an issuing server": {
			of(center.ServerTLS(daemon.RoleCenter, time.Now)),
			of(center.ClientTLS("issuing-client", daemon.RoleIssuing, time.Now)), false,
		},
		"a stranger without a certificate": {
			of(center.ServerTLS(daemon.RoleKiosk, time.Now)), &tls.Config{InsecureSkipVerify: true}, false,
		},
	} {
		asked := false
		address, stop := up(t, c.server, func(http.ResponseWriter, *http.Request) { asked = true }, untilDone)
		err := get(address, c.client)
		if err := stop(); err != nil {
			t.Errorf("%s: stop: %v", name, err)
		}
		if (err == nil) != c.fine || asked != c.fine {
			t.Errorf("%s: %v, asked %v", name, err, asked)
		}
	}
}

func TestServeAnswersWhatIsUnderWayAndEndsTheJobsLast(t *testing.T) {
	of := config(t)
	under, goOn, jobEnded := make(chan struct{}), make(chan struct{}), false
	address, stop := up(t, of(folder("centerd").ServerTLS(daemon.RoleKiosk, time.Now)),
		func(w http.ResponseWriter, _ *http.Request) {
			close(under)
			<-goOn
			_, _ = io.WriteString(w, "well") // the client's end is looked at
		}, func(ctx context.Context) { <-ctx.Done(); jobEnded = true })
	got := make(chan error, 1)
	client := of(folder("kioskd").ClientTLS("tls", daemon.RoleCenter, time.Now))
	go func() { got <- get(address, client) }()
	<-under
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	close(goOn)
	if err := <-got; err != nil {
		t.Errorf("cut off: %v", err)
	}
	if err := <-ended; err != nil || !jobEnded {
		t.Errorf("%v, job ended: %v", err, jobEnded)
	}
}

func TestASecretThatOthersMayReadIsRefused(t *testing.T) {
	dir := t.TempDir()
	f := daemon.Folder(dir)
	for mode, fine := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o602: false} {
		name := fmt.Sprintf("%o.key", mode)
		if err := os.WriteFile(filepath.Join(dir, name), []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
		b, err := f.Secret(name)
		if (err == nil) != fine || fine != (string(b) == "secret") {
			t.Errorf("mode %o: %q, %v", mode, b, err)
		}
		if !fine && !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o: does not say what to do: %v", mode, err)
		}
	}
	if _, err := f.Secret("none.key"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing key: %v", err)
	}
}

func TestX16_AKeyThatTheListDoesNotNameIsRefused(t *testing.T) {
	f := folder("centerd")
	ring, err := f.Ring(os.ReadFile, signed.EnvTest, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Signer("note.key", ring, signed.RoleCenter, string(pki.Center)); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		role   signed.Role
		holder string
	}{{signed.RoleCenter, "other-center"}, {signed.RoleKiosk, string(pki.Center)}, {signed.RoleMunicipality, "990019"}} {
		if _, err := f.Signer("note.key", ring, c.role, c.holder); err == nil {
			t.Errorf("the centre's key for %s %s", c.role, c.holder)
		}
	}
}

func TestX26_ABuildWithoutKeyHoldersSaysWhatToDo(t *testing.T) {
	_, err := folder("centerd").Ring(nil, signed.EnvTest, time.Now())
	if !errors.Is(err, daemon.ErrNoKeyHolders) || !strings.Contains(err.Error(), "-tags bench") ||
		!strings.Contains(err.Error(), "docs/center.md") {
		t.Errorf("got %v", err)
	}
	if _, err := folder("centerd").Ring(os.ReadFile, signed.EnvProd, time.Now()); err == nil {
		t.Error("the test world's key holders were taken in production")
	}
}

func TestTheCommandLineTellsGoodFromBad(t *testing.T) {
	served := ""
	p := daemon.Program{
		Name:  "testd",
		Check: func(file string) error { return map[string]error{"bad": errors.New("bad")}[file] },
		Serve: func(_ context.Context, file string, _ *slog.Logger) error { served = file; return nil },
	}
	for want, args := range map[int][][]string{
		0: {{"config", "check", "good"}, {"--config", "here"}},
		1: {{"config", "check", "bad"}, {"config", "check"}, {"--colour", "red"}},
	} {
		for _, a := range args {
			if got := p.Run(a); got != want {
				t.Errorf("%q gives %d", a, got)
			}
		}
	}
	if served != "here" {
		t.Errorf("served %q", served)
	}
}
