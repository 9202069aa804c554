package card

import (
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// A space is one thread of this process that lives in a mount and a network namespace of its own. What it starts lives
// there too, and what it connects, connects there. The thread ends with the space and serves nothing else; while it
// lives, so does the parent-death signal of what it started.
type space struct {
	calls chan func()
}

// enterSpace makes a space in which run is mounted over /run.
func enterSpace(run string) (*space, error) {
	s := &space{calls: make(chan func())}
	entered := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocks: the thread ends with this goroutine
		err := unshare(run)
		entered <- err
		if err != nil {
			return
		}
		for f := range s.calls {
			f()
		}
	}()
	if err := <-entered; err != nil {
		return nil, fmt.Errorf("make namespaces (needs root, at least in a user namespace): %w", err)
	}
	return s, nil
}

// do runs f on the space's thread and waits for it.
func (s *space) do(f func() error) error {
	done := make(chan error)
	s.calls <- func() { done <- f() }
	return <-done
}

func (s *space) close() { close(s.calls) }

func unshare(run string) error {
	if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := makePrivate(); err != nil {
		return err
	}
	if err := unix.Mount(run, "/run", "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount %s: %w", run, err)
	}
	return loopbackUp()
}

// makePrivate keeps our mounts from reaching other namespaces. Inside a chroot the root is no mount point and cannot be
// made private; then the thread steps out to the namespace's own root, does it there, and steps back in.
func makePrivate() error {
	private := func() error { return unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") }
	err := private()
	if !errors.Is(err, unix.EINVAL) {
		return err
	}
	root, err := unix.Open("/", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(root)
	namespace, err := unix.Open("/proc/thread-self/ns/mnt", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(namespace)
	if err := unix.Setns(namespace, unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("leave chroot: %w", err)
	}
	if err := private(); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := unix.Fchdir(root); err != nil {
		return err
	}
	return unix.Chroot(".")
}

// loopbackUp switches the namespace's loopback on; a new one has it off.
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("switch loopback on: %w", err)
	}
	return nil
}
