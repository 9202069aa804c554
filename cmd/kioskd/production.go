//go:build !bench

package main

import (
	"fmt"
	"os"
)

// checkEnvironment refuses what only a bench needs.
func checkEnvironment() error {
	for _, v := range preloads {
		if os.Getenv(v) != "" {
			return fmt.Errorf("kioskd: %s is set; a production kiosk does not run beside a simulated device", v)
		}
	}
	return nil
}
