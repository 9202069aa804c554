package usb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// udevMagic marks libudev's monitor messages.
const udevMagic = 0xFEEDCAFE

// sendUevent tells every listening process under the preload that a device came or went.
func (b *Bus) sendUevent(action string, p *plug) error {
	b.sequence++
	text := strings.Join([]string{
		"ACTION=" + action,
		"DEVPATH=" + devPath(p.port),
		"SUBSYSTEM=usb",
		"DEVTYPE=usb_device",
		fmt.Sprintf("SEQNUM=%d", b.sequence),
		"DEVNAME=/dev/" + nodeName(p.address),
		fmt.Sprintf("BUSNUM=%03d", busNumber),
		fmt.Sprintf("DEVNUM=%03d", p.address),
		fmt.Sprintf("MAJOR=%d", usbMajor),
		fmt.Sprintf("MINOR=%d", p.address-1),
	}, "\x00") + "\x00"
	// struct udev_monitor_netlink_header: prefix, magic (BE), sizes (native), two hashes (BE), tag bloom.
	m := []byte("libudev\x00")
	m = binary.BigEndian.AppendUint32(m, udevMagic)
	for _, n := range []int{40, 40, len(text)} {
		m = binary.LittleEndian.AppendUint32(m, uint32(n))
	}
	m = binary.BigEndian.AppendUint32(m, murmur2("usb"))
	m = binary.BigEndian.AppendUint32(m, murmur2("usb_device"))
	m = append(m, make([]byte, 8)...)
	m = append(m, text...)
	listeners, err := filepath.Glob(filepath.Join(b.dir, "event[0-9]*"))
	if err != nil {
		return err
	}
	for _, path := range listeners {
		err = errors.Join(err, sendDatagram(path, m))
	}
	return err
}

// sendDatagram sends one message; a listener that is gone is forgotten. The preload's socket is of type raw, which
// for unix sockets is a datagram socket.
func sendDatagram(path string, m []byte) error {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err == nil {
		_, err = conn.Write(m)
		err = errors.Join(err, conn.Close())
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return os.Remove(path)
	}
	return err
}

// murmur2 is the hash that libudev filters by: MurmurHash2, seed 0 (systemd, string-hash).
func murmur2(s string) uint32 {
	const m, r = 0x5bd1e995, 24
	h := uint32(len(s))
	for len(s) >= 4 {
		k := binary.LittleEndian.Uint32([]byte(s))
		k *= m
		k ^= k >> r
		k *= m
		h = h*m ^ k
		s = s[4:]
	}
	for i := len(s) - 1; i >= 0; i-- {
		h ^= uint32(s[i]) << (8 * i)
		if i == 0 {
			h *= m
		}
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}
