package usb

import (
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
)

// plug is one device plugged in once: a new one is made for each replug, because its address changes.
type plug struct {
	bus     *Bus
	port    int
	address int // devnum
	device  Device
	desc    Descriptors
	node    *os.File // the FIFO that makes clients poll
	socket  *net.UnixListener

	endpoints map[uint8]*queue // by address; 0 is the control pipe
	workers   sync.WaitGroup

	mu       sync.Mutex
	clients  map[*client]bool
	claims   map[uint32]*client
	ready    bool // some client has something to reap: the FIFO is empty
	gone     bool
	counters map[uint8]*Traffic
	seen     int // URBs so far
}

// start makes the queues.
func (p *plug) start() {
	p.endpoints[0] = newQueue(p, 0, packetSize0)
	for _, i := range p.desc.Interfaces {
		for _, e := range i.Endpoints {
			if p.endpoints[e.Address] == nil {
				p.endpoints[e.Address] = newQueue(p, e.Address, int(e.MaxPacket&0x7FF))
			}
		}
	}
}

// submit queues a URB, or says why not: no such endpoint, or unplugged while the URB was read. Only the lock makes
// sure that unplugging ends every URB that was taken.
func (p *plug) submit(u *urb) syscall.Errno {
	address := u.endpoint
	if u.kind == urbControl {
		address = 0
	}
	q := p.endpoints[address]
	if q == nil {
		return syscall.ENOENT
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return syscall.ENODEV
	}
	u.client.pending = append(u.client.pending, u)
	q.add(u)
	return 0
}

// begin marks a URB as being served; false if it has ended in the queue.
func (p *plug) begin(u *urb) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	u.active = true
	return !u.ended
}

// progress adds what a packet moved to the URB. It returns false if the URB has ended meanwhile, so that the rest is
// not sent.
func (p *plug) progress(u *urb, b []byte, n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.traffic(u.endpoint).Bytes += int64(n)
	if u.ended {
		return false
	}
	if u.in() {
		u.data = append(u.data, b...)
	}
	u.actual += n
	return true
}

// traffic gives the counter of an endpoint. mu is held.
func (p *plug) traffic(endpoint uint8) *Traffic {
	t := p.counters[endpoint]
	if t == nil {
		t = &Traffic{}
		p.counters[endpoint] = t
	}
	return t
}

// finish ends a URB and makes its client reap it. Only the first ending counts.
func (p *plug) finish(u *urb, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end(u, status)
}

// end is finish with mu held.
func (p *plug) end(u *urb, status int) {
	if u.ended {
		return
	}
	u.ended = true
	u.status = status
	u.stop()
	c := u.client
	if i := slices.Index(c.pending, u); i >= 0 {
		c.pending = slices.Delete(c.pending, i, i+1)
	}
	t := p.traffic(u.endpoint)
	t.Transfers++
	if status == statusStall {
		t.Stalls++
	}
	p.bus.log.add(p, u)
	if c.closed {
		return
	}
	c.done = append(c.done, u)
	p.setReady(true)
}

// setReady makes the node writable (poll says POLLOUT: reap) or full (nothing to reap). mu is held.
func (p *plug) setReady(ready bool) {
	if p.ready == ready {
		return
	}
	p.ready = ready
	one := []byte{0}
	// The FIFO holds exactly one page; one byte fills it. Neither call can block: the state is ours alone.
	if ready {
		_, _ = p.node.Read(one)
	} else {
		_, _ = p.node.Write(one)
	}
}

// anyDone reports whether any client still has something to reap. mu is held.
func (p *plug) anyDone() bool {
	for c := range p.clients {
		if len(c.done) > 0 {
			return true
		}
	}
	return false
}

// discard cancels a URB; false if it has ended already. A read under way is ended by its own goroutine, so that a
// packet that the device has just given still counts; all others end at once with what was moved so far.
func (p *plug) discard(c *client, address uint64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, u := range c.pending {
		if u.address != address {
			continue
		}
		u.stop()
		if !u.active || u.kind == urbControl || !u.in() {
			p.end(u, statusUnlinked)
		}
		return true
	}
	return false
}

// clearHalt ends a stall.
func (p *plug) clearHalt(endpoint uint8) {
	if q := p.endpoints[endpoint]; q != nil {
		q.setHalted(false)
	}
}

// reset is a port reset: stalls end, the device starts afresh.
func (p *plug) reset() {
	for _, q := range p.endpoints {
		q.setHalted(false)
	}
	if d, ok := p.device.(Powered); ok {
		d.Attach()
	}
}

// unplug ends every transfer, tells clients from now on that there is no device, and leaves their sockets open:
// libusb must be able to hear it. The listener stays too, until the bus closes: a process that has just opened the node
// is ended by libumockdev if nobody answers there.
func (p *plug) unplug() {
	p.mu.Lock()
	p.gone = true
	for c := range p.clients {
		for _, u := range slices.Clone(c.pending) {
			p.end(u, statusGone)
		}
	}
	p.mu.Unlock()
	for _, q := range p.endpoints {
		q.close()
	}
	if d, ok := p.device.(Powered); ok {
		d.Detach()
	}
}

// isGone reports that the device was unplugged.
func (p *plug) isGone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gone
}
