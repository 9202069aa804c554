package main

import (
	"time"

	"github.com/kioskd/kioskd/internal/bench/desk"
	"github.com/kioskd/kioskd/internal/bench/port"
)

// clock is the wall clock of kioskd and the servers, in a file that all of them read.
type clock struct{ path string }

var _ desk.Clock = clock{}

func (c clock) Set(offset time.Duration) error { return port.SetClock(c.path, offset) }

func (c clock) Offset() time.Duration {
	offset, err := port.Offset(c.path)
	if err != nil {
		return 0
	}
	return offset
}

// now is that clock's time for what runs inside kioskbench.
func (c clock) now() time.Time { return time.Now().Add(c.Offset()) }
