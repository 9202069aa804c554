package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
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
		s.Play(s.play)
	case "off", "kill":
		s.state = "off"
		s.Play(pki.Closed)
	case "freeze":
		s.state = "frozen"
		s.Play(pki.Slow)
	default:
		return fmt.Errorf("ocsp %s: %w", what, desk.ErrUnknown)
	}
	return nil
}

func (s *status) power() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// AddFault makes the responder misbehave in one of its ways; the newest one counts.
func (s *status) AddFault(description json.RawMessage) (int, error) {
	var f struct {
		Play pki.Play `json:"play"`
	}
	if err := json.Unmarshal(description, &f); err != nil {
		return 0, err
	}
	if f.Play == pki.Honest {
		return 0, errors.New("a responder's fault has a play, such as stale or wrong-nonce")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	s.play = f.Play
	s.Play(f.Play)
	return s.last, nil
}

func (s *status) RemoveFault(int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.play = pki.Honest
	s.Play(pki.Honest)
	return nil
}

func (s *status) Faults() map[int]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.play == pki.Honest {
		return nil
	}
	return map[int]any{s.last: map[string]pki.Play{"play": s.play}}
}
