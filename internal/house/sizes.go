package house

import (
	"bytes"
	"go/ast"
	"path"
	"slices"
	"unicode/utf8"
)

// The sizes that one reads at a glance (CONTRIBUTING).
const (
	maxFunctionLines = 70
	maxFileLines     = 400
	maxPackageLines  = 2000
	maxColumns       = 120 // characters, a tab is one
)

// Sizes checks functions, files, lines and packages. Generated files and those listed in tables, which are tables of
// constants, are not measured; tests do not count towards their package.
func Sizes(files []File, tables ...string) []Finding {
	var findings []Finding
	packages := map[string]int{}
	for _, f := range files {
		if f.Generated() || slices.Contains(tables, f.Path) {
			continue
		}
		lines := bytes.Count(f.Source, []byte("\n"))
		if lines > maxFileLines {
			findings = append(findings, found(f.Path, "%d lines; split it by concept at %d", lines, maxFileLines))
		}
		if !f.Test() {
			packages[f.Folder()] += lines
		}
		findings = append(findings, functions(f)...)
		findings = append(findings, columns(f)...)
	}
	for folder, lines := range packages {
		if lines > maxPackageLines {
			findings = append(findings, found(folder, "%d lines in the package; at most %d", lines, maxPackageLines))
		}
	}
	return sorted(findings)
}

func functions(f File) []Finding {
	var findings []Finding
	for _, decl := range f.Syntax.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		lines := f.Set.Position(fn.End()).Line - f.Set.Position(fn.Pos()).Line + 1
		if lines > maxFunctionLines {
			findings = append(findings, found(f.at(fn.Pos()), "%s has %d lines; at most %d", fn.Name.Name, lines,
				maxFunctionLines))
		}
	}
	return findings
}

func columns(f File) []Finding {
	var findings []Finding
	number := 0
	for line := range bytes.Lines(f.Source) {
		number++
		line = bytes.TrimRight(line, "\r\n")
		if bytes.HasPrefix(line, []byte("//go:")) {
			continue // cannot be broken
		}
		if width := utf8.RuneCount(line); width > maxColumns {
			findings = append(findings, found(f.Path, "line %d has %d characters; at most %d", number, width, maxColumns))
		}
	}
	return findings
}

// Docs checks that each package has one doc comment, in the file named like the package: its folder, its name, or main.
func Docs(files []File) []Finding {
	type doc struct{ home, elsewhere []string }
	docs := map[string]*doc{}
	for _, f := range files {
		if f.Test() {
			continue
		}
		d := docs[f.Folder()]
		if d == nil {
			d = &doc{}
			docs[f.Folder()] = d
		}
		if f.Syntax.Doc == nil || f.Generated() {
			continue
		}
		name := path.Base(f.Path)
		homes := []string{path.Base(f.Folder()) + ".go", f.Syntax.Name.Name + ".go", "main.go"}
		if slices.Contains(homes, name) {
			d.home = append(d.home, f.Path)
		} else {
			d.elsewhere = append(d.elsewhere, f.Path)
		}
	}
	var findings []Finding
	for folder, d := range docs {
		if len(d.home) != 1 {
			findings = append(findings, found(folder, "has %d package comments in its %s.go; one says what it is, who "+
				"calls it and what it never does", len(d.home), path.Base(folder)))
		}
		for _, stray := range d.elsewhere {
			findings = append(findings, found(stray, "has a second package comment; put an empty line below it"))
		}
	}
	return sorted(findings)
}

// Twins checks that each cgo edge that exists has a file for builds without cgo.
func Twins(files []File) []Finding {
	exists, twin := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		if !f.Test() {
			exists[f.Folder()] = true
			twin[f.Folder()] = twin[f.Folder()] || f.notCgo()
		}
	}
	var findings []Finding
	for _, edge := range edges {
		if exists[edge] && !twin[edge] {
			findings = append(findings, found(edge, "has no file with //go:build !cgo that says so in an error"))
		}
	}
	return findings
}
