package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// closed lets the process leave no core file and lets no debugger of its own user look in: pages and a PIN are in its
// memory.
func closed() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("kioskd: core files: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("kioskd: dumpable: %w", err)
	}
	return nil
}
