//go:build debian

package paint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/ui/node"
)

func openFonts(t *testing.T) *Fonts {
	t.Helper()
	f, err := OpenFonts(RegularPath, BoldPath)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestLines(t *testing.T) {
	f := openFonts(t)
	set := node.Font{Size: 20, LinePercent: 150}
	tests := map[string]struct {
		text, lang string
		max        int
		want       []string
	}{
		"Japanese breaks at phrases": {
			"印刷したあとの\u200b取り替えは\u200bできません", "ja", 230,
			[]string{"印刷したあとの", "取り替えはできません"},
		},
		"a phrase that is too wide is broken": {
			"あいうえおかきくけこ\u200bさ", "ja", 110,
			[]string{"あいうえお", "かきくけこ", "さ"},
		},
		"no line begins with a full stop": {
			"あいうえお。かき", "ja", 105,
			[]string{"あいうえ", "お。かき"},
		},
		"Korean breaks at spaces only": {
			"주민표 사본을 발급합니다", "ko", 150,
			[]string{"주민표 사본을", "발급합니다"},
		},
		"Latin is balanced": {
			"one two three four five six", "en", 200,
			[]string{"one two three", "four five six"},
		},
		"an amount stays whole": {
			"aaaa 1.200\u00a0yenes", "es", 130,
			[]string{"aaaa", "1.200\u00a0yenes"},
		},
		"a joiner forbids a break": {
			"あい\u2060うえ", "ja", 45,
			[]string{"あ", "いう", "え"},
		},
		"an ideographic variant is one cluster": {
			"辻\U000E0102辻", "ja", 25,
			[]string{"辻\U000E0102", "辻"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, l := range f.Break([]node.Run{{Text: tt.text, Lang: tt.lang}}, set, tt.max) {
				got = append(got, l.Content())
				if l.Width > tt.max {
					t.Errorf("line %q is %d wide, %d allowed", l.Content(), l.Width, tt.max)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLanguageChoosesTheShape asks for one character in four languages: the font has four shapes of it.
func TestLanguageChoosesTheShape(t *testing.T) {
	f := openFonts(t)
	shapes := map[uint32]string{}
	for _, lang := range []string{"ja", "zh-Hans", "zh-Hant"} {
		g := f.shape(node.Run{Text: "骨", Lang: lang}, node.Font{Size: 20}).glyphs
		if len(g) != 1 || g[0].id == 0 {
			t.Fatalf("%s: glyphs %v", lang, g)
		}
		shapes[g[0].id] += lang + " "
	}
	if len(shapes) < 2 {
		t.Errorf("all languages share one shape: %v", shapes)
	}
}

func TestHardCharactersHaveGlyphs(t *testing.T) {
	f := openFonts(t)
	for _, text := range []string{"𠮷", "髙", "﨑", "𩸽", "辻\U000E0100", "é ñ ã ¥ ¿ −"} {
		if m := f.Missing(node.Run{Text: text, Lang: "ja"}, true); len(m) > 0 {
			t.Errorf("%q: no glyph for %q", text, string(m))
		}
	}
	if m := f.Missing(node.Run{Text: "\U0010de92", Lang: "ja"}, false); len(m) != 1 {
		t.Errorf("a private character of plane 16 has a glyph: %v", m)
	}
}

// TestD06_WipeForgetsTexts looks for a text in the caches before and after.
func TestD06_WipeForgetsTexts(t *testing.T) {
	f := openFonts(t)
	f.Break([]node.Run{{Text: "山田花子", Lang: "ja"}}, node.Font{Size: 20, LinePercent: 150}, 500)
	found := func() bool {
		for k := range f.paragraphs.entries {
			if strings.Contains(k.text, "山田") {
				return true
			}
		}
		for k := range f.shaped.entries {
			if strings.Contains(k.text, "山田") {
				return true
			}
		}
		return false
	}
	if !found() {
		t.Fatal("the text was never there")
	}
	f.Wipe()
	if found() {
		t.Error("the text is still there")
	}
}

func BenchmarkBreakCold(b *testing.B) {
	f, err := OpenFonts(RegularPath, BoldPath)
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("印刷したあとの取り替えはできません。", 10)
	for b.Loop() {
		f.paragraphs.wipe()
		f.shaped.wipe()
		f.Break([]node.Run{{Text: text, Lang: "ja"}}, node.Font{Size: 27, LinePercent: 150}, 900)
	}
}
