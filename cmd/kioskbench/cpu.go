package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// tick is the unit of times in /proc/PID/stat: USER_HZ, 100 on Linux (proc(5)).
const tick = 10 * time.Millisecond

// cpuOf is the processor time of a process and its children so far; 0 if it is gone.
func cpuOf(pid int) time.Duration {
	sum := ownCPU(pid)
	children, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return sum
	}
	for _, path := range children {
		list, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for _, field := range bytes.Fields(list) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				sum += ownCPU(child)
			}
		}
	}
	return sum
}

// ownCPU is user and system time of a process and of its children that have ended.
func ownCPU(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, after, ok := bytes.Cut(stat, []byte(") ")) // the name may hold spaces
	fields := bytes.Fields(after)
	const userTime, ended = 11, 15 // after the name: utime stime cutime cstime
	if !ok || len(fields) < ended {
		return 0
	}
	var sum time.Duration
	for _, field := range fields[userTime:ended] {
		n, err := strconv.Atoi(string(field))
		if err != nil {
			return 0
		}
		sum += time.Duration(n) * tick
	}
	return sum
}
