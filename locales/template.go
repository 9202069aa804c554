package locales

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/kioskd/kioskd/internal/domain"
)

// Part is one piece of what is said for a text: a stretch that can be recorded once, a number, a unit, or a value that
// nobody could record.
type Part struct {
	// Key names the clip within the language. A text in one piece has its id, with the plural form where it has one
	// ("copies.max.one"); of a text with placeholders or with Japanese words inside, the pieces are counted from 1
	// ("enter_pin.tries.other#2"). "number/42" is a whole number, "unit/yen" (in Spanish and Portuguese
	// "unit/yen.one" and so on) what follows an amount, "term/本籍" a Japanese word in another language's text. ""
	// is a value of which there is no clip.
	Key  string
	Text string // without markup and break marks
	Lang domain.Lang
}

// template is a text of a file: what is fixed, and the placeholders between.
type template []segment

type segment struct {
	fixed string
	value string // name of a placeholder; then fixed is ""
	parts []Part // of fixed
}

const (
	valueStart = "{{."
	valueEnd   = "}}"

	// The markup of a text that is Japanese inside another language.
	japaneseStart = "<ja>"
	japaneseEnd   = "</ja>"
)

// parse reads a text; key is its id with the plural form.
func parse(key, text string, lang domain.Lang) template {
	var t template
	for text != "" { // bound: each turn takes one placeholder
		before, rest, found := strings.Cut(text, valueStart)
		if before != "" {
			t = append(t, segment{fixed: before, parts: stretches(before, lang)})
		}
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, valueEnd)
		t = append(t, segment{value: name})
		text = after
	}
	t.number(key, lang)
	return t
}

// number gives the pieces of the text's own language their keys.
func (t template) number(key string, lang domain.Lang) {
	pieces := 0
	for _, s := range t {
		pieces += max(len(s.parts), 1)
	}
	n := 0
	for _, s := range t {
		for i := range s.parts {
			switch p := &s.parts[i]; {
			case p.Lang != lang:
				p.Key = "term/" + p.Text
			case pieces == 1:
				p.Key = key
			default:
				n++
				p.Key = key + "#" + strconv.Itoa(n)
			}
		}
	}
}

// stretches are the parts of a fixed text that have a word in them, without keys.
func stretches(text string, lang domain.Lang) []Part {
	var parts []Part
	add := func(s string, lang domain.Lang) {
		if s = said(s); strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			parts = append(parts, Part{Text: s, Lang: lang})
		}
	}
	for text != "" { // bound: each turn takes one marked part
		before, rest, found := strings.Cut(text, japaneseStart)
		add(before, lang)
		if !found {
			break
		}
		inside, after, _ := strings.Cut(rest, japaneseEnd)
		add(inside, domain.Japanese)
		text = after
	}
	return parts
}

var unsaid = strings.NewReplacer("\u200b", "", "\u2060", "", "\n", " ", "\u00a0", " ")

// said is a stretch as a voice gets it: without what closes or opens beside a value.
func said(text string) string {
	return strings.TrimRight(strings.TrimLeft(unsaid.Replace(text), " .,;:)。、，）」"), " (（「")
}

// write gives a value as it is seen.
func (l *Localizer) write(v Value) string {
	switch v.kind {
	case numberValue:
		return l.Number(v.number)
	case moneyValue:
		return l.Money(domain.Yen(v.number))
	case textValue:
	}
	return v.text
}

// speak gives a value as it is said.
func (l *Localizer) speak(v Value) []Part {
	switch v.kind {
	case numberValue:
		return l.SayNumber(v.number)
	case moneyValue:
		return l.SayMoney(domain.Yen(v.number))
	case textValue:
	}
	return []Part{{Text: v.text, Lang: l.lang}}
}

// SayNumber is a whole number in pieces for speech.
func (l *Localizer) SayNumber(n int64) []Part {
	digits := strconv.FormatInt(n, 10)
	return []Part{{Key: "number/" + digits, Text: digits, Lang: l.lang}}
}

// SayMoney is an amount in pieces for speech: the number, then the unit in all seven languages.
func (l *Localizer) SayMoney(y domain.Yen) []Part { return append(l.SayNumber(int64(y)), l.unit(y)) }

// unit is the word that follows an amount.
func (l *Localizer) unit(y domain.Yen) Part {
	switch l.lang {
	case domain.English:
		return Part{"unit/yen", "yen", l.lang}
	case domain.SimplifiedChinese:
		return Part{"unit/yen", "日元", l.lang}
	case domain.TraditionalChinese:
		return Part{"unit/yen", "日圓", l.lang}
	case domain.Korean:
		return Part{"unit/yen", "엔", l.lang}
	case domain.Spanish:
		return Part{"unit/yen." + plural(y, "one", "other"), plural(y, "yen", "yenes"), l.lang}
	case domain.Portuguese:
		return Part{"unit/yen." + plural(y, "one", "other"), plural(y, "iene", "ienes"), l.lang}
	case domain.Japanese:
	}
	return Part{"unit/yen", "円", domain.Japanese}
}
