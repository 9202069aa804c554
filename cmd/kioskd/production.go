//go:build !bench

package main

import (
	"fmt"
	"os"
)

// preloads are the variables with which another program could stand between kioskd and its devices.
var preloads = []string{"LD_PRELOAD", "UMOCKDEV_DIR"}

// checkEnvironment refuses what only a bench needs.
func checkEnvironment(string) error {
	for _, v := range preloads {
		if os.Getenv(v) != "" {
			return fmt.Errorf("kioskd: %s is set; a production kiosk does not run beside a simulated device", v)
		}
	}
	return nil
}
