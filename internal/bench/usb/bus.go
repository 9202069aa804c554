package usb

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

const (
	maxDir   = 70 // bytes: the longest socket path below the folder must fit in 107
	maxPorts = 8
	preload  = "libumockdev-preload.so.0"
)

// Bus is one simulated host controller in one folder.
type Bus struct {
	dir string
	log *Log

	mu       sync.Mutex
	ports    [maxPorts + 1]*plug // by port; 0 is not used
	held     [maxPorts + 1]bool  // somebody else has the interfaces of what hangs there
	last     int                 // the address given last
	sequence uint64
	totals   map[int]map[uint8]Traffic // per port, of plugs that are gone
	retired  []*plug                   // plugs that are gone; they still answer whoever has their node open
}

// Traffic is what went over one endpoint.
type Traffic struct {
	Transfers int64 // ended, whatever the ending
	Bytes     int64
	Stalls    int64
}

// New makes a bus in a new folder; its name must be short (a unix socket's path is limited).
func New(dir string) (*Bus, error) {
	if len(dir) > maxDir {
		return nil, fmt.Errorf("bench/usb: the folder %q is longer than %d bytes: choose a shorter one", dir, maxDir)
	}
	b := &Bus{dir: dir, log: &Log{}, last: hubNumber, totals: map[int]map[uint8]Traffic{}}
	for _, sub := range []string{"sys/bus/usb/devices", "sys/class", "dev/.node", "ioctl", "run/udev/data"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	if err := b.writeDevice(0, hubNumber, rootHub); err != nil {
		return nil, err
	}
	return b, nil
}

// Env is what a process needs in its environment to see this bus.
func (b *Bus) Env() []string {
	return []string{"UMOCKDEV_DIR=" + b.dir, "LD_PRELOAD=" + preload}
}

// Log gives the transfers so far.
func (b *Bus) Log() *Log { return b.log }

// Plug puts a device on a port, 1 to 8. It is usable when Plug returns; it has a new address each time.
func (b *Bus) Plug(port int, d Device) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if port < 1 || port > maxPorts || b.ports[port] != nil {
		return fmt.Errorf("bench/usb: port %d is taken or not there (1 to %d)", port, maxPorts)
	}
	b.last++
	p := &plug{
		bus: b, port: port, address: b.last, device: d, desc: d.Descriptors(),
		endpoints: map[uint8]*queue{}, clients: map[*client]bool{}, claims: map[uint32]*client{},
		counters: map[uint8]*Traffic{},
	}
	var err error
	if p.node, err = b.makeNode(p.address); err != nil {
		return err
	}
	socket := filepath.Join(b.dir, "ioctl/dev", nodeName(p.address))
	if err := os.MkdirAll(filepath.Dir(socket), 0o755); err != nil {
		return err
	}
	if p.socket, err = net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"}); err != nil {
		return err
	}
	if err := b.writeDevice(port, p.address, p.desc); err != nil {
		return err
	}
	if w, ok := d.(Powered); ok {
		w.Attach()
	}
	p.start()
	b.ports[port] = p
	go p.accept()
	return b.sendUevent("add", p)
}

// accept serves every process that opens the node.
func (p *plug) accept() {
	for {
		conn, err := p.socket.Accept()
		if err != nil {
			return // the bus is closed
		}
		c := &client{plug: p, conn: conn}
		p.mu.Lock()
		p.clients[c] = true
		p.mu.Unlock()
		go c.serve()
	}
}

// Unplug takes the device from a port. Transfers under way end as in a kernel; it is no error if nothing is there.
func (b *Bus) Unplug(port int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if port < 1 || port > maxPorts || b.ports[port] == nil {
		return nil
	}
	p := b.ports[port]
	b.ports[port] = nil
	p.unplug()
	b.retired = append(b.retired, p)
	b.keepTotals(p)
	err := b.sendUevent("remove", p)
	for _, path := range []string{
		filepath.Join("sys/bus/usb/devices", sysName(port)),
		filepath.Join("sys", devPath(port)),
		filepath.Join("dev", nodeName(p.address)),
		filepath.Join("dev/.node", strings.ReplaceAll(nodeName(p.address), "/", "_")),
	} {
		err = errors.Join(err, os.RemoveAll(filepath.Join(b.dir, path)))
	}
	for _, i := range p.desc.Interfaces {
		err = errors.Join(err, os.RemoveAll(filepath.Join(b.dir, "sys/bus/usb/devices", interfaceName(port, i.Number))))
	}
	return err
}

// keepTotals adds the counters of a plug that is gone to those of its port. b.mu is held.
func (b *Bus) keepTotals(p *plug) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b.totals[p.port] == nil {
		b.totals[p.port] = map[uint8]Traffic{}
	}
	for e, t := range p.counters {
		b.totals[p.port][e] = b.totals[p.port][e].plus(*t)
	}
}

// plus adds two counters.
func (t Traffic) plus(o Traffic) Traffic {
	return Traffic{t.Transfers + o.Transfers, t.Bytes + o.Bytes, t.Stalls + o.Stalls}
}

// Traffic gives what went over each endpoint of a port, by endpoint address, over all replugs.
func (b *Bus) Traffic(port int) map[uint8]Traffic {
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := map[uint8]Traffic{}
	for e, t := range b.totals[port] {
		sum[e] = t
	}
	if port < 1 || port > maxPorts || b.ports[port] == nil {
		return sum
	}
	p := b.ports[port]
	p.mu.Lock()
	defer p.mu.Unlock()
	for e, t := range p.counters {
		sum[e] = sum[e].plus(*t)
	}
	return sum
}

// Hold lets another program have the interfaces of the device on a port, or give them back: a claim is refused as by a
// kernel (EBUSY). Whoever has one already keeps it. It outlasts a replug.
func (b *Bus) Hold(port int, held bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if port >= 1 && port <= maxPorts {
		b.held[port] = held
	}
}

func (b *Bus) isHeld(port int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held[port]
}

// Plugged reports whether a device is on the port.
func (b *Bus) Plugged(port int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return port >= 1 && port <= maxPorts && b.ports[port] != nil
}

// Close unplugs everything and removes the folder. Processes under the preload should have ended.
func (b *Bus) Close() error {
	var err error
	for port := 1; port <= maxPorts; port++ {
		err = errors.Join(err, b.Unplug(port))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.retired {
		err = errors.Join(err, p.socket.Close())
	}
	b.retired = nil
	return errors.Join(err, os.RemoveAll(b.dir))
}
