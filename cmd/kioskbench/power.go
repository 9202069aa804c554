package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/kioskd/kioskd/internal/bench/desk"
)

// power switches everything that has a plug or a process.
type power struct {
	w *world

	mu      sync.Mutex
	changed chan struct{}
}

var _ desk.Power = (*power)(nil)

func newPower(w *world) *power { return &power{w: w, changed: make(chan struct{})} }

func (p *power) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *power) bump() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *power) Do(ctx context.Context, what, do string) error {
	defer p.bump()
	if process := p.w.process(what); process != nil {
		return process.do(do)
	}
	switch what {
	case "ocsp":
		return p.w.status.do(do)
	case "coin", "printer", "reader":
	default:
		return fmt.Errorf("%q: %w; there are %s", what, desk.ErrUnknown,
			strings.Join(slices.Sorted(maps.Keys(p.State())), ", "))
	}
	on := do == "on"
	if !on && do != "off" && do != "kill" { // a plug that is pulled: off and kill are one
		return fmt.Errorf("%s %s: %w; on, off or kill", what, do, desk.ErrUnknown)
	}
	switch what {
	case "coin":
		p.w.coins.Power(on)
		return nil
	case "printer":
		return p.printer(on)
	}
	if on {
		return p.w.reader.Start(context.WithoutCancel(ctx))
	}
	return p.w.reader.Stop()
}

// printer off is unplugged: its jobs are forgotten and it is gone from the bus.
func (p *power) printer(on bool) error {
	plugged := p.w.bus.Plugged(printerPort)
	switch {
	case on && !plugged:
		return p.w.bus.Plug(printerPort, p.w.press.USB())
	case !on && plugged:
		p.w.press.PowerCycle()
		return p.w.bus.Unplug(printerPort)
	}
	return nil
}

func (p *power) State() map[string]string {
	states := map[string]string{"ocsp": p.w.status.power()}
	p.w.mu.Lock()
	for name, process := range p.w.processes {
		states[name] = process.state()
	}
	p.w.mu.Unlock()
	for name, on := range map[string]bool{
		"coin": p.w.coins.On(), "printer": p.w.bus.Plugged(printerPort), "reader": p.w.reader.PID() != 0,
	} {
		states[name] = "off"
		if on {
			states[name] = "on"
		}
	}
	return states
}
