package cctalk

import (
	"context"
	"errors"
	"io"
	"os"
	"time"
)

// Port is a byte line to the coin vendor, 9600 baud 8N1 where it has a speed. Bytes may come in any cut.
//
// Read waits until at least one byte is there or ctx ends; an end of ctx is an error by which no byte is lost (an n
// above 0 counts even then). An error while ctx lasts means that the line is gone for good. One goroutine reads while
// another writes. A usb.Pipe of this module's pkg/usb is a Port.
type Port interface {
	Read(ctx context.Context, p []byte) (n int, err error)
	Write(ctx context.Context, p []byte) (n int, err error)
}

// Conn is what a Port can be made of: a net.Conn, or an *os.File of a pollable device.
type Conn interface {
	io.ReadWriter
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// FromConn makes a Port of a network connection or of anything else with deadlines.
func FromConn(c Conn) Port { return connPort{c} }

type connPort struct{ conn Conn }

var _ Port = connPort{}

// longPast is a deadline that has passed on every clock.
var longPast = time.Unix(1, 0)

func (p connPort) Read(ctx context.Context, b []byte) (int, error) {
	return p.bounded(ctx, p.conn.SetReadDeadline, func() (int, error) { return p.conn.Read(b) })
}

func (p connPort) Write(ctx context.Context, b []byte) (int, error) {
	return p.bounded(ctx, p.conn.SetWriteDeadline, func() (int, error) { return p.conn.Write(b) })
}

func (p connPort) bounded(ctx context.Context, deadline func(time.Time) error, do func() (int, error)) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := deadline(time.Time{}); err != nil {
		return 0, err
	}
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(fired)
		_ = deadline(longPast) // a closed connection ends the call by itself
	})
	n, err := do()
	if !stop() {
		<-fired // or the deadline would hit the next call
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil {
		err = ctx.Err()
	}
	return n, err
}
