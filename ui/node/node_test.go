package node_test

import (
	"encoding/json"
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/ui/node"
)

// em breaks after as many runes as fit, each one em wide.
type em struct{}

func (em) Break(runs []node.Run, f node.Font, limit int) []node.Line {
	text := ""
	for _, r := range runs {
		text += r.Text
	}
	runes := []rune(text)
	fit := max(limit/f.Size, 1)
	var lines []node.Line
	for len(runes) > 0 {
		n := min(fit, len(runes))
		lines = append(lines, node.Line{Runs: []node.Run{{Text: string(runes[:n])}}, Width: n * f.Size})
		runes = runes[n:]
	}
	return lines
}

func box(id string, s node.Style, children ...*node.Node) *node.Node {
	return &node.Node{ID: id, Style: s, Children: children}
}

func text(id, s string, style node.Style) *node.Node {
	style.Font = node.Font{Size: 10, LinePercent: 150}
	return &node.Node{ID: id, Kind: node.Text, Runs: []node.Run{{Text: s, Lang: "ja"}}, Style: style}
}

func rects(root *node.Node) map[string]image.Rectangle {
	got := map[string]image.Rectangle{}
	root.Walk(func(n *node.Node) bool {
		if n.ID != "" {
			got[n.ID] = n.Rect
		}
		return true
	})
	return got
}

func TestLayout(t *testing.T) {
	tests := map[string]struct {
		root *node.Node
		want map[string]image.Rectangle
	}{
		"column stretches, grows and keeps gaps": {
			box("", node.Style{Gap: 10, Pad: node.All(5)},
				box("a", node.Style{Height: 20}), box("b", node.Style{Grow: 1}), box("c", node.Style{Height: 30})),
			map[string]image.Rectangle{
				"a": image.Rect(5, 5, 195, 25), "b": image.Rect(5, 35, 195, 55), "c": image.Rect(5, 65, 195, 95),
			},
		},
		"row gives what is left to those that grow": {
			box("", node.Style{Dir: node.Row, Gap: 10},
				box("a", node.Style{Width: 40}), box("b", node.Style{Grow: 1}), box("c", node.Style{Grow: 2})),
			map[string]image.Rectangle{
				"a": image.Rect(0, 0, 40, 100), "b": image.Rect(50, 0, 96, 100), "c": image.Rect(106, 0, 200, 100),
			},
		},
		"text in a row wraps into the room that grows": {
			box("", node.Style{Dir: node.Row, Cross: node.Center},
				box("a", node.Style{Width: 150}), text("b", "あいうえおか", node.Style{Grow: 1})),
			map[string]image.Rectangle{"a": image.Rect(0, 50, 150, 50), "b": image.Rect(150, 35, 200, 65)},
		},
		"grid has equal cells and rows as high as their highest cell": {
			box("", node.Style{Dir: node.Grid, Columns: 2, Gap: 10},
				box("a", node.Style{Height: 10}), box("b", node.Style{Height: 30}), box("c", node.Style{Height: 20})),
			map[string]image.Rectangle{
				"a": image.Rect(0, 0, 95, 30), "b": image.Rect(105, 0, 200, 30), "c": image.Rect(0, 40, 95, 60),
			},
		},
		"stack puts a fixed child where it aligns": {
			box("", node.Style{Dir: node.Stack, Main: node.Center, Cross: node.End},
				box("a", node.Style{Width: 20, Height: 10})),
			map[string]image.Rectangle{"a": image.Rect(180, 45, 200, 55)},
		},
		"lines kept free hold their room": {
			box("", node.Style{Cross: node.Start}, text("a", "あ", node.Style{MinLines: 2}), box("b", node.Style{Height: 5})),
			map[string]image.Rectangle{"a": image.Rect(0, 0, 10, 30), "b": image.Rect(0, 30, 0, 35)},
		},
		"room is kept for the highest that may stand there": {
			box("", node.Style{}, &node.Node{
				ID: "a", Room: []*node.Node{
					text("", "一行", node.Style{}), box("", node.Style{}, text("", "二行になる長い文がここに立つこともあるのです", node.Style{})),
				},
			}, box("b", node.Style{Height: 10})),
			map[string]image.Rectangle{"a": image.Rect(0, 0, 200, 30), "b": image.Rect(0, 30, 200, 40)},
		},
		"between spreads the rest": {
			box("", node.Style{Dir: node.Row, Main: node.Between},
				box("a", node.Style{Width: 40}), box("b", node.Style{Width: 40})),
			map[string]image.Rectangle{"a": image.Rect(0, 0, 40, 100), "b": image.Rect(160, 0, 200, 100)},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			node.Layout(tt.root, em{}, image.Rect(0, 0, 200, 100))
			if diff := cmp.Diff(tt.want, rects(tt.root)); diff != "" {
				t.Errorf("rectangles (-want +got):\n%s", diff)
			}
		})
	}
}

