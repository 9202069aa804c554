//go:build !linux

package tty

import "os"

func open(string) (*os.File, error) { return nil, ErrNoTerminal }
