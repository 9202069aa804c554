package house

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

// ban is a call or an import that this house replaces by something better.
type ban struct {
	pkg     string   // import path
	names   []string // functions of it; none: the import itself
	tests   bool     // holds in tests
	code    bool     // holds outside tests
	except  []string // folders where it does not hold
	mains   bool     // does not hold in programs
	instead string
}

var bans = []ban{
	{
		pkg: "time", names: []string{"Sleep"}, tests: true,
		instead: "wait for the event: a channel, a condition, or testing/synctest",
	},
	{
		// time.Until is left: what a context's deadline leaves is asked of the machine.
		pkg: "time", names: []string{"Now", "Since"}, code: true, mains: true,
		except: []string{
			"internal/bench", "cmd", "examples", "internal/house", "internal/e2e", "pkg/card/cardpcsc", "pkg/usb/libusb",
			"ui/sdl", "internal/terminal", "internal/office/center", "internal/office/issuing", "internal/office/inquiry",
			"internal/office/console",
		},
		instead: "take the time as a parameter; one clock is made in cmd and handed down to few",
	},
	{pkg: "math/rand", code: true, except: []string{"internal/bench"}, instead: "crypto/rand"},
	{pkg: "math/rand/v2", code: true, except: []string{"internal/bench"}, instead: "crypto/rand"},
	{pkg: "log", tests: true, code: true, instead: "log/slog with an event constant and no personal value"},
	{
		pkg: "fmt", names: []string{"Print", "Println", "Printf"}, code: true, mains: true,
		instead: "return it, or log/slog; only programs print",
	},
	{
		pkg: Module + "/locales", names: []string{"New", "NewPlural"}, code: true, except: []string{"locales/msg"},
		instead: "the message's constructor in locales/msg, so that a missing text or value does not compile",
	},
	{pkg: "io/ioutil", tests: true, code: true, instead: "io and os"},
}

// holds reports whether the ban is about this file.
func (b ban) holds(f File) bool {
	if f.Test() && !b.tests || !f.Test() && !b.code {
		return false
	}
	if b.mains && f.Syntax.Name.Name == "main" {
		return false
	}
	return !slices.ContainsFunc(b.except, func(e string) bool { return inside(f.Folder(), e) })
}

// Calls checks banned calls and imports, skipped tests and panics with a composed text.
func Calls(files []File) []Finding {
	var findings []Finding
	for _, f := range files {
		if f.Generated() {
			continue
		}
		for _, b := range bans {
			if name := f.imported(b.pkg); name != "" && b.holds(f) {
				findings = append(findings, b.look(f, name)...)
			}
		}
		findings = append(findings, skips(f)...)
		findings = append(findings, panics(f)...)
	}
	return sorted(findings)
}

// look finds the uses of the ban's package, imported as name.
func (b ban) look(f File, name string) []Finding {
	if len(b.names) == 0 {
		return []Finding{found(f.Path, "imports %s; instead: %s", b.pkg, b.instead)}
	}
	var findings []Finding
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == name && slices.Contains(b.names, sel.Sel.Name) {
			findings = append(findings, found(f.at(sel.Pos()), "%s.%s; instead: %s", b.pkg, sel.Sel.Name, b.instead))
		}
		return true
	})
	return findings
}

func skips(f File) []Finding {
	if !f.Test() {
		return nil
	}
	return calls(f, func(sel *ast.SelectorExpr) string {
		x, ok := sel.X.(*ast.Ident)
		if !ok {
			return ""
		}
		switch sel.Sel.Name {
		case "Skip", "Skipf", "SkipNow":
			return "skips; what needs programs or fonts carries the build tag judge or debian"
		case "Short":
			if x.Name == "testing" {
				return "testing.Short; a long test is reduced by its own knob, never silently"
			}
		}
		return ""
	})
}

func panics(f File) []Finding {
	var findings []Finding
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		inner, ok := call.Args[0].(*ast.CallExpr)
		if !ok {
			return true
		}
		name, isIdent := call.Fun.(*ast.Ident)
		sel, isSel := inner.Fun.(*ast.SelectorExpr)
		if !isIdent || !isSel || name.Name != "panic" {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == "fmt" {
			findings = append(findings, found(f.at(call.Pos()),
				"panic with composed values; a panic names a broken invariant and prints no value"))
		}
		return true
	})
	return findings
}

// calls gathers what say says about each called selector.
func calls(f File, say func(*ast.SelectorExpr) string) []Finding {
	var findings []Finding
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			if what := say(sel); what != "" {
				findings = append(findings, found(f.at(call.Pos()), "%s", what))
			}
		}
		return true
	})
	return findings
}

// acts are the methods of devices that move money or paper, and the one room that may call them.
var acts = []string{
	"BeginDeposit", "FixDeposit", "AdoptDeposit", "EndDeposit", "Payout", "CreateJob", "SendDocument", "PrintJob",
}

const actsRoom = "internal/terminal/acts"

// Acts checks that nothing of the terminal but the room of acts moves money or paper (design: intent before act).
func Acts(files []File) []Finding {
	var findings []Finding
	for _, f := range files {
		terminal := inside(f.Folder(), "internal/terminal") || inside(f.Folder(), "cmd/kioskd") ||
			inside(f.Folder(), "ui") || inside(f.Folder(), "internal/paper")
		if !terminal || f.Test() || f.Folder() == actsRoom {
			continue
		}
		findings = append(findings, calls(f, func(sel *ast.SelectorExpr) string {
			if !slices.Contains(acts, sel.Sel.Name) {
				return ""
			}
			return sel.Sel.Name + " moves money or paper; only " + actsRoom + " does, with a journal.Act"
		})...)
	}
	return sorted(findings)
}

// Todos checks that a to-do carries the number of an issue.
func Todos(files []File) []Finding {
	var findings []Finding
	for _, f := range files {
		for _, group := range f.Syntax.Comments {
			for _, c := range group.List {
				_, after, ok := strings.Cut(c.Text, "TODO")
				if !ok {
					_, after, ok = strings.Cut(c.Text, "FIXME")
				}
				number, _, closed := strings.Cut(strings.TrimPrefix(after, "(#"), ")")
				if _, err := strconv.Atoi(number); ok && (!closed || err != nil) {
					findings = append(findings, found(f.at(c.Pos()), "a to-do names its issue: (#12)"))
				}
			}
		}
	}
	return sorted(findings)
}
