package aids

import (
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
)

func TestTheZeroValueIsWhatNobodyHasChanged(t *testing.T) {
	var s Settings
	if s.Size.Percent() != 100 || s.Theme.String() != "default" || s.Volume() != 3 || s.Rate() != 2 || s.Pace() != 1 {
		t.Errorf("%+v: %d %%, %v, volume %d, rate %d, pace %d", s, s.Size.Percent(), s.Theme, s.Volume(), s.Rate(), s.Pace())
	}
	for _, arg := range []string{"size=100", "theme=default", "low=off", "easy=off", "speech=off", "volume=3", "rate=2"} {
		if with, ok := s.With(arg); !ok || with != s {
			t.Errorf("%s: %+v, %v", arg, with, ok)
		}
	}
}

func TestEachSettingIsReadAlone(t *testing.T) {
	for arg, want := range map[string]Settings{
		"size=125": {Size: Size125}, "size=150": {Size: Size150}, "size=200": {Size: Size200},
		"theme=highLight": {Theme: ThemeHighLight}, "theme=highDark": {Theme: ThemeHighDark},
		"theme=lowGlare": {Theme: ThemeLowGlare}, "low=on": {Low: true}, "easy=on": {Easy: true},
		"speech=on": {Speech: true}, "volume=1": {louder: -2}, "volume=5": {louder: 2}, "rate=1": {faster: -1},
		"rate=3": {faster: 1},
	} {
		if got, ok := (Settings{}).With(arg); !ok || got != want {
			t.Errorf("%s: %+v, %v", arg, got, ok)
		}
		back := Settings{Size: Size200, Theme: ThemeLowGlare, Low: true, Easy: true, Speech: true, louder: 1, faster: 1}
		got, ok := back.With(arg)
		if again, _ := got.With(arg); !ok || again != got {
			t.Errorf("%s: the second time it changes something: %+v, %+v", arg, got, again)
		}
	}
	all := Settings{}
	for _, arg := range []string{
		Set(NameSize, Size150.String()), Set(NameTheme, ThemeHighDark.String()), Switch(NameLow, true),
		Switch(NameEasy, true), Switch(NameSpeech, true), Set(NameVolume, "4"), Set(NameRate, "1"),
	} {
		all, _ = all.With(arg)
	}
	want := Settings{Size150, ThemeHighDark, true, true, true, 1, -1}
	if all != want || all.Volume() != 4 || all.Rate() != 1 {
		t.Errorf("%+v", all)
	}
}

func TestAnythingElseChangesNothing(t *testing.T) {
	s := Settings{Size: Size150, Speech: true}
	for _, arg := range []string{
		"", "=", "size", "size=", "size=110", "size=0150", "SIZE=150", "theme=dark", "theme=", "low=1", "low=On", "easy=",
		"speech=yes", "volume=0", "volume=6", "volume=33", "volume=-1", "volume=", "rate=0", "rate=4", "rate=a",
		"pin=1234", "size=200=", "size=200 ", " size=200", "speech=off\x00",
	} {
		if got, ok := s.With(arg); ok || got != s {
			t.Errorf("%q: %+v, %v", arg, got, ok)
		}
	}
}

// TestX10_ThePace: twice the time with larger text, three times with speech, whatever else is set; never more than what
// the lives of the notes are made for.
func TestX10_ThePace(t *testing.T) {
	for _, c := range []struct {
		args []string
		want int
	}{
		{nil, 1},
		{[]string{"theme=highDark", "low=on", "easy=on", "volume=5"}, 1},
		{[]string{"size=125"}, 2},
		{[]string{"size=200", "theme=lowGlare"}, 2},
		{[]string{"speech=on"}, 3},
		{[]string{"speech=on", "size=200"}, 3},
	} {
		s := Settings{}
		for _, arg := range c.args {
			s, _ = s.With(arg)
		}
		if got := s.Pace(); got != c.want || got > domain.AidsFactor {
			t.Errorf("%v: %d, want %d", c.args, got, c.want)
		}
	}
}
