package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// decided lists the rooms that must give the same output for the same input, always: a simulated world drives them and
// replays a seed. What a room may draw, because its seed is its input, stands beside it.
var decided = map[string][]string{
	"internal/terminal/session":        nil,
	"internal/terminal/session/aids":   nil,
	"internal/terminal/session/alarm":  nil,
	"internal/terminal/session/choice": nil,
	"internal/terminal/maintenance":    nil,
	"internal/terminal/recovery":       nil,
	"internal/bench/sim/ledger":        nil,
	"internal/bench/sim/agenda":        nil,
	"internal/bench/sim/walk":          {"math/rand/v2"},
}

// unsteady are functions whose answer is another one each time. An empty list is a whole package.
var unsteady = map[string][]string{
	"time":         {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
	"math/rand":    {},
	"math/rand/v2": {},
	"crypto/rand":  {},
	"maps":         {"Keys", "Values", "All"},
}

// Checked is one package with its types.
type Checked struct {
	Folder string
	Set    *token.FileSet
	Files  []*ast.File
	Info   *types.Info
}

// exported is what `go list -export` says of a package.
type exported struct {
	ImportPath string
	Dir        string
	Export     string
	GoFiles    []string
}

// Check reads and checks the types of packages, by folder. Folders that do not exist yet are left out.
func Check(root string, folders ...string) ([]Checked, error) {
	var patterns []string
	for _, f := range folders {
		if _, err := os.Stat(filepath.Join(root, f)); err == nil {
			patterns = append(patterns, Module+"/"+f)
		}
	}
	list, err := exports(root, patterns...)
	if err != nil {
		return nil, err
	}
	var all []Checked
	for _, p := range list {
		folder, ours := inModule(p.ImportPath)
		if !ours || !slices.Contains(folders, folder) {
			continue
		}
		var sources []string
		for _, name := range p.GoFiles {
			sources = append(sources, filepath.Join(p.Dir, name))
		}
		c, err := check(folder, list, sources, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// exports lists packages and all that they need, with compiled types.
func exports(root string, patterns ...string) ([]exported, error) {
	command := exec.Command("go", append([]string{"list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles"},
		patterns...)...)
	command.Dir = root
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("house: go list -export: %w", err)
	}
	var list []exported
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for { // ends with the output
		var p exported
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("house: go list -export: %w", err)
		}
		list = append(list, p)
	}
}

// check parses files, or one source instead of them, and finds the type of everything in them.
func check(folder string, list []exported, files []string, source any) (Checked, error) {
	c := Checked{Folder: folder, Set: token.NewFileSet(), Info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
	}}
	for _, name := range files {
		f, err := parser.ParseFile(c.Set, name, source, parser.SkipObjectResolution)
		if err != nil {
			return c, fmt.Errorf("house: parse: %w", err)
		}
		c.Files = append(c.Files, f)
	}
	lookup := func(path string) (io.ReadCloser, error) {
		i := slices.IndexFunc(list, func(p exported) bool { return p.ImportPath == path })
		if i < 0 {
			return nil, fmt.Errorf("house: no types of %s", path)
		}
		return os.Open(list[i].Export)
	}
	config := types.Config{Importer: importer.ForCompiler(c.Set, "gc", lookup)}
	if _, err := config.Check(folder, c.Set, c.Files, c.Info); err != nil {
		return c, fmt.Errorf("house: types: %w", err)
	}
	return c, nil
}

// Steady finds what could make two runs of one input differ: the order of a map, the clock, a draw, a second goroutine,
// a choice between channels. may names packages that this room is allowed.
func Steady(c Checked, may []string) []Finding {
	var findings []Finding
	say := func(n ast.Node, format string, values ...any) {
		at := c.Set.Position(n.Pos())
		where := fmt.Sprintf("%s/%s:%d", c.Folder, filepath.Base(at.Filename), at.Line)
		findings = append(findings, found(where, format, values...))
	}
	for _, f := range c.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.RangeStmt:
				if _, is := c.Info.Types[n.X].Type.Underlying().(*types.Map); is {
					say(n, "goes over a map, whose order is another one each time; go over a list")
				}
			case *ast.SelectStmt:
				say(n, "chooses between channels, and two may be ready")
			case *ast.GoStmt:
				say(n, "starts a goroutine; nobody says when it runs")
			case *ast.Ident:
				if what := drawn(c.Info.Uses[n], may); what != "" {
					say(n, "asks %s; take it as a parameter", what)
				}
			}
			return true
		})
	}
	return sorted(findings)
}

// drawn names a use of something unsteady, or of an id that nobody can foretell.
func drawn(o types.Object, may []string) string {
	if o == nil || o.Pkg() == nil {
		return ""
	}
	if _, is := o.(*types.Func); !is {
		return ""
	}
	path := o.Pkg().Path()
	name := o.Pkg().Name() + "." + o.Name()
	if path == Module+"/internal/domain" && strings.HasPrefix(o.Name(), "New") && strings.HasSuffix(o.Name(), "ID") {
		return name
	}
	names, is := unsteady[path]
	if !is || slices.Contains(may, path) || len(names) > 0 && !slices.Contains(names, o.Name()) {
		return ""
	}
	return name
}
