package coin

import (
	"errors"
	"net"
	"sync"

	"github.com/kioskd/kioskd/internal/bench/coin/still"
)

// ErrEnded says that a wait was called off.
var ErrEnded = errors.New("bench/coin: wait was called off")

// Write gives bytes to the machine as they come from the host. It never blocks.
func (m *Machine) Write(p []byte) { m.do(func(u *still.Unit) { u.Hear(p) }) }

// Read waits until the machine says something and gives at most maxBytes of it.
func (m *Machine) Read(maxBytes int, cancel <-chan struct{}) (p []byte, err error) {
	for {
		m.do(func(u *still.Unit) { p = u.Said(maxBytes) })
		if len(p) > 0 {
			return p, nil
		}
		select {
		case <-m.ready:
		case <-cancel:
			return nil, ErrEnded
		}
	}
}

// flush drops what was said and not read, as a fresh connection does.
func (m *Machine) flush() { m.do((*still.Unit).Flush) }

// Dial connects to the line as to a serial adapter. One connection at a time makes sense. Closing it ends its two
// goroutines; so does pulling the cable, and while the cable is out or held the connection is closed from the start.
func (m *Machine) Dial() net.Conn {
	host, ours := net.Pipe()
	m.flush()
	ended := make(chan struct{})
	m.mu.Lock()
	m.dials++
	me := m.dials
	end := sync.OnceFunc(func() {
		close(ended)
		_ = ours.Close() // a pipe in memory; there is nothing to lose
		m.mu.Lock()
		delete(m.dialled, me)
		m.mu.Unlock()
	})
	m.dialled[me] = end
	usable := m.cable == Cable{In: true}
	m.mu.Unlock()
	if !usable {
		end()
		return host
	}
	go func() {
		defer end()
		buf := make([]byte, 512)
		for {
			n, err := ours.Read(buf)
			if err != nil {
				return
			}
			m.Write(buf[:n])
		}
	}()
	go func() {
		defer end()
		for {
			p, err := m.Read(64, ended)
			if err != nil {
				return
			}
			if _, err := ours.Write(p); err != nil {
				return
			}
		}
	}()
	return host
}
