package locales

import (
	"bufio"
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/kioskd/kioskd/internal/domain"
)

// styleFaults are what a translator should have seen in one text, beside its Japanese source.
func styleFaults(lang domain.Lang, id, text, source string) []string {
	var faults []string
	if !norm.NFC.IsNormalString(text) {
		faults = append(faults, "is not in NFC")
	}
	if strings.TrimSpace(text) != text && id != "confirm.separator" || strings.Contains(text, "  ") {
		faults = append(faults, "has a space too many")
	}
	own, want := ending(lang, text), ending(domain.Japanese, source)
	if own != want && !slices.Contains(freeEnding, id) {
		faults = append(faults, "ends as a "+own+", the Japanese text as a "+want)
	}
	if lang == domain.Japanese && !polite(text) {
		faults = append(faults, "is not in です・ます")
	}
	if lang != domain.Japanese && plainText(text) == plainText(source) && !slices.Contains(sameAsJapanese, id) {
		faults = append(faults, "is the Japanese text")
	}
	return faults
}

// freeEnding are texts that one language asks and another tells.
var freeEnding = []string{"select_details.title", "select_members.title"}

// sameAsJapanese are texts that Chinese writes with the same characters.
var sameAsJapanese = []string{
	"step.consent", "confirm.separator", "confirm.members.other", "copies.total", "confirm.total", "confirm.items",
}

func plainText(text string) string {
	return strings.NewReplacer(breakMark, "", japaneseStart, "", japaneseEnd, "").Replace(text)
}

// ending is the class of a text's last character. Japanese asks with か, Korean with 까 and 요, without a mark.
func ending(lang domain.Lang, text string) string {
	text = plainText(text)
	last := []rune(text)[len([]rune(text))-1]
	switch {
	case strings.ContainsRune(".。", last):
		return "sentence"
	case strings.ContainsRune("?？", last), lang == domain.Japanese && last == 'か':
		return "question"
	case lang == domain.Korean && strings.HasSuffix(text, "습니까"):
		return "question"
	}
	return "label"
}

var politeEnd = regexp.MustCompile(`(です|ます|ません|でした|ました|ください)か?$`)

// polite tells that each sentence with a full stop is in です・ます.
func polite(text string) bool {
	sentences := strings.Split(plainText(text), "。")
	for _, s := range sentences[:len(sentences)-1] {
		if !politeEnd.MatchString(s) {
			return false
		}
	}
	return true
}

func TestStyle(t *testing.T) {
	source := texts(t, domain.Japanese)
	for _, lang := range domain.Langs {
		for id, text := range texts(t, lang) {
			for _, fault := range styleFaults(lang, id, text, source[other(id)]) {
				t.Errorf("%s %s %s: %s", lang, id, fault, text)
			}
		}
	}
}

// other is the id of the Japanese text: of a plural its only form.
func other(id string) string {
	if base := pluralForm.ReplaceAllString(id, ""); base != id {
		return base + ".other"
	}
	return id
}

func TestStyleFaultsAreFound(t *testing.T) {
	for want, try := range map[string][2]string{
		"is not in NFC":              {"cafe\u0301.", "休みます。"},
		"has a space too many":       {"Wait  here.", "待ちます。"},
		"ends as a label":            {"Wait here", "待ちます。"},
		"ends as a question":         {"Wait here?", "待ちます。"},
		"is the Japanese text":       {"<ja>印刷</ja>", "印|刷"},
		"the Japanese text as a que": {"Name.", "名前ですか"},
	} {
		got := strings.Join(styleFaults(domain.English, "x.y", try[0], try[1]), "; ")
		if !strings.Contains(got, want) {
			t.Errorf("%q beside %q: faults %q, want %q", try[0], try[1], got, want)
		}
	}
	if got := styleFaults(domain.Japanese, "x.y", "待て。", "待て。"); !slices.Equal(got, []string{"is not in です・ます"}) {
		t.Errorf("a rude text: %q", got)
	}
}

