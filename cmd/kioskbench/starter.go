package main

import (
	"os/exec"
	"runtime"
	"syscall"
)

// starter starts children that die with kioskbench, however it ends. The kernel binds that to the thread that started
// them, so all are started by one thread that lives as long as the program.
type starter chan func()

func newStarter() starter {
	s := make(starter)
	go func() {
		runtime.LockOSThread()
		for start := range s {
			start()
		}
	}()
	return s
}

// start starts a child in a process group of its own: Ctrl-C on the terminal is for kioskbench, which ends its children
// in order.
func (s starter) start(c *exec.Cmd) error {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	done := make(chan error, 1)
	s <- func() { done <- c.Start() }
	return <-done
}
