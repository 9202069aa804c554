package usb

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"syscall"
)

// Words of umockdev's ioctl socket, three little-endian 64-bit words a message.
const (
	msgIoctl    = 1 // client: request, argument
	msgDone     = 3 // server: result, errno
	msgReadMem  = 5 // server: address, length; the client sends the bytes
	msgWriteMem = 6 // server: address, length, followed by the bytes
)

// ioctl numbers of type 'U' (linux/usbdevice_fs.h).
const (
	ioctlSetInterface    = 4
	ioctlSetConfig       = 5
	ioctlGetDriver       = 8
	ioctlSubmit          = 10
	ioctlDiscard         = 11
	ioctlReap            = 12
	ioctlReapNoDelay     = 13
	ioctlClaim           = 15
	ioctlRelease         = 16
	ioctlIoctl           = 18
	ioctlReset           = 20
	ioctlClearHalt       = 21
	ioctlCapabilities    = 26
	ioctlDisconnectClaim = 27
	ioctlGetSpeed        = 31

	capabilities = 0x1F     // zero packet, continuation, no size limit, scatter-gather, reap after disconnect
	maxURB       = 16 << 20 // bytes; more is a broken client
)

// client is one open file of one process on the device's node.
type client struct {
	plug *plug
	conn net.Conn

	// Guarded by the plug's mu.
	pending []*urb
	done    []*urb
	closed  bool
}

// errProtocol means that the client speaks another protocol than umockdev 0.17.16.
var errProtocol = errors.New("bench/usb: unknown message on the ioctl socket: is this umockdev 0.17.16?")

// serve answers ioctls until the client closes its file.
func (c *client) serve() {
	defer c.leave()
	for {
		kind, request, arg, err := c.receive()
		if err != nil || kind != msgIoctl {
			return
		}
		result, errno, err := c.ioctl(request, arg)
		if err != nil {
			return
		}
		if err := c.send(msgDone, uint64(int64(result)), uint64(errno)); err != nil {
			return
		}
	}
}

// leave drops everything of a closed file; an interface left behind is free again, as in the kernel.
func (c *client) leave() {
	p := c.plug
	p.mu.Lock()
	c.closed = true
	for _, u := range append([]*urb{}, c.pending...) {
		p.end(u, statusUnlinked)
	}
	c.done = nil
	delete(p.clients, c)
	for n, owner := range p.claims {
		if owner == c {
			delete(p.claims, n)
		}
	}
	p.setReady(p.anyDone())
	p.mu.Unlock()
	_ = c.conn.Close()
}

// receive reads one message.
func (c *client) receive() (kind, a, b uint64, err error) {
	var m [24]byte
	if _, err := io.ReadFull(c.conn, m[:]); err != nil {
		return 0, 0, 0, err
	}
	le := binary.LittleEndian
	return le.Uint64(m[:]), le.Uint64(m[8:]), le.Uint64(m[16:]), nil
}

// send writes one message with what follows it.
func (c *client) send(kind, a, b uint64, tail ...byte) error {
	m := make([]byte, 0, 24+len(tail))
	for _, w := range []uint64{kind, a, b} {
		m = binary.LittleEndian.AppendUint64(m, w)
	}
	_, err := c.conn.Write(append(m, tail...))
	return err
}

// peek reads the client's memory.
func (c *client) peek(address uint64, n int) ([]byte, error) {
	if n < 0 || n > maxURB {
		return nil, errProtocol
	}
	if n == 0 {
		return nil, nil
	}
	if err := c.send(msgReadMem, address, uint64(n)); err != nil {
		return nil, err
	}
	b := make([]byte, n)
	_, err := io.ReadFull(c.conn, b)
	return b, err
}

// poke writes the client's memory.
func (c *client) poke(address uint64, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	return c.send(msgWriteMem, address, uint64(len(b)), b...)
}

// refuse is the answer −1 with an errno.
func refuse(e syscall.Errno) (int, syscall.Errno, error) { return -1, e, nil }

