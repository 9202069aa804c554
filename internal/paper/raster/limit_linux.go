package raster

import (
	"fmt"
	"syscall"
)

// Limits of the child. The memory is address space, most of it only reserved by the two runtimes; with 1.5 GB the
// engine does not start.
const (
	addressSpace = 2_500_000_000 // bytes
	cpuSeconds   = 120           // compiling once, or a copy of many pages; one page ends by pageLimit
)

// limitSelf is called before anything foreign is read.
func limitSelf() error {
	for _, l := range []struct {
		what  int
		bound uint64
	}{
		{syscall.RLIMIT_AS, addressSpace},
		{syscall.RLIMIT_CPU, cpuSeconds},
		{syscall.RLIMIT_CORE, 0}, // a core file would hold the page
	} {
		if err := syscall.Setrlimit(l.what, &syscall.Rlimit{Cur: l.bound, Max: l.bound}); err != nil {
			return fmt.Errorf("raster: limits of the child: %w", err)
		}
	}
	return sealSelf() // no network, no other program
}
