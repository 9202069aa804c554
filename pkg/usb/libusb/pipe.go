//go:build cgo

package libusb

import (
	"context"
	"sync"
	"time"

	"github.com/google/gousb"

	"github.com/kioskd/kioskd/pkg/usb"
)

const (
	// maxTransfer is the most that one bulk transfer carries: kernels without scatter-gather stop there.
	maxTransfer = 16 << 10
	// maxUnread is how many bytes wait for the caller before the pipe stops asking the device for more.
	maxUnread = 64 << 10
	// readRound bounds one transfer of the reader, so that closing never waits longer even if a cancel were lost.
	readRound = time.Second
)

// pipe is one claimed interface. Its reader goroutine is the only one that ever reads: a caller whose deadline ends
// leaves the transfer alone, so that no byte is lost between a cancel and its answer.
type pipe struct {
	dev  *Device
	face *gousb.Interface
	in   *gousb.InEndpoint  // nil if there is no bulk IN
	out  *gousb.OutEndpoint // nil if there is no bulk OUT

	life context.Context // ends when the pipe closes
	end  context.CancelFunc
	busy sync.WaitGroup // the reader and every write under way

	mu      sync.Mutex
	unread  []byte
	ends    []int         // what is unread of each transfer, in order
	failed  error         // why the reader ended
	changed chan struct{} // closed and replaced whenever unread or failed change
	closed  bool
}

var (
	_ usb.Pipe           = (*pipe)(nil)
	_ usb.TransferReader = (*pipe)(nil)
)

// newPipe opens the bulk endpoints that are there and starts the reader.
func newPipe(d *Device, face *gousb.Interface, alt usb.Alternate) (*pipe, error) {
	p := &pipe{dev: d, face: face, changed: make(chan struct{})}
	p.life, p.end = context.WithCancel(context.Background())
	if e, ok := alt.Bulk(false); ok {
		out, err := face.OutEndpoint(int(e.Address & 0x0F))
		if err != nil {
			return nil, err
		}
		p.out = out
	}
	if e, ok := alt.Bulk(true); ok {
		in, err := face.InEndpoint(int(e.Address & 0x0F))
		if err != nil {
			return nil, err
		}
		p.in = in
		p.busy.Go(p.readAll)
	}
	return p, nil
}

// readAll moves what the device sends into unread until the pipe closes or breaks. The buffer is a multiple of every
// packet size (512, 1024), else a full packet would overflow it.
func (p *pipe) readAll() {
	buf := make([]byte, maxTransfer)
	for {
		if !p.waitRoom() {
			return
		}
		ctx, stop := context.WithTimeout(p.life, readRound)
		n, err := p.in.ReadContext(ctx, buf)
		stop()
		over := err != nil && err != gousb.TransferCancelled && err != gousb.TransferTimedOut
		p.mu.Lock()
		if p.unread = append(p.unread, buf[:n]...); n > 0 {
			p.ends = append(p.ends, n)
		}
		if over {
			p.failed = fault("read", err)
		}
		if n > 0 || over {
			p.wake()
		}
		p.mu.Unlock()
		if over || p.life.Err() != nil {
			return
		}
	}
}

// waitRoom blocks while the caller leaves too much unread. It returns false when the pipe closes.
func (p *pipe) waitRoom() bool {
	for {
		p.mu.Lock()
		full, changed := len(p.unread) >= maxUnread, p.changed
		p.mu.Unlock()
		if !full {
			return p.life.Err() == nil
		}
		select {
		case <-changed:
		case <-p.life.Done():
			return false
		}
	}
}

// wake tells waiters that something changed. mu is held.
func (p *pipe) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Read implements [usb.Pipe].
func (p *pipe) Read(ctx context.Context, b []byte) (int, error) { return p.read(ctx, b, false) }

// ReadTransfer implements [usb.TransferReader].
func (p *pipe) ReadTransfer(ctx context.Context, b []byte) (int, error) { return p.read(ctx, b, true) }

// took counts n bytes off the transfers that are unread. mu is held.
func (p *pipe) took(n int) {
	for n > 0 {
		one := min(n, p.ends[0])
		n -= one
		if p.ends[0] -= one; p.ends[0] == 0 {
			p.ends = p.ends[1:]
		}
	}
}

func (p *pipe) read(ctx context.Context, b []byte, oneTransfer bool) (int, error) {
	if p.in == nil {
		return 0, &usb.Fault{Op: "read", Kind: usb.ErrNotFound}
	}
	for {
		p.mu.Lock()
		if len(p.unread) > 0 {
			if oneTransfer {
				b = b[:min(len(b), p.ends[0])]
			}
			n := copy(b, p.unread)
			p.took(n)
			rest := copy(p.unread, p.unread[n:])
			clear(p.unread[rest:]) // nothing that passed through stays behind
			p.unread = p.unread[:rest]
			p.wake()
			p.mu.Unlock()
			return n, nil
		}
		failed, closed, changed := p.failed, p.closed, p.changed
		p.mu.Unlock()
		if closed {
			return 0, &usb.Fault{Op: "read", Kind: usb.ErrClosed}
		}
		if failed != nil {
			return 0, failed
		}
		select {
		case <-changed:
		case <-p.life.Done():
			return 0, &usb.Fault{Op: "read", Kind: usb.ErrClosed}
		case <-ctx.Done():
			return 0, &usb.Fault{Op: "read", Kind: usb.ErrTimeout, Cause: ctx.Err()}
		}
	}
}

// Write implements [usb.Pipe]. When ctx ends, the transfer under way is cancelled and the count says what the device
// took of it.
func (p *pipe) Write(ctx context.Context, b []byte) (int, error) {
	if p.out == nil {
		return 0, &usb.Fault{Op: "write", Kind: usb.ErrNotFound}
	}
	if !p.enter() {
		return 0, &usb.Fault{Op: "write", Kind: usb.ErrClosed}
	}
	defer p.busy.Done()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(p.life, stop)()
	done := 0
	for done < len(b) {
		n, err := p.out.WriteContext(ctx, b[done:min(done+maxTransfer, len(b))])
		done += n
		if err != nil {
			return done, fault("write", err)
		}
	}
	return done, nil
}

// enter counts a call that uses the device, unless the pipe is closed.
func (p *pipe) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.busy.Add(1)
	return true
}

// Control implements [usb.Pipe]. Its limit is one second whatever ctx says: gousb knows no other.
func (p *pipe) Control(ctx context.Context, s usb.Setup, data []byte) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, &usb.Fault{Op: "control", Kind: usb.ErrTimeout, Cause: err}
	}
	if !p.enter() {
		return 0, &usb.Fault{Op: "control", Kind: usb.ErrClosed}
	}
	defer p.busy.Done()
	n, err := p.dev.raw.Control(s.Type, s.Request, s.Value, s.Index, data)
	if err != nil {
		return max(n, 0), fault("control", err)
	}
	return n, nil
}

// Close implements [usb.Pipe].
func (p *pipe) Close() error {
	p.dev.drop(p)
	return nil
}

// shut ends the reader and every write, wipes what is unread and gives the interface back. The device's lock is held.
func (p *pipe) shut() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.end()
	p.busy.Wait()
	p.mu.Lock()
	clear(p.unread)
	p.unread, p.ends = nil, nil
	p.wake()
	p.mu.Unlock()
	p.face.Close()
}
