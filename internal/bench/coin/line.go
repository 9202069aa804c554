package coin

import (
	"errors"
	"net"
	"sync"
	"time"
)

// line is the two-wire side of the machine: what it heard and has not understood yet, and what it has to say.
type line struct {
	heard   []byte
	gap     *time.Timer // drops a beginning that nothing follows
	say     []byte
	ready   chan struct{} // one token when there is something to say
	talking bool          // an answer is on its way
	queue   [][]byte      // pieces of answers still to come
}

const (
	maxSay    = 4096                  // what a serial adapter would hold for a host that does not read
	frameGap  = 50 * time.Millisecond // longest pause inside a frame
	sayPieces = 7                     // bytes that come at once: no frame may depend on the cut
)

func (l *line) init() { l.ready = make(chan struct{}, 1) }

// ErrEnded says that a wait was called off.
var ErrEnded = errors.New("bench/coin: wait was called off")

// Write gives bytes to the machine as they come from the host. It never blocks.
func (m *Machine) Write(p []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := &m.line
	if m.opt.Echo {
		l.utter(p)
	}
	if !m.on {
		return
	}
	l.heard = append(l.heard, p...)
	if l.gap != nil {
		l.gap.Stop()
		l.gap = nil
	}
	for {
		size := frameSize(l.heard)
		if size == 0 || len(l.heard) < size {
			break
		}
		frame := l.heard[:size:size]
		l.heard = l.heard[size:]
		epoch := m.epoch
		m.soon(time.Duration(size)*m.opt.ByteTime, func() {
			if m.on && m.epoch == epoch {
				m.take(frame)
			}
		})
	}
	if len(l.heard) > 0 {
		var gap *time.Timer
		gap = time.AfterFunc(frameGap+time.Duration(len(l.heard))*m.opt.ByteTime, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			if l.gap == gap {
				l.heard = nil
			}
		})
		l.gap = gap
	}
}

// take understands one frame and answers it.
func (m *Machine) take(frame []byte) {
	s := m.slaveAt(frame[0])
	if s == nil || !m.intact(frame) {
		return // nobody feels meant; a damaged command is not answered
	}
	addr, header, host := frame[0], frame[3], frame[2]
	if m.usesCRC(addr) {
		host = 1
	}
	if m.lineFault(LoseCommand, addr, header) {
		return
	}
	m.seen[Seen{addr, header}]++
	epoch := m.epoch
	r := m.obey(s, header, frame[4:len(frame)-1])
	if m.lineFault(PowerCycle, addr, header) {
		m.cycle()
	}
	if m.epoch != epoch || m.lineFault(LoseReply, addr, header) {
		return
	}
	answer := m.encode(addr, host, r)
	if m.lineFault(CorruptReply, addr, header) {
		answer[len(answer)-2] ^= 0x10
	}
	m.speak(answer)
}

// speak sends an answer piece by piece at the speed of the line.
func (m *Machine) speak(answer []byte) {
	for len(answer) > 0 {
		n := min(len(answer), sayPieces)
		m.line.queue = append(m.line.queue, answer[:n])
		answer = answer[n:]
	}
	if !m.line.talking {
		m.line.talking = true
		m.talk(m.opt.Reply)
	}
}

func (m *Machine) talk(wait time.Duration) {
	l := &m.line
	if len(l.queue) == 0 {
		l.talking = false
		return
	}
	piece := l.queue[0]
	l.queue = l.queue[1:]
	m.soon(wait+time.Duration(len(piece))*m.opt.ByteTime, func() {
		l.utter(piece)
		m.talk(0)
	})
}

func (l *line) utter(p []byte) {
	if len(l.say)+len(p) > maxSay {
		return // overrun: lost, as in a serial adapter
	}
	l.say = append(l.say, p...)
	select {
	case l.ready <- struct{}{}:
	default:
	}
}

// Read waits until the machine says something and gives at most max bytes of it.
func (m *Machine) Read(maxBytes int, cancel <-chan struct{}) ([]byte, error) {
	for {
		m.mu.Lock()
		n := min(len(m.line.say), maxBytes)
		p := append([]byte(nil), m.line.say[:n]...)
		m.line.say = m.line.say[n:]
		ready := m.line.ready
		m.mu.Unlock()
		if n > 0 {
			return p, nil
		}
		select {
		case <-ready:
		case <-cancel:
			return nil, ErrEnded
		}
	}
}

// flush drops what was said and not read, as a fresh connection does.
func (m *Machine) flush() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.line.say = nil
}

// Dial connects to the line as to a serial adapter. One connection at a time makes sense. Closing it ends its two
// goroutines.
func (m *Machine) Dial() net.Conn {
	host, ours := net.Pipe()
	m.flush()
	ended := make(chan struct{})
	end := sync.OnceFunc(func() {
		close(ended)
		_ = ours.Close() // a pipe in memory; there is nothing to lose
	})
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
