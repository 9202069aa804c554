package kit

import (
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/ui/node"
)

// Words is a text that a person sees, and what is said for it. It is made from a message of the catalogue (Kit.T), an
// amount or a number in the kit's language, a text of the municipality (Data), or characters that are no words
// (Kit.Verbatim); the zero Words are no text. Nobody else makes one, so that nothing is seen that cannot be heard.
type Words struct {
	// Text is what is written, with the catalogue's markup and break marks.
	Text string
	Lang string // BCP 47
	Say  []node.Phrase
}

// T gives a text of the catalogue.
func (k Kit) T(m locales.Message) Words {
	text, parts, err := k.Texts.Say(m)
	if err != nil {
		if k.Problem != nil {
			k.Problem(err)
		}
		return Words{text, k.Lang(), []node.Phrase{{Text: text, Lang: k.Lang()}}}
	}
	return Words{text, k.Lang(), phrases(parts)}
}

// phrases is never nil: a text that has nothing to say says nothing.
func phrases(parts []locales.Part) []node.Phrase {
	all := make([]node.Phrase, len(parts))
	for i, p := range parts {
		all[i] = node.Phrase{Key: p.Key, Text: p.Text, Lang: string(p.Lang)}
	}
	return all
}

// Money writes an amount in the kit's language.
func (k Kit) Money(y domain.Yen) Words {
	return Words{k.Texts.Money(y), k.Lang(), phrases(k.Texts.SayMoney(y))}
}

// Number writes a whole number in the kit's language.
func (k Kit) Number(n int) Words {
	return Words{k.Texts.Number(int64(n)), k.Lang(), phrases(k.Texts.SayNumber(int64(n)))}
}

// Verbatim is characters that are no words: the number of a slip, a code, a time of day.
func (k Kit) Verbatim(s string) Words { return Data(s, k.Lang()) }

// Code is Verbatim in groups, for a number that somebody copies by hand.
func (k Kit) Code(s string) Words { return k.Verbatim(Spaced(s)) }

// Data is a text of the municipality in a language (BCP 47): there is no clip of it.
func Data(text, lang string) Words {
	if text == "" {
		return Words{}
	}
	return Words{text, lang, []node.Phrase{{Text: plain(text), Lang: lang}}}
}

// Private are the same words, said to headphones only.
func (w Words) Private() Words {
	say := make([]node.Phrase, len(w.Say))
	for i, p := range w.Say {
		p.Private = true
		say[i] = p
	}
	w.Say = say
	return w
}

// None tells that there is no text.
func (w Words) None() bool { return w.Text == "" }

// Then puts more words behind these, with a mark between ("\n", "、"). Where one of both is no text it is the other.
func (w Words) Then(mark string, more Words) Words {
	if w.None() {
		return more
	}
	if more.None() {
		return w
	}
	return Words{w.Text + mark + more.Text, w.Lang, heard(w, more)}
}

// heard is what is said for several words one after another.
func heard(all ...Words) []node.Phrase {
	say := []node.Phrase{}
	for _, w := range all {
		say = append(say, w.Say...)
	}
	return say
}

// spoken is the text for a listener who reads: without markup.
func (w Words) spoken() string { return plain(w.Text) }

// speaks makes a node say the words, one after another.
func speaks(n *node.Node, all ...Words) *node.Node {
	n.Speak = ""
	for _, w := range all {
		if w.None() {
			continue
		}
		if n.Speak != "" {
			n.Speak += ", "
		}
		n.Speak += w.spoken()
	}
	if n.Say = nil; n.Speak != "" {
		n.Say = heard(all...)
	}
	return n
}

// The markup of a catalogue text that is Japanese inside another language.
const (
	japaneseStart = "<ja>"
	japaneseEnd   = "</ja>"
)

// runs splits the text into its runs: the language's own, and Japanese between <ja> and </ja>.
func (w Words) runs() []node.Run {
	var runs []node.Run
	add := func(s, lang string) {
		if s != "" {
			runs = append(runs, node.Run{Text: s, Lang: lang})
		}
	}
	text := w.Text
	for text != "" { // bound: each turn takes one marked part
		before, rest, found := strings.Cut(text, japaneseStart)
		add(before, w.Lang)
		if !found {
			break
		}
		inside, after, _ := strings.Cut(rest, japaneseEnd)
		add(inside, string(domain.Japanese))
		text = after
	}
	return runs
}

// plain is a text without its markup, for speech.
func plain(text string) string {
	return node.Plain(strings.NewReplacer(japaneseStart, "", japaneseEnd, "", "\n", " ").Replace(text))
}
