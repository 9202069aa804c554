package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// private lets this process and its children make files for their owner only: databases, journals beside them, logs.
func private() { syscall.Umask(0o077) }

// show lets everybody read what a demo left: it is test data, made to be looked at.
func show(folder string) error {
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.Chmod(path, 0o755)
		case d.Type().IsRegular():
			return os.Chmod(path, 0o644)
		}
		return nil
	})
}
