package paint

import (
	"strings"

	"github.com/go-text/typesetting/segmenter"
	"golang.org/x/image/math/fixed"

	"github.com/kioskd/kioskd/ui/node"
)

type paragraphKey struct {
	text string // runs with their languages, joined
	font node.Font
	max  int
}

// balancedLines is up to how many lines a text is balanced: longer ones are reading text and fill their lines.
const balancedLines = 3

// paragraph is a text ready for breaking: its runes without break marks, where each may break, and how wide it is.
type paragraph struct {
	runes []rune
	langs []string
	// group[i] is 1 + the index in rubies of the run that rune i belongs to; 0 where it has no ruby.
	group  []int
	rubies []string
	// at[i] is the pen position before rune i; at[len(runes)] is the whole width.
	at []fixed.Int26_6
	// weak[i] allows a break before rune i by the rules of the script (UAX #14); strong[i] by the author's marks.
	// must[i] demands one.
	weak, strong, must []bool
}

// Break lays runs into lines. Japanese breaks at the author's marks (U+200B) as long as its phrases fit, Korean at
// spaces only, everything by UAX #14 otherwise (reference ui.md §2).
func (f *Fonts) Break(runs []node.Run, set node.Font, max int) []node.Line {
	key := paragraphKey{joinRuns(runs), set, max}
	if lines, ok := f.paragraphs.get(key); ok {
		return lines
	}
	p := f.paragraph(runs, set)
	lines := p.lines(p.balanced(fixed.I(max)))
	f.paragraphs.put(key, lines, 1)
	return lines
}

func joinRuns(runs []node.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Lang)
		b.WriteByte(0)
		b.WriteString(r.Text)
		b.WriteByte(0)
		b.WriteString(r.Ruby)
		b.WriteByte(0)
	}
	return b.String()
}

func (f *Fonts) paragraph(runs []node.Run, set node.Font) *paragraph {
	p := &paragraph{}
	authored := false
	var forbidden []int
	for _, run := range runs {
		group := 0
		if run.Ruby != "" {
			p.rubies = append(p.rubies, run.Ruby)
			group = len(p.rubies)
		}
		for _, r := range run.Text {
			switch r {
			case '\u200b':
				authored = true
				p.mark(len(p.runes))
			case '\u2060':
				forbidden = append(forbidden, len(p.runes))
			default:
				p.runes = append(p.runes, r)
				p.langs = append(p.langs, run.Lang)
				p.group = append(p.group, group)
			}
		}
	}
	p.grow()
	p.findBreaks(authored, forbidden)
	p.measure(f, set)
	return p
}

// mark notes an author's break before the next rune.
func (p *paragraph) mark(i int) {
	for len(p.strong) <= i {
		p.strong = append(p.strong, false)
	}
	p.strong[i] = true
}

func (p *paragraph) grow() {
	n := len(p.runes) + 1
	strong := make([]bool, n)
	copy(strong, p.strong)
	p.strong, p.weak, p.must = strong, make([]bool, n), make([]bool, n)
}

func (p *paragraph) findBreaks(authored bool, forbidden []int) {
	var seg segmenter.Segmenter
	seg.Init(p.runes)
	for it := seg.LineIterator(); it.Next(); {
		l := it.Line()
		end := l.Offset + len(l.Text)
		p.weak[end] = true
		p.must[end] = l.IsMandatoryBreak && end < len(p.runes)
	}
	for _, i := range forbidden {
		p.weak[i] = false
	}
	for i := 1; i < len(p.runes); i++ {
		afterSpace := p.runes[i-1] == ' ' || p.runes[i-1] == '\u3000'
		switch {
		case p.langs[i] == "ko" && p.langs[i-1] == "ko":
			p.strong[i] = p.strong[i] || p.weak[i] && afterSpace
		case !authored || afterSpace:
			p.strong[i] = p.strong[i] || p.weak[i]
		}
	}
	p.strong[len(p.runes)] = true
	for i := 1; i < len(p.runes); i++ {
		if p.group[i] > 0 && p.group[i] == p.group[i-1] {
			p.strong[i], p.weak[i], p.must[i] = false, false, false
		}
	}
}

