//go:build debian

package screen_test

import (
	"flag"
	"fmt"
	"image"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
	"github.com/kioskd/kioskd/ui/paint"
)

// The linters of reference ui.md §4.5. Each returns what is wrong with one laid-out screen.

// The smallest target and gap in hundredths of a millimetre (VVSG).
const (
	minTarget = 1270
	minGap    = 254
)

// Contrast: the design system's own tinted notices reach 9.3, all other text 10 (reference ui.md §3).
const (
	minTextContrast = 9.0
	minIconContrast = 3.0
)

type linter struct {
	fonts  *paint.Fonts
	panel  kit.Panel
	name   string
	faults []string
}

func (l *linter) fault(n *node.Node, format string, args ...any) {
	what := n.ID
	if what == "" {
		what = fmt.Sprintf("%q", node.Plain(n.Content()))
	}
	l.faults = append(l.faults, l.name+": "+what+" "+fmt.Sprintf(format, args...))
}

func (l *linter) run(tree *node.Tree) {
	l.node(tree.Root, node.Page)
	l.targets(tree)
	filled := 0
	active := tree.Root
	if d := tree.Modal(); d != nil {
		active = d
	}
	active.Walk(func(n *node.Node) bool {
		if n.Role == node.RoleButton && n.Style.Fill == node.Primary {
			filled++
		}
		return true
	})
	if filled > 1 {
		l.fault(tree.Root, "has %d filled buttons", filled)
	}
}

func (l *linter) node(n *node.Node, ground node.Colour) {
	if n.Hidden {
		return
	}
	if n.Pager != nil && n.Pager.Page.TooHigh {
		l.fault(n, "has a part that is higher than its room %v", n.Rect)
	}
	if n.Style.Fill != node.NoColour && n.Style.Fill != node.Scrim {
		ground = n.Style.Fill
	}
	for _, c := range n.Children {
		if !c.Hidden && !c.Rect.In(n.Rect) {
			l.fault(c, "%v reaches out of %s %v", c.Rect, n.ID, n.Rect)
		}
		l.node(c, ground)
	}
	for i, a := range n.Children {
		for _, b := range n.Children[i+1:] {
			if n.Style.Dir != node.Stack && !a.Hidden && !b.Hidden && a.Rect.Overlaps(b.Rect) {
				l.fault(a, "%v lies over %v", a.Rect, b.Rect)
			}
		}
	}
	switch n.Kind {
	case node.Text:
		l.text(n)
		l.contrast(n, ground, minTextContrast)
	case node.Icon:
		l.contrast(n, ground, minIconContrast)
		if !paint.HasIcon(n.Icon) {
			l.fault(n, "has no icon %q", n.Icon)
		}
	case node.Box, node.Picture:
	}
}

func (l *linter) text(n *node.Node) {
	in := n.Inner()
	for _, line := range n.Lines {
		if line.Width > in.Dx() {
			l.fault(n, "line %q is %d wide in %d", line.Content(), line.Width, in.Dx())
		}
	}
	if h := len(n.Lines) * n.Style.Font.LineHeight(); h > in.Dy() {
		l.fault(n, "is %d high in %d", h, in.Dy())
	}
	if n.Style.MaxLines > 0 && len(n.Lines) > n.Style.MaxLines {
		l.fault(n, "has %d lines, %d allowed", len(n.Lines), n.Style.MaxLines)
	}
	for _, r := range n.Runs {
		if r.Lang == "" {
			l.fault(n, "run %q has no language", r.Text)
		}
		if missing := l.fonts.Missing(r, n.Style.Font.Bold); len(missing) > 0 {
			l.fault(n, "has no glyph for %q", string(missing))
		}
	}
}

func (l *linter) contrast(n *node.Node, ground node.Colour, least float64) {
	for _, name := range paint.ThemeNames() {
		if c := paint.ThemeByName(name).Contrast(n.Style.Ink, ground); c < least {
			l.fault(n, "contrast %.1f in theme %s", c, name)
		}
	}
}

// px turns hundredths of a millimetre into pixels.
func (l *linter) px(hundredths int) int { return (hundredths*l.panel.PxPerMMPercent + 9999) / 10000 }

func (l *linter) targets(tree *node.Tree) {
	order := tree.Focus()
	finger, gap := l.px(minTarget), l.px(minGap)
	for i, n := range order {
		if n.Rect.Dx() < finger || n.Rect.Dy() < finger {
			l.fault(n, "is %v, smaller than a finger", n.Rect.Size())
		}
		if strings.TrimSpace(n.Spoken()) == "" {
			l.fault(n, "has nothing to say")
		}
		for _, o := range order[i+1:] {
			if n.Rect.Inset(-gap / 2).Overlaps(o.Rect.Inset(-gap / 2)) {
				l.fault(n, "is too near to %s", o.ID)
			}
		}
		if i > 0 && n.Rect.Max.Y <= order[i-1].Rect.Min.Y {
			l.fault(n, "comes after %s but lies above it", order[i-1].ID)
		}
	}
}