// glossary is the head of a file: "# 硬貨 = coin | coins".
func glossary(data []byte) map[string][]string {
	terms := map[string][]string{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() && strings.HasPrefix(lines.Text(), "#") {
		if term, words, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "# "), " = "); ok {
			terms[term] = strings.Split(words, " | ")
		}
	}
	return terms
}

// glossaryFaults are the terms of the source for which the text has none of the glossary's words. A longer term hides
// a shorter one inside it.
func glossaryFaults(terms map[string][]string, text, source string) []string {
	source, text = plainText(source), strings.ToLower(text)
	var faults []string
	for _, term := range slices.SortedFunc(maps.Keys(terms), func(a, b string) int { return len(b) - len(a) }) {
		if !strings.Contains(source, term) {
			continue
		}
		source = strings.ReplaceAll(source, term, "")
		if !slices.ContainsFunc(terms[term], func(w string) bool { return strings.Contains(text, strings.ToLower(w)) }) {
			faults = append(faults, term)
		}
	}
	return faults
}

func TestGlossariesAreKept(t *testing.T) {
	source := texts(t, domain.Japanese)
	for _, lang := range domain.Langs {
		if lang == domain.Japanese {
			continue
		}
		data, err := files.ReadFile(fileName(lang))
		if err != nil {
			t.Fatal(err)
		}
		terms := glossary(data)
		if len(terms) < 10 {
			t.Errorf("%s has a glossary of %d terms", lang, len(terms))
		}
		for id, text := range texts(t, lang) {
			for _, term := range glossaryFaults(terms, text, source[other(id)]) {
				t.Errorf("%s %s has no word for %s (%q): %s", lang, id, term, terms[term], text)
			}
		}
	}
	terms := glossary([]byte("# x\n# 証明書 = certificate\n# 電子証明書 = e-cert | digital one\n\n# 硬貨 = coin\n"))
	if got := glossaryFaults(terms, "A Certificate", "電子|証明書と硬貨"); !slices.Equal(got, []string{"電子証明書"}) {
		t.Errorf("faults %q", got)
	}
	if got := glossaryFaults(terms, "no word", "証明書"); !slices.Equal(got, []string{"証明書"}) {
		t.Errorf("faults %q", got)
	}
}

// publicLabels are the words of the real screens (domain.md §2.1, slides of J-LIS of 2014) by text.
var publicLabels = map[string]map[domain.Lang]string{
	"confirm.ok": {
		"ja": "確定する", "en": "Continue", "es": "Confirmar", "pt": "Confirmar", "zh-Hans": "确定", "zh-Hant": "確定", "ko": "확인",
	},
	"finish.end": {
		"ja": "終了する", "en": "終了する", "es": "Finalizar", "pt": "Encerrar", "zh-Hans": "终了", "zh-Hant": "終了", "ko": "종료",
	},
}

// TestPublicLabels: who was helped at one machine finds the same words at ours, and staff find 終了する.
func TestPublicLabels(t *testing.T) {
	for _, lang := range domain.Langs {
		flat := texts(t, lang)
		for id, labels := range publicLabels {
			if got := plainText(flat[id]); labels[lang] == "" || !strings.Contains(got, labels[lang]) {
				t.Errorf("%s %s is %q, in public %q", lang, id, got, labels[lang])
			}
		}
		for id, text := range flat {
			quits := plainText(texts(t, domain.Japanese)[id]) == "終了する"
			if quits && lang != domain.Japanese && !strings.Contains(text, "<ja>終了する</ja>") {
				t.Errorf("%s %s has no 終了する for the staff: %s", lang, id, text)
			}
		}
	}
}

// TestTranslationsAreNotCopies: nothing is left in English but "Total" and marks.
func TestTranslationsAreNotCopies(t *testing.T) {
	english := texts(t, domain.English)
	for _, lang := range []domain.Lang{domain.Korean, domain.Spanish, domain.Portuguese} {
		for id, text := range texts(t, lang) {
			if english[id] == text && text != "Total" && strings.ContainsFunc(text, unicode.IsLetter) {
				t.Errorf("%s %s is English: %s", lang, id, text)
			}
		}
	}
}
