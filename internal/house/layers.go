package house

import (
	"slices"
	"strings"
)

// room is one entry of the layer table: a folder and all below it that is not another room.
type room struct {
	folder string
	layer  int
	// only, if set, lists what the room may import of ours and of others beside the standard library; its own folder
	// is always allowed.
	only []string
}

// rooms is the layer table of docs/architecture.md. The longest matching folder decides. Imports go to a lower layer
// or stay inside one's own room.
var rooms = []room{
	{folder: "internal/domain"},
	{folder: "internal/secret"},

	{folder: "internal/signed", layer: 1},
	{folder: "locales", layer: 1},
	{folder: "internal/office/store", layer: 1},
	{folder: "pkg/usb", layer: 1, only: []string{}},

	{folder: "pkg/card", layer: 2, only: []string{}},
	{folder: "pkg/coin", layer: 2, only: []string{Module + "/pkg/usb"}},
	{folder: "pkg/printer", layer: 2, only: []string{Module + "/pkg/usb", "github.com/OpenPrinting/goipp"}},
	{folder: "internal/config", layer: 2},
	{folder: "internal/terminal/session", layer: 2},
	{folder: "internal/terminal/maintenance", layer: 2},
	{folder: "internal/terminal/journal", layer: 2},
	{folder: "internal/terminal/health", layer: 2},
	{folder: "internal/paper/raster", layer: 2},
	{folder: "internal/paper/antitamper", layer: 2},
	{folder: "internal/paper", layer: 2},
	{folder: "internal/wire/centerapi", layer: 2},
	{folder: "internal/wire/issuingapi", layer: 2},
	{folder: "internal/office/daemon", layer: 2},
	{folder: "internal/office/jpki", layer: 2},
	{folder: "internal/office/registry", layer: 2},
	{folder: "internal/office/form", layer: 2},

	{folder: "internal/terminal/sheet", layer: 3},
	{folder: "ui", layer: 3},
	{folder: "internal/office/center", layer: 3},
	{folder: "internal/office/issuing", layer: 3},
	{folder: "internal/office/inquiry", layer: 3},
	{folder: "internal/bench", layer: 3},

	{folder: "internal/terminal", layer: 4},
	{folder: "internal/office/console", layer: 4},
	{folder: "pkg/card/cardpcsc", layer: 4},
	{folder: "pkg/usb/libusb", layer: 4},
	{folder: "ui/sdl", layer: 4},

	{folder: "internal/bench/sim", layer: 5},
	{folder: "internal/e2e", layer: 5},
	{folder: "internal/house", layer: 5},
	{folder: "cmd", layer: 5},
	{folder: "examples", layer: 5},
}

// pure lists rooms that decide and never do, with what they must not import.
var pure = map[string][]string{
	"internal/terminal/session":     effects,
	"internal/terminal/maintenance": effects,
}

var effects = []string{"time", "os", "net", "context", "sync", "crypto/rand", "math/rand", "math/rand/v2"}

// soleImporters names the one room that may import a library whose cgo or C peer it hides.
var soleImporters = map[string]string{
	"github.com/ebfe/scard":          "pkg/card/cardpcsc",
	"github.com/google/gousb":        "pkg/usb/libusb",
	"github.com/veandco/go-sdl2/sdl": "ui/sdl",
}

// inside reports whether folder is tree or below it.
func inside(folder, tree string) bool { return folder == tree || strings.HasPrefix(folder, tree+"/") }

func roomOf(folder string) (room, bool) {
	best, ok := room{}, false
	for _, r := range rooms {
		if inside(folder, r.folder) && (!ok || len(r.folder) > len(best.folder)) {
			best, ok = r, true
		}
	}
	return best, ok
}

// Layers checks the imports of all packages of the module.
func Layers(packages []Package) []Finding {
	var findings []Finding
	for _, p := range packages {
		folder, ours := p.In()
		// Programs that make a package's documents or tables live in a folder gen… below it and are no part of it.
		if !ours || folder == "." || strings.Contains(folder, "/gen") {
			continue
		}
		from, ok := roomOf(folder)
		if !ok {
			findings = append(findings, found(folder,
				"has no room in the layer table; put it into one, or add a line to docs/architecture.md that says why"))
			continue
		}
		for _, path := range p.Imports {
			findings = append(findings, importOf(from, folder, path)...)
		}
	}
	return sorted(findings)
}

// importOf judges one import.
func importOf(from room, folder, path string) []Finding {
	var findings []Finding
	standard := !strings.Contains(strings.Split(path, "/")[0], ".")
	target, ours := inModule(path)
	if ours && target != "." {
		to, ok := roomOf(target)
		// A generator's package, or one without a room, has its own finding.
		if ok && to.layer >= from.layer && to.folder != from.folder && !inside(target, folder) {
			findings = append(findings, found(folder, "layer %d imports %s of layer %d; imports go down", from.layer,
				target, to.layer))
		}
	}
	if from.only != nil && !standard && !inside(path, Module+"/"+from.folder) && !allowed(from.only, path) {
		findings = append(findings, found(folder, "imports %s; it must serve strangers: standard library and %v only",
			path, from.only))
	}
	if sole, ok := soleImporters[path]; ok && from.folder != sole {
		findings = append(findings, found(folder, "imports %s; only %s does", path, sole))
	}
	for tree, banned := range pure {
		if inside(folder, tree) && slices.Contains(banned, path) {
			findings = append(findings, found(folder, "imports %s; this room decides and has no effects", path))
		}
	}
	return findings
}

func allowed(list []string, path string) bool {
	return slices.ContainsFunc(list, func(a string) bool { return inside(path, a) })
}

// edges are the three packages that may use cgo.
var edges = []string{"pkg/card/cardpcsc", "pkg/usb/libusb", "ui/sdl"}

// Cgo checks that only the edges use cgo, of their own or of a library.
func Cgo(packages []Package) []Finding {
	foreign := map[string]bool{} // libraries with cgo in them
	for _, p := range packages {
		if _, ours := p.In(); !ours && !p.Standard && len(p.CgoFiles) > 0 {
			foreign[p.ImportPath] = true
		}
	}
	var findings []Finding
	for _, p := range packages {
		folder, ours := p.In()
		if !ours || slices.Contains(edges, folder) {
			continue
		}
		if len(p.CgoFiles) > 0 {
			findings = append(findings, found(folder, "uses cgo; only %v do", edges))
		}
		for _, path := range p.Imports {
			if foreign[path] {
				findings = append(findings, found(folder, "imports %s, which uses cgo; only %v do", path, edges))
			}
		}
	}
	return sorted(findings)
}
