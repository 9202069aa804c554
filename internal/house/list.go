package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Package is what `go list -json` says of a package, as far as the rules ask.
type Package struct {
	ImportPath string
	Standard   bool
	Imports    []string // of non-test files
	CgoFiles   []string
}

// In reports whether the package is one of this module, and gives its folder in it.
func (p Package) In() (folder string, ok bool) { return inModule(p.ImportPath) }

func inModule(path string) (folder string, ok bool) {
	if path == Module {
		return ".", true
	}
	return strings.CutPrefix(path, Module+"/")
}

// Root finds the folder of go.mod at or above the working directory.
func Root() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("house: %w", err)
	}
	for { // ends at the root of the file system
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", errors.New("house: no go.mod at or above the working directory")
		}
		folder = above
	}
}

// List asks the go command for all packages of the module and everything that they import, as the bench build with cgo
// sees them. It needs no C compiler.
func List(root string) ([]Package, error) {
	command := exec.Command("go", "list", "-deps", "-e", "-tags=bench",
		"-json=ImportPath,Standard,Imports,CgoFiles", "./...")
	command.Dir = root
	command.Env = append(os.Environ(), "CGO_ENABLED=1")
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("house: go list: %w", err)
	}
	var packages []Package
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for { // ends with the output
		var p Package
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("house: go list: %w", err)
		}
		packages = append(packages, p)
	}
}
