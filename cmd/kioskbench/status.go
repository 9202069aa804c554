package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/bench/desk"
	"github.com/kioskd/kioskd/internal/bench/pki"
)

// status is the OCSP responder on a loopback port of its own.
type status struct {
	*pki.Responder
	address string

	mu    sync.Mutex
	state string
	play  pki.Play
	last  int
}

var _ desk.Faults = (*status)(nil)

// serveStatus starts the responder; it ends with ctx.
func serveStatus(ctx context.Context, responder *pki.Responder) (*status, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: responder, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return &status{Responder: responder, address: listener.Addr().String(), state: "on"}, nil
}

// do switches the responder: off cuts connections, freeze never answers.
func (s *status) do(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch what {
	case "on", "thaw":
		s.state = "on"
	case "off", "kill":
		s.state = "off"
	case "freeze":
		s.state = "frozen"
	default:
		return fmt.Errorf("ocsp %s: %w; on, off, kill, freeze or thaw", what, desk.ErrUnknown)
	}
	s.act()
	return nil
}

// act lets the responder do what its state and its fault say. mu is held.
func (s *status) act() {
	switch s.state {
	case "off":
		s.Play(pki.Closed)
	case "frozen":
		s.Play(pki.Slow)
	default:
		s.Play(s.play)
	}
}

func (s *status) power() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// statusPlays are the ways in which the responder can misbehave.
var statusPlays = []pki.Play{
	pki.Stale, pki.Replaced, pki.Future, pki.WrongNonce, pki.NoNonce, pki.OtherSigner, pki.NoUsage, pki.ExpiredSigner,
	pki.OtherSubject, pki.Malformed, pki.TryLater, pki.Slow, pki.Closed, pki.Huge, pki.ServerError,
}

// AddFault makes the responder misbehave in one of its ways; the newest one counts.
func (s *status) AddFault(description json.RawMessage) (int, error) {
	f, err := desk.Decode[struct {
		Play pki.Play `json:"play"`
	}](description)
	if err != nil {
		return 0, fmt.Errorf("a responder's fault has a play: %w", err)
	}
	if !slices.Contains(statusPlays, f.Play) {
		return 0, fmt.Errorf("play %q is none of %v", f.Play, statusPlays)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	s.play = f.Play
	s.act()
	return s.last, nil
}

// RemoveFault ends the newest fault; an older one has ended with it.
func (s *status) RemoveFault(number int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if number == s.last {
		s.play = pki.Honest
		s.act()
	}
	return everGiven(number, number > 0 && number <= s.last)
}

func (s *status) Faults() map[int]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.play == pki.Honest {
		return nil
	}
	return map[int]any{s.last: map[string]pki.Play{"play": s.play}}
}
