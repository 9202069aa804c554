package paint

import (
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"

	"github.com/kioskd/kioskd/ui/node"
)

type shapeKey struct {
	text, lang string
	size       int
	bold       bool
}

// glyph is one shaped glyph: where its origin lies from the start of the text, and which rune it came from.
type glyph struct {
	id      uint32
	x, y    fixed.Int26_6
	advance fixed.Int26_6
	cluster int
}

type shapedText struct {
	glyphs  []glyph
	advance fixed.Int26_6
}

// shape turns one run into glyphs. Runs of different scripts are shaped apart, because the font keeps its rules by
// script; spaces and punctuation go with the script before them.
func (f *Fonts) shape(run node.Run, set node.Font) *shapedText {
	key := shapeKey{run.Text, run.Lang, set.Size, set.Bold}
	if s, ok := f.shaped.get(key); ok {
		return s
	}
	s := &shapedText{}
	runes := []rune(run.Text)
	for start := 0; start < len(runes); { // bound: each turn takes at least one rune
		script, end := scriptRun(runes, start)
		out := f.shaper.Shape(shaping.Input{
			Text: runes, RunStart: start, RunEnd: end, Direction: di.DirectionLTR, Face: f.face(set.Bold),
			Size: fixed.I(set.Size), Script: script, Language: language.NewLanguage(run.Lang),
		})
		for _, g := range out.Glyphs {
			s.glyphs = append(s.glyphs, glyph{
				id: uint32(g.GlyphID), x: s.advance + g.XOffset, y: g.YOffset, advance: g.Advance, cluster: g.TextIndex(),
			})
			s.advance += g.Advance
		}
		start = end
	}
	f.shaped.put(key, s, 1)
	return s
}

// scriptRun is the script at start and where it ends.
func scriptRun(runes []rune, start int) (language.Script, int) {
	script := language.Common
	for i := start; i < len(runes); i++ {
		s := language.LookupScript(runes[i])
		if s == language.Common || s == language.Inherited {
			continue
		}
		if script == language.Common {
			script = s
		} else if s != script {
			return script, i
		}
	}
	return script, len(runes)
}

// Missing lists the runes of a run for which the font has no glyph: what a linter asks before a resident sees a box.
func (f *Fonts) Missing(run node.Run, bold bool) []rune {
	var missing []rune
	runes := []rune(node.Plain(run.Text))
	plain := node.Run{Text: string(runes), Lang: run.Lang}
	for _, g := range f.shape(plain, node.Font{Size: 16, Bold: bold}).glyphs {
		if g.id == 0 && runes[g.cluster] != '\n' {
			missing = append(missing, runes[g.cluster])
		}
	}
	return missing
}
