package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kioskd/kioskd/internal/bench/card"
	"github.com/kioskd/kioskd/internal/bench/desk"
	"github.com/kioskd/kioskd/internal/bench/pki"
	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

// reader is the desk's card reader: the private reader service with the tray of test cards. A card keeps its state,
// such as its tries, as long as kioskbench runs.
type reader struct {
	*card.Reader
	tray  []pki.Card
	cards map[string]*cardtest.Card

	mu sync.Mutex
	in string // id of the card on the reader
}

var (
	_ desk.Reader = (*reader)(nil)
	_ desk.Faults = (*reader)(nil)
)

func newReader(r *card.Reader, tray []pki.Card) *reader {
	n := &reader{Reader: r, tray: tray, cards: map[string]*cardtest.Card{}}
	for _, c := range tray {
		n.cards[c.ID] = cardtest.New(cardtest.Config{
			AuthKey: c.AuthKey, AuthCert: c.AuthCert, AuthCA: c.AuthCA, SignKey: c.SignKey, SignCert: c.SignCert,
			SignCA: c.SignCA, PIN: c.PIN, Tries: c.Tries, Blocked: c.Blocked, Label: c.Label, NotMyNumber: c.NotMyNumber,
		})
	}
	return n
}

func (r *reader) Cards() []desk.Card {
	list := []desk.Card{}
	for _, c := range r.tray {
		what := map[string]string{}
		for lang, text := range c.What {
			what[string(lang)] = text
		}
		list = append(list, desk.Card{ID: c.ID, What: what, State: string(c.State), PIN: c.PIN})
	}
	return list
}

func (r *reader) Insert(ctx context.Context, id string) error {
	c, ok := r.cards[id]
	if !ok {
		return fmt.Errorf("card %q: %w", id, desk.ErrUnknown)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.Reader.Insert(ctx, c); err != nil {
		if errors.Is(err, card.ErrOccupied) || errors.Is(err, card.ErrStopped) {
			return fmt.Errorf("%w: %w", desk.ErrConflict, err)
		}
		return err
	}
	r.in = id
	return nil
}

// Card asks the slot, since a fault may have pulled the card out.
func (r *reader) Card() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Reader.Card() == nil {
		return ""
	}
	return r.in
}

// readerSeen is what the reader saw, for `GET /api/devices`.
type readerSeen struct {
	APDUs      map[string]int `json:"apdus"`      // by INS, in hex
	Signatures int            `json:"signatures"` // made by all cards
	Powered    bool           `json:"powered"`    // the card on the reader has power
	TriesLeft  map[string]int `json:"tries_left"` // by card
}

func (r *reader) Seen() any { return r.seen() }

func (r *reader) seen() readerSeen {
	s := readerSeen{APDUs: map[string]int{}, TriesLeft: map[string]int{}}
	for ins, n := range r.Commands() {
		s.APDUs[fmt.Sprintf("%02X", ins)] = n
	}
	for id, c := range r.cards {
		stats := c.Stats()
		s.Signatures += stats.Signatures
		s.TriesLeft[id] = stats.TriesLeft
	}
	if c := r.Reader.Card(); c != nil {
		s.Powered = c.Stats().Powered
	}
	return s
}

// readerFault is a fault as the desk's callers write it.
type readerFault struct {
	Do  string `json:"do"`            // remove, delay, stall, answer
	INS byte   `json:"ins,omitempty"` // only commands with this instruction byte count
	Nth int    `json:"nth,omitempty"` // at which of them
	Ms  int    `json:"ms,omitempty"`  // of a delay
	SW  uint16 `json:"sw,omitempty"`  // of an answer
}

// maxDelay bounds a delay in milliseconds: longer than any time-out of a card.
const maxDelay = 120_000

func (r *reader) AddFault(description json.RawMessage) (int, error) {
	f, err := desk.Decode[readerFault](description)
	if err != nil {
		return 0, fmt.Errorf("a reader's fault has do, ins, nth, ms, sw: %w", err)
	}
	if err := f.check(); err != nil {
		return 0, err
	}
	return r.Reader.AddFault(card.Fault{
		Do: card.Act(f.Do), INS: f.INS, Nth: f.Nth, For: time.Duration(f.Ms) * time.Millisecond, SW: f.SW,
	}), nil
}

func (f readerFault) check() error {
	act := card.Act(f.Do)
	switch {
	case act != card.ActRemove && act != card.ActDelay && act != card.ActStall && act != card.ActAnswer:
		return fmt.Errorf("a reader's fault does remove, delay, stall or answer, not %q", f.Do)
	case (act == card.ActDelay) != (f.Ms != 0) || f.Ms < 0 || f.Ms > maxDelay:
		return fmt.Errorf("ms is that of a delay, 1 to %d", maxDelay)
	case (act == card.ActAnswer) != (f.SW != 0):
		return errors.New("sw is that of an answer, 1 to 65535")
	case f.Nth < 0:
		return errors.New("nth is 1 for the next command, or more")
	}
	return nil
}

func (r *reader) RemoveFault(number int) error {
	return everGiven(number, r.Reader.RemoveFault(number))
}

func (r *reader) Faults() map[int]any {
	all := map[int]any{}
	for n, f := range r.Reader.Faults() {
		all[n] = readerFault{string(f.Do), f.INS, f.Nth, int(f.For.Milliseconds()), f.SW}
	}
	return all
}
