package usb

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// host plays a process under the preload: one open node, memory as a map of addresses.
type host struct {
	t      *testing.T
	conn   net.Conn
	node   *os.File
	memory map[uint64][]byte
}

const (
	argAt    = 0x10
	urbAt    = 0x1000
	bufferAt = 0x2000
)

// openHost opens the node of the device at an address.
func openHost(t *testing.T, b *Bus, address int) *host {
	t.Helper()
	conn, err := net.Dial("unix", filepath.Join(b.dir, "ioctl/dev", nodeName(address)))
	if err != nil {
		t.Fatal(err)
	}
	node, err := os.OpenFile(filepath.Join(b.dir, "dev", nodeName(address)), os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); node.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil { // a lost answer fails, not hangs
		t.Fatal(err)
	}
	return &host{t, conn, node, map[uint64][]byte{argAt: make([]byte, 8)}}
}

// at finds the memory behind an address.
func (h *host) at(address, n uint64) []byte {
	for base, b := range h.memory {
		if address >= base && address+n <= base+uint64(len(b)) {
			return b[address-base:][:n]
		}
	}
	h.t.Fatalf("the bus touches memory outside: %#x, %d bytes", address, n)
	return nil
}

// ioctl makes one request and serves the memory while it runs.
func (h *host) ioctl(nr, arg uint64) (int64, syscall.Errno) {
	h.t.Helper()
	m := []byte{}
	for _, w := range []uint64{msgIoctl, 'U'<<8 | nr, arg} {
		m = binary.LittleEndian.AppendUint64(m, w)
	}
	for {
		if _, err := h.conn.Write(m); err != nil {
			h.t.Fatal(err)
		}
		for m = nil; m == nil; {
			var b [24]byte
			if _, err := io.ReadFull(h.conn, b[:]); err != nil {
				h.t.Fatal(err)
			}
			le := binary.LittleEndian
			a, n := le.Uint64(b[8:]), le.Uint64(b[16:])
			switch le.Uint64(b[:]) {
			case msgReadMem:
				m = h.at(a, n)
			case msgWriteMem:
				if _, err := io.ReadFull(h.conn, h.at(a, n)); err != nil {
					h.t.Fatal(err)
				}
			case msgDone:
				return int64(a), syscall.Errno(n)
			}
		}
	}
}

// submit queues a URB at urbAt+n*256.
func (h *host) submit(n uint64, kind, endpoint uint8, buffer []byte) (int64, syscall.Errno) {
	u := make([]byte, urbSize)
	u[0], u[1] = kind, endpoint
	binary.LittleEndian.PutUint64(u[16:], bufferAt+n<<20)
	binary.LittleEndian.PutUint32(u[24:], uint32(len(buffer)))
	h.memory[urbAt+n*256] = u
	h.memory[bufferAt+n<<20] = buffer
	return h.ioctl(ioctlSubmit, urbAt+n*256)
}

// reap waits for readiness as libusb does, by poll, and returns the number, status and actual length of the URB.
func (h *host) reap() (n uint64, status, actual int) {
	h.t.Helper()
	for range 1000 { // spurious readiness is allowed, for ever is not
		h.poll()
		if r, errno := h.ioctl(ioctlReapNoDelay, argAt); r != 0 {
			if errno != syscall.EAGAIN {
				h.t.Fatalf("reap: %v", errno)
			}
			continue
		}
		at := binary.LittleEndian.Uint64(h.memory[argAt])
		u := h.memory[at]
		return (at - urbAt) / 256, int(int32(binary.LittleEndian.Uint32(u[4:]))), int(binary.LittleEndian.Uint32(u[28:]))
	}
	h.t.Fatal("the node stays ready with nothing to reap")
	return 0, 0, 0
}

