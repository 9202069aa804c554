package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestRights_children_make_files_for_their_owner_only(t *testing.T) {
	old := syscall.Umask(0o022)
	defer syscall.Umask(old)
	mode := func(path string) os.FileMode {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	made := func() string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "issuerd.db-wal")
		p, moved := child(t, ": > "+path+"; exec tail -f /dev/null")
		await(t, p, moved, "on", 0)
		for { // ends when the file is there
			if _, err := os.Stat(path); err == nil {
				return path
			}
		}
	}
	if got := mode(made()); got != 0o644 { // the negative control
		t.Errorf("before: %o", got)
	}
	private()
	path := made()
	if got := mode(path); got != 0o600 {
		t.Errorf("after: %o", got)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(filepath.Dir(path), "more"), 0o755), show(filepath.Dir(path))); err != nil {
		t.Fatal(err)
	}
	if file, folder := mode(path), mode(filepath.Join(filepath.Dir(path), "more")); file != 0o644 || folder != 0o755 {
		t.Errorf("shown: %o %o", file, folder)
	}
}
