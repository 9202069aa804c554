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

// Args are the values of a text's placeholders by name.
type Args map[string]any

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
	errOtherLanguage = errors.New("is not translated")
	errNoValue       = errors.New("a placeholder has no value")
)

// Catalogue is all texts. It is read-only after Open and safe for concurrent use.
type Catalogue struct {
	localizers map[domain.Lang]*Localizer
}

// Localizer gives the texts of one language.
type Localizer struct {
	lang domain.Lang
	tag  language.Tag
	i18n *i18n.Localizer
}

// Open reads the embedded files.
func Open() (*Catalogue, error) {
	bundle := i18n.NewBundle(language.Japanese)
	bundle.RegisterUnmarshalFunc("toml", unmarshal)
	c := &Catalogue{localizers: make(map[domain.Lang]*Localizer)}
	for _, lang := range domain.Langs {
		if _, err := bundle.LoadMessageFileFS(files, fileName(lang)); err != nil {
			return nil, fmt.Errorf("locales: read %s: %w", fileName(lang), err)
		}
	}
	for _, lang := range domain.Langs {
		c.localizers[lang] = &Localizer{lang, language.MustParse(string(lang)), i18n.NewLocalizer(bundle, string(lang))}
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

// Text gives a text with its placeholders filled. On an error the text is the id in brackets, so that a screen is
// never empty and a linter finds it.
func (l *Localizer) Text(id string, args Args) (string, error) {
	return l.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: map[string]any(args)})
}

// Plural gives the text for n things; the text may use {{.Count}} besides the args.
func (l *Localizer) Plural(id string, n int, args Args) (string, error) {
	data := map[string]any{"Count": l.Number(int64(n))}
	for k, v := range args {
		data[k] = v
	}
	return l.localize(&i18n.LocalizeConfig{MessageID: id, PluralCount: n, TemplateData: data})
}

func (l *Localizer) localize(c *i18n.LocalizeConfig) (string, error) {
	text, tag, err := l.i18n.LocalizeWithTag(c)
	switch {
	case err != nil:
	case tag != l.tag:
		err = errOtherLanguage
	case strings.Contains(text, "<no value>"):
		err = errNoValue
	default:
		return text, nil
	}
	return "[" + c.MessageID + "]", &TextError{c.MessageID, l.lang, err}
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
