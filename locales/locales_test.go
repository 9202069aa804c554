package locales

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/language"

	"github.com/kioskd/kioskd/internal/domain"
)

// texts gives a language's texts by id; plural forms as id.form. Break marks are as the loader makes them.
func texts(t *testing.T, lang domain.Lang) map[string]string {
	t.Helper()
	data, err := files.ReadFile(fileName(lang))
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := toml.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	flat := map[string]string{}
	flatten(root, "", func(id, text string) { flat[id] = text })
	return flat
}

var pluralForm = regexp.MustCompile(`\.(one|many|other)$`)

// ids are the message ids with their plural forms.
func ids(flat map[string]string) map[string][]string {
	got := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(flat)) {
		base := pluralForm.ReplaceAllString(id, "")
		got[base] = append(got[base], strings.TrimPrefix(strings.TrimPrefix(id, base), "."))
	}
	return got
}

func TestD19_SameIDsInAllLanguages(t *testing.T) {
	want := slices.Sorted(maps.Keys(ids(texts(t, domain.Japanese))))
	for _, lang := range domain.Langs {
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(ids(texts(t, lang))))); diff != "" {
			t.Errorf("%s (-ja +%s):\n%s", lang, lang, diff)
		}
	}
}

// pluralSets are the CLDR forms that each language must have.
var pluralSets = map[domain.Lang][]string{
	domain.Japanese: {"other"}, domain.SimplifiedChinese: {"other"}, domain.TraditionalChinese: {"other"},
	domain.Korean: {"other"}, domain.English: {"one", "other"},
	domain.Spanish: {"many", "one", "other"}, domain.Portuguese: {"many", "one", "other"},
}

func TestPluralSetsAreComplete(t *testing.T) {
	for _, lang := range domain.Langs {
		plurals := 0
		for id, forms := range ids(texts(t, lang)) {
			if forms[0] == "" {
				continue
			}
			plurals++
			if diff := cmp.Diff(pluralSets[lang], forms); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", lang, id, diff)
			}
		}
		if plurals == 0 {
			t.Errorf("%s has no plural", lang)
		}
	}
}

var placeholder = regexp.MustCompile(`\{\{\.[A-Za-z]+\}\}`)

func placeholders(flat map[string]string) map[string][]string {
	got := map[string][]string{}
	for id, text := range flat {
		base := pluralForm.ReplaceAllString(id, "")
		found := placeholder.FindAllString(text, -1)
		slices.Sort(found)
		if got[base] == nil || len(found) > len(got[base]) {
			got[base] = found
		}
	}
	return got
}

func TestSamePlaceholdersInAllLanguages(t *testing.T) {
	want := placeholders(texts(t, domain.Japanese))
	for _, lang := range domain.Langs {
		if diff := cmp.Diff(want, placeholders(texts(t, lang))); diff != "" {
			t.Errorf("%s (-ja +%s):\n%s", lang, lang, diff)
		}
	}
}

var japanesePart = regexp.MustCompile(`<ja>.*?</ja>`)

// onlyIn says which scripts may stand in which languages' own text.
var onlyIn = []struct {
	script *unicode.RangeTable
	name   string
	langs  []domain.Lang
}{
	{unicode.Hiragana, "hiragana", []domain.Lang{domain.Japanese}},
	{unicode.Katakana, "katakana", []domain.Lang{domain.Japanese}},
	{unicode.Hangul, "Hangul", []domain.Lang{domain.Korean}},
	{unicode.Han, "Han", []domain.Lang{domain.Japanese, domain.SimplifiedChinese, domain.TraditionalChinese}},
}

func strangers(lang domain.Lang, text string) string {
	text = japanesePart.ReplaceAllString(text, "")
	for _, rule := range onlyIn {
		if slices.Contains(rule.langs, lang) {
			continue
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return unicode.Is(rule.script, r) }); i >= 0 {
			return rule.name
		}
	}
	return ""
}

func TestNoForeignScript(t *testing.T) {
	for _, lang := range domain.Langs {
		for id, text := range texts(t, lang) {
			if s := strangers(lang, text); s != "" {
				t.Errorf("%s %s has %s: %s", lang, id, s, text)
			}
		}
	}
	if strangers(domain.Korean, "확인 する") != "hiragana" || strangers(domain.English, "Quit (<ja>終了する</ja>)") != "" {
		t.Error("the search for foreign scripts does not work")
	}
}

