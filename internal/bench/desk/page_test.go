package desk

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/terminal/session"
)

func source(t *testing.T, name string) string {
	t.Helper()
	b, err := fs.ReadFile(pageFiles, "page/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// keysOf lists the text keys of one language, with those of inner tables as table.key.
func keysOf(t *testing.T, script, lang string) []string {
	t.Helper()
	_, after, ok := strings.Cut(script, "\n  "+lang+": {\n")
	if !ok {
		t.Fatalf("no texts in %s", lang)
	}
	table, _, _ := strings.Cut(after, "\n  },\n")
	keys := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:"([a-z.-]+)"|\b([A-Za-z_]+)): ["{]`).FindAllStringSubmatch(table, -1) {
		keys[m[1]+m[2]] = true
	}
	return slices.Sorted(maps.Keys(keys))
}

func TestPage_says_everything_in_japanese_and_english(t *testing.T) {
	script := source(t, "desk.js")
	ja, en := keysOf(t, script, "ja"), keysOf(t, script, "en")
	if !slices.Equal(ja, en) || len(ja) < 80 {
		t.Errorf("ja has %d texts, en %d:\n%v\n%v", len(ja), len(en), ja, en)
	}
	for _, m := range regexp.MustCompile(`data-t="([a-z_]+)"`).FindAllStringSubmatch(source(t, "index.html"), -1) {
		if !slices.Contains(ja, m[1]) {
			t.Errorf("the page asks for the text %q, which is in no language", m[1])
		}
	}
}

func TestPage_loads_nothing_from_elsewhere(t *testing.T) {
	for _, name := range []string{"index.html", "desk.css", "desk.js"} {
		if found := regexp.MustCompile(`https?://|url\(|@import`).FindString(source(t, name)); found != "" {
			t.Errorf("%s has %q", name, found)
		}
	}
	if strings.Contains(source(t, "index.html"), "onclick=") {
		t.Error("the policy forbids scripts in attributes")
	}
}

func TestPage_scripts_and_texts_find_their_elements(t *testing.T) {
	html := source(t, "index.html")
	for _, m := range regexp.MustCompile(`\$\("([a-z-]+)"\)`).FindAllStringSubmatch(source(t, "desk.js"), -1) {
		if !strings.Contains(html, `id="`+m[1]+`"`) {
			t.Errorf("the script looks for #%s, which is not on the page", m[1])
		}
	}
}

// TestPage_says_what_comes_next_in_every_state: the yellow line is never the bare name of a screen.
func TestPage_says_what_comes_next_in_every_state(t *testing.T) {
	script := source(t, "desk.js")
	n := 0
	for s := session.State(0); s.String() != "numStates"; s++ {
		if n = strings.Count(script, " "+s.String()+`: "`); n < 2 {
			t.Errorf("%s has %d lines, want one in each language", s, n)
		}
	}
	if n == 0 {
		t.Error("there is no state")
	}
}
