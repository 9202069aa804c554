package house

import (
	"maps"
	"slices"
	"testing"
)

func TestWhatDecidesIsSteady(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	all, err := Check(root, slices.Sorted(maps.Keys(decided))...)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 3 {
		t.Fatalf("only %d packages were read", len(all))
	}
	for _, c := range all {
		none(t, Steady(c, decided[c.Folder]))
	}
}

const restless = `package restless

import (
	"crypto/rand"
	"maps"
	mrand "math/rand/v2"
	"time"
)

type table map[int]string

func all(t table, a, b chan int) (n int, when time.Time) {
	for k := range t {
		n += k
	}
	for k := range maps.Keys(t) {
		n += k
	}
	for _, s := range []string{"a list is no map"} {
		n += len(s)
	}
	select {
	case n = <-a:
	case n = <-b:
	}
	go func() { a <- mrand.IntN(n) }()
	_, _ = rand.Read(nil)
	return n, time.Now().Add(time.Second)
}
`

func TestSteady_finds_what_makes_two_runs_differ(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	list, err := exports(root, "time", "maps", "math/rand/v2", "crypto/rand")
	if err != nil {
		t.Fatal(err)
	}
	c, err := check("restless", list, []string{"restless.go"}, restless)
	if err != nil {
		t.Fatal(err)
	}
	exactly(t, Steady(c, nil), "restless/restless.go:13", "restless/restless.go:16", "restless/restless.go:22",
		"restless/restless.go:26", "restless/restless.go:26", "restless/restless.go:27", "restless/restless.go:28")
	if got := len(Steady(c, []string{"math/rand/v2"})); got != 6 {
		t.Errorf("%d findings where drawing from a seed is allowed, want 6", got)
	}
}
