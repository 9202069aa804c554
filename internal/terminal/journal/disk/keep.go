package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Keep renames a journal and its log, with the time, so that a new one can begin. It gives the file's new name. Only a
// person may ask for it.
func Keep(path string, at time.Time) (kept string, err error) {
	kept = path + ".kept-" + at.UTC().Format("20060102T150405Z")
	if _, err := os.Lstat(kept); err == nil {
		return "", fmt.Errorf("disk: %s is there already", kept)
	}
	// The file goes first: a start that finds the log alone refuses, and one that found the file alone would take it
	// for whole.
	if err := os.Rename(path, kept); err != nil {
		return "", fmt.Errorf("disk: keep: %w", err)
	}
	if err := os.Rename(path+"-wal", kept+"-wal"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("disk: keep: %w", err)
	}
	if err := SyncFolder(filepath.Dir(path)); err != nil {
		return "", fmt.Errorf("disk: keep: %w", err)
	}
	return kept, nil
}

// Copy copies a file at once: nobody ever sees a half of it.
func Copy(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(to+".new", to)
	}
	if err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(to))
}