func fonts(t *testing.T) *paint.Fonts {
	t.Helper()
	f, err := paint.OpenFonts(paint.RegularPath, paint.BoldPath)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// face is one way in which a screen can look.
type face struct {
	panel kit.Panel
	size  int
	low   bool
}

func (f face) String() string {
	return fmt.Sprintf("%d×%d ×%d%% low %v", f.panel.Size.X, f.panel.Size.Y, f.size, f.low)
}

// faces are all of them: the panels of reference ui.md §1 in the text sizes of §3.
func faces() (all []face) {
	for _, p := range []kit.Panel{
		kit.ReferencePanel,
		{Size: image.Pt(1024, 768), PxPerMMPercent: 337},
		{Size: image.Pt(1280, 1024), PxPerMMPercent: 379},
	} {
		for _, size := range []int{100, 125, 150, 200} {
			all = append(all, face{p, size, false})
			if p == kit.ReferencePanel {
				all = append(all, face{p, size, true})
			}
		}
	}
	return all
}

var everyFace = flag.Bool("faces", false, "lint each screen on each panel in each size, not two in each language")

func TestLinters(t *testing.T) {
	f := fonts(t)
	all := faces()
	screens, layouts := 0, 0
	for k, lang := range domain.Langs {
		for i, sample := range samples() {
			screens++
			for n, face := range all {
				// The reduced form looks at the reference and at another face, which goes round with screen and language.
				if !*everyFace && n > 0 && n != 1+(i+5*k)%(len(all)-1) {
					continue
				}
				layouts += lintFace(t, f, face, sample, lang)
			}
		}
	}
	t.Logf("lint-screens: %d screens, %d layouts on %d faces", screens, layouts, len(all))
}

// lintFace looks at every page of one screen, and says how many there were.
func lintFace(t *testing.T, f *paint.Fonts, face face, sample sample, lang domain.Lang) (pages int) {
	t.Helper()
	s := set(t)
	s.Panel = face.panel
	v := sample.view
	v.Lang = lang
	for all := 1; pages < all; pages++ {
		tree := s.Look(v, face.size, face.low)
		tree.Pages = map[string]int{"list": pages, "dialog": pages}
		tree.Layout(f, face.panel.Size)
		l := &linter{fonts: f, panel: face.panel, name: fmt.Sprint(lang, " ", sample.name, " ", face, " page ", pages+1)}
		l.run(tree)
		for _, p := range tree.Pagers() {
			all = max(all, p.Pager.Page.All)
		}
		if tree.Find("language") == nil && v.State.Phase() != session.PhaseIdle && v.State != session.Language {
			l.fault(tree.Root, "has no language button")
		}
		if (tree.Find("cancel") != nil) != v.CanCancel || (tree.Find("back") != nil) != v.CanBack {
			l.fault(tree.Root, "has other footer buttons than the view allows")
		}
		for _, fault := range l.faults {
			t.Error(fault)
		}
	}
	return pages
}

// TestLintersFind is the negative control: each linter finds its fault.
func TestLintersFind(t *testing.T) {
	f := fonts(t)
	k := kit.Kit{Panel: kit.ReferencePanel, Texts: set(t).Catalogue.Localizer(domain.Japanese)}
	button := func(id string) *node.Node {
		label := kit.Data("よい", "ja")
		return k.Button(kit.ButtonSpec{ID: id, Label: label, Action: node.Action{Verb: "back"}, Look: kit.Filled})
	}
	text := func(s, lang string, ink node.Colour) *node.Node {
		return &node.Node{
			Kind: node.Text, Runs: []node.Run{{Text: s, Lang: lang}}, Style: node.Style{Ink: ink, Font: k.Font(kit.Body)},
		}
	}
	wide, short := text("長長長長", "ja", node.Ink), text("語\n語", "ja", node.Ink)
	wide.Style.Width, short.Style.MaxLines = 20, 1
	pair := func(gap int) *node.Node {
		return &node.Node{Style: node.Style{Gap: gap}, Children: []*node.Node{button("a"), button("b")}}
	}
	target := func(height int, speak string) *node.Node {
		return &node.Node{ID: "x", Focusable: true, Speak: speak, Style: node.Style{Height: height}}
	}
	tests := map[string]*node.Node{
		"wide in":               wide,
		"reaches out":           {Style: node.Style{Height: 50}, Children: []*node.Node{{Style: node.Style{Height: 80}}}},
		"contrast":              text("薄", "ja", node.Hairline),
		"no glyph":              text("\U0010de92", "ja", node.Ink),
		"no language":           text("語", "", node.Ink),
		"has 2 lines":           short,
		"no icon":               k.Icon("unicorn", 80, node.Ink),
		"smaller than a finger": target(70, "x"),
		"nothing to say":        target(80, ""),
		"too near":              pair(10),
		"2 filled buttons":      pair(90),
	}
	for want, n := range tests {
		t.Run(want, func(t *testing.T) {
			tree := &node.Tree{Root: &node.Node{Style: node.Style{Dir: node.Column}, Children: []*node.Node{n}}}
			tree.Layout(f, image.Pt(1080, 1920))
			l := &linter{fonts: f, panel: kit.ReferencePanel}
			l.run(tree)
			if got := strings.Join(l.faults, "\n"); !strings.Contains(got, want) {
				t.Errorf("faults %q do not say %q", got, want)
			}
		})
	}
}
