package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
)

const (
	addressWait = 30 * time.Second      // for a server to say where it listens
	addressLook = 20 * time.Millisecond // from one look to the next
	firstFrame  = 120 * time.Second     // for kioskd, on a busy machine
	free        = "127.0.0.1:0"         // a port that nobody has
	nobody      = "127.0.0.1:9"         // where nobody listens
)

// start starts the servers and kioskd.
func (w *world) start(ctx context.Context) error {
	issuing, err := w.server(ctx, "issuerd", w.issuerdConfig)
	if err != nil {
		return err
	}
	center, err := w.server(ctx, "centerd", func(listen string) string { return w.centerdConfig(listen, issuing) })
	if err != nil {
		return err
	}
	config := w.path("kioskd", "kioskd.toml")
	if err := writeFile(config, w.kioskdConfig(center)); err != nil {
		return err
	}
	environment := append(w.environment(),
		"DISPLAY="+w.display, "PCSCLITE_CSOCK_NAME="+w.reader.Socket(), port.SocketEnv+"="+w.socket())
	environment = append(environment, w.bus.Env()...)
	w.keep(ctx, "kioskd", environment, w.kioskd, "--config", config)
	return nil
}

// environment is what all programs of the bench get. Nothing of the caller's leaks in but what finds programs.
func (w *world) environment() []string {
	pages := "" // only a demo shows what the municipality made
	if w.fresh {
		pages = w.out
	}
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "LANG=C.UTF-8", "TMPDIR=" + os.TempDir(),
		port.ClockEnv + "=" + w.clock.path, port.PagesEnv + "=" + pages,
	}
}

// server starts a server and returns where it listens. It keeps its port when it is started anew. A program that is not
// built yet gives "".
func (w *world) server(ctx context.Context, name string, config func(listen string) string) (string, error) {
	program := filepath.Join(w.programs, name)
	if _, err := os.Stat(program); err != nil {
		w.desk.Note("bench", name+" is not built; kioskd will not reach it")
		return nobody, nil
	}
	file, addressFile := w.path(name, name+".toml"), w.addressFile(name)
	if err := writeFile(file, config(free)); err != nil {
		return "", err
	}
	if err := os.Remove(addressFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	w.keep(ctx, name, w.environment(), program, "--config", file)
	address, err := w.awaitAddress(ctx, name, addressFile)
	if err != nil {
		return "", err
	}
	return address, writeFile(file, config(address))
}

func (w *world) addressFile(name string) string { return w.path(name, "addr") }

// keep keeps a program running until the world closes.
func (w *world) keep(ctx context.Context, name string, environment []string, command ...string) {
	p := &process{
		name: name, command: command, env: environment, log: w.path("log", name+".log"), want: true,
		wake: make(chan struct{}, 1), starter: w.starter, note: w.desk.Note, changed: w.power.bump,
	}
	w.mu.Lock()
	w.processes[name] = p
	w.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.keep(ctx)
	}()
	w.atEnd(func() {
		cancel()
		<-ended
	})
}

// process finds a program that is kept running; nil if it was not started yet.
func (w *world) process(name string) *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.processes[name]
}

func (w *world) awaitAddress(ctx context.Context, name, file string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, addressWait)
	defer cancel()
	tick := time.NewTicker(addressLook)
	defer tick.Stop()
	for { // ends with ctx
		text, err := os.ReadFile(file)
		if address := strings.TrimSpace(string(text)); err == nil && address != "" {
			return address, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return "", fmt.Errorf("%s does not say where it listens; the end of %s:\n%s", name,
				w.path("log", name+".log"), tail(w.path("log", name+".log")))
		}
	}
}

// tail gives the last lines of a log.
func tail(path string) string {
	const lines = 12
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// ready waits until kioskd shows its first screen.
func (w *world) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, firstFrame)
	defer cancel()
	revision := uint64(0)
	for { // ends with ctx
		s := w.desk.State(ctx, revision)
		revision = s.Revision
		if s.Kioskd == "running" && s.Screen != "" {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("kioskd shows nothing; the end of %s:\n%s", w.path("log", "kioskd.log"),
				tail(w.path("log", "kioskd.log")))
		}
	}
}
