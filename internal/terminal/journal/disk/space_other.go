//go:build !linux

package disk

import "math"

// Free is not asked on systems on which no kiosk runs.
func Free(string) (int64, error) { return math.MaxInt64, nil }
