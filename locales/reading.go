package locales

import (
	_ "embed" // for the readings
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kioskd/kioskd/internal/domain"
)

// Ruby is a stretch of Japanese text and how it is read; Reading is "" where it is read as it is written.
type Ruby struct{ Text, Reading string }

// ReadingError says which character of a text has no reading: add its word to readings.ja.txt.
type ReadingError struct {
	Text string
	Char rune
}

func (e *ReadingError) Error() string {
	return fmt.Sprintf("locales: %q of %q has no reading; add its word to readings.ja.txt", e.Char, e.Text)
}

//go:embed readings.ja.txt
var readings string

// word is one line of the readings: as it is written, and in stretches.
type word struct {
	written   string
	stretches []Ruby
}

// dictionary has the words by their first character, longer ones first.
type dictionary map[rune][]word

var words = readWords(readings)

func readWords(text string) dictionary {
	d := dictionary{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		w := readWord(line)
		first, _ := utf8.DecodeRuneInString(w.written)
		d[first] = append(d[first], w)
	}
	for _, same := range d {
		slices.SortStableFunc(same, func(a, b word) int { return len(b.written) - len(a.written) })
	}
	return d
}

// readWord reads "{届|とど}け".
func readWord(line string) word {
	var w word
	for line != "" { // bound: each turn takes one pair
		before, rest, found := strings.Cut(line, "{")
		w.add(Ruby{Text: before})
		if !found {
			break
		}
		pair, after, _ := strings.Cut(rest, "}")
		text, reading, _ := strings.Cut(pair, "|")
		w.add(Ruby{text, reading})
		line = after
	}
	return w
}

func (w *word) add(r Ruby) {
	if r.Text != "" {
		w.written += r.Text
		w.stretches = append(w.stretches, r)
	}
}

// Furigana cuts a Japanese text into stretches with their readings. Kanji in no word of the readings have none.
func Furigana(text string) []Ruby {
	var all []Ruby
	plain := 0 // where what has no reading begins
	for i := 0; i < len(text); {
		w, ok := words.at(text[i:])
		if !ok {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		if plain < i {
			all = append(all, Ruby{Text: text[plain:i]})
		}
		all = append(all, w.stretches...)
		i += len(w.written)
		plain = i
	}
	if plain < len(text) {
		all = append(all, Ruby{Text: text[plain:]})
	}
	return all
}

// at is the longest word that the text begins with.
func (d dictionary) at(text string) (word, bool) {
	first, _ := utf8.DecodeRuneInString(text)
	for _, w := range d[first] {
		if strings.HasPrefix(text, w.written) {
			return w, true
		}
	}
	return word{}, false
}

// Kana is how a Japanese text is read, with digits and Latin letters as they are. The error names a kanji without a
// reading; the text then has it as it is written.
func Kana(text string) (string, error) {
	var b strings.Builder
	var err error
	for _, r := range Furigana(text) {
		if r.Reading != "" {
			b.WriteString(r.Reading)
			continue
		}
		for _, c := range r.Text {
			if err == nil && unicode.Is(unicode.Han, c) && c != '々' {
				err = &ReadingError{text, c}
			}
		}
		b.WriteString(r.Text)
	}
	return b.String(), err
}

// Kana is how the part is read, for a voice that knows no kanji; parts in other languages are read as they are
// written.
func (p Part) Kana() (string, error) {
	if p.Lang != domain.Japanese {
		return p.Text, nil
	}
	return Kana(p.Text)
}
