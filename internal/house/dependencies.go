package house

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Dependency is one row of a table in docs/dependencies.md.
type Dependency struct {
	Module string
	UsedBy []string // folders whose non-test files import it; empty: tests only
}

// quoted finds what stands in back quotes.
var quoted = regexp.MustCompile("`([^`]+)`")

// Dependencies reads the table under a heading of docs/dependencies.md: the module is in the first column, the folders
// that use it are in the third.
func Dependencies(document, heading string) []Dependency {
	_, section, _ := strings.Cut(document, "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var all []Dependency
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 5 {
			continue
		}
		name := quoted.FindStringSubmatch(cells[1])
		if name == nil { // the head of the table
			continue
		}
		d := Dependency{Module: name[1]}
		for _, folder := range quoted.FindAllStringSubmatch(cells[3], -1) {
			d.UsedBy = append(d.UsedBy, folder[1])
		}
		all = append(all, d)
	}
	return all
}

// Listed holds a go.mod (named path) against the rows of its table, both ways: each direct requirement and each tool
// has its row, and no row speaks of anything else.
func Listed(path, mod string, rows []Dependency) ([]Finding, error) {
	file, err := modfile.Parse(path, []byte(mod), nil)
	if err != nil {
		return nil, fmt.Errorf("house: %w", err)
	}
	var asked []string
	for _, r := range file.Require {
		if !r.Indirect {
			asked = append(asked, r.Mod.Path)
		}
	}
	for _, t := range file.Tool {
		asked = append(asked, t.Path)
	}
	var findings []Finding
	for _, name := range asked {
		if !slices.ContainsFunc(rows, func(d Dependency) bool { return inside(name, d.Module) }) {
			findings = append(findings, found(name, "%s asks for it; say in docs/dependencies.md why it is there", path))
		}
	}
	for _, d := range rows {
		if !slices.ContainsFunc(asked, func(name string) bool { return inside(name, d.Module) }) {
			findings = append(findings, found(d.Module, "docs/dependencies.md names it, and %s does not ask for it", path))
		}
	}
	return sorted(findings), nil
}

// Users holds the folders of the rows against what is imported.
func Users(packages []Package, rows []Dependency) []Finding {
	var findings []Finding
	for _, d := range rows {
		users := map[string]bool{}
		for _, p := range packages {
			folder, ours := p.In()
			if ours && slices.ContainsFunc(p.Imports, func(path string) bool { return inside(path, d.Module) }) {
				users[folder] = true
			}
		}
		got, want := slices.Sorted(maps.Keys(users)), slices.Sorted(slices.Values(d.UsedBy))
		if !slices.Equal(got, want) {
			findings = append(findings, found(d.Module, "docs/dependencies.md says %q use it; %q do", want, got))
		}
	}
	return sorted(findings)
}
