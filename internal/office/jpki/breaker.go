package jpki

import (
	"sync"
	"time"
)

// The circuit breaker of server §3.3: five failures within 30 s, and for 10 s nobody is asked; then one may probe.
const (
	breakerFailures = 5
	breakerWindow   = 30 * time.Second
	breakerRest     = 10 * time.Second
)

type breaker struct {
	mu       sync.Mutex
	failures []time.Time // the last ones, at most breakerFailures
	until    time.Time   // resting until then; zero: closed
	probing  bool
}

// open reports whether the breaker rests now.
func (b *breaker) open(at time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return at.Before(b.until)
}

// enter asks for leave to ask.
func (b *breaker) enter(at time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.IsZero() {
		return true
	}
	if at.Before(b.until) || b.probing {
		return false
	}
	b.probing = true
	return true
}

// drop leaves without a judgement.
func (b *breaker) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
}

// leave tells how it went.
func (b *breaker) leave(at time.Time, well bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	probe := b.probing
	b.probing = false
	if well {
		b.failures, b.until = nil, time.Time{}
		return
	}
	b.failures = append(b.failures, at)
	if n := len(b.failures); n > breakerFailures {
		b.failures = b.failures[n-breakerFailures:]
	}
	full := len(b.failures) == breakerFailures && at.Sub(b.failures[0]) <= breakerWindow
	if probe || full {
		b.until = at.Add(breakerRest)
	}
}
