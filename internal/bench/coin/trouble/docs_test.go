package trouble

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table into docs/desk.md")

// table is the list of faults as docs/desk.md shows it.
func table() string {
	var b strings.Builder
	b.WriteString("\n| `do` | With | What happens |\n|---|---|---|\n")
	for _, k := range Kinds {
		with := []string{}
		for _, p := range k.Takes {
			with = append(with, limits(p, k))
		}
		words := k.Words.EN
		if k.Lasting {
			words += "; until deleted"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Do, strings.Join(with, ", "), words)
	}
	return b.String()
}

// limits says what a parameter may be, and whether it may be left out.
func limits(p Param, k Kind) string {
	var may string
	switch {
	case p.Text:
		may = fmt.Sprintf("%d to %d bytes", p.Least, p.Most)
	case len(p.Of) > 0:
		may = strings.Trim(fmt.Sprint(p.Of), "[]")
	default:
		may = fmt.Sprintf("%d to %d", p.Least, p.Most)
	}
	for _, name := range k.OneOf {
		if name == p.Name {
			may += "; one of " + strings.Join(k.OneOf, ", ")
			return fmt.Sprintf("`%s` (%s)", p.Name, may)
		}
	}
	switch {
	case p.Usual != 0:
		may += fmt.Sprintf(", else %d", p.Usual)
	case !p.Must:
		may += ", or none"
	}
	return fmt.Sprintf("`%s` (%s)", p.Name, may)
}

func TestTheDocumentShowsThisTable(t *testing.T) {
	const path = "../../../../docs/desk.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), "-update -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- /table -->")
	if !ok || !ok2 {
		t.Fatal("docs/desk.md has no place for the table")
	}
	want := before + "-update -->\n" + table() + "\n<!-- /table -->" + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(text) {
		t.Error("docs/desk.md does not show the table of faults: run this test with -update")
	}
}
