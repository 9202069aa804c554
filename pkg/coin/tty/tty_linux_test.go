package tty

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// pair gives a pseudo terminal: the far end, and the path of the near one.
func pair(t *testing.T) (*os.File, string) {
	t.Helper()
	far, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() }) // a test closes it too
	var unlock, number uint32
	for request, arg := range map[uintptr]*uint32{syscall.TIOCSPTLCK: &unlock, syscall.TIOCGPTN: &number} {
		if err := ioctl(far.Fd(), request, uintptr(unsafe.Pointer(arg))); err != nil {
			t.Fatal(err)
		}
	}
	return far, fmt.Sprintf("/dev/pts/%d", number)
}

// all is every byte once: among them are all that a terminal that is not raw would change or take for a signal.
func all() (b []byte) {
	for n := range 256 {
		b = append(b, byte(n))
	}
	return b
}

func TestNoByteIsChangedEitherWay(t *testing.T) {
	far, path := pair(t)
	l, err := Dial(path)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if n, err := l.Write(ctx, all()); n != 256 || err != nil {
		t.Fatal(n, err)
	}
	got := make([]byte, 256)
	for n := 0; n < len(got); {
		m, err := far.Read(got[n:])
		if n += m; err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(got, all()) {
		t.Errorf("the far end got %x", got)
	}
	if _, err := far.Write(all()); err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(got); {
		m, err := l.Read(ctx, got[n:])
		if n += m; err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(got, all()) { // an echo would come first
		t.Errorf("the near end got %x", got)
	}
	if _, err := Dial(path)(t.Context()); err == nil && os.Getuid() != 0 { // root may open what is exclusive
		t.Error("opened twice")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestReadEndsWithItsContextAndWithTheLine(t *testing.T) {
	far, path := pair(t)
	l, err := Dial(path)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Read(ctx, make([]byte, 8)); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if n, err := l.Read(ctx, make([]byte, 8)); err == nil || ctx.Err() != nil {
		t.Errorf("a line without a far end: %d, %v", n, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoTerminalIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(file)(t.Context()); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("a file: %v", err)
	}
	if _, err := Dial(file + "y")(t.Context()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
}
