// Package cointest records what passes between a program and a coin vendor, and plays it back, so that a dialogue with
// a machine that stood here once can be tried for ever. A trace is text: a line "> 02 00 01 FE FF" for what was sent, a
// line "< …" for what came, "#" before a remark.
package cointest

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/kioskd/kioskd/pkg/coin/cctalk"
)

// Recorder is a port that writes down what passes through it.
type Recorder struct {
	port cctalk.Port

	mu  sync.Mutex
	out io.Writer
	err error
}

var _ cctalk.Port = (*Recorder)(nil)

// NewRecorder makes a recorder between a program and port; the trace goes to out.
func NewRecorder(port cctalk.Port, out io.Writer) *Recorder { return &Recorder{port: port, out: out} }

// Read implements cctalk.Port.
func (r *Recorder) Read(ctx context.Context, p []byte) (int, error) {
	n, err := r.port.Read(ctx, p)
	r.note('<', p[:n])
	return n, err
}

// Write implements cctalk.Port.
func (r *Recorder) Write(ctx context.Context, p []byte) (int, error) {
	r.note('>', p) // before the answer can come
	return r.port.Write(ctx, p)
}

// Err gives the first error of writing the trace.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *Recorder) note(way byte, p []byte) {
	if len(p) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		_, r.err = fmt.Fprintf(r.out, "%c % X\n", way, p)
	}
}

// step is a run of bytes one way.
type step struct {
	sent  bool
	bytes []byte
}

// Playback is a port that answers as a trace says and fails on the first other byte.
type Playback struct {
	mu     sync.Mutex
	steps  []step
	failed error
	moved  chan struct{} // closed at the next change
}

var _ cctalk.Port = (*Playback)(nil)

// maxTrace bounds a trace: a day of polling is about 20 MB.
const maxTrace = 64 << 20

// NewPlayback reads a trace.
func NewPlayback(trace io.Reader) (*Playback, error) {
	p := &Playback{moved: make(chan struct{})}
	lines := bufio.NewScanner(io.LimitReader(trace, maxTrace))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		data, err := hex.DecodeString(strings.ReplaceAll(line[1:], " ", ""))
		if err != nil || len(data) == 0 || (line[0] != '<' && line[0] != '>') {
			return nil, fmt.Errorf("cointest: line %d is no trace: %q", n, line)
		}
		p.add(line[0] == '>', data)
	}
	return p, lines.Err()
}

// add appends bytes to the last run of their way.
func (p *Playback) add(sent bool, data []byte) {
	if n := len(p.steps); n > 0 && p.steps[n-1].sent == sent {
		p.steps[n-1].bytes = append(p.steps[n-1].bytes, data...)
		return
	}
	p.steps = append(p.steps, step{sent: sent, bytes: data})
}

// Write takes what the trace says was sent, and nothing else.
func (p *Playback) Write(ctx context.Context, b []byte) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, got := range b {
		if p.failed != nil {
			return i, p.failed
		}
		if len(p.steps) == 0 || !p.steps[0].sent || p.steps[0].bytes[0] != got {
			p.failed = fmt.Errorf("cointest: byte %d of % X is not in the trace, which goes on with %s", i, b, p.rest())
			return i, p.failed
		}
		p.drop(1)
	}
	return len(b), nil
}

// Read gives what the trace says came.
func (p *Playback) Read(ctx context.Context, b []byte) (int, error) {
	for {
		p.mu.Lock()
		moved, n := p.moved, 0
		if len(p.steps) > 0 && !p.steps[0].sent {
			n = copy(b, p.steps[0].bytes)
			p.drop(n)
		}
		p.mu.Unlock()
		if n > 0 {
			return n, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// Close errs if the dialogue differed or was not played to its end.
func (p *Playback) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil && len(p.steps) > 0 {
		return errors.New("cointest: trace goes on with " + p.rest())
	}
	return p.failed
}

// drop takes bytes off the trace; mu is held.
func (p *Playback) drop(n int) {
	p.steps[0].bytes = p.steps[0].bytes[n:]
	if len(p.steps[0].bytes) == 0 {
		p.steps = p.steps[1:]
	}
	close(p.moved)
	p.moved = make(chan struct{})
}

// rest shows how the trace goes on; mu is held.
func (p *Playback) rest() string {
	if len(p.steps) == 0 {
		return "nothing"
	}
	way := '<'
	if p.steps[0].sent {
		way = '>'
	}
	return fmt.Sprintf("%c % X", way, p.steps[0].bytes)
}
