package locales

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
)

// TestEveryJapaneseTextCanBeRead also reads the Japanese words in other languages' texts, and what a break mark cuts.
func TestEveryJapaneseTextCanBeRead(t *testing.T) {
	clips := open(t).Localizer(domain.Japanese).Clips()
	for key, part := range clips {
		kana, err := part.Kana()
		if err != nil {
			t.Errorf("%s: %v", key, err)
		}
		if strings.ContainsFunc(kana, func(r rune) bool { return unicode.Is(unicode.Han, r) }) != (err != nil) {
			t.Errorf("%s is read %q", key, kana)
		}
	}
	for id, tpl := range open(t).Localizer(domain.Japanese).texts {
		for _, s := range tpl {
			marked, err := Kana(s.fixed)
			plain, _ := Kana(said(s.fixed))
			if err != nil || said(marked) != said(plain) {
				t.Errorf("%s: with its break marks it is read %q, without %q (%v)", id, marked, plain, err)
			}
		}
	}
	if len(clips) < 250 {
		t.Errorf("only %d clips", len(clips))
	}
}

func TestReadings(t *testing.T) {
	for text, want := range map[string]string{
		"お金を入れた方は、下のボタンに触れてください。": "おかねをいれたかたは、したのボタンにふれてください。",
		"暗証番号を人に教えないでください。":       "あんしょうばんごうをひとにおしえないでください。",
		"4桁の暗証番号を入力してください":        "よんけたのあんしょうばんごうをにゅうりょくしてください",
		"出てきた紙が全部あるかお確かめください。":    "でてきたかみがぜんぶあるかおたしかめください。",
		"硬貨を取り出して、鍵を回してください。":     "こうかをとりだして、かぎをまわしてください。",
		"おつりが出せません。":              "おつりがだせません。",
		"転出の届け出があります":             "てんしゅつのとどけでがあります",
		"回入力できます":                 "かいにゅうりょくできます",
		"トレイを空にしてください。":           "トレイをからにしてください。",
		"印刷できなかった分のお金":            "いんさつできなかったぶんのおかね",
		"3分ほどです":                  "さんぷんほどです",
	} {
		if got, err := Kana(text); err != nil || got != want {
			t.Errorf("%s is read %s, want %s (%v)", text, got, want, err)
		}
	}
	want := []Ruby{{"お", ""}, {"持", "も"}, {"ち", ""}, {"主", "ぬし"}, {"です", ""}}
	if diff := cmp.Diff(want, Furigana("お持ち主です")); diff != "" {
		t.Errorf("stretches (-want +got):\n%s", diff)
	}
	var missing *ReadingError
	if got, err := Kana("硬貨と鯱"); !errors.As(err, &missing) || missing.Char != '鯱' || got != "こうかと鯱" {
		t.Errorf("an unknown kanji: %q, %v", got, err)
	}
	if got, err := (Part{Text: "请取卡", Lang: domain.SimplifiedChinese}).Kana(); got != "请取卡" || err != nil {
		t.Errorf("Chinese: %q, %v", got, err)
	}
}

// TestReadingsAreWordsOfKana: each line reads kanji, in kana, once.
func TestReadingsAreWordsOfKana(t *testing.T) {
	seen := map[string]bool{}
	for _, same := range words {
		for _, w := range same {
			if seen[w.written] {
				t.Errorf("%s stands there twice", w.written)
			}
			seen[w.written] = true
			read := false
			for _, s := range w.stretches {
				read = read || s.Reading != ""
				han := strings.ContainsFunc(s.Text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
				kana := !strings.ContainsFunc(s.Reading, func(r rune) bool { return !unicode.Is(unicode.Hiragana, r) })
				if han != (s.Reading != "") || !kana {
					t.Errorf("%s: %q is read %q", w.written, s.Text, s.Reading)
				}
			}
			if !read {
				t.Errorf("%s has no reading", w.written)
			}
		}
	}
	if len(seen) < 150 {
		t.Errorf("only %d words", len(seen))
	}
}
