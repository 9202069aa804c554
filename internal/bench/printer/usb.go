package printer

import (
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/kioskd/kioskd/internal/bench/usb"
)

// Vendor and product of the simulated machine: pid.codes, for tests.
const (
	VendorID  = 0x1209
	ProductID = 0x5701
)

// Class requests of printers (USB Printer Class 1.1 §4.2).
const (
	reqDeviceID   = 0
	reqPortStatus = 1
	reqSoftReset  = 2

	typeIPPUSB = 0x21 // class descriptor of IPP over USB 1.0 §4.3
)

// maxAnswer bounds what waits for the host on one interface, in bytes.
const maxAnswer = 64 << 10

// USB makes the machine's USB side. Each interface is an HTTP connection of its own that never closes; a port reset
// or a replug begins new ones.
func (p *Printer) USB() usb.Device { return &plugSide{p: p} }

// plugSide is the machine seen from the bus.
type plugSide struct {
	p *Printer

	mu     sync.Mutex
	lines  map[uint8]*line // by endpoint number
	server *http.Server
}

var (
	_ usb.Device  = (*plugSide)(nil)
	_ usb.Powered = (*plugSide)(nil)
)

// interfaces is 2, or 1 for a poor machine.
func (u *plugSide) interfaces() int {
	if u.p.opt.OneInterface {
		return 1
	}
	return 2
}

// deviceID is the IEEE 1284 string.
func (p *Printer) deviceID() string {
	return "MFG:kioskd;MDL:Simulated MFP;CMD:PWGRaster;CLS:PRINTER;SN:" + p.opt.Serial + ";"
}

// Descriptors implements [usb.Device]: high speed, one configuration, 7/1/4 in alternate setting 0.
func (u *plugSide) Descriptors() usb.Descriptors {
	d := usb.Descriptors{
		Speed: usb.HighSpeed, Vendor: VendorID, Product: ProductID, Release: 0x0100,
		Manufacturer: "kioskd", Name: "Simulated MFP", Serial: u.p.opt.Serial,
	}
	for n := range u.interfaces() {
		d.Interfaces = append(d.Interfaces, usb.Interface{
			Number: uint8(n), Class: [3]uint8{7, 1, 4}, Extra: classDescriptor(),
			Endpoints: []usb.Endpoint{
				{Address: uint8(n + 1), Kind: 2, MaxPacket: 512},
				{Address: 0x80 | uint8(n+1), Kind: 2, MaxPacket: 512},
			},
		})
	}
	return d
}

// classDescriptor says that the interface prints and takes any HTTP/1.1.
//
//	0 length · 1 type · 2 release · 3 count of what follows · 4 kind 0 · 5 its length · 6 capabilities · 8 strings
func classDescriptor() []byte {
	const capabilities = 1 | 1<<4
	b := []byte{10, typeIPPUSB, 0x10, 1, 0, 4}
	b = binary.LittleEndian.AppendUint16(b, capabilities)
	return append(b, 0, 0)
}

// Attach implements [usb.Powered].
func (u *plugSide) Attach() {
	u.Detach()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.lines = map[uint8]*line{}
	u.server = u.p.server()
	conns := make(chan net.Conn, u.interfaces())
	for n := range u.interfaces() {
		l := newLine()
		u.lines[uint8(n+1)] = l
		conns <- l.device
		go l.pump()
	}
	go func(s *http.Server) { _ = s.Serve(&connList{conns: conns, done: make(chan struct{})}) }(u.server)
}

// Detach implements [usb.Powered].
func (u *plugSide) Detach() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, l := range u.lines {
		l.close()
	}
	if u.server != nil {
		_ = u.server.Close() // the connections are gone already
	}
	u.lines, u.server = nil, nil
}

// Control implements [usb.Device].
func (u *plugSide) Control(s usb.Setup, _ []byte) ([]byte, error) {
	switch {
	case s.Type&0x60 == 0 && s.Request == 6 && s.Value>>8 == typeIPPUSB: // GET_DESCRIPTOR
		return classDescriptor(), nil
	case s.Type&0x60 != 0x20:
		return nil, usb.ErrStall
	}
	switch s.Request {
	case reqDeviceID:
		id := u.p.deviceID()
		return append(binary.BigEndian.AppendUint16(nil, uint16(2+len(id))), id...), nil
	case reqPortStatus:
		status := byte(0x18) // selected, no error
		if u.p.Levels().Paper == 0 {
			status = 0x20
		}
		return []byte{status}, nil
	case reqSoftReset:
		u.Attach()
		return nil, nil
	}
	return nil, usb.ErrStall
}

// line finds the stream behind an endpoint.
func (u *plugSide) line(ep byte) *line {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.lines[ep&0x0F]
}

// Out implements [usb.Device].
func (u *plugSide) Out(ep byte, data []byte) error {
	l := u.line(ep)
	if l == nil {
		return usb.ErrStall
	}
	if len(data) == 0 {
		return nil // a zero-length packet means nothing in a byte stream
	}
	if _, err := l.host.Write(data); err != nil {
		return usb.ErrStall
	}
	return nil
}

// In implements [usb.Device].
func (u *plugSide) In(ep byte, limit int, cancel <-chan struct{}) ([]byte, error) {
	l := u.line(ep)
	if l == nil {
		<-cancel
		return nil, usb.ErrCancelled
	}
	return l.packet(limit, cancel)
}

// line is one interface: a connection to the HTTP server whose answers wait to be fetched packet by packet.
type line struct {
	host, device net.Conn

	mu      sync.Mutex
	waiting []byte
	full    bool // the last packet was full and nothing followed: the transfer is still open
	closed  bool
	changed chan struct{}
}

// newLine makes a line; pump serves it.
func newLine() *line {
	l := &line{changed: make(chan struct{})}
	l.host, l.device = net.Pipe()
	return l
}

// wake tells of a change. mu is held.
func (l *line) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// pump fetches what the server writes.
func (l *line) pump() {
	buf := make([]byte, 4096)
	for {
		n, err := l.host.Read(buf)
		l.mu.Lock()
		l.waiting = append(l.waiting, buf[:n]...)
		l.wake()
		for len(l.waiting) > maxAnswer && !l.closed {
			changed := l.changed
			l.mu.Unlock()
			<-changed
			l.mu.Lock()
		}
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// packet gives the next packet. A full packet with nothing behind it is followed by an empty one, else the host's
// transfer would stay open (USB 2.0 §5.8.3).
func (l *line) packet(limit int, cancel <-chan struct{}) ([]byte, error) {
	for {
		l.mu.Lock()
		if len(l.waiting) > 0 || l.full {
			n := min(limit, len(l.waiting))
			b := append([]byte(nil), l.waiting[:n]...)
			l.waiting = append(l.waiting[:0], l.waiting[n:]...)
			l.full = n == limit && len(l.waiting) == 0
			l.wake()
			l.mu.Unlock()
			return b, nil
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-cancel:
			return nil, usb.ErrCancelled
		}
	}
}

// close ends both sides.
func (l *line) close() {
	l.mu.Lock()
	l.closed = true
	l.wake()
	l.mu.Unlock()
	_ = l.host.Close()
	_ = l.device.Close()
}

// connList is a listener that hands out what is there and then waits to be closed.
type connList struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (c *connList) Accept() (net.Conn, error) {
	select {
	case conn := <-c.conns:
		return conn, nil
	case <-c.done:
		return nil, io.EOF
	}
}

func (c *connList) Close() error {
	c.once.Do(func() { close(c.done) })
	return nil
}

func (c *connList) Addr() net.Addr { return &net.UnixAddr{Name: "usb", Net: "unix"} }
