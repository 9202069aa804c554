package screen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/ui/node"
)

// unkeyed are the nodes that show what nobody could record: texts of the municipality, numbers of slips and codes.
func unkeyed(n *node.Node) bool {
	for _, id := range []string{
		"kind", "option_", "items", "reference", "slip", "number", "claim", "made.", "staff_code", "machine", "phone",
	} {
		if strings.HasPrefix(n.ID, id) {
			return true
		}
	}
	return n.ID == "" && n.Role == node.RoleText // the heading of an option
}

// TestWhatIsSeenIsSaidInPieces walks every screen in every language: each node that speaks has phrases, each phrase of
// the catalogue has a clip, and the phrases are what the node is said to speak.
func TestWhatIsSeenIsSaidInPieces(t *testing.T) {
	s := set(t)
	clips := map[string]map[string]locales.Part{}
	for _, lang := range domain.Langs {
		clips[string(lang)] = s.Catalogue.Localizer(lang).Clips()
	}
	letters := func(text string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(" ,.;:/()。、，（）「」…¥円日元圓엔\u00a0", r) || strings.ContainsRune("yeni", r) {
				return -1 // what stands around values, and units, which are said and written differently
			}
			return r
		}, text)
	}
	seen := 0
	for _, lang := range domain.Langs {
		for _, sample := range samples() {
			v := sample.view
			v.Lang = lang
			s.Build(v).Root.Walk(func(n *node.Node) bool {
				if n.Speak == "" {
					return true
				}
				heard := ""
				for _, p := range n.Say {
					seen++
					heard += p.Text
					clip, known := clips[p.Lang][p.Key]
					switch {
					case p.Key == "" && !unkeyed(n):
						t.Errorf("%s %s: %s says %q without a key", lang, sample.name, n.ID, p.Text)
					case p.Key == "" || strings.HasPrefix(p.Key, "number/"):
					case !known || clip.Text != p.Text:
						t.Errorf("%s %s: %s says %q by the key %q of %q", lang, sample.name, n.ID, p.Text, p.Key, clip.Text)
					}
				}
				if a, b := letters(heard), letters(n.Speak); a != b {
					t.Errorf("%s %s: %s says %q and speaks %q", lang, sample.name, n.ID, heard, n.Speak)
				}
				return true
			})
		}
	}
	if seen < 1000 {
		t.Errorf("only %d phrases", seen)
	}
}

// bare finds what a screen may not do: make a text of its own beside the catalogue and the municipality's data.
func bare(file *ast.File) []string {
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if name := selector(n.Type); name == "node.Run" || name == "kit.Words" && len(n.Elts) > 0 {
				found = append(found, name)
			}
		case *ast.CallExpr:
			name := selector(n.Fun)
			if name == "kit.Data" || strings.HasSuffix(name, ".Verbatim") || strings.HasSuffix(name, ".Code") {
				for _, arg := range n.Args[:1] {
					if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						found = append(found, name+" of "+lit.Value)
					}
				}
			}
		}
		return true
	})
	return found
}

func selector(e ast.Expr) string {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if of, ok := s.X.(*ast.Ident); ok {
		return of.Name + "." + s.Sel.Name
	}
	return ""
}

// TestNoScreenHasATextOfItsOwn: a bare string does not compile; this finds the ways around the compiler.
func TestNoScreenHasATextOfItsOwn(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files++
		for _, what := range bare(f) {
			t.Errorf("%s: %s", e.Name(), what)
		}
	}
	const spoilt = `package screen
func f(p page) { use(kit.Words{Text: "x"}, node.Run{},
	kit.Data("x", "ja"), p.Verbatim("x"), p.Code("x"), kit.Words{}) }`
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", spoilt, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"kit.Words", "node.Run", `kit.Data of "x"`, `p.Verbatim of "x"`, `p.Code of "x"`}
	if got := bare(f); files < 8 || !slices.Equal(got, want) {
		t.Errorf("%d files; the search finds %q, want %q", files, got, want)
	}
}

// TestEveryTitleAndLeadIsShown: they are chosen by the screen's name, so nobody else sees one that is on no screen.
func TestEveryTitleAndLeadIsShown(t *testing.T) {
	s := set(t)
	shown := map[string]bool{}
	for _, sample := range samples() {
		v := sample.view
		v.Lang = domain.Japanese
		s.Build(v).Root.Walk(func(n *node.Node) bool {
			for _, p := range n.Say {
				shown[p.Key] = true
			}
			return true
		})
	}
	checked := 0
	for key := range s.Catalogue.Localizer(domain.Japanese).Clips() {
		id, _, _ := strings.Cut(key, "#")
		if !strings.HasSuffix(id, ".title") && !strings.HasSuffix(id, ".lead") {
			continue
		}
		checked++
		if !shown[key] {
			t.Errorf("%s is on no screen", id)
		}
	}
	if checked < 50 {
		t.Errorf("only %d titles and leads", checked)
	}
}
