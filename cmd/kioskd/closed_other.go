//go:build !linux

package main

// closed has nothing to say where only developers build.
func closed() error { return nil }
