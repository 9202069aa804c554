package house

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// backDoors are pieces of symbol names that production must not contain: the bench, and everything that listens.
var backDoors = []string{
	Module + "/internal/bench/",
	"net.Listen", "net.(*ListenConfig).Listen", "net.(*sysListener).listen",
}

// Symbols reads the output of `go tool nm` and finds back doors.
func Symbols(nm io.Reader) ([]Finding, error) {
	var findings []Finding
	lines := bufio.NewScanner(nm)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		name := fields[len(fields)-1]
		for _, door := range backDoors {
			if strings.HasPrefix(name, door) {
				findings = append(findings, found(name, "is in the production build"))
				break
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("house: symbols: %w", err)
	}
	return sorted(findings), nil
}

// symbolsOf builds a program and lists its symbols.
func symbolsOf(root, folder, output string, tags ...string) (string, error) {
	build := exec.Command("go", "build", "-tags="+strings.Join(tags, ","), "-o", output, folder)
	build.Dir = root
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("house: build %s: %w\n%s", folder, err, text)
	}
	nm, err := exec.Command("go", "tool", "nm", output).Output()
	if err != nil {
		return "", fmt.Errorf("house: nm %s: %w", folder, err)
	}
	return string(nm), nil
}
