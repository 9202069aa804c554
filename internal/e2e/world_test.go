//go:build judge

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// the is the one world of all tests.
var the world

type world struct {
	dir     string
	address string
	desk    *resident.Desk
}

func TestMain(m *testing.M) {
	code, err := within(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// within builds the programs, starts the world, and ends it after the tests.
func within(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "kioskd-e2e")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "bin") + string(filepath.Separator)
	build := exec.Command("go", "build", "-tags=bench", "-o", bin, "./cmd/kioskd", "./cmd/centerd", "./cmd/issuerd",
		"./cmd/kioskbench")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("e2e: build: %w\n%s", err, out)
	}
	the.dir = filepath.Join(dir, "var")
	bench := exec.Command(bin+"kioskbench", "run", "--headless", "--dir", the.dir, "--", bin+"kioskd")
	var out bytes.Buffer
	bench.Stdout, bench.Stderr = &out, &out
	if err := bench.Start(); err != nil {
		return 1, err
	}
	ended := make(chan error, 1)
	go func() { ended <- bench.Wait() }()
	defer func() {
		_ = bench.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		<-ended
	}()
	if err := the.wait(ended); err != nil {
		return 1, fmt.Errorf("e2e: %w\n%s", err, out.Bytes())
	}
	return m.Run(), nil
}

// wait waits for the desk and for a kiosk in service.
func (w *world) wait(ended <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if text, err := os.ReadFile(filepath.Join(w.dir, "desk.addr")); err == nil && len(text) > 0 {
			w.address = strings.TrimSpace(string(text))
			w.desk = resident.NewDesk(w.address)
			if s, err := w.desk.State(ctx, 0, 0); err == nil && s.Session == "Attract" {
				return nil
			}
		}
		select {
		case err := <-ended:
			return fmt.Errorf("the bench ended: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// play lets a person do what a script says, and demands that the kiosk is free afterwards.
func (w *world) play(t *testing.T, s resident.Script) resident.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
	defer cancel()
	s.Patience = 20 * time.Second
	r, err := resident.Run(ctx, w.desk, s, resident.Watch{})
	if err != nil {
		t.Fatalf("%v\npassed %v, refusals %v\n%s", err, r.Passed(), r.Refusals, w.log(t))
	}
	return r
}

func (w *world) log(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, "log", "kioskd.log"))
	if err != nil {
		t.Error(err)
	}
	return b[max(0, len(b)-3000):]
}

// post calls the desk.
func (w *world) post(t *testing.T, path string, body any) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.address+path, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		t.Fatalf("%s: %s", path, answer.Status)
	}
}

// power switches a part.
func (w *world) power(t *testing.T, what, do string) {
	t.Helper()
	w.post(t, "/api/power", map[string]string{"what": what, "do": do})
}
