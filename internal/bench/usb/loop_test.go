package usb

import "sync"

// loop is a device that gives back what it gets: one vendor interface, bulk pair 0x01/0x81, packets of 64 bytes.
type loop struct {
	mu      sync.Mutex
	waiting [][]byte      // packets for the host
	more    chan struct{} // closed and replaced at each change
	stallIn bool          // the next In stalls
	mute    bool          // Out never returns until detached
	gone    chan struct{}
	inside  int        // calls of In under way
	entered *sync.Cond // tells of inside
}

func newLoop() *loop {
	l := &loop{more: make(chan struct{}), gone: make(chan struct{})}
	l.entered = sync.NewCond(&l.mu)
	return l
}

// awaitRead returns when the host waits for the device to speak.
func (l *loop) awaitRead() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.inside == 0 {
		l.entered.Wait()
	}
}

// count keeps inside.
func (l *loop) count(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inside += n
	l.entered.Broadcast()
}

func (l *loop) Descriptors() Descriptors {
	return Descriptors{
		Speed: FullSpeed, Vendor: 0x1209, Product: 0x0001, Release: 0x0100,
		Manufacturer: "kioskd test", Name: "loop", Serial: "L-1",
		Interfaces: []Interface{{Class: [3]uint8{0xFF, 0, 0}, Endpoints: []Endpoint{
			{Address: 0x01, Kind: 2, MaxPacket: 64}, {Address: 0x81, Kind: 2, MaxPacket: 64},
		}}},
	}
}

func (l *loop) Attach() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting, l.stallIn, l.gone = nil, false, make(chan struct{})
}

func (l *loop) Detach() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.gone)
}

// Control: request 1 makes the next In stall, 3 sends the value's low byte as text, all else stalls.
func (l *loop) Control(s Setup, data []byte) ([]byte, error) {
	switch s.Request {
	case 1:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.stallIn = true
		l.wake()
		return nil, nil
	case 3:
		return []byte{byte(s.Value), 0xAA, 0xBB, 0xCC}, nil
	}
	return nil, ErrStall
}

func (l *loop) wake() {
	close(l.more)
	l.more = make(chan struct{})
}

func (l *loop) Out(_ byte, data []byte) error {
	l.mu.Lock()
	mute, gone := l.mute, l.gone
	if !mute {
		l.waiting = append(l.waiting, append([]byte{}, data...))
		l.wake()
	}
	l.mu.Unlock()
	if mute {
		<-gone
	}
	return nil
}

func (l *loop) In(_ byte, _ int, cancel <-chan struct{}) ([]byte, error) {
	l.count(1)
	defer l.count(-1)
	for {
		l.mu.Lock()
		if l.stallIn {
			l.stallIn = false
			l.mu.Unlock()
			return nil, ErrStall
		}
		if len(l.waiting) > 0 {
			b := l.waiting[0]
			l.waiting = l.waiting[1:]
			l.mu.Unlock()
			return b, nil
		}
		more := l.more
		l.mu.Unlock()
		select {
		case <-more:
		case <-cancel:
			return nil, ErrCancelled
		}
	}
}
