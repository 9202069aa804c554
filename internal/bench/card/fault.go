package card

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"sync"
	"time"
)

// An Act is what goes wrong.
type Act string

// The acts, by the names that the desk uses.
const (
	ActRemove Act = "remove" // the card is pulled out instead of answering
	ActDelay  Act = "delay"  // the answer comes after a while
	ActStall  Act = "stall"  // no answer until the fault is removed or the card is
	ActAnswer Act = "answer" // a status word instead of the card's answer; the card does not see the command
)

// A Fault happens once, at one command.
type Fault struct {
	Do  Act
	INS byte          // only commands with this instruction byte are counted; 0: all
	Nth int           // at which of them, counted from when the fault is added; 0 and 1: the next
	For time.Duration // of a delay
	SW  uint16        // of an answer
}

// faults are what waits to go wrong in one reader, whatever card is in it.
type faults struct {
	mu      sync.Mutex
	last    int
	waiting map[int]Fault
	stalls  map[int]chan struct{} // closed when the stall ends
}

func newFaults() *faults { return &faults{waiting: map[int]Fault{}, stalls: map[int]chan struct{}{}} }

func (f *faults) add(fault Fault) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	f.waiting[f.last] = fault
	return f.last
}

func (f *faults) remove(id int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.waiting, id)
	if end := f.stalls[id]; end != nil {
		close(end)
		delete(f.stalls, id)
	}
	return id > 0 && id <= f.last
}

func (f *faults) list() map[int]Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := maps.Clone(f.waiting)
	for id := range f.stalls {
		all[id] = Fault{Do: ActStall}
	}
	return all
}

// due counts the command and gives the fault that happens now.
func (f *faults) due(ins byte) (Fault, chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var now Fault
	var end chan struct{}
	for id := 1; id <= f.last; id++ {
		fault, ok := f.waiting[id]
		if !ok || (fault.INS != 0 && fault.INS != ins) {
			continue
		}
		if fault.Nth--; fault.Nth > 0 || now.Do != "" {
			f.waiting[id] = fault
			continue
		}
		delete(f.waiting, id)
		if now = fault; fault.Do == ActStall {
			end = make(chan struct{})
			f.stalls[id] = end
		}
	}
	return now, end
}

var noDeadline = context.Background()

// before lets happen what is due at this command. A nil answer means that the card is asked.
func (f *faults) before(apdu []byte, conn net.Conn) (answer []byte, err error) {
	fault, end := f.due(apdu[1])
	switch fault.Do {
	case ActRemove:
		return nil, io.EOF
	case ActAnswer:
		return []byte{byte(fault.SW >> 8), byte(fault.SW)}, nil
	case ActDelay:
		return nil, wait(time.After(fault.For), nil, conn)
	case ActStall:
		return nil, wait(nil, end, conn)
	}
	return nil, nil
}

// wait ends by time, by the fault's removal, or with the connection. vpcd sends nothing while it waits for an answer,
// so that a byte that can be read, or an error, is the connection's end.
func wait(after <-chan time.Time, end <-chan struct{}, conn net.Conn) error {
	closed := make(chan error, 1)
	go func() {
		var b [1]byte
		_, err := conn.Read(b[:])
		if err == nil {
			err = fmt.Errorf("vpcd spoke out of turn")
		}
		closed <- err
	}()
	defer func() { _ = conn.SetReadDeadline(time.Time{}) }()
	select {
	case err := <-closed:
		return err
	case <-after:
	case <-end:
	}
	_ = conn.SetReadDeadline(time.Unix(1, 0)) // ends the read
	if err, ok := (<-closed).(net.Error); !ok || !err.Timeout() {
		return io.EOF
	}
	return nil
}
