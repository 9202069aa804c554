package msg_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

var (
	constructor = regexp.MustCompile(`(?m)^func ([A-Z][A-Za-z0-9]*)\([^)]*\) locales\.Message \{\n` +
		`\treturn locales\.New(?:Plural)?\("([^"]+)"`)
	use = regexp.MustCompile(`\bmsg\.([A-Z][A-Za-z0-9]*)\b`)
)

// unused gives the ids of constructors that no program calls. Titles and leads are chosen by the screen's name:
// ui/screen tests those.
func unused(source string, called map[string]bool) []string {
	var ids []string
	for _, m := range constructor.FindAllStringSubmatch(source, -1) {
		byScreen := strings.HasSuffix(m[2], ".title") || strings.HasSuffix(m[2], ".lead")
		if !byScreen && !called[m[1]] {
			ids = append(ids, m[2])
		}
	}
	return ids
}

func TestEveryMessageIsUsed(t *testing.T) {
	called := map[string]bool{"RefusedReason": true} // by msg.Refusal
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		if !strings.HasPrefix(name, "ui/") && !strings.HasPrefix(name, "cmd/") && !strings.HasPrefix(name, "internal/") {
			return nil
		}
		data, err := fs.ReadFile(root, name)
		for _, m := range use.FindAllSubmatch(data, -1) {
			called[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("msg_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range unused(string(source), called) {
		t.Errorf("%s is in the catalogue and on no screen", id)
	}
	if n := len(constructor.FindAllString(string(source), -1)); n < 150 {
		t.Errorf("only %d constructors found", n)
	}
	spare := "func A() locales.Message {\n\treturn locales.New(\"a.b\")\n}\n"
	if got := unused(spare, map[string]bool{"B": true}); len(got) != 1 || got[0] != "a.b" {
		t.Errorf("the search finds %q", got)
	}
}
