package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func events(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

func TestTally_counts_tests_and_not_subtests(t *testing.T) {
	var out strings.Builder
	got, err := tally(strings.NewReader(events(
		`{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN TestA\n"}`,
		`{"Action":"pass","Package":"p","Test":"TestA/one"}`,
		`{"Action":"pass","Package":"p","Test":"TestA"}`,
		`{"Action":"pass","Package":"p","Test":"FuzzB"}`,
		`{"Action":"output","Package":"p","Test":"TestC","Output":"c_test.go:1: broken\n"}`,
		`{"Action":"fail","Package":"p","Test":"TestC"}`,
		`{"Action":"fail","Package":"p","Elapsed":1.25}`,
		`{"Action":"skip","Package":"empty"}`,
	)), &out)
	if err != nil || got != (counts{2, 1}) {
		t.Errorf("counts %+v, %v", got, err)
	}
	if want := "c_test.go:1: broken\nFAIL\tp\t1.2s\n"; out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}

func TestTally_nothing_fails_unseen(t *testing.T) {
	end := `{"Action":"fail","Package":"p"}`
	for name, c := range map[string]struct {
		in     string
		failed int
		err    bool
	}{
		"build":        {events(`{"Action":"build-output","ImportPath":"p","Output":"x"}`, end), 1, false},
		"died":         {events(`{"Action":"output","Package":"p","Test":"T","Output":"panic"}`, end), 1, false},
		"skipped":      {events(`{"Action":"skip","Package":"p","Test":"TestA"}`), 1, false},
		"no events":    {"go: cannot find main module\n", 0, true},
		"nothing here": {"", 0, true},
	} {
		got, err := tally(strings.NewReader(c.in), &strings.Builder{})
		if got.failed != c.failed || (err != nil) != c.err {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestTally_sums_several_runs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "counts")
	pass := events(`{"Action":"pass","Package":"p","Test":"TestA"}`)
	for range 3 {
		if _, err := run(strings.NewReader(pass), &strings.Builder{}, file, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := run(strings.NewReader(""), &strings.Builder{}, file, ""); err == nil {
		t.Error("a run without events went through")
	}
	var out strings.Builder
	got, err := run(nil, &out, "", file)
	if err != nil || got != (counts{3, 1}) || out.String() != "3 passed, 1 failed\n" {
		t.Errorf("%+v, %v, %q", got, err, out.String())
	}
}
