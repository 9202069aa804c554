//go:build debian

package paint

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/ui/node"
)

// shown are lines as text, a reading behind its word in brackets.
func shown(lines []node.Line) string {
	var all []string
	for _, l := range lines {
		text := ""
		for _, r := range l.Runs {
			text += r.Text
			if r.Ruby != "" {
				text += "(" + r.Ruby + ")"
			}
		}
		all = append(all, text)
	}
	return strings.Join(all, "/")
}

func TestAWordWithAReadingStaysWhole(t *testing.T) {
	f := openFonts(t)
	set := node.Font{Size: 20, LinePercent: 150, Ruby: true}
	runs := []node.Run{
		{Text: "この", Lang: "ja"}, {Text: "証明書", Lang: "ja", Ruby: "しょうめいしょ"}, {Text: "を取る", Lang: "ja"},
	}
	for room, want := range map[int]string{
		400: "この証明書(しょうめいしょ)を取る",
		100: "この/証明書(しょうめいしょ)/を取る", // also the break inside the word that UAX #14 would allow is none
	} {
		lines := f.Break(runs, set, room)
		if got := shown(lines); got != want {
			t.Errorf("in %d: %s, want %s", room, got, want)
		}
		for _, l := range lines {
			if l.Width > room {
				t.Errorf("in %d a line of %d", room, l.Width)
			}
		}
	}
	plain := f.Break([]node.Run{{Text: "志", Lang: "ja"}}, set, 400)[0].Width
	wide := f.Break([]node.Run{{Text: "志", Lang: "ja", Ruby: "こころざし"}}, set, 400)[0].Width
	short := f.Break([]node.Run{{Text: "志", Lang: "ja", Ruby: "し"}}, set, 400)[0].Width
	if plain != 20 || short != plain || wide < 50 {
		t.Errorf("widths %d, with a short reading %d, with a long one %d", plain, short, wide)
	}
}

// TestAReadingIsDrawnAboveItsWord looks where ink is, with the reading and without.
func TestAReadingIsDrawnAboveItsWord(t *testing.T) {
	f := openFonts(t)
	top := func(ruby string) int {
		n := &node.Node{Kind: node.Text, Runs: []node.Run{{Text: "口", Lang: "ja", Ruby: ruby}}}
		n.Style.Font = node.Font{Size: 40, LinePercent: 150, Ruby: true}
		node.Layout(n, f, image.Rect(0, 0, 200, 80))
		if n.Style.Font.LineHeight() != 60+20 {
			t.Fatalf("line height %d", n.Style.Font.LineHeight())
		}
		canvas := image.NewRGBA(image.Rect(0, 0, 200, 80))
		f.drawText(canvas, n, color.RGBA{A: 255})
		for y := range 80 {
			for x := range 200 {
				if canvas.RGBAAt(x, y).A > 0 {
					return y
				}
			}
		}
		return -1
	}
	with, without := top("くち"), top("")
	if with < 0 || with > 20 || without < 30 {
		t.Errorf("ink begins at %d with a reading, at %d without", with, without)
	}
}
