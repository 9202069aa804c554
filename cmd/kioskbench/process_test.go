package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/desk"
)

// child keeps a shell script running for the length of the test. Its changes come as signals on moved.
func child(t *testing.T, script string) (p *process, moved chan struct{}) {
	t.Helper()
	moved = make(chan struct{}, 64)
	p = &process{
		name: "child", command: []string{"/bin/sh", "-c", script}, env: []string{"PATH=" + os.Getenv("PATH")},
		log: filepath.Join(t.TempDir(), "log"), want: true, wake: make(chan struct{}, 1), starter: newStarter(),
		note: func(string, string) {}, changed: func() { moved <- struct{}{} },
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.keep(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		if p.state() != "off" {
			t.Error("the child outlived its keeper")
		}
	})
	return p, moved
}

// await waits until the process is in a state, by its changes.
func await(t *testing.T, p *process, moved chan struct{}, state string, not int) int {
	t.Helper()
	for p.state() != state || p.pid() == not {
		<-moved
	}
	return p.pid()
}

func TestProcess_killed_is_started_anew(t *testing.T) {
	p, moved := child(t, "exec tail -f /dev/null")
	first := await(t, p, moved, "on", 0)
	if err := p.do("kill"); err != nil {
		t.Fatal(err)
	}
	if second := await(t, p, moved, "on", first); second == first || second == 0 {
		t.Errorf("pid %d after %d", second, first)
	}
}

func TestProcess_off_stays_off_until_on(t *testing.T) {
	p, moved := child(t, "exec tail -f /dev/null")
	first := await(t, p, moved, "on", 0)
	if err := p.do("off"); err != nil || p.state() != "off" {
		t.Fatal(p.state(), err)
	}
	if err := p.do("freeze"); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("freeze while off: %v", err)
	}
	if err := p.do("on"); err != nil {
		t.Fatal(err)
	}
	await(t, p, moved, "on", first)
}

func TestProcess_frozen_neither_runs_nor_ends_and_can_be_ended(t *testing.T) {
	p, moved := child(t, "exec tail -f /dev/null")
	await(t, p, moved, "on", 0)
	if err := p.do("freeze"); err != nil || p.state() != "frozen" {
		t.Fatal(p.state(), err)
	}
	if err := p.do("thaw"); err != nil || p.state() != "on" {
		t.Fatal(p.state(), err)
	}
	if err := errors.Join(p.do("freeze"), p.do("off")); err != nil || p.state() != "off" {
		t.Errorf("a frozen child could not be ended: %s %v", p.state(), err)
	}
	if err := p.do("dance"); !errors.Is(err, desk.ErrUnknown) {
		t.Errorf("an unknown deed: %v", err)
	}
}

func TestProcess_output_goes_to_its_log(t *testing.T) {
	p, moved := child(t, "echo said; exec tail -f /dev/null")
	await(t, p, moved, "on", 0)
	for { // ends when the line is there
		text, err := os.ReadFile(p.log)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "said") {
			return
		}
	}
}
