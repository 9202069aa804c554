package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/kioskd/kioskd/internal/bench/desk"
)

const (
	restartAfter = time.Second     // as in the service's unit: Restart=always, RestartSec=1
	stopWait     = 8 * time.Second // from TERM to KILL
)

// process is a program that is kept running, as systemd would.
type process struct {
	name    string
	command []string
	env     []string
	log     string // file for its output
	note    func(what, text string)
	changed func()
	starter starter

	mu      sync.Mutex
	want    bool // it shall run
	frozen  bool
	running *os.Process
	ended   chan struct{} // closed when the running one has ended
	wake    chan struct{} // of keep; holds one
}

// keep starts the process again and again until ctx ends, and then ends it.
func (p *process) keep(ctx context.Context) {
	for ctx.Err() == nil {
		p.mu.Lock()
		want := p.want
		p.mu.Unlock()
		if !want {
			select {
			case <-p.wake:
			case <-ctx.Done():
			}
			continue
		}
		err := p.once(ctx)
		if ctx.Err() != nil {
			return
		}
		p.note("power", fmt.Sprintf("%s ended: %v", p.name, err))
		p.changed()
		timer := time.NewTimer(restartAfter)
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// once runs the process until it ends.
func (p *process) once(ctx context.Context) error {
	log, err := os.OpenFile(p.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	c := exec.Command(p.command[0], p.command[1:]...)
	c.Env, c.Stdout, c.Stderr = p.env, log, log
	if err := p.starter.start(c); err != nil {
		return err
	}
	ended := make(chan struct{})
	p.mu.Lock()
	p.running, p.ended, p.frozen = c.Process, ended, false
	p.mu.Unlock()
	p.changed()
	stop := context.AfterFunc(ctx, func() { p.end(syscall.SIGTERM) })
	err = c.Wait()
	stop()
	p.mu.Lock()
	p.running, p.frozen = nil, false
	p.mu.Unlock()
	close(ended)
	if err == nil {
		err = errors.New("exit 0")
	}
	return err
}

// end asks the running process to end and insists after a while. It returns when it is gone.
func (p *process) end(signal syscall.Signal) {
	p.mu.Lock()
	running, ended, frozen := p.running, p.ended, p.frozen
	p.mu.Unlock()
	if running == nil {
		return
	}
	_ = running.Signal(signal)
	if frozen {
		_ = running.Signal(syscall.SIGCONT)
	}
	timer := time.NewTimer(stopWait)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		_ = running.Kill()
		<-ended
	}
}

// do switches the process.
func (p *process) do(what string) error {
	switch what {
	case "on":
		p.set(true)
	case "off":
		p.set(false)
		p.end(syscall.SIGTERM)
	case "kill":
		p.end(syscall.SIGKILL)
	case "freeze", "thaw":
		return p.freeze(what == "freeze")
	default:
		return fmt.Errorf("%s %s: %w; on, off, kill, freeze or thaw", p.name, what, desk.ErrUnknown)
	}
	p.changed()
	return nil
}

func (p *process) set(want bool) {
	p.mu.Lock()
	p.want = want
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// freeze stops the process where it stands: its sockets stay open and nothing answers.
func (p *process) freeze(on bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		return fmt.Errorf("%s is not running: %w", p.name, desk.ErrConflict)
	}
	signal := syscall.SIGCONT
	if on {
		signal = syscall.SIGSTOP
	}
	p.frozen = on
	defer p.changed()
	return p.running.Signal(signal)
}

// state is "on", "off" or "frozen".
func (p *process) state() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.running == nil:
		return "off"
	case p.frozen:
		return "frozen"
	}
	return "on"
}

// pid is that of the running process, 0 if there is none.
func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		return 0
	}
	return p.running.Pid
}
