//go:build bench

package main

import (
	"os"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
)

// A bench build follows the desk's clock and takes its anchors from a file.
func init() {
	hooks.now = func() (func() time.Time, error) {
		path := os.Getenv(port.ClockEnv)
		if path == "" {
			return time.Now, nil
		}
		return port.Clock(path)
	}
	hooks.anchors = os.ReadFile
}