// TestD15_EachRefusalHasItsOwnWords: two reasons with one text would be one message for several (domain §6).
func TestD15_EachRefusalHasItsOwnWords(t *testing.T) {
	for _, lang := range domain.Langs {
		reasons := map[string]string{}
		for id, text := range texts(t, lang) {
			if !strings.HasPrefix(id, "refusal.") {
				continue
			}
			if other, said := reasons[text]; said {
				t.Errorf("%s: %s and %s both say %q", lang, id, other, text)
			}
			reasons[text] = id
		}
		if len(reasons) < 30 {
			t.Errorf("%s has %d reasons", lang, len(reasons))
		}
	}
}

func open(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTextsThatAreNotThereAreErrors(t *testing.T) {
	l := open(t).Localizer(domain.Korean)
	for name, m := range map[string]Message{
		"unknown id":      New("no.such"),
		"no value":        New("refused.returned"),
		"plural no value": NewPlural("progress.sheet", 2),
		"unknown plural":  NewPlural("no.such", 2),
		"no plural":       New("copies.number"),
	} {
		t.Run(name, func(t *testing.T) {
			text, parts, err := l.Say(m)
			var te *TextError
			if !errors.As(err, &te) || te.Lang != domain.Korean || text != "["+m.ID()+"]" || parts != nil {
				t.Errorf("text %q, parts %v, error %v", text, parts, err)
			}
		})
	}
	if text, err := l.Text(NewPlural("copies.number", 1200)); err != nil || text != "1,200통" {
		t.Errorf("plural %q, %v", text, err)
	}
}

func TestMatch(t *testing.T) {
	for tag, want := range map[string]domain.Lang{
		"ja-JP": "ja", "en-GB": "en", "zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant",
		"zh-HK": "zh-Hant", "zh-MO": "zh-Hant", "ko-KR": "ko", "es-419": "es", "pt-PT": "pt", "pt-BR": "pt", "vi": "ja",
	} {
		if got := Match(language.MustParse(tag)); got != want {
			t.Errorf("%s is served in %s, want %s", tag, got, want)
		}
	}
}

func TestMoneyAndDates(t *testing.T) {
	date := domain.Date{Year: 2026, Month: 11, Day: 25}
	for lang, want := range map[domain.Lang][3]string{
		domain.Japanese:           {"1,200円", "令和8年11月25日", "0円"},
		domain.English:            {"¥1,200", "November 25, 2026", "¥0"},
		domain.SimplifiedChinese:  {"1,200日元", "2026年11月25日", "0日元"},
		domain.TraditionalChinese: {"1,200日圓", "2026年11月25日", "0日圓"},
		domain.Korean:             {"1,200엔", "2026년 11월 25일", "0엔"},
		domain.Spanish:            {"1.200\u00a0yenes", "25 de noviembre de 2026", "0\u00a0yenes"},
		domain.Portuguese:         {"1.200\u00a0ienes", "25 de novembro de 2026", "0\u00a0ienes"},
	} {
		l := open(t).Localizer(lang)
		if diff := cmp.Diff(want, [3]string{l.Money(1200), l.Date(date), l.Money(0)}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
	l := open(t).Localizer(domain.Japanese)
	if got := l.Date(domain.Date{Year: 2019, Month: 5, Day: 1}); got != "令和元年5月1日" {
		t.Errorf("first day of Reiwa: %s", got)
	}
	if got := l.Number(-1234567); got != "−1,234,567" {
		t.Errorf("number %s", got)
	}
}

// TestD19_DeclaredFaultsAndRefusalsHaveTexts: whatever domain declares is said in all seven languages.
func TestD19_DeclaredFaultsAndRefusalsHaveTexts(t *testing.T) {
	var want []string
	for _, f := range domain.Faults() {
		i, _ := f.Info()
		want = append(want, "fault."+i.Code, i.Next)
	}
	for _, r := range domain.Reasons() {
		i, _ := r.Info()
		want = append(want, "refusal."+i.Code, i.Next)
	}
	for _, lang := range domain.Langs {
		flat := texts(t, lang)
		for _, id := range want {
			if flat[id] == "" {
				t.Errorf("%s: %s has no text", lang, id)
			}
		}
		for id := range flat {
			room, _, _ := strings.Cut(id, ".")
			if slices.Contains([]string{"fault", "fix", "refusal", "next"}, room) && !slices.Contains(want, id) {
				t.Errorf("%s: %s is said of nothing that is declared", lang, id)
			}
		}
	}
}
