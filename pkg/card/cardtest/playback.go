package cardtest

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/kioskd/kioskd/pkg/card"
)

// An Exchange is a command and its answer.
type Exchange struct {
	Command string // in hex; the data of PIN commands stands as stars, so that no recording holds a PIN
	Answer  []byte
}

// Record keeps what passes through a real port.
type Record struct {
	Port card.Port

	mu        sync.Mutex
	exchanges []Exchange
}

var (
	_ card.Port = (*Record)(nil)
	_ card.Port = (*Playback)(nil)
)

// Transmit passes the command on and keeps it with its answer.
func (r *Record) Transmit(ctx context.Context, apdu []byte) ([]byte, error) {
	command := full(apdu)
	answer, err := r.Port.Transmit(ctx, apdu)
	if err == nil {
		r.mu.Lock()
		r.exchanges = append(r.exchanges, Exchange{command, bytes.Clone(answer)})
		r.mu.Unlock()
	}
	return answer, err
}

// Exchanges gives what was kept so far.
func (r *Record) Exchanges() []Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Exchange(nil), r.exchanges...)
}

// Playback is a port that knows one conversation only: it fails at the first other command.
type Playback struct {
	Exchanges []Exchange

	mu   sync.Mutex
	next int
}

// Transmit gives the recorded answer.
func (p *Playback) Transmit(_ context.Context, apdu []byte) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next >= len(p.Exchanges) {
		return nil, fmt.Errorf("cardtest: command %d, %s, after the recording's end", p.next, card.Masked(apdu))
	}
	e := p.Exchanges[p.next]
	if command := full(apdu); command != e.Command {
		return nil, fmt.Errorf("cardtest: command %d is %s, recorded was %s", p.next, card.Masked(apdu), e.Command)
	}
	p.next++
	return bytes.Clone(e.Answer), nil
}

// Close fails if some of the recording was not asked for.
func (p *Playback) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if left := len(p.Exchanges) - p.next; left > 0 {
		return fmt.Errorf("cardtest: %d recorded commands were not sent", left)
	}
	return nil
}

// full writes all of a command but a PIN.
func full(apdu []byte) string {
	if masked := card.Masked(apdu); strings.HasSuffix(masked, "****") {
		return masked
	}
	return hex.EncodeToString(apdu)
}
