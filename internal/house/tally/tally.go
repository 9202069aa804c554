package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// event is one line of `go test -json` (go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Elapsed    float64
	Output     string
}

// counts are the tests that passed and failed. Subtests are part of their test.
type counts struct{ passed, failed int }

const maxLine = 16 << 20 // bytes of one event

// book is what is known while the events come in.
type book struct {
	counts
	out    io.Writer
	output map[string][]string // by package and test, until it ends
	build  []string
	failed map[string]int // failed tests by package
	events int
}

// tally reads events and writes the short account.
func tally(in io.Reader, out io.Writer) (counts, error) {
	b := &book{out: out, output: map[string][]string{}, failed: map[string]int{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(out, lines.Text())
			continue
		}
		b.events++
		b.take(e)
	}
	if err := lines.Err(); err != nil {
		return b.counts, fmt.Errorf("read events: %w", err)
	}
	if b.events == 0 {
		return b.counts, errors.New("no events: go test did not run")
	}
	return b.counts, nil
}

func (b *book) take(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		b.build = append(b.build, e.Output)
	case "output":
		b.output[key] = append(b.output[key], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			b.endPackage(e)
		} else {
			b.endTest(e)
		}
		delete(b.output, key)
	}
}

func (b *book) endTest(e event) {
	top := !strings.Contains(e.Test, "/")
	switch {
	case e.Action == "fail":
		b.show(b.output[e.Package+" "+e.Test])
		if top {
			b.counts.failed++
			b.failed[e.Package]++
		}
	case e.Action == "skip" && top: // the house has no skipped tests
		b.show(b.output[e.Package+" "+e.Test])
		b.counts.failed++
		b.failed[e.Package]++
	case top:
		b.passed++
	}
}

func (b *book) endPackage(e event) {
	if e.Action == "fail" && b.failed[e.Package] == 0 {
		b.show(b.build)
		b.build = nil
		b.showAll(e.Package)
		b.counts.failed++
	}
	if e.Action != "skip" {
		fmt.Fprintf(b.out, "%s\t%s\t%.1fs\n", map[string]string{"pass": "ok", "fail": "FAIL"}[e.Action], e.Package,
			e.Elapsed)
	}
}

// showAll shows what tests that never ended have said: the process died.
func (b *book) showAll(pkg string) {
	var keys []string
	for key := range b.output {
		if strings.HasPrefix(key, pkg+" ") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		b.show(b.output[key])
		delete(b.output, key)
	}
}

func (b *book) show(lines []string) {
	for _, line := range lines {
		if strings.HasPrefix(line, "=== ") {
			continue
		}
		_, _ = io.WriteString(b.out, line)
	}
}

// addTo adds the counts to a file as one line.
func (c counts) addTo(path string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, c.passed, c.failed)
	return errors.Join(err, file.Close())
}

// readCounts sums the lines of a file.
func readCounts(path string) (counts, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return counts{}, err
	}
	var total counts
	for line := range strings.Lines(string(text)) {
		var c counts
		if _, err := fmt.Sscan(line, &c.passed, &c.failed); err != nil {
			return counts{}, fmt.Errorf("%s: %q: %w", path, strings.TrimSpace(line), err)
		}
		total.passed += c.passed
		total.failed += c.failed
	}
	return total, nil
}
