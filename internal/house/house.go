// Package house holds the rules of the house as tests: who may import whom, where cgo may live, how large a function
// may be, which calls are replaced by better ones, what must not be in the production build.
//
// Each rule is a pure function from a picture of the tree (package list, files) to findings. Its test runs it over this
// repository, where it must find nothing, and over a small made-up tree that breaks it, where it must find just that
// (the negative control). Rules about packages that do not exist yet hold of themselves.
//
// Sources: docs/architecture.md for the layers; CONTRIBUTING for sizes and style.
package house

import (
	"cmp"
	"fmt"
	"slices"
)

// Module is the path of the main module.
const Module = "github.com/kioskd/kioskd"

// Finding is one breach of a rule.
type Finding struct {
	Where string // file:line, file, or package
	What  string // what is wrong and what to do instead
}

func (f Finding) String() string { return f.Where + ": " + f.What }

// found makes a Finding with a formatted text.
func found(where, format string, args ...any) Finding {
	return Finding{where, fmt.Sprintf(format, args...)}
}

// sorted puts findings in a stable order.
func sorted(findings []Finding) []Finding {
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.What, b.What))
	})
	return findings
}
