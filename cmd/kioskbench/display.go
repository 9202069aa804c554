package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// display starts an X server without a screen, as large as the panel, and gives its name for DISPLAY. It picks a free
// number by itself. It ends with the returned function.
func display(ctx context.Context, start starter, log string) (name string, end func(), err error) {
	file, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	read, write, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer read.Close()
	c := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1080x1920x24", "-nolisten", "tcp", "-noreset")
	c.ExtraFiles, c.Stdout, c.Stderr = []*os.File{write}, file, file
	err = start.start(c)
	_ = write.Close()
	if err != nil {
		return "", nil, fmt.Errorf("display (Debian package xvfb): %w", err)
	}
	end = func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Process.Kill() })
	number, err := bufio.NewReader(read).ReadString('\n')
	stop()
	if err != nil {
		end()
		return "", nil, fmt.Errorf("display: Xvfb ended at once; see %s", log)
	}
	return ":" + strings.TrimSpace(number), end, nil
}
