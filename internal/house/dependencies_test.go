package house

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Headings of the two tables of docs/dependencies.md.
const (
	ofTheProgram = "Modules of the program"
	ofDevelopers = "Developers' tools"
)

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(here(t).root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDependencies_are_those_of_the_document(t *testing.T) {
	document := text(t, "docs/dependencies.md")
	for path, heading := range map[string]string{"go.mod": ofTheProgram, "tools/go.mod": ofDevelopers} {
		rows := Dependencies(document, heading)
		if len(rows) < 5 {
			t.Errorf("only %d rows under %q were read", len(rows), heading)
		}
		findings, err := Listed(path, text(t, path), rows)
		if err != nil {
			t.Fatal(err)
		}
		none(t, findings)
	}
	none(t, Users(here(t).packages, Dependencies(document, ofTheProgram)))
}

func TestDependencies_control(t *testing.T) {
	rows := Dependencies("# Title\n\n## Other\n| `x.y/other` | MIT | `a` | – |\n\n## Ours\n\n"+
		"| Module | Licence | Used by | Why |\n|---|---|---|---|\n"+
		"| `x.y/used` | MIT | `ui`, `pkg/coin` | good |\n| `x.y/gone` | MIT | tests | no longer there |\n"+
		"| `x.y/tool` | MIT | tests | |\n\n## Next\n| `x.y/next` | MIT | `a` | – |\n", "Ours")
	want := []Dependency{
		{Module: "x.y/used", UsedBy: []string{"ui", "pkg/coin"}}, {Module: "x.y/gone"}, {Module: "x.y/tool"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Fatal(diff)
	}
	findings, err := Listed("go.mod", "module m\n\ntool x.y/tool/cmd/run\n\nrequire x.y/used v1.0.0\n\n"+
		"require (\n\tx.y/unsaid v1.0.0\n\tx.y/far v1.0.0 // indirect\n)\n", rows)
	if err != nil {
		t.Fatal(err)
	}
	exactly(t, findings, "x.y/gone", "x.y/unsaid")
	packages := []Package{ours("ui", "x.y/used/part"), ours("pkg/coin", "x.y/used", "x.y/usedless")}
	exactly(t, Users(packages, rows))
	exactly(t, Users(append(packages, ours("cmd/x", "x.y/gone"), ours("ui/kit", "x.y/used")), rows),
		"x.y/gone", "x.y/used")
}
