//go:build judge

package e2e

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// lanes is how many worlds run at once: a visit mostly waits for mechanics, so that two cores carry more than two.
const lanes = "5"

// house holds what all worlds share: the programs, the compiled renderer, and the worlds that nobody uses now.
type houseOf struct {
	dir, bin string
	idle     chan *world
}

var house = houseOf{idle: make(chan *world, 16)}

func (h houseOf) cache() string { return filepath.Join(h.dir, "render") }

// world is one kiosk with everything around it, as real processes.
type world struct {
	dir     string
	address string
	float   coins // what the hoppers hold when it begins
	desk    *resident.Desk
	bench   *exec.Cmd
	out     bytes.Buffer // of the bench; to be read when it has ended
	told    books        // what the journal said after the last visit
	first   books        // and after a kill and one start
	found   string       // the session's state after the last kill
	ended   chan struct{}
	failure error // of the bench, when it has ended
}

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", lanes); err != nil {
		panic(err)
	}
	code, err := within(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// within builds the programs, runs the tests, and ends the worlds that they left for each other.
func within(m *testing.M) (code int, err error) {
	if house.dir, err = os.MkdirTemp("", "kioskd-e2e"); err != nil {
		return 1, err
	}
	defer os.RemoveAll(house.dir)
	house.bin = filepath.Join(house.dir, "bin") + string(filepath.Separator)
	build := exec.Command("go", "build", "-tags=bench", "-o", house.bin, "./cmd/kioskd", "./cmd/centerd", "./cmd/issuerd",
		"./cmd/kioskbench")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("e2e: build: %w\n%s", err, out)
	}
	warm := exec.Command(house.bin+"kioskd", "render", house.cache())
	if out, err := warm.CombinedOutput(); err != nil { // no document comes: it only compiles itself
		return 1, fmt.Errorf("e2e: renderer: %w\n%s", err, out)
	}
	defer func() {
		for len(house.idle) > 0 {
			(<-house.idle).stop()
		}
	}()
	return m.Run(), nil
}

// shared gives a test a world that earlier tests left clean, or a new one; the test leaves it clean for the next.
func shared(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	var w *world
	select {
	case w = <-house.idle:
	default:
		w = start(t)
	}
	t.Cleanup(func() {
		if t.Failed() { // it may not be clean
			w.stop()
			return
		}
		house.idle <- w
	})
	return w
}

// newWorld gives a test a world of its own, which ends with it. The flags are those of kioskbench.
func newWorld(t *testing.T, flags ...string) *world {
	t.Helper()
	w := start(t, flags...)
	t.Cleanup(w.stop)
	return w
}

// start starts a world and waits until its kiosk is in service.
func start(t *testing.T, flags ...string) *world {
	t.Helper()
	dir, err := os.MkdirTemp(house.dir, "w")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "kioskd"), 0o700),
		os.Symlink(house.cache(), filepath.Join(dir, "kioskd", "render"))); err != nil {
		t.Fatal(err)
	}
	w := &world{dir: dir, ended: make(chan struct{})}
	args := append([]string{"run", "--headless", "--dir", dir}, flags...)
	w.bench = exec.Command(house.bin+"kioskbench", append(args, "--", house.bin+"kioskd")...)
	w.bench.Stdout, w.bench.Stderr = &w.out, &w.out
	if err := w.bench.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(w.ended)
		w.failure = w.bench.Wait()
	}()
	if err := w.wait(); err != nil {
		w.stop()
		t.Fatalf("%v\n%s", err, w.out.Bytes())
	}
	w.float = w.scene(t).Devices.Coin.Hoppers
	return w
}

// stop ends a world. It may be called twice.
func (w *world) stop() {
	_ = w.bench.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	<-w.ended
	_ = os.RemoveAll(w.dir)
}

// wait waits for the desk and for a kiosk in service.
func (w *world) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for { // ends with ctx
		if text, err := os.ReadFile(filepath.Join(w.dir, "desk.addr")); err == nil && len(text) > 0 {
			w.address = strings.TrimSpace(string(text))
			w.desk = resident.NewDesk(w.address)
			if s, err := w.desk.State(ctx, 0, 0); err == nil && s.Session == "Attract" {
				return nil
			}
		}
		select {
		case <-w.ended:
			return errors.Join(errors.New("the bench ended"), w.failure)
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// play lets a person do what a script says, and demands that the kiosk is free afterwards.
func (w *world) play(t *testing.T, s resident.Script) resident.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s.Patience = patience
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

// power switches a part.
func (w *world) power(t *testing.T, what, do string) {
	t.Helper()
	w.post(t, "/api/power", map[string]string{"what": what, "do": do})
}
