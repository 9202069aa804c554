package paint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/ui/node"
)

// faint says which inks are too near to a ground that they are written on, in one theme.
func faint(t *Theme, least float64) (all []string) {
	pairs := map[node.Colour][]node.Colour{
		node.Ink:       {node.Page, node.Surface, node.Tint, node.ErrorGround, node.WarnGround, node.OkGround},
		node.InkSoft:   {node.Page, node.Surface, node.Tint, node.ErrorGround, node.WarnGround, node.OkGround},
		node.Primary:   {node.Page, node.Surface, node.Tint},
		node.OnPrimary: {node.Primary},
		node.ErrorInk:  {node.Page, node.Surface, node.ErrorGround},
		node.WarnInk:   {node.Page, node.Surface, node.WarnGround},
		node.OkInk:     {node.Page, node.Surface, node.OkGround},
	}
	for ink, grounds := range pairs {
		for _, ground := range grounds {
			if c := t.Contrast(ink, ground); c < least {
				all = append(all, fmt.Sprintf("text %v on %v: %.2f", ink, ground, c))
			}
		}
	}
	for _, ground := range []node.Colour{node.Page, node.Surface} {
		if c := t.Contrast(node.Outline, ground); c < LeastControl {
			all = append(all, fmt.Sprintf("control on %v: %.2f", ground, c))
		}
	}
	outer, inner := t.ring()
	ring := Theme{node.Page: outer, node.Surface: inner}
	if c := ring.Contrast(node.Page, node.Surface); c < LeastControl {
		all = append(all, fmt.Sprintf("ring: %.2f", c))
	}
	return all
}

func TestD19_EveryThemeHasItsContrast(t *testing.T) {
	if len(ThemeNames()) != len(themes) {
		t.Errorf("%d themes are listed, %d are there", len(ThemeNames()), len(themes))
	}
	for _, name := range ThemeNames() {
		if themes[name] == nil {
			t.Fatalf("no theme %s", name)
		}
		for _, fault := range faint(themes[name], LeastText(name)) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

// TestFaintInksAreFound is the negative control.
func TestFaintInksAreFound(t *testing.T) {
	for want, spoil := range map[string]func(*Theme){
		"text":    func(t *Theme) { t[node.ErrorInk] = rgb(0x850000) },
		"control": func(t *Theme) { t[node.Outline] = rgb(0xcfd6e6) },
	} {
		theme := *themes[Default]
		spoil(&theme)
		if got := strings.Join(faint(&theme, leastText), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: found only %q", want, got)
		}
	}
}
