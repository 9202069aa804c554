package locales

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
)

func TestWhatIsSaidComesInPiecesThatCanBeRecorded(t *testing.T) {
	const ja, en, es = domain.Japanese, domain.English, domain.Spanish
	tests := map[string]struct {
		lang domain.Lang
		m    Message
		want []Part
	}{
		"in one piece": {ja, New("attract.touch"), []Part{{"attract.touch", "画面に触れてください", ja}}},
		"two lines": {en, New("attract.need_coins"), []Part{
			{"attract.need_coins", "Coins of ¥10, ¥50, ¥100 and ¥500 only. No notes", en},
		}},
		"a number in the middle": {ja, NewPlural("enter_pin.tries", 2), []Part{
			{"enter_pin.tries.other#1", "あと", ja}, {"number/2", "2", ja}, {"enter_pin.tries.other#2", "回入力できます", ja},
		}},
		"a plural form": {en, NewPlural("copies.number", 1), []Part{
			{"number/1", "1", en}, {"copies.number.one#1", "copy", en},
		}},
		"many of the CLDR": {es, NewPlural("copies.number", 1_000_000), []Part{
			{"number/1000000", "1000000", es}, {"copies.number.many#1", "copias", es},
		}},
		"an amount": {es, New("refused.returned", Money("Amount", 1)), []Part{
			{"refused.returned#1", "Se han devuelto", es},
			{"number/1", "1", es},
			{"unit/yen.one", "yen", es},
			{"refused.returned#2", "Mire en la bandeja de devolución.", es},
		}},
		"Japanese inside": {en, New("enter_pin.lead"), []Part{
			{"enter_pin.lead#1", "The PIN for user authentication", en}, {"term/利用者証明用", "利用者証明用", ja},
		}},
	}
	all := open(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, parts, err := all.Localizer(tt.lang).Say(tt.m)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, parts); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
			clips := map[domain.Lang]map[string]Part{}
			for _, p := range parts {
				if strings.HasPrefix(p.Key, "number/") {
					continue
				}
				if clips[p.Lang] == nil {
					clips[p.Lang] = all.Localizer(p.Lang).Clips()
				}
				if got, ok := clips[p.Lang][p.Key]; !ok || got != p {
					t.Errorf("no clip for %v, but %v", p, got)
				}
			}
		})
	}
}

// TestAValueOfWordsHasNoClip: nobody could record a telephone number.
func TestAValueOfWordsHasNoClip(t *testing.T) {
	l := &Localizer{lang: "en", texts: map[string]template{"x.call": parse("x.call", "Call {{.Phone}}.", "en")}}
	text, parts, err := l.Say(New("x.call", Words("Phone", "03-1234")))
	want := []Part{{"x.call#1", "Call", "en"}, {"", "03-1234", "en"}}
	if err != nil || text != "Call 03-1234." || !cmp.Equal(want, parts) {
		t.Errorf("text %q, parts %v, error %v", text, parts, err)
	}
}

// TestEveryTextCanBeHeard: each text of each language has at least one piece or a placeholder, but the separator.
func TestEveryTextCanBeHeard(t *testing.T) {
	all := open(t)
	for _, lang := range domain.Langs {
		keys := map[string]string{}
		for id, tpl := range all.Localizer(lang).texts {
			heard := false
			for _, s := range tpl {
				heard = heard || s.value != "" || len(s.parts) > 0
				for _, p := range s.parts {
					if other, twice := keys[p.Key]; twice && p.Lang == lang {
						t.Errorf("%s: %s and %s are one clip", lang, other, p.Text)
					}
					keys[p.Key] = p.Text
				}
			}
			if !heard && id != "confirm.separator" {
				t.Errorf("%s: %s says nothing", lang, id)
			}
		}
		for key, clip := range maps.All(all.Localizer(lang).Clips()) {
			if key == "" || clip.Text == "" || strings.ContainsAny(clip.Text, "\u200b<>{}\n") {
				t.Errorf("%s: clip %q of %q", lang, key, clip.Text)
			}
		}
	}
}
