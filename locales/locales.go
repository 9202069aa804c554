// Package locales holds every text of the screens in the seven languages, and how money and dates are written in each.
//
// Texts live in active.<lang>.toml. In them "|" marks where a line may break (a Japanese phrase end); the loader turns
// it into U+200B. <ja>…</ja> wraps Japanese words that stand in another language's text, so that they get Japanese
// shapes and staff can recognise them. Ids are static: "screen.element".
//
// A text that is missing in a language is an error here and never silently Japanese (reference ui.md §5).
package locales

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/kioskd/kioskd/internal/domain"
)

// TextError says which text could not be given in which language.
type TextError struct {
	ID   string
	Lang domain.Lang
	Err  error
}

func (e *TextError) Error() string {
	return fmt.Sprintf("locales: text %s in %s: %v", e.ID, e.Lang, e.Err)
}

// Unwrap gives the cause.
func (e *TextError) Unwrap() error { return e.Err }

var (
	errNoText  = errors.New("is not in the file")
	errNoValue = errors.New("a placeholder has no value")
)

// Catalogue is all texts. It is read-only after Open and safe for concurrent use.
type Catalogue struct {
	localizers map[domain.Lang]*Localizer
}

// Localizer gives the texts of one language.
type Localizer struct {
	lang  domain.Lang
	all   *Catalogue
	texts map[string]template // by id, of a plural by id.form
	forms *i18n.Localizer
}

// formID is the one message of the bundle that go-i18n sees: the text of each plural form is the form's name. So its
// rules of the CLDR choose the form, and text and speech come from one reading of the file.
const formID = "form"

// Open reads the embedded files.
func Open() (*Catalogue, error) {
	bundle := i18n.NewBundle(language.Japanese)
	c := &Catalogue{localizers: make(map[domain.Lang]*Localizer)}
	for _, lang := range domain.Langs {
		texts, err := read(lang)
		if err != nil {
			return nil, fmt.Errorf("locales: read %s: %w", fileName(lang), err)
		}
		form := &i18n.Message{ID: formID, One: "one", Many: "many", Other: "other"}
		if err := bundle.AddMessages(language.MustParse(string(lang)), form); err != nil {
			return nil, fmt.Errorf("locales: plural forms of %s: %w", lang, err)
		}
		c.localizers[lang] = &Localizer{lang: lang, all: c, texts: texts}
	}
	for lang, l := range c.localizers {
		l.forms = i18n.NewLocalizer(bundle, string(lang))
	}
	return c, nil
}

// Localizer gives the language's texts; Japanese for a language that is none of the seven.
func (c *Catalogue) Localizer(lang domain.Lang) *Localizer {
	if l, ok := c.localizers[lang]; ok {
		return l
	}
	return c.localizers[domain.Japanese]
}

// Lang is the language of the texts.
func (l *Localizer) Lang() domain.Lang { return l.lang }

// In gives another language's texts of the same catalogue.
func (l *Localizer) In(lang domain.Lang) *Localizer { return l.all.Localizer(lang) }

// Text gives a text with its placeholders filled, with markup and break marks. On an error the text is the id in
// brackets, so that a screen is never empty and a linter finds it.
func (l *Localizer) Text(m Message) (string, error) {
	text, _, err := l.Say(m)
	return text, err
}

// Say gives a text as Text does, and its pieces for speech in the order in which they are said. On an error it gives no
// pieces.
func (l *Localizer) Say(m Message) (string, []Part, error) {
	t, err := l.find(m)
	if err != nil {
		return l.failed(m, err)
	}
	var text strings.Builder
	var parts []Part
	for _, s := range t {
		if s.value == "" {
			text.WriteString(s.fixed)
			parts = append(parts, s.parts...)
			continue
		}
		v, ok := m.value(s.value)
		if !ok {
			return l.failed(m, errNoValue)
		}
		text.WriteString(l.write(v))
		parts = append(parts, l.speak(v)...)
	}
	return text.String(), parts, nil
}

func (l *Localizer) failed(m Message, err error) (string, []Part, error) {
	return "[" + m.id + "]", nil, &TextError{m.id, l.lang, err}
}

// find gives the text of the message's id, or of its plural form.
func (l *Localizer) find(m Message) (template, error) {
	key := m.id
	if m.plural {
		form, err := l.forms.Localize(&i18n.LocalizeConfig{MessageID: formID, PluralCount: m.count})
		if err != nil {
			return nil, err
		}
		key += "." + form
	}
	t, ok := l.texts[key]
	if !ok {
		return nil, errNoText
	}
	return t, nil
}

// Clips are all pieces of speech of the language that can be recorded, by key: those of its texts, the units, and in
// Japanese the words that stand in other languages' texts. Numbers are not among them.
func (l *Localizer) Clips() map[string]Part {
	clips := map[string]Part{}
	for _, lang := range domain.Langs {
		for _, t := range l.In(lang).texts {
			for _, s := range t {
				for _, p := range s.parts {
					if p.Lang == l.lang && (lang == l.lang || strings.HasPrefix(p.Key, "term/")) {
						clips[p.Key] = p
					}
				}
			}
		}
	}
	for y := range domain.Yen(3) {
		unit := l.unit(y)
		clips[unit.Key] = unit
	}
	return clips
}

var matcher = func() language.Matcher {
	tags := make([]language.Tag, len(domain.Langs))
	for i, l := range domain.Langs {
		tags[i] = language.MustParse(string(l))
	}
	return language.NewMatcher(tags)
}()

// Match gives the nearest of the seven languages to what somebody prefers, Japanese where none is near. It goes by the
// matcher's index; its tag carries extensions and names none of our files.
func Match(preferred ...language.Tag) domain.Lang {
	_, index, confidence := matcher.Match(preferred...)
	if confidence == language.No {
		return domain.Japanese
	}
	return domain.Langs[index]
}
