package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// symbolsHere builds cmd/kioskd with tags and finds its back doors; ok is false while there is no cmd/kioskd.
func symbolsHere(t *testing.T, tags ...string) (findings []Finding, ok bool) {
	t.Helper()
	root := here(t).root
	if _, err := os.Stat(filepath.Join(root, "cmd/kioskd/main.go")); err != nil {
		return nil, false
	}
	nm, err := symbolsOf(root, "./cmd/kioskd", filepath.Join(t.TempDir(), "kioskd"), tags...)
	if err != nil {
		t.Fatal(err)
	}
	findings, err = Symbols(strings.NewReader(nm))
	if err != nil {
		t.Fatal(err)
	}
	return findings, true
}

func TestX26_production_has_no_bench_symbol_and_no_listener(t *testing.T) {
	findings, _ := symbolsHere(t)
	none(t, findings)
}

func TestX26_control_the_bench_build_has_them(t *testing.T) {
	findings, ok := symbolsHere(t, "bench")
	if ok && len(findings) == 0 {
		t.Error("a bench build shows no bench symbol: the search is blind")
	}
	exact, err := Symbols(strings.NewReader(
		"  4f3a20 T net.Listen\n  4f3a21 T net.(*conn).Read\n  4f3a22 T " + Module + "/internal/bench/port.Serve\n"))
	if err != nil {
		t.Fatal(err)
	}
	exactly(t, exact, Module+"/internal/bench/port.Serve", "net.Listen")
}