// ioctl answers one request. It never waits for a device: the preload holds a lock meanwhile.
func (c *client) ioctl(request, arg uint64) (int, syscall.Errno, error) {
	nr := request & 0xFF
	if request>>8&0xFF != 'U' {
		return refuse(syscall.ENOTTY)
	}
	if nr == ioctlReap || nr == ioctlReapNoDelay {
		return c.reap(arg)
	}
	if c.plug.isGone() {
		return refuse(syscall.ENODEV)
	}
	switch nr {
	case ioctlCapabilities:
		return 0, 0, c.poke(arg, []byte{capabilities, 0, 0, 0})
	case ioctlSubmit:
		return c.submit(arg)
	case ioctlDiscard:
		if !c.plug.discard(c, arg) {
			return refuse(syscall.EINVAL)
		}
		return 0, 0, nil
	case ioctlClaim, ioctlDisconnectClaim, ioctlRelease:
		return c.claim(arg, nr != ioctlRelease)
	case ioctlGetDriver, ioctlIoctl:
		return refuse(syscall.ENODATA) // no kernel driver holds anything here
	case ioctlReset:
		c.plug.reset()
		return 0, 0, nil
	case ioctlClearHalt:
		b, err := c.peek(arg, 4)
		if err == nil {
			c.plug.clearHalt(b[0])
		}
		return 0, 0, err
	case ioctlSetInterface, ioctlSetConfig:
		return 0, 0, nil
	case ioctlGetSpeed:
		if c.plug.desc.Speed == HighSpeed {
			return 3, 0, nil
		}
		return 2, 0, nil
	}
	return refuse(syscall.ENOTTY)
}

// claim takes or gives an interface; its number is the first word in both forms of the request.
func (c *client) claim(arg uint64, take bool) (int, syscall.Errno, error) {
	b, err := c.peek(arg, 4)
	if err != nil {
		return 0, 0, err
	}
	number := binary.LittleEndian.Uint32(b)
	p := c.plug
	held := p.bus.isHeld(p.port)
	p.mu.Lock()
	defer p.mu.Unlock()
	owner := p.claims[number]
	switch {
	case take && (held || owner != nil) && owner != c:
		return refuse(syscall.EBUSY)
	case take:
		p.claims[number] = c
	case owner != c:
		return refuse(syscall.EINVAL)
	default:
		delete(p.claims, number)
	}
	return 0, 0, nil
}

// submit reads a URB with its data and queues it.
func (c *client) submit(arg uint64) (int, syscall.Errno, error) {
	b, err := c.peek(arg, urbSize)
	if err != nil {
		return 0, 0, err
	}
	u := decodeURB(c, arg, b)
	if u.length < 0 || u.length > maxURB {
		return refuse(syscall.EINVAL)
	}
	switch u.kind {
	case urbControl:
		if u.length < 8 {
			return refuse(syscall.EINVAL)
		}
		s, err := c.peek(u.buffer, 8)
		if err != nil {
			return 0, 0, err
		}
		le := binary.LittleEndian
		u.setup = Setup{s[0], s[1], le.Uint16(s[2:]), le.Uint16(s[4:]), le.Uint16(s[6:])}
		if int(u.setup.Length) > u.length-8 {
			return refuse(syscall.EINVAL)
		}
		if !u.setup.In() {
			u.data, err = c.peek(u.buffer+8, int(u.setup.Length))
		}
		if err != nil {
			return 0, 0, err
		}
	case urbBulk, urbInterrupt:
		if !u.in() {
			if u.data, err = c.peek(u.buffer, u.length); err != nil {
				return 0, 0, err
			}
		}
	default:
		return refuse(syscall.EINVAL) // isochronous devices are not simulated
	}
	if errno := c.plug.submit(u); errno != 0 {
		return refuse(errno)
	}
	return 0, 0, nil
}

// reap gives the client the URB that ended first.
func (c *client) reap(arg uint64) (int, syscall.Errno, error) {
	p := c.plug
	p.mu.Lock()
	if len(c.done) == 0 {
		gone := p.gone
		p.setReady(p.anyDone())
		p.mu.Unlock()
		if gone {
			return refuse(syscall.ENODEV)
		}
		return refuse(syscall.EAGAIN)
	}
	u := c.done[0]
	c.done = c.done[1:]
	p.setReady(p.anyDone())
	p.mu.Unlock()
	if u.in() {
		target := u.buffer
		if u.kind == urbControl {
			target += 8
		}
		if err := c.poke(target, u.data); err != nil {
			return 0, 0, err
		}
	}
	le := binary.LittleEndian
	if err := c.poke(u.address+4, le.AppendUint32(nil, uint32(int32(u.status)))); err != nil {
		return 0, 0, err
	}
	if err := c.poke(u.address+28, le.AppendUint32(nil, uint32(u.actual))); err != nil {
		return 0, 0, err
	}
	return 0, 0, c.poke(arg, le.AppendUint64(nil, u.address))
}