func button(id string) *node.Node {
	return &node.Node{
		ID: id, Role: node.RoleButton, Focusable: true, Enabled: true, Action: node.Action{Verb: id},
		Style: node.Style{Height: 40},
	}
}

func TestHitAndFocus(t *testing.T) {
	tree := &node.Tree{Root: box("", node.Style{Dir: node.Stack},
		box("", node.Style{}, button("a"), button("b")))}
	tree.Layout(em{}, image.Pt(200, 100))
	if n := tree.Hit(image.Pt(10, 50)); n == nil || n.ID != "b" {
		t.Errorf("hit %v, want b", n)
	}
	if n := tree.Hit(image.Pt(10, 90)); n != nil {
		t.Errorf("hit %v on nothing", n)
	}
	var order []string
	for _, n := range tree.Focus() {
		order = append(order, n.ID)
	}
	if diff := cmp.Diff([]string{"a", "b"}, order); diff != "" {
		t.Errorf("focus order (-want +got):\n%s", diff)
	}
}

func TestD16_PrivateTextsStayOutOfTheJSON(t *testing.T) {
	secret := text("name", "山田花子", node.Style{})
	secret.Role, secret.Private = node.RoleText, true
	holder := box("holder", node.Style{}, secret)
	holder.Role = node.RoleGroup
	tree := &node.Tree{Screen: "Holder", Lang: "ja", Root: box("", node.Style{}, holder, button("ok"))}
	tree.Layout(em{}, image.Pt(200, 100))
	b, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "山田") || strings.Contains(holder.Spoken(), "山田") {
		t.Errorf("the name is out: %s / %s", b, holder.Spoken())
	}
	if !strings.Contains(string(b), `"[private]"`) || !strings.Contains(string(b), `"id":"ok"`) {
		t.Errorf("tree without its nodes: %s", b)
	}
}

func TestATextOnAButtonIsTheButtonsTextInTheJSON(t *testing.T) {
	start := button("start")
	start.Speak = "Begin"
	start.Children = []*node.Node{{Kind: node.Icon}, box("", node.Style{}, text("", "はじ\u200bめる", node.Style{}))}
	member := button("member")
	picture := &node.Node{Kind: node.Picture, Picture: "x", Private: true}
	member.Children = []*node.Node{picture, text("", "続柄", node.Style{})}
	lone := text("lone", "別", node.Style{})
	lone.Role = node.RoleText
	group := box("group", node.Style{}, lone)
	group.Role = node.RoleGroup
	tree := &node.Tree{Root: box("", node.Style{}, start, member, group)}
	tree.Layout(em{}, image.Pt(200, 100))
	b, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"id":"start","role":"button","text":"はじめる"`, `"spoken":"Begin"`, `"id":"member","role":"button","text":"[private]"`,
		`"id":"group","role":"group","text":""`, `"id":"lone","role":"text","text":"別"`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %s in %s", want, b)
		}
	}
}

func TestSpokenIsOwnTextThenChildrens(t *testing.T) {
	n := box("", node.Style{}, text("", "印刷\u200bする", node.Style{}), text("", "二", node.Style{}))
	if got := n.Spoken(); got != "印刷する 二" {
		t.Errorf("spoken %q", got)
	}
	n.Speak = "別名"
	if got := n.Spoken(); got != "別名" {
		t.Errorf("spoken %q", got)
	}
}

func TestPhrasesAreAllThatIsHeard(t *testing.T) {
	text := func(s, lang string) *node.Node {
		return &node.Node{Kind: node.Text, Runs: []node.Run{{Text: s, Lang: lang}}}
	}
	n := &node.Node{Children: []*node.Node{
		text("証明\u200b書", "ja"),
		{Speak: "two things", Children: []*node.Node{text("not said", "en")}},
		{Say: []node.Phrase{{Key: "a", Text: "A", Lang: "es"}}, Speak: "A"},
		{Private: true, Children: []*node.Node{text("name", "ja")}},
	}}
	want := []node.Phrase{
		{Text: "証明書", Lang: "ja"},
		{Text: "two things", Lang: "pt"},
		{Key: "a", Text: "A", Lang: "es"},
		{Text: "name", Lang: "ja", Private: true},
	}
	if got := n.Phrases("pt"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
