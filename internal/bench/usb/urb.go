package usb

import (
	"encoding/binary"
	"errors"
	"sync"
)

// Endings of a URB: negative errno, as in the kernel.
const (
	statusOK       = 0
	statusUnlinked = -2   // ENOENT: discarded
	statusStall    = -32  // EPIPE
	statusProto    = -71  // EPROTO: the wire broke
	statusOverflow = -75  // EOVERFLOW
	statusGone     = -108 // ESHUTDOWN: unplugged
)

// Kinds of URBs (linux/usbdevice_fs.h).
const (
	urbInterrupt = 1
	urbControl   = 2
	urbBulk      = 3

	flagZeroPacket = 0x40
	urbSize        = 56
)

// urb is one transfer of one client.
//
//	offset  0 type, 1 endpoint, 4 status, 8 flags, 16 buffer, 24 length, 28 actual (struct usbdevfs_urb, 64 bit)
type urb struct {
	client   *client
	address  uint64 // of the struct in the client's memory: its name
	buffer   uint64
	kind     uint8
	endpoint uint8
	flags    uint32
	length   int
	setup    Setup  // control only
	data     []byte // OUT: what to send; IN: what came
	actual   int
	status   int

	cancel chan struct{} // closed by discard or unplug
	once   sync.Once
	active bool // its goroutine serves it; guarded, like ended, by the plug's mu
	ended  bool
}

// decodeURB reads the struct that a client submits.
func decodeURB(c *client, address uint64, b []byte) *urb {
	le := binary.LittleEndian
	return &urb{
		client: c, address: address, kind: b[0], endpoint: b[1], flags: le.Uint32(b[8:]),
		buffer: le.Uint64(b[16:]), length: int(int32(le.Uint32(b[24:]))), cancel: make(chan struct{}),
	}
}

// in reports whether data runs to the host.
func (u *urb) in() bool {
	if u.kind == urbControl {
		return u.setup.In()
	}
	return u.endpoint&0x80 != 0
}

// stop closes cancel once.
func (u *urb) stop() { u.once.Do(func() { close(u.cancel) }) }

// queue holds the URBs of one endpoint, in order, and the goroutine that serves them.
type queue struct {
	plug    *plug
	address uint8
	packet  int // MaxPacketSize

	mu     sync.Mutex
	wait   *sync.Cond
	list   []*urb
	halted bool
	closed bool
}

// newQueue starts the goroutine of an endpoint.
func newQueue(p *plug, address uint8, packet int) *queue {
	q := &queue{plug: p, address: address, packet: packet}
	q.wait = sync.NewCond(&q.mu)
	p.workers.Go(q.run)
	return q
}

// add queues one URB.
func (q *queue) add(u *urb) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = append(q.list, u)
	q.wait.Signal()
}

// close ends the goroutine.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wait.Signal()
}

// isHalted reports a standing stall.
func (q *queue) isHalted() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.halted
}

// setHalted sets or clears a stall.
func (q *queue) setHalted(h bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.halted = h
}

// next waits for a URB; nil when the queue closes.
func (q *queue) next() *urb {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 && !q.closed {
		q.wait.Wait()
	}
	if q.closed {
		return nil
	}
	u := q.list[0]
	q.list = q.list[1:]
	return u
}

// run serves URBs one after another until the queue closes.
func (q *queue) run() {
	for u := q.next(); u != nil; u = q.next() {
		if !q.plug.begin(u) {
			continue
		}
		if u.kind != urbControl && q.isHalted() {
			q.plug.finish(u, statusStall)
			continue
		}
		status := q.serve(u)
		if status == statusStall && u.kind != urbControl {
			q.setHalted(true)
		}
		q.plug.finish(u, status)
	}
}

// serve carries out one URB and returns how it ended.
func (q *queue) serve(u *urb) int {
	switch {
	case u.kind == urbControl:
		return q.serveControl(u)
	case u.in():
		return q.serveIn(u)
	}
	return q.serveOut(u)
}

// serveControl makes one control request.
func (q *queue) serveControl(u *urb) int {
	answer, err := q.plug.control(u.setup, u.data)
	if err != nil {
		return statusOf(err)
	}
	if !u.setup.In() {
		q.plug.progress(u, nil, len(u.data))
		return statusOK
	}
	answer = answer[:min(len(answer), int(u.setup.Length))]
	q.plug.progress(u, answer, len(answer))
	return statusOK
}

// serveIn asks for packets until the buffer is full or a short packet ends the transfer (USB 2.0 §5.8.3).
func (q *queue) serveIn(u *urb) int {
	for u.actual < u.length {
		b, err := q.plug.device.In(q.address, q.packet, u.cancel)
		if err != nil {
			return statusOf(err)
		}
		if len(b) > q.packet || u.actual+len(b) > u.length {
			return statusOverflow
		}
		if !q.plug.progress(u, b, len(b)) || len(b) < q.packet {
			break
		}
	}
	return statusOK
}

// serveOut hands over packets; a URB that asks for it ends with a zero-length packet.
func (q *queue) serveOut(u *urb) int {
	for sent := 0; ; {
		n := min(q.packet, len(u.data)-sent)
		if n == 0 && sent > 0 && u.flags&flagZeroPacket == 0 {
			return statusOK
		}
		if err := q.plug.device.Out(q.address, u.data[sent:sent+n]); err != nil {
			return statusOf(err)
		}
		sent += n
		if !q.plug.progress(u, nil, n) || n < q.packet {
			return statusOK
		}
	}
}

// statusOf gives a device's error its errno.
func statusOf(err error) int {
	switch {
	case errors.Is(err, ErrStall):
		return statusStall
	case errors.Is(err, ErrCancelled):
		return statusUnlinked
	}
	return statusProto
}