// poll waits until the node can be written: Go's poller does it by writing, so the byte is taken back at once.
func (h *host) poll() {
	h.t.Helper()
	raw, err := h.node.SyscallConn()
	if err != nil {
		h.t.Fatal(err)
	}
	err = raw.Write(func(fd uintptr) bool {
		n, err := syscall.Write(int(fd), []byte{0})
		if err == syscall.EAGAIN {
			return false
		}
		if n == 1 {
			_, _ = syscall.Read(int(fd), []byte{0})
		}
		return true
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func newPlugged(t *testing.T) (*Bus, *loop, *host) {
	t.Helper()
	dir, err := os.MkdirTemp("", "kusb")
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	l := newLoop()
	if err := b.Plug(1, l); err != nil {
		t.Fatal(err)
	}
	return b, l, openHost(t, b, 2)
}

func TestBulkKeepsPacketBorders(t *testing.T) {
	_, _, h := newPlugged(t)
	sent := bytes.Repeat([]byte("0123456789"), 13) // 130 bytes: packets of 64, 64, 2
	if r, errno := h.submit(0, urbBulk, 0x01, sent); r != 0 {
		t.Fatal(errno)
	}
	if _, status, actual := h.reap(); status != 0 || actual != 130 {
		t.Fatalf("OUT ends with %d, %d bytes", status, actual)
	}
	got := make([]byte, 512)
	h.submit(1, urbBulk, 0x81, got)
	if _, status, actual := h.reap(); status != 0 || !bytes.Equal(got[:actual], sent) {
		t.Fatalf("IN ends with %d, %d bytes", status, actual)
	}
}

func TestShortBufferOverflows(t *testing.T) {
	_, _, h := newPlugged(t)
	h.submit(0, urbBulk, 0x01, make([]byte, 64))
	h.reap()
	h.submit(1, urbBulk, 0x81, make([]byte, 8))
	if _, status, _ := h.reap(); status != statusOverflow {
		t.Fatalf("a packet of 64 bytes in a buffer of 8 ends with %d", status)
	}
}

func TestStallStandsUntilCleared(t *testing.T) {
	_, l, h := newPlugged(t)
	l.mu.Lock()
	l.stallIn = true
	l.mu.Unlock()
	for n := range uint64(2) {
		h.submit(n, urbBulk, 0x81, make([]byte, 64))
		if _, status, _ := h.reap(); status != statusStall {
			t.Fatalf("read %d of a stalled pipe ends with %d", n, status)
		}
	}
	h.memory[argAt+0x40] = []byte{0x81, 0, 0, 0}
	h.ioctl(ioctlClearHalt, argAt+0x40)
	h.submit(2, urbBulk, 0x01, make([]byte, 3))
	h.reap()
	h.submit(3, urbBulk, 0x81, make([]byte, 64))
	if _, status, actual := h.reap(); status != 0 || actual != 3 {
		t.Fatalf("after clearing: %d, %d bytes", status, actual)
	}
}

func TestDiscardEndsWaitingTransfersOnly(t *testing.T) {
	_, l, h := newPlugged(t)
	h.submit(0, urbBulk, 0x81, make([]byte, 64)) // served: the device is asked
	h.submit(1, urbBulk, 0x81, make([]byte, 64)) // waits behind it
	l.awaitRead()
	for _, n := range []uint64{1, 0} {
		if r, errno := h.ioctl(ioctlDiscard, urbAt+n*256); r != 0 {
			t.Fatal(errno)
		}
		if got, status, _ := h.reap(); got != n || status != statusUnlinked {
			t.Fatalf("discarding %d ends %d with %d", n, got, status)
		}
	}
	if r, errno := h.ioctl(ioctlDiscard, urbAt); r != -1 || errno != syscall.EINVAL {
		t.Fatalf("discarding an ended transfer: %d, %v", r, errno)
	}
}

func TestClaimsExcludeEachOther(t *testing.T) {
	b, _, h := newPlugged(t)
	other := openHost(t, b, 2)
	claim := func(h *host, nr uint64) (int64, syscall.Errno) {
		h.memory[argAt+0x40] = []byte{0, 0, 0, 0}
		return h.ioctl(nr, argAt+0x40)
	}
	if r, _ := claim(h, ioctlClaim); r != 0 {
		t.Fatal("the first claim was refused")
	}
	if r, errno := claim(other, ioctlClaim); r != -1 || errno != syscall.EBUSY {
		t.Fatalf("a second claim: %d, %v", r, errno)
	}
	claim(h, ioctlRelease)
	if r, _ := claim(other, ioctlClaim); r != 0 {
		t.Fatal("a released interface cannot be claimed")
	}
	claim(other, ioctlRelease)
	b.Hold(1, true)
	if r, errno := claim(h, ioctlClaim); r != -1 || errno != syscall.EBUSY {
		t.Fatalf("a claim of what somebody else holds: %d, %v", r, errno)
	}
	b.Hold(1, false)
	if r, _ := claim(h, ioctlClaim); r != 0 {
		t.Fatal("an interface that was given back cannot be claimed")
	}
}

func TestUnplugEndsEverything(t *testing.T) {
	b, l, h := newPlugged(t)
	h.submit(0, urbBulk, 0x81, make([]byte, 64))
	l.awaitRead()
	plug := b.ports[1]
	if err := b.Unplug(1); err != nil {
		t.Fatal(err)
	}
	if _, status, _ := h.reap(); status != statusGone {
		t.Fatalf("the read ends with %d", status)
	}
	if r, errno := h.submit(1, urbBulk, 0x81, make([]byte, 64)); r != -1 || errno != syscall.ENODEV {
		t.Fatalf("a new read: %d, %v", r, errno)
	}
	if r, errno := h.ioctl(ioctlReapNoDelay, argAt); r != -1 || errno != syscall.ENODEV {
		t.Fatalf("a reap: %d, %v", r, errno)
	}
	// A transfer that was being read while the device went must be refused too: nobody would ever end it.
	late := &urb{client: &client{plug: plug}, kind: urbBulk, endpoint: 0x81, cancel: make(chan struct{})}
	if errno := plug.submit(late); errno != syscall.ENODEV {
		t.Fatalf("a transfer in the gap: %v", errno)
	}
	if b.Plugged(1) {
		t.Fatal("the port is not empty")
	}
	if err := b.Plug(1, l); err != nil {
		t.Fatal(err)
	}
	openHost(t, b, 3) // a new address
}

func TestControlReachesDeviceOrBus(t *testing.T) {
	_, _, h := newPlugged(t)
	tests := []struct {
		name   string
		setup  []byte
		status int
		want   []byte
	}{
		{"device_descriptor_is_cut", []byte{0x80, 6, 0, 1, 0, 0, 4, 0}, 0, []byte{18, 1, 0, 2}},
		{"string", []byte{0x80, 6, 3, 3, 9, 4, 8, 0}, 0, []byte{8, 3, 'L', 0, '-', 0, '1', 0}},
		{"missing_string_stalls", []byte{0x80, 6, 9, 3, 9, 4, 8, 0}, statusStall, nil},
		{"vendor_request", []byte{0xC0, 3, 0x42, 0, 0, 0, 2, 0}, 0, []byte{0x42, 0xAA}},
		{"unknown_vendor_request_stalls", []byte{0xC0, 9, 0, 0, 0, 0, 2, 0}, statusStall, nil},
	}
	for n, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			buf := append(tt.setup, make([]byte, tt.setup[6])...)
			h.submit(uint64(n), urbControl, 0, buf)
			_, status, actual := h.reap()
			if status != tt.status || !bytes.Equal(buf[8:8+actual], tt.want) {
				t.Errorf("status %d, data %x", status, buf[8:8+actual])
			}
		})
	}
}

func TestLongFolderIsRefused(t *testing.T) {
	if _, err := New("/tmp/" + string(bytes.Repeat([]byte("x"), maxDir))); err == nil {
		t.Error("a folder whose sockets cannot be bound was accepted")
	}
}
