package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// doorsHere builds cmd/kioskd with tags and finds its back doors; ok is false while there is no cmd/kioskd.
func doorsHere(t *testing.T, tags ...string) (bench, listeners []Finding, ok bool) {
	t.Helper()
	root := here(t).root
	if _, err := os.Stat(filepath.Join(root, "cmd/kioskd/main.go")); err != nil {
		return nil, nil, false
	}
	nm, calls, err := linked(root, "./cmd/kioskd", filepath.Join(t.TempDir(), "kioskd"), tags...)
	if err != nil {
		t.Fatal(err)
	}
	if bench, err = Symbols(strings.NewReader(nm)); err != nil {
		t.Fatal(err)
	}
	if listeners, err = Listeners(strings.NewReader(calls)); err != nil {
		t.Fatal(err)
	}
	return bench, listeners, true
}

func TestX26_production_has_no_bench_symbol_and_no_listener(t *testing.T) {
	bench, listeners, _ := doorsHere(t)
	none(t, append(bench, listeners...))
}

func TestX26_control_the_bench_build_has_them(t *testing.T) {
	bench, listeners, ok := doorsHere(t, "bench")
	if ok && (len(bench) == 0 || len(listeners) == 0) {
		t.Errorf("a bench build shows %d bench symbols and %d listeners: the search is blind", len(bench), len(listeners))
	}
	exact, err := Symbols(strings.NewReader(
		"  4f3a21 T net.(*conn).Read\n  4f3a22 T " + Module + "/internal/bench/port.Serve\n"))
	if err != nil {
		t.Fatal(err)
	}
	exactly(t, exact, Module+"/internal/bench/port.Serve")
	exact, err = Listeners(strings.NewReader("main.run -> net.Listen\nmain.run -> net.Dial\n" +
		"net.Listen -> net.(*ListenConfig).Listen\ngithub.com/tetratelabs/wazero/internal/sock.x -> net.Listen\n"))
	if err != nil {
		t.Fatal(err)
	}
	exactly(t, exact, "main.run")
}
