package raster

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// arches are the machines that the filter knows; a call made as if for another machine is refused.
var arches = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}

// refusedCalls are what a renderer never needs: a way out to a network, to another program or into another process.
// Everything it links could otherwise call them.
var refusedCalls = []uint32{
	unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_PTRACE,
	unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_IO_URING_SETUP,
}

// x32Bit marks the second numbering of calls on amd64.
const x32Bit = 0x4000_0000

// sealSelf takes those calls from every thread of this process, for good (seccomp(2), filter mode). It needs no
// privilege.
func sealSelf() error {
	arch, ok := arches[runtime.GOARCH]
	if !ok {
		return errors.New("raster: no filter of system calls for " + runtime.GOARCH)
	}
	const (
		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		above  = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		give   = unix.BPF_RET | unix.BPF_K
		refuse = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
		number = 0 // offsets in struct seccomp_data
		arched = 4
	)
	filter := []unix.SockFilter{
		{Code: load, K: arched},
		{Code: equal, Jt: 1, K: arch},
		{Code: give, K: refuse},
		{Code: load, K: number},
		{Code: above, Jf: 1, K: x32Bit},
		{Code: give, K: refuse},
	}
	for _, call := range refusedCalls {
		filter = append(filter, unix.SockFilter{Code: equal, Jf: 1, K: call}, unix.SockFilter{Code: give, K: refuse})
	}
	filter = append(filter, unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ALLOW})
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}

	runtime.LockOSThread() // both calls must come from one thread
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("raster: no new privileges: %w", err)
	}
	failed, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 || failed != 0 {
		return fmt.Errorf("raster: filter of system calls: %w (thread %d)", errno, failed)
	}
	return nil
}
