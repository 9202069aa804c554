package node_test

import (
	"encoding/json"
	"image"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/ui/node"
)

// list makes a column with a pager: its children have these heights.
func list(heights ...int) *node.Node {
	key := func(id string) *node.Node {
		return &node.Node{ID: id, Focusable: true, Role: node.RoleButton, Style: node.Style{Width: 20, Height: 20}}
	}
	label := &node.Node{Kind: node.Text, Style: node.Style{Font: node.Font{Size: 10, LinePercent: 100}}}
	bar := &node.Node{Style: node.Style{Dir: node.Row}, Children: []*node.Node{key("up"), label, key("down")}}
	n := &node.Node{ID: "list", Style: node.Style{Gap: 10}}
	for i, h := range heights {
		child := key(string(rune('a' + i)))
		child.Style.Height, child.Speak = h, string(rune('a'+i))
		n.Children = append(n.Children, child)
	}
	n.Children = append(n.Children, bar)
	n.Pager = &node.Pager{Bar: bar, Up: bar.Children[0], Down: bar.Children[2], Label: label}
	return n
}

// reach lays a list out in so much height, and gives what can be reached on a page.
func reach(n *node.Node, height, page int) string {
	tree := &node.Tree{Root: &node.Node{Children: []*node.Node{n}}, Pages: map[string]int{"list": page}}
	tree.Layout(em{}, image.Pt(100, height))
	var ids []string
	for _, f := range tree.Focus() {
		ids = append(ids, f.ID)
	}
	return strings.Join(ids, " ")
}

func TestAListThatFitsHasNoPages(t *testing.T) {
	n := list(30, 30, 30)
	if got := reach(n, 110, 5); got != "a b c" || n.Pager.Page != (node.PageNumber{Now: 1, All: 1}) {
		t.Errorf("%s, %+v", got, n.Pager.Page)
	}
	if n.Children[1].Rect != image.Rect(0, 40, 100, 70) && n.Children[1].Rect != image.Rect(0, 40, 20, 70) {
		t.Errorf("b lies at %v", n.Children[1].Rect)
	}
}

// TestAListIsShownInPages: three of 30 and a bar of 20 do not fit into 100; two do.
func TestAListIsShownInPages(t *testing.T) {
	n := list(30, 30, 30, 60, 10)
	for page, want := range []string{"a b up down", "c up down", "d up down", "e up down", "e up down"} {
		if got := reach(n, 100, page); got != want {
			t.Errorf("page %d: %s, want %s", page, got, want)
		}
		if p := n.Pager.Page; p.All != 4 || p.Now != min(page+1, 4) || p.TooHigh {
			t.Errorf("page %d: %+v", page, p)
		}
		if up, down := n.Pager.Up.Enabled, n.Pager.Down.Enabled; up != (page > 0) || down != (page < 3) {
			t.Errorf("page %d: up %v, down %v", page, up, down)
		}
	}
	if got := n.Pager.Label.Content(); got != "4 / 4" {
		t.Errorf("label %q", got)
	}
}

func TestAPartThatIsTooHighIsToldAndShown(t *testing.T) {
	n := list(30, 300, 30)
	if got := reach(n, 100, 1); got != "b up down" || !n.Pager.Page.TooHigh || n.Pager.Page.All != 3 {
		t.Errorf("%s, %+v", got, n.Pager.Page)
	}
}

// TestWhatIsOptionalGoesBeforeThereArePages, and with it what is only room.
func TestWhatIsOptionalGoesBeforeThereArePages(t *testing.T) {
	n := list(30, 30, 30)
	n.Children[1].Optional = true
	if got := reach(n, 80, 0); got != "a c" || n.Pager.Page.All != 1 {
		t.Errorf("%s, %+v", got, n.Pager.Page)
	}
	if got := reach(n, 200, 0); got != "a b c" {
		t.Errorf("with room again: %s", got)
	}
}

// TestAPanelIsSharedOutAmongPages: its frame stands around what is there of it.
func TestAPanelIsSharedOutAmongPages(t *testing.T) {
	n := list(20)
	inner := list(30, 30, 30)
	panel := &node.Node{Splits: true, Style: node.Style{Pad: node.All(5)}, Children: inner.Children[:3]}
	for i, c := range panel.Children {
		c.ID = "p" + string(rune('0'+i))
	}
	n.Children = []*node.Node{n.Children[0], panel, n.Pager.Bar}
	for page, want := range []string{"a p0 up down", "p1 p2 up down"} {
		if got := reach(n, 110, page); got != want {
			t.Errorf("page %d: %s, want %s", page, got, want)
		}
	}
	if panel.Rect.Dy() != 70 {
		t.Errorf("the panel is %v", panel.Rect)
	}
}

// TestWhatIsOnAnotherPageIsNowhere: not touched, not in the JSON, not said.
func TestWhatIsOnAnotherPageIsNowhere(t *testing.T) {
	n := list(60, 60)
	tree := &node.Tree{Root: &node.Node{Children: []*node.Node{n}}}
	tree.Layout(em{}, image.Pt(100, 100))
	if got := tree.Hit(image.Pt(5, 5)); got == nil || got.ID != "a" {
		t.Errorf("hit %v", got)
	}
	b, err := json.Marshal(tree)
	if err != nil || strings.Contains(string(b), `"id":"b"`) || !strings.Contains(string(b), `"id":"a"`) {
		t.Errorf("%s, %v", b, err)
	}
	var said []string
	for _, p := range tree.Root.Phrases("en") {
		said = append(said, p.Text)
	}
	if d := cmp.Diff([]string{"a", "1 / 2"}, said); d != "" {
		t.Error(d)
	}
}
