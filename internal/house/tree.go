package house

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// File is one Go file of the tree.
type File struct {
	Path   string // slash-separated, from the root
	Source []byte
	Syntax *ast.File
	Set    *token.FileSet
}

// Folder is the file's folder from the root.
func (f File) Folder() string { return path.Dir(f.Path) }

// Test reports whether it is a test file.
func (f File) Test() bool { return strings.HasSuffix(f.Path, "_test.go") }

// Generated reports whether a program wrote it.
func (f File) Generated() bool { return ast.IsGenerated(f.Syntax) }

// at is the place of a node.
func (f File) at(p token.Pos) string {
	return f.Path + ":" + strconv.Itoa(f.Set.Position(p).Line)
}

// imported gives the name under which the file uses an import path, "" if it does not import it.
func (f File) imported(importPath string) string {
	for _, spec := range f.Syntax.Imports {
		if spec.Path.Value != strconv.Quote(importPath) {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		name := path.Base(importPath)
		if name == "v2" {
			name = path.Base(path.Dir(importPath))
		}
		return name
	}
	return ""
}

// notCgo reports whether the file is built only without cgo.
func (f File) notCgo() bool {
	for line := range bytes.Lines(f.Source) {
		text := strings.TrimSpace(string(line))
		if !constraint.IsGoBuild(text) {
			continue
		}
		expr, err := constraint.Parse(text)
		return err == nil && !expr.Eval(func(tag string) bool { return true }) &&
			expr.Eval(func(tag string) bool { return tag != "cgo" })
	}
	return false
}

// skipped are what is not the repository's: folders, and the file .git of a second work tree.
var skipped = map[string]bool{".git": true, "var": true, "out": true, "bin": true}

// Paths lists all files of the tree.
func Paths(tree fs.FS) ([]string, error) {
	var paths []string
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if skipped[name] && entry.IsDir() {
			return fs.SkipDir
		}
		if entry.Type().IsRegular() && !skipped[name] {
			paths = append(paths, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("house: walk: %w", err)
	}
	return paths, nil
}

// Parse reads all Go files of the tree but those under testdata.
func Parse(tree fs.FS) ([]File, error) {
	paths, err := Paths(tree)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	var files []File
	for _, name := range paths {
		if path.Ext(name) != ".go" || strings.Contains(name, "testdata/") {
			continue
		}
		source, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, fmt.Errorf("house: %w", err)
		}
		syntax, err := parser.ParseFile(set, name, source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("house: %w", err)
		}
		files = append(files, File{name, source, syntax, set})
	}
	return files, nil
}
