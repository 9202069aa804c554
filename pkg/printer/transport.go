package printer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/kioskd/kioskd/pkg/usb"
)

// Stream carries bytes to one lane of a printer and back. [usb.Pipe] is one.
type Stream interface {
	Read(ctx context.Context, p []byte) (int, error)
	Write(ctx context.Context, p []byte) (int, error)
	Close() error
}

// Transport reaches one printer over one or more lanes; lane 0 carries status and cancel, lane 1 documents.
type Transport interface {
	// Lanes returns how many exchanges can run at once: 1 or 2.
	Lanes() int
	// Begin gives the stream for one exchange.
	Begin(ctx context.Context, lane int) (Stream, error)
	// End gives it back, fully drained. lost says that the exchange broke.
	End(lane int, s Stream, lost bool) error
	// Lasting says that a stream outlives its exchange: then a byte too many is a broken lane.
	Lasting() bool
	// Serial names the device; the same device gives the same name as long as it is not exchanged.
	Serial() string
	// Host is the HTTP host, without a person's or place's name.
	Host() string
	// Reset brings a device back whose lanes are broken; open a new transport afterwards.
	Reset() error
	// Close gives everything back.
	Close() error
}

// drainWait is how long a freshly opened pipe is read for bytes of an exchange that somebody else left behind.
const drainWait = 50 * time.Millisecond

// maxDrain bounds them: one answer of the largest kind.
const maxDrain = 1 << 20

// usbTransport runs over the 7/1/4 interfaces of a device.
type usbTransport struct {
	device usb.Device
	pipes  []usb.Pipe
}

var _ Transport = (*usbTransport)(nil)

// OverUSB claims up to two IPP-over-USB interfaces of an opened device. Closing the transport closes the device.
func OverUSB(ctx context.Context, d usb.Device) (Transport, error) {
	faces := d.Info().Best(usb.ClassIPPUSB)
	if len(faces) == 0 {
		return nil, &usb.Fault{Op: "find IPP over USB (7/1/4)", Kind: usb.ErrNotFound}
	}
	t := &usbTransport{device: d}
	for _, f := range faces[:min(len(faces), 2)] {
		p, err := d.Claim(f)
		if err != nil {
			return nil, errors.Join(err, t.closePipes())
		}
		t.pipes = append(t.pipes, p)
		if err := drain(ctx, p); err != nil {
			return nil, errors.Join(err, t.closePipes())
		}
	}
	return t, nil
}

// drain throws away what an earlier owner of the pipe did not read.
func drain(ctx context.Context, p usb.Pipe) error {
	buf := make([]byte, 16<<10)
	for total := 0; total < maxDrain; {
		wait, stop := context.WithTimeout(ctx, drainWait)
		n, err := p.Read(wait, buf)
		stop()
		clear(buf[:n])
		total += n
		if errors.Is(err, usb.ErrTimeout) && ctx.Err() == nil {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: the device does not stop talking", ErrLost)
}

func (t *usbTransport) Lanes() int     { return len(t.pipes) }
func (t *usbTransport) Lasting() bool  { return true }
func (t *usbTransport) Serial() string { return t.device.Info().Serial }
func (t *usbTransport) Host() string   { return "localhost" }
func (t *usbTransport) Reset() error   { return t.device.Reset() }

func (t *usbTransport) Begin(_ context.Context, lane int) (Stream, error) { return t.pipes[lane], nil }
func (t *usbTransport) End(int, Stream, bool) error                       { return nil }

func (t *usbTransport) closePipes() error {
	var err error
	for _, p := range t.pipes {
		err = errors.Join(err, p.Close())
	}
	return err
}

func (t *usbTransport) Close() error { return errors.Join(t.closePipes(), t.device.Close()) }

// netTransport runs over TCP, one connection an exchange: an idle connection that the server closed would leave the
// fate of the next request unknown.
type netTransport struct {
	address string
}

var _ Transport = netTransport{}

// OverTCP takes an ipp:// address with host and optional port (631).
func OverTCP(address string) (Transport, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "ipp" || u.Host == "" {
		return nil, fmt.Errorf("printer: %q is not of the form ipp://host:port", address)
	}
	port := u.Port()
	if port == "" {
		port = "631"
	}
	return netTransport{net.JoinHostPort(u.Hostname(), port)}, nil
}

func (t netTransport) Lanes() int     { return 2 }
func (t netTransport) Lasting() bool  { return false }
func (t netTransport) Serial() string { return t.address }
func (t netTransport) Host() string   { return t.address }
func (t netTransport) Reset() error   { return nil }
func (t netTransport) Close() error   { return nil }

func (t netTransport) Begin(ctx context.Context, _ int) (Stream, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, err
	}
	return netStream{c}, nil
}

func (t netTransport) End(_ int, s Stream, _ bool) error { return s.Close() }

// netStream gives a connection deadlines by context.
type netStream struct{ net.Conn }

func (s netStream) Read(ctx context.Context, p []byte) (int, error) {
	defer context.AfterFunc(ctx, func() { _ = s.SetReadDeadline(time.Unix(1, 0)) })()
	return s.Conn.Read(p)
}

func (s netStream) Write(ctx context.Context, p []byte) (int, error) {
	defer context.AfterFunc(ctx, func() { _ = s.SetWriteDeadline(time.Unix(1, 0)) })()
	return s.Conn.Write(p)
}
