package house

import (
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// foreign are words that belong to somebody's machine and not to the repository: paths, registry hosts, tools of a
// workplace. They are written in pieces here so that this file passes its own rule.
var foreign = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`(^|[^a-z0-9_.$}/])/wo` + `rk/`, `/ho` + `me/[a-z]`, `/tmp/(ta` + `sks|bri` + `ef)`,
	`proxy\.gol` + `ang\.org`, `sum\.gol` + `ang\.org`, `registry\.npm` + `js`, `deb\.deb` + `ian\.org`,
	`files\.python` + `hosted`, `pypi\.o` + `rg`, `goog` + `lesource\.com/a/`,
	`\bcla` + `ude\b`, `anth` + `ropic`, `open` + `ai\b`, `chat` + `gpt`, `\bcopi` + `lot\b`, `\bsub-?agen` + `ts?\b`,
	`\bL` + `LMs?\b`,
}, "|"))

// Words checks all text files of the tree for words of somebody's machine. go.sum and testdata of recorded bytes are
// not text of ours.
func Words(tree fs.FS) ([]Finding, error) {
	paths, err := Paths(tree)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, name := range paths {
		if path.Base(name) == "go.sum" {
			continue
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, err
		}
		if !utf8.Valid(text) {
			continue
		}
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			if word := foreign.FindString(line); word != "" {
				findings = append(findings, found(name+":"+strconv.Itoa(number), "%q belongs to a workplace, not here",
					strings.TrimSpace(word)))
			}
		}
	}
	return sorted(findings), nil
}

// rules gives how many rules each letter has: domain rules D, incidents S, reliability R, adversary X.
var rules = map[byte]int{'D': 19, 'S': 11, 'R': 40, 'X': 31}

var ruleInName = regexp.MustCompile(`^(?:Test|Fuzz|Benchmark)([DSRX])(\d\d)(?:\D|$)`)

// Rules checks that the rules named by tests exist, and gives the set of those that have a test.
func Rules(files []File) (covered map[string]bool, findings []Finding) {
	covered = map[string]bool{}
	for _, f := range files {
		if !f.Test() {
			continue
		}
		for _, decl := range f.Syntax.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			m := ruleInName.FindStringSubmatch(fn.Name.Name)
			if m == nil {
				continue
			}
			number, _ := strconv.Atoi(m[2]) // two digits by the pattern
			if number < 1 || number > rules[m[1][0]] {
				findings = append(findings, found(f.at(fn.Pos()), "%s-%s is no rule", m[1], m[2]))
			}
			covered[m[1]+"-"+m[2]] = true
		}
	}
	return covered, sorted(findings)
}

// Mod checks go.mod: nothing is replaced or excluded.
func Mod(text string) []Finding {
	var findings []Finding
	for line := range strings.Lines(text) {
		for _, word := range []string{"replace", "exclude"} {
			if fields := strings.Fields(line); len(fields) > 0 && fields[0] == word {
				findings = append(findings, found("go.mod", "%s; a stranger's `go install` would not see it", word))
			}
		}
	}
	return findings
}
