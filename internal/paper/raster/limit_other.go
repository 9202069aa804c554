//go:build !linux

package raster

// limitSelf: elsewhere there are only the limits of time and of the sandbox. A kiosk runs Linux.
func limitSelf() error { return nil }
