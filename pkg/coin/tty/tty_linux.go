package tty

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

// Requests that package syscall does not name (asm-generic/ioctls.h).
const (
	tcflsh     = 0x540B // with 2: drop what was received and what was not sent
	tciocFlush = 2
	tiocexcl   = 0x540C // nobody else may open it
)

// open opens and sets a terminal. It does not wait for a carrier, and the line does not become ours to be hung up.
func open(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	var set error
	err = raw.Control(func(fd uintptr) { set = setLine(fd) })
	if err = errors.Join(err, set); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// setLine makes the line 9600 8N1 and raw.
func setLine(fd uintptr) error {
	var t syscall.Termios
	if err := ioctl(fd, syscall.TCGETS, uintptr(unsafe.Pointer(&t))); err != nil {
		return errors.Join(ErrNoTerminal, err)
	}
	makeRaw(&t)
	for _, ask := range [][2]uintptr{
		{syscall.TCSETS, uintptr(unsafe.Pointer(&t))}, {tiocexcl, 0}, {tcflsh, tciocFlush},
	} {
		if err := ioctl(fd, ask[0], ask[1]); err != nil {
			return err
		}
	}
	return nil
}

// makeRaw is cfmakeraw(3) with the speed and without modem lines.
func makeRaw(t *syscall.Termios) {
	t.Iflag &^= syscall.IGNBRK | syscall.BRKINT | syscall.PARMRK | syscall.ISTRIP | syscall.INLCR | syscall.IGNCR |
		syscall.ICRNL | syscall.IXON | syscall.IXOFF | syscall.INPCK
	t.Oflag &^= syscall.OPOST
	t.Lflag &^= syscall.ECHO | syscall.ECHONL | syscall.ICANON | syscall.ISIG | syscall.IEXTEN
	const cbaud, crtscts = 0x100F, 0x80000000
	t.Cflag &^= cbaud | crtscts | syscall.CSIZE | syscall.PARENB | syscall.CSTOPB
	t.Cflag |= syscall.B9600 | syscall.CS8 | syscall.CREAD | syscall.CLOCAL
	t.Ispeed, t.Ospeed = syscall.B9600, syscall.B9600
	t.Cc[syscall.VMIN], t.Cc[syscall.VTIME] = 1, 0
}

func ioctl(fd, request, arg uintptr) error {
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, request, arg); errno != 0 {
		return errno
	}
	return nil
}
