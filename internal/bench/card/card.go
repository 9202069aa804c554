// Package card puts an emulated card ([cardtest.Card]) into a real reader service: a pcscd of its own, with Debian's
// virtual reader (vpcd) as its only driver. All above the card is then what runs in a shop: libpcsclite, a real socket,
// a real daemon. The desk and whole-program tests insert and remove cards, and make readers fail, through a [Reader].
//
// The service runs in a mount and a network namespace of its own, because vpcd listens on every address, and because
// pcscd has its run folder compiled in. Several run side by side, and the machine's own pcscd is never touched. This
// needs root, or a process that is root in a user namespace of its own. A service dies with the process that started it.
package card

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/kioskd/kioskd/pkg/card/cardtest"
)

// Name is the PC/SC name of the slot that a [Reader] puts cards in. A second, empty slot is called 00 01.
const Name = "Virtual PCD 00 00"

// maxSocketPath is what fits in sockaddr_un on Linux, less the closing zero.
const maxSocketPath = 107

var (
	// ErrOccupied: there is a card in the reader already.
	ErrOccupied = errors.New("a card is in the reader; remove it first")
	// ErrStopped: the reader is not running.
	ErrStopped = errors.New("the reader is not running; start it first")
)

// Config says where a reader lives.
type Config struct {
	Dir    string       // folder of its own, absolute; made if missing; holds socket, driver, configuration, log
	Driver string       // path of libifdvpcd.so; empty: [UnpackDriver] under Dir
	Port   uint16       // vpcd's, inside the namespace; 0: 35963
	Log    *slog.Logger // nil: none
}

// A Reader is a running reader service with one slot to put cards in. Safe for concurrent use.
type Reader struct {
	config Config
	faults *faults

	mu       sync.Mutex
	service  *service // nil: stopped
	slot     *slot    // nil: empty
	commands map[byte]int
}

// New makes a reader that is not running yet.
func New(c Config) *Reader {
	if c.Port == 0 {
		c.Port = 0x8C7B
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	r := &Reader{config: c, commands: map[byte]int{}}
	r.faults = newFaults()
	return r
}

// Start starts the service and returns when it takes clients. Starting a running reader does nothing.
func (r *Reader) Start(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.service != nil {
		return nil
	}
	if n := len(r.Socket()); n > maxSocketPath {
		return fmt.Errorf("bench/card: %s is %d bytes long, more than a socket's path may have", r.Socket(), n)
	}
	s, err := startService(ctx, r.config)
	if err != nil {
		return fmt.Errorf("bench/card: start reader: %w", err)
	}
	r.service = s
	return nil
}

// Stop removes the card and ends the service. Stopping a stopped reader does nothing.
func (r *Reader) Stop() error {
	_ = r.Remove()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.service == nil {
		return nil
	}
	err := r.service.stop()
	r.service = nil
	if err != nil {
		return fmt.Errorf("bench/card: stop reader: %w", err)
	}
	return nil
}

// Socket is the path for PCSCLITE_CSOCK_NAME in the environment of programs that use this reader.
func (r *Reader) Socket() string { return filepath.Join(r.config.Dir, "pcscd", "pcscd.comm") }

// Environ is the environment of this process with the reader's socket.
func (r *Reader) Environ() []string { return append(os.Environ(), "PCSCLITE_CSOCK_NAME="+r.Socket()) }

// PID is the process of the service; 0 while stopped.
func (r *Reader) PID() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.service == nil {
		return 0
	}
	return r.service.command.Process.Pid
}

// Insert puts a card into the slot. The service sees it at its next poll, within about 0.4 s.
func (r *Reader) Insert(ctx context.Context, c *cardtest.Card) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.service == nil:
		return fmt.Errorf("bench/card: insert: %w", ErrStopped)
	case r.slot != nil:
		return fmt.Errorf("bench/card: insert: %w", ErrOccupied)
	}
	conn, err := r.service.dial(ctx)
	if err != nil {
		return fmt.Errorf("bench/card: insert: %w", err)
	}
	s := &slot{conn: conn, card: c, faults: r.faults, count: r.count, done: make(chan struct{})}
	r.slot = s
	go func() {
		if err := s.serve(); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
			r.config.Log.Info("reader.slot", "err", err)
		}
		r.mu.Lock()
		if r.slot == s {
			r.slot = nil
		}
		r.mu.Unlock()
		close(s.done)
	}()
	return nil
}

// Remove takes the card out of the slot; an empty slot is fine. When it returns the card has no power any more.
func (r *Reader) Remove() error {
	r.mu.Lock()
	s := r.slot
	r.slot = nil
	r.mu.Unlock()
	if s == nil {
		return nil
	}
	err := s.conn.Close()
	<-s.done
	return err
}

// Card is the card in the slot, or nil.
func (r *Reader) Card() *cardtest.Card {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.slot == nil {
		return nil
	}
	return r.slot.card
}

// Commands counts the commands that came to cards in this slot, by instruction byte. Their data are not kept.
func (r *Reader) Commands() map[byte]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.commands)
}

// count is called by the slot's goroutine.
func (r *Reader) count(ins byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.commands[ins]++
}

// AddFault lets something go wrong later and gives the fault's number.
func (r *Reader) AddFault(f Fault) int { return r.faults.add(f) }

// RemoveFault takes a fault away; a stall ends. One that is over is fine. It says whether there ever was one of that
// number.
func (r *Reader) RemoveFault(id int) bool { return r.faults.remove(id) }

// Faults are those that wait or last, by number.
func (r *Reader) Faults() map[int]Fault { return r.faults.list() }
