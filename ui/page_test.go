package ui_test

import (
	"image"
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
)

// paged is a screen of three keys of 100 pixels below each other, of which two and the bar fit into 260.
func paged(screen string) *node.Tree {
	key := func(id string, height int, a node.Action) *node.Node {
		return &node.Node{
			ID: id, Role: node.RoleKey, Focusable: true, Enabled: true, Action: a,
			Style: node.Style{Width: 100, Height: height},
		}
	}
	up := key("up", 40, node.Action{Verb: node.VerbPageUp, Arg: "list"})
	down := key("down", 40, node.Action{Verb: node.VerbPageDown, Arg: "list"})
	gap := &node.Node{Style: node.Style{Width: 100}}
	bar := &node.Node{Style: node.Style{Dir: node.Row}, Children: []*node.Node{up, gap, down}}
	n := &node.Node{ID: "list", Pager: &node.Pager{Bar: bar, Up: up, Down: down, Label: &node.Node{}}}
	for _, id := range []string{"a", "b", "c"} {
		n.Children = append(n.Children, key(id, 100, node.Action{Verb: "do", Arg: id}))
	}
	n.Children = append(n.Children, bar)
	return &node.Tree{Screen: screen, Lang: "ja", Root: &node.Node{Children: []*node.Node{n}}}
}

func tap(a *ui.App, x, y int, at time.Duration) {
	for _, phase := range []ui.Phase{ui.Down, ui.Up} {
		a.Pointer(ui.PointerEvent{Phase: phase, X: x, Y: y, At: at})
	}
}

// TestPagesAreThePanelsOwn: the terminal hears that somebody touched; the same screen shown again stays where it is.
func TestPagesAreThePanelsOwn(t *testing.T) {
	a := ui.New(ui.Options{Size: image.Pt(400, 260), Measurer: em{}})
	first := a.Show(paged("one"), 0)
	steps := []struct {
		x, y int
		want []string
	}{
		{50, 50, []string{"a"}},
		{50, 150, []string{"b"}},
		{250, 220, []string{"-"}}, // down
		{50, 50, []string{"c"}},
		{250, 220, []string{"-"}}, // it is off: somebody touched
		{50, 50, []string{"c"}},
	}
	at := time.Second
	for i, s := range steps {
		tap(a, s.x, s.y, at)
		if got := actions(a); !slices.Equal(got, s.want) {
			t.Errorf("touch %d gave %q, want %q", i, got, s.want)
		}
		at += time.Second
	}
	if again := a.Show(paged("one"), at); again == first {
		t.Error("another page is the same generation as the first")
	}
	tap(a, 50, 50, at+time.Second)
	if got := actions(a); !slices.Equal(got, []string{"c"}) {
		t.Errorf("shown again: %q", got)
	}
	a.Show(paged("two"), at+2*time.Second)
	tap(a, 50, 50, at+3*time.Second)
	if got := actions(a); !slices.Equal(got, []string{"a"}) {
		t.Errorf("another screen: %q", got)
	}
}

// TestAPageThatHasJustComeTakesNoTouch, as any other thing that is new.
func TestAPageThatHasJustComeTakesNoTouch(t *testing.T) {
	a := ui.New(ui.Options{Size: image.Pt(400, 260), Measurer: em{}})
	a.Show(paged("one"), 0)
	tap(a, 250, 220, time.Second)
	tap(a, 50, 50, time.Second+100*ms)
	if got := actions(a); !slices.Equal(got, []string{"-", "-"}) {
		t.Errorf("%q", got)
	}
}

// TestPagesByKeys turns with the focus on the bar.
func TestPagesByKeys(t *testing.T) {
	a := ui.New(ui.Options{Size: image.Pt(400, 260), Measurer: em{}})
	a.Show(paged("one"), 0)
	for range 4 { // a, b, up, down
		a.Key(ui.KeyNext, time.Second)
	}
	a.Key(ui.KeyAct, time.Second)
	tap(a, 50, 50, 2*time.Second)
	if got := actions(a); !slices.Equal(got, []string{"-", "c"}) {
		t.Errorf("%q", got)
	}
}
