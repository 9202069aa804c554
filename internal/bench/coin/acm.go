package coin

import (
	"encoding/binary"
	"errors"
	"sync"

	"github.com/kioskd/kioskd/internal/bench/usb"
)

// The machine's USB identity: a test number of pid.codes, free for private use.
const (
	USBVendor  = 0x1209
	USBProduct = 0x0002
	USBSerial  = "SIM-COIN-1"
)

// Endpoints of the serial adapter.
const (
	epNotify = 0x81
	epOut    = 0x02
	epIn     = 0x83
)

// Requests of the abstract control model (CDC PSTN 1.2 §6.3).
const (
	reqSetLine   = 0x20
	reqGetLine   = 0x21
	reqLineState = 0x22
)

// Adapter is the machine as a USB device: a CDC-ACM serial adapter on the ccTalk line. It has power of its own, so that
// a machine without power is a line that is silent, not a device that is gone.
type Adapter struct {
	m *Machine

	mu     sync.Mutex
	coding [7]byte
	state  uint16
	gone   chan struct{}
}

var (
	_ usb.Device  = (*Adapter)(nil)
	_ usb.Powered = (*Adapter)(nil)
)

// NewAdapter makes the serial adapter of a machine.
func NewAdapter(m *Machine) *Adapter {
	a := &Adapter{m: m, gone: make(chan struct{})}
	a.coding = [7]byte{0: 0x80, 1: 0x25, 6: 8} // 9600 8N1
	return a
}

// Hang plugs a machine's adapter into a port of a bus, and from then on does with the plug what the machine's faults
// say. Who holds the interface takes it from a program by pulling the plug first: nothing else takes it away.
func Hang(m *Machine, bus *usb.Bus, port int) error {
	a := NewAdapter(m)
	m.Watch(func(c Cable) {
		bus.Hold(port, c.Held)
		if !c.In || c.Held {
			_ = bus.Unplug(port) // files that stay behind are seen at the next plug
		}
		if c.In && !bus.Plugged(port) {
			_ = bus.Plug(port, a) // a bus that has ended
		}
	})
	return bus.Plug(port, a)
}

// Descriptors is a communication interface with its notifications and a data interface with a bulk pair. It claims no
// AT protocol, so that modem managers let it be.
func (a *Adapter) Descriptors() usb.Descriptors {
	return usb.Descriptors{
		Speed: usb.FullSpeed, Vendor: USBVendor, Product: USBProduct, Release: 0x0100, Class: [3]uint8{2, 0, 0},
		Manufacturer: "kioskd simulator", Name: "ccTalk coin vendor", Serial: USBSerial,
		Interfaces: []usb.Interface{
			{
				Number: 0, Class: [3]uint8{2, 2, 0},
				Extra: []byte{
					5, 0x24, 0, 0x10, 0x01, // header, CDC 1.10
					5, 0x24, 1, 0, 1, // call management: none, data on interface 1
					4, 0x24, 2, 2, // ACM: line coding and line state
					5, 0x24, 6, 0, 1, // union of interfaces 0 and 1
				},
				Endpoints: []usb.Endpoint{{Address: epNotify, Kind: 3, MaxPacket: 8, Interval: 255}},
			},
			{
				Number: 1, Class: [3]uint8{0x0A, 0, 0},
				Endpoints: []usb.Endpoint{
					{Address: epOut, Kind: 2, MaxPacket: 64}, {Address: epIn, Kind: 2, MaxPacket: 64},
				},
			},
		},
	}
}

// Attach starts a fresh connection.
func (a *Adapter) Attach() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.gone = make(chan struct{})
	a.state = 0
	a.m.flush()
}

// Detach ends the reads that wait.
func (a *Adapter) Detach() {
	a.mu.Lock()
	defer a.mu.Unlock()
	close(a.gone)
}

// Control sets and gives the line's coding and state.
func (a *Adapter) Control(s usb.Setup, data []byte) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case s.Type == 0x21 && s.Request == reqSetLine && len(data) == len(a.coding):
		a.coding = [7]byte(data)
		return nil, nil
	case s.Type == 0xA1 && s.Request == reqGetLine:
		return append([]byte(nil), a.coding[:]...), nil
	case s.Type == 0x21 && s.Request == reqLineState:
		a.state = s.Value
		return nil, nil
	default:
		return nil, usb.ErrStall
	}
}

// isSet says that the line has the only setting that a ccTalk line understands, and a host that is ready.
func (a *Adapter) isSet() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return binary.LittleEndian.Uint32(a.coding[:4]) == 9600 && a.coding[6] == 8 && a.coding[4] == 0 &&
		a.coding[5] == 0 && a.state&1 != 0
}

// Out takes bytes from the host; at another speed they would arrive as rubbish, so they do not arrive.
func (a *Adapter) Out(ep byte, data []byte) error {
	if ep != epOut {
		return usb.ErrStall
	}
	if a.isSet() {
		a.m.Write(data)
	}
	return nil
}

// In gives what the machine says; there are never notifications.
func (a *Adapter) In(ep byte, maxBytes int, cancel <-chan struct{}) ([]byte, error) {
	a.mu.Lock()
	gone := a.gone
	a.mu.Unlock()
	if ep != epIn {
		select {
		case <-cancel:
		case <-gone:
		}
		return nil, usb.ErrCancelled
	}
	ended, stop := either(cancel, gone)
	defer stop()
	p, err := a.m.Read(maxBytes, ended)
	if errors.Is(err, ErrEnded) {
		return nil, usb.ErrCancelled
	}
	return p, err
}

// either gives a channel that closes with the first of two; stop ends the wait for them.
func either(a, b <-chan struct{}) (first <-chan struct{}, stop func()) {
	closed, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(closed)
		select {
		case <-a:
		case <-b:
		case <-stopped:
		}
	}()
	return closed, func() { close(stopped) }
}
