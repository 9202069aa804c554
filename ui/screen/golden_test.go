package screen_test

import (
	"flag"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui/node"
)

var update = flag.Bool("update", false, "write the golden files anew")

// em measures every rune as one em and never breaks: the golden text has no rectangles, so that it is the same where
// there is no font.
type em struct{}

func (em) Break(runs []node.Run, f node.Font, _ int) []node.Line {
	n := 0
	for _, r := range runs {
		n += len([]rune(r.Text))
	}
	return []node.Line{{Runs: runs, Width: n * f.Size}}
}

// outline prints what a resident can read and touch: one node a line, by depth.
func outline(b *strings.Builder, n *node.Node, depth int) {
	if n.Hidden {
		return
	}
	if n.Role != node.RoleNone || n.ID != "" || n.Kind == node.Text {
		fmt.Fprintf(b, "%s%s", strings.Repeat("  ", depth), orDash(string(n.Role)))
		if n.ID != "" {
			b.WriteString(" #" + n.ID)
		}
		if text := node.Plain(n.Content()); text != "" {
			fmt.Fprintf(b, " %q", text)
		}
		if n.Action != (node.Action{}) {
			fmt.Fprintf(b, " → %s", n.Action)
		}
		for _, mark := range []struct {
			word string
			on   bool
		}{{" off", n.Focusable && !n.Enabled}, {" selected", n.Selected}, {" private", n.Private}} {
			if mark.on {
				b.WriteString(mark.word)
			}
		}
		b.WriteByte('\n')
		depth++
	}
	for _, c := range n.Children {
		outline(b, c, depth)
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// TestD19_TextOfEveryScreenInEveryLanguage compares each screen's outline with the golden file of its language.
func TestD19_TextOfEveryScreenInEveryLanguage(t *testing.T) {
	s := set(t)
	for _, lang := range domain.Langs {
		var b strings.Builder
		for _, sample := range samples() {
			v := sample.view
			v.Lang = lang
			fmt.Fprintf(&b, "== %s\n", sample.name)
			outline(&b, s.Build(v).Root, 0)
		}
		file := filepath.Join("testdata", "text."+string(lang)+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s (write anew with -update; -want +got):\n%s", file, diff)
		}
	}
}

func TestEveryStateHasASample(t *testing.T) {
	seen := map[session.State]bool{}
	for _, sample := range samples() {
		seen[sample.view.State] = true
	}
	for s := range session.State(session.NumStates) {
		if !seen[s] {
			t.Errorf("no sample of state %d (%s)", s, s.Screen())
		}
	}
}

// padVerbs are the verbs that terminal keeps for itself: digits never reach the session.
// Pages are the panel's own.
var padVerbs = map[string]bool{
	session.VerbDigit: true, session.VerbDeleteDigit: true, session.VerbClearPIN: true,
	node.VerbPageUp: true, node.VerbPageDown: true,
}

func TestEveryActionIsOneOfTheSessions(t *testing.T) {
	s := set(t)
	for _, sample := range samples() {
		tree := s.Build(sample.view)
		ids := map[string]bool{}
		tree.Root.Walk(func(n *node.Node) bool {
			if n.ID != "" && ids[n.ID] {
				t.Errorf("%s: two nodes named %s", sample.name, n.ID)
			}
			ids[n.ID] = true
			if !n.Focusable {
				return true
			}
			if _, ok := session.Touch(n.Action.Verb, n.Action.Arg); !ok && !padVerbs[n.Action.Verb] {
				t.Errorf("%s: %s acts %v, which the session does not know", sample.name, n.ID, n.Action)
			}
			if n.ID == "" {
				t.Errorf("%s: a control without a name acts %v", sample.name, n.Action)
			}
			return true
		})
	}
}

// TestD16_PINPadHoldsOnlyACount builds the pad at each count: apart from the boxes and the main action nothing differs.
func TestD16_PINPadHoldsOnlyACount(t *testing.T) {
	s := set(t)
	v := with("enter_pin", session.EnterPIN, nil).view
	var first *node.Tree
	for count := range 5 {
		v.PINCount = count
		tree := s.Build(v)
		tree.Layout(em{}, image.Pt(1080, 1920))
		if first == nil {
			first = tree
		}
		if !first.SameTargets(tree) {
			t.Errorf("with %d digits the targets differ: a fast digit would be lost", count)
		}
	}
}

// TestX09_PeopleArePicturesAndPrivate finds no node that shows a person other than by a private picture.
func TestX09_PeopleArePicturesAndPrivate(t *testing.T) {
	s := set(t)
	pictures := 0
	for _, sample := range samples() {
		s.Build(sample.view).Root.Walk(func(n *node.Node) bool {
			if n.Kind == node.Picture {
				pictures++
				if !n.Private {
					t.Errorf("%s: picture %s is not private", sample.name, n.ID)
				}
			}
			return true
		})
	}
	if pictures == 0 {
		t.Error("no sample shows a picture")
	}
}
