package port

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// PagesEnv names the environment variable with the folder in which a bench build of the issuing server leaves the pages
// that it makes.
const PagesEnv = "KIOSKD_BENCH_PAGES"

// ClockEnv names the environment variable with the path of the clock file.
const ClockEnv = "KIOSKD_BENCH_CLOCK"

// clockBytes is the length of a clock file: the offset in milliseconds as a little-endian int64.
const clockBytes = 8

// maxOffset bounds how far the desk may move the clock: enough for an era and every certificate, far from overflow.
const maxOffset = 100 * 366 * 24 * time.Hour

// ErrClock says that a clock file is not one.
var ErrClock = errors.New("bench/port: not a clock file of 8 bytes; let kioskbench make it")

// Clock opens the clock file and returns the wall clock that the desk moves: time.Now plus the file's offset. Both the
// wall and the monotonic reading move, so that differences show the jump. The file is read at each call, one pread of
// a page in memory, and stays open as long as the process runs.
// If a read fails, the clock is the machine's.
func Clock(path string) (func() time.Time, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("bench/port: open clock: %w", err)
	}
	if _, err := readOffset(file); err != nil {
		_ = file.Close()
		return nil, err
	}
	return func() time.Time {
		offset, err := readOffset(file)
		if err != nil {
			return time.Now()
		}
		return time.Now().Add(offset)
	}, nil
}

func readOffset(file *os.File) (time.Duration, error) {
	var b [clockBytes]byte
	if n, err := file.ReadAt(b[:], 0); n < clockBytes {
		return 0, fmt.Errorf("%w: %w", ErrClock, err)
	}
	offset := time.Duration(int64(binary.LittleEndian.Uint64(b[:]))) * time.Millisecond
	if offset > maxOffset || offset < -maxOffset {
		return 0, ErrClock
	}
	return offset, nil
}

// Offset reads the offset in a clock file.
func Offset(path string) (time.Duration, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("bench/port: open clock: %w", err)
	}
	defer file.Close()
	return readOffset(file)
}

// SetClock moves the wall clock of every process that reads the file, in whole milliseconds. The file is made if it is
// not there. It is written in place with one write, because its readers hold it open.
func SetClock(path string, offset time.Duration) error {
	if offset > maxOffset || offset < -maxOffset {
		return fmt.Errorf("bench/port: offset %s is more than a hundred years", offset)
	}
	file, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("bench/port: open clock: %w", err)
	}
	var b [clockBytes]byte
	binary.LittleEndian.PutUint64(b[:], uint64(offset.Milliseconds()))
	if _, err := file.WriteAt(b[:], 0); err != nil {
		return errors.Join(fmt.Errorf("bench/port: write clock: %w", err), file.Close())
	}
	return file.Close()
}
