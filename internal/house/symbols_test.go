package house

import (
	"path/filepath"
	"strings"
	"testing"
)

// doorsHere builds a program with tags and finds its back doors.
func doorsHere(t *testing.T, program string, tags ...string) (bench, listeners []Finding) {
	t.Helper()
	nm, calls, err := linked(here(t).root, "./cmd/"+program, filepath.Join(t.TempDir(), program), tags...)
	if err != nil {
		t.Fatal(err)
	}
	if bench, err = Symbols(strings.NewReader(nm)); err != nil {
		t.Fatal(err)
	}
	if listeners, err = Listeners(strings.NewReader(calls)); err != nil {
		t.Fatal(err)
	}
	return bench, listeners
}

func TestX26_production_has_no_bench_symbol_and_no_listener(t *testing.T) {
	bench, listeners := doorsHere(t, "kioskd")
	none(t, append(bench, listeners...))
}

// Servers listen by trade; what else a bench build has they must not have either.
func TestX26_production_servers_have_no_bench_symbol(t *testing.T) {
	for _, program := range []string{"centerd", "issuerd"} {
		bench, _ := doorsHere(t, program)
		none(t, bench)
		if bench, _ = doorsHere(t, program, "bench"); len(bench) == 0 {
			t.Errorf("the bench build of %s shows no bench symbol: the search is blind", program)
		}
	}
}

func TestX26_control_the_bench_build_has_them(t *testing.T) {
	bench, listeners := doorsHere(t, "kioskd", "bench")
	if len(bench) == 0 || len(listeners) == 0 {
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