// same is where the run that rune from belongs to ends, at to at the latest.
func (p *paragraph) same(from, to int) int {
	end := from + 1
	for end < to && p.langs[end] == p.langs[from] && p.group[end] == p.group[from] {
		end++
	}
	return end
}

// run is the run of runes [from, to), which belong to one.
func (p *paragraph) run(from, to int) node.Run {
	r := node.Run{Text: string(p.runes[from:to]), Lang: p.langs[from]}
	if g := p.group[from]; g > 0 {
		r.Ruby = p.rubies[g-1]
	}
	return r
}

func (p *paragraph) measure(f *Fonts, set node.Font) {
	p.at = make([]fixed.Int26_6, len(p.runes)+1)
	var pen fixed.Int26_6
	for start := 0; start < len(p.runes); { // bound: each turn takes one run
		end := p.same(start, len(p.runes))
		run := p.run(start, end)
		s := f.shape(run, set)
		for _, g := range s.glyphs {
			p.at[start+g.cluster+1] += g.advance
		}
		if wide := f.reading(run, set); wide.advance > s.advance {
			p.at[end] += wide.advance - s.advance
		}
		start = end
	}
	for i := range p.at {
		pen += p.at[i]
		p.at[i] = pen
	}
}

// width is the width of runes [from, to) without the spaces at their end.
func (p *paragraph) width(from, to int) fixed.Int26_6 {
	for to > from && isSpace(p.runes[to-1]) {
		to--
	}
	return p.at[to] - p.at[from]
}

func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\u3000' }

// fill takes as much as fits on each line and returns where the lines end.
func (p *paragraph) fill(max fixed.Int26_6) []int {
	var ends []int
	for from := 0; from < len(p.runes); { // bound: each turn takes at least one rune
		end := p.next(from, max)
		ends = append(ends, end)
		from = end
	}
	return ends
}

// next is the end of the line that starts at from: the last author's break that fits, else the last break of the
// script that fits, else the first break there is, else all.
func (p *paragraph) next(from int, max fixed.Int26_6) int {
	strong, weak, first := 0, 0, len(p.runes)
	for i := from + 1; i <= len(p.runes); i++ {
		can := p.strong[i] || p.weak[i] || p.must[i]
		if can && first == len(p.runes) {
			first = i
		}
		if p.width(from, i) > max {
			break
		}
		if p.must[i] {
			return i
		}
		if p.strong[i] {
			strong = i
		}
		if p.weak[i] {
			weak = i
		}
	}
	switch {
	case strong > 0:
		return strong
	case weak > 0:
		return weak
	}
	return first
}

// balanced gives the line ends of the narrowest setting that has as few lines as the widest one.
func (p *paragraph) balanced(max fixed.Int26_6) []int {
	ends := p.fill(max)
	if len(ends) < 2 || len(ends) > balancedLines {
		return ends
	}
	low, high := p.widestPhrase(), max
	if low >= high {
		return ends
	}
	for high-low > fixed.I(1) { // bound: halves the range each turn
		mid := (low + high) / 2
		if len(p.fill(mid)) > len(ends) {
			low = mid
		} else {
			high = mid
		}
	}
	return p.fill(high)
}

func (p *paragraph) widestPhrase() fixed.Int26_6 {
	var widest fixed.Int26_6
	from := 0
	for i := 1; i <= len(p.runes); i++ {
		if p.strong[i] {
			widest = max(widest, p.width(from, i))
			from = i
		}
	}
	return widest
}

func (p *paragraph) lines(ends []int) []node.Line {
	lines := make([]node.Line, 0, len(ends))
	from := 0
	for _, end := range ends {
		to := end
		for to > from && isSpace(p.runes[to-1]) {
			to--
		}
		lines = append(lines, node.Line{Runs: p.runs(from, to), Width: p.width(from, end).Ceil()})
		from = end
	}
	return lines
}

func (p *paragraph) runs(from, to int) []node.Run {
	var runs []node.Run
	for from < to {
		end := p.same(from, to)
		runs = append(runs, p.run(from, end))
		from = end
	}
	return runs
}
