//go:build cgo

package cardpcsc

import (
	"context"
	"errors"
	"time"

	"github.com/ebfe/scard"

	"github.com/kioskd/kioskd/pkg/card"
)

const (
	waitLimit   = 5 * time.Second        // of one wait for events; on 1.9.9 a plugged reader may only be seen after it
	settleTime  = 200 * time.Millisecond // a card that is being laid down comes and goes
	settleMax   = 10                     // rounds; then what is there counts
	firstWait   = 500 * time.Millisecond // before the service is asked again, doubled to
	lastWait    = 5 * time.Second
	listTries   = 3 // a reader may arrive between the two halves of a listing
	oddHandles  = 3 // 80100003 in a row: pcsc-lite before 2.0.1 gives it when a cancel meets a time-out
	pnpReader   = `\\?PnP?\Notification`
	counterBits = 16 // the upper half of a state counts insertions and removals
)

// Watch tells what happens to the readers until the context ends, and then gives the context's error. It waits for a
// service that is down. Only one Watch may run in a process.
func (b *Backend) Watch(ctx context.Context, w card.Watcher) error {
	wait := firstWait
	for ctx.Err() == nil {
		m := &monitor{backend: b, watcher: w, known: map[string]seen{}}
		_ = m.run(ctx)
		b.see(view{watched: true})
		if m.up {
			wait = firstWait
			w.Event(card.Event{Kind: card.ServiceDown})
		}
		w.Readers(nil)
		pause(ctx, wait)
		wait = min(2*wait, lastWait)
	}
	return ctx.Err()
}

// A monitor lives as long as one context with the service.
type monitor struct {
	backend *Backend
	watcher card.Watcher
	service *scard.Context
	up      bool
	states  []scard.ReaderState // what the service is told that we know
	known   map[string]seen     // what the watcher was told
}

// seen is one reader as the watcher knows it.
type seen struct {
	present bool
	mute    bool
	counter uint32
}

// run ends with the context or with the service.
func (m *monitor) run(ctx context.Context) error {
	var err error
	if m.service, err = scard.EstablishContext(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = m.service.Cancel() })
	err = m.watch(ctx)
	if stop() && !dead(err) {
		_ = m.service.Release() // a dead one must not be touched
	}
	return err
}

// dead says whether the context died with the daemon.
func dead(err error) bool {
	return errors.Is(err, scard.ErrNoService) || errors.Is(err, scard.ErrServiceStopped) ||
		errors.Is(err, scard.ErrCommError)
}

func (m *monitor) watch(ctx context.Context) error {
	odd, rounds := 0, 1 // the first look is settled like a change
	for ctx.Err() == nil {
		if err := m.list(); err != nil {
			return err
		}
		wait := waitLimit
		if rounds > 0 {
			wait = settleTime
		}
		err := m.service.GetStatusChange(m.states, wait)
		switch {
		case err == nil:
			odd = 0
			m.note()
			rounds++
		case errors.Is(err, scard.ErrTimeout):
			odd = 0
		case errors.Is(err, scard.ErrInvalidHandle) && odd < oddHandles:
			odd++
		default:
			return err
		}
		if err != nil && rounds > 0 || rounds > settleMax {
			m.tell()
			rounds = 0
		}
	}
	return ctx.Err()
}

// list asks for the readers and keeps what is known of those that stay.
func (m *monitor) list() error {
	var names []string
	err := error(scard.ErrInsufficientBuffer)
	for try := 0; try < listTries && errors.Is(err, scard.ErrInsufficientBuffer); try++ {
		names, err = m.service.ListReaders()
	}
	if errors.Is(err, scard.ErrNoReadersAvailable) {
		names, err = nil, nil
	}
	if err != nil {
		return err
	}
	if !m.up {
		m.up = true
		m.watcher.Event(card.Event{Kind: card.ServiceUp})
	}
	m.watcher.Readers(names)
	old := map[string]scard.ReaderState{}
	for _, s := range m.states {
		old[s.Reader] = s
	}
	m.states = nil
	for _, name := range append([]string{pnpReader}, names...) {
		s := old[name] // the zero state, "unaware", for a new one
		m.states = append(m.states, scard.ReaderState{Reader: name, CurrentState: s.CurrentState})
	}
	return nil
}

// note takes the events over and lets the connections know at once.
func (m *monitor) note() {
	present := map[string]bool{}
	for i := range m.states {
		s := &m.states[i]
		s.CurrentState = s.EventState // unmasked: the upper half is the service's counter
		if s.Reader != pnpReader && s.EventState&scard.StatePresent != 0 {
			present[s.Reader] = true
		}
	}
	m.backend.see(view{watched: true, up: true, present: present})
}

// tell reports the difference between what the watcher knows and what is there.
func (m *monitor) tell() {
	now := map[string]seen{}
	for _, s := range m.states {
		if s.Reader == pnpReader || s.CurrentState&(scard.StateUnknown|scard.StateIgnore) != 0 {
			continue
		}
		now[s.Reader] = seen{
			present: s.CurrentState&scard.StatePresent != 0,
			mute:    s.CurrentState&scard.StateMute != 0,
			counter: uint32(s.CurrentState) >> counterBits,
		}
	}
	for name, was := range m.known {
		if _, ok := now[name]; !ok {
			if was.present {
				m.event(card.CardRemoved, name)
			}
			m.event(card.ReaderRemoved, name)
		}
	}
	for name, is := range now {
		m.tellReader(name, is)
	}
	m.known = now
}

func (m *monitor) tellReader(name string, is seen) {
	was, known := m.known[name]
	if !known {
		m.event(card.ReaderAdded, name)
	}
	same := was.present == is.present && was.mute == is.mute && (!is.present || was.counter == is.counter)
	if same {
		return
	}
	if was.present { // also when another card took its place between two looks
		m.event(card.CardRemoved, name)
	}
	switch {
	case is.present && is.mute:
		m.event(card.CardMute, name)
	case is.present:
		m.event(card.CardInserted, name)
	}
}

func (m *monitor) event(k card.EventKind, reader string) {
	m.watcher.Event(card.Event{Kind: k, Reader: reader})
}
