package node

import "strings"

// Line is one laid-out line of text: the runs on it and its width in pixels.
type Line struct {
	Runs  []Run
	Width int
}

// Content is the line's text, all runs joined.
func (l Line) Content() string {
	var b strings.Builder
	for _, r := range l.Runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// Measurer breaks text into lines. The painter's fonts are one; tests use a made-up one where no font is at hand.
type Measurer interface {
	// Break lays the runs into lines no wider than max pixels where the text allows it. A single word that is wider
	// than max gives a line that is wider than max: the linter finds it.
	Break(runs []Run, font Font, max int) []Line
}

const (
	zeroWidthSpace = "\u200b" // catalogue: a line may break here
	wordJoiner     = "\u2060" // catalogue: a line may not break here
)

// Plain strips the catalogue's invisible break marks from a text: what is spoken, logged or compared has none.
func Plain(s string) string {
	if !strings.ContainsAny(s, zeroWidthSpace+wordJoiner) {
		return s
	}
	return strings.NewReplacer(zeroWidthSpace, "", wordJoiner, "").Replace(s)
}
