package house

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// backDoors are beginnings of symbol names that production must not contain.
var backDoors = []string{Module + "/internal/bench/"}

// listening are beginnings of names of functions that open a listening socket; nothing in production may call them.
var listening = []string{"net.Listen", "net.(*ListenConfig).Listen", "net.(*sysListener).listen"}

// harmless are callers of them that never run: the net package among itself, and wazero's sockets for WebAssembly
// modules, which a module only has where its host gives it a socket configuration; the render child gives none.
var harmless = []string{"net.", "type:*net.", "github.com/tetratelabs/wazero/internal/sock."}

// Listeners reads what `go build -ldflags=-dumpdep` says and finds callers of functions that listen.
func Listeners(dependencies io.Reader) ([]Finding, error) {
	var findings []Finding
	lines := bufio.NewScanner(dependencies)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		from, to, ok := strings.Cut(lines.Text(), " -> ")
		// The linker shares equal tables (name.arginfo1, name.argliveinfo) among functions: they are no calls.
		if ok && !strings.Contains(to, ".arg") && begins(to, listening) && !begins(from, harmless) {
			findings = append(findings, found(from, "calls %s in the production build", to))
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("house: dependencies: %w", err)
	}
	return sorted(findings), nil
}

func begins(name string, with []string) bool {
	for _, w := range with {
		if strings.HasPrefix(name, w) {
			return true
		}
	}
	return false
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
		if begins(name, backDoors) {
			findings = append(findings, found(name, "is in the production build"))
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("house: symbols: %w", err)
	}
	return sorted(findings), nil
}

// linked builds a program and gives its symbols and who calls whom.
func linked(root, folder, output string, tags ...string) (symbols, calls string, err error) {
	build := exec.Command("go", "build", "-ldflags=-dumpdep", "-tags="+strings.Join(tags, ","), "-o", output, folder)
	build.Dir = root
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	text, err := build.CombinedOutput()
	if err != nil {
		return "", "", fmt.Errorf("house: build %s: %w\n%s", folder, err, text)
	}
	nm, err := exec.Command("go", "tool", "nm", output).Output()
	if err != nil {
		return "", "", fmt.Errorf("house: nm %s: %w", folder, err)
	}
	return string(nm), string(text), nil
}
