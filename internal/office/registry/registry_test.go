package registry

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/kioskd/kioskd/internal/domain"
)

func TestEnoughPeopleLiveInTwoMunicipalities(t *testing.T) {
	r := New()
	if len(r.Residents()) < 60 || len(r.households) < 25 {
		t.Errorf("%d residents in %d households", len(r.Residents()), len(r.households))
	}
	for _, m := range r.Municipalities() {
		if _, err := domain.ParseMunicipalityCode(string(m.Code)); err != nil {
			t.Errorf("%s: %v", m.Code, err)
		}
		for _, l := range domain.Langs {
			if m.NameIn[l] == "" {
				t.Errorf("D-19: %s has no name in %s", m.Code, l)
			}
		}
	}
	if !cmp.Equal(r.Residents(), New().Residents()) {
		t.Error("two builds differ")
	}
}

func TestEveryRowIsWholeAndItsHouseholdHasOneHead(t *testing.T) {
	r := New()
	heads := map[HouseholdID]int{}
	for _, row := range r.Residents() {
		house, _, ok := r.Household(row.Household)
		if row.Relationship == head {
			heads[row.Household]++
			if house.Members[0] != row.ID {
				t.Errorf("%s is head and stands below others", row.ID)
			}
		}
		if !ok || !slices.Contains(house.Members, row.ID) || house.Municipality != row.Municipality {
			t.Errorf("%s: household %s", row.ID, row.Household)
		}
		if row.Name.Text == "" || row.Birth.IsZero() || row.Became.Compare(row.Birth) < 0 ||
			(row.Sex != Male && row.Sex != Female) || (row.Foreign == nil) == (row.Domicile == "") ||
			(row.Standing == Present) != row.Since.IsZero() {
			t.Errorf("%s is not whole: %+v", row.ID, row)
		}
		if !utf8.ValidString(row.Name.Text) || strings.Contains(row.Name.Text, " ") && row.Foreign == nil {
			t.Errorf("%s: spaces in names are of full width", row.ID)
		}
	}
	for id, n := range heads {
		if n != 1 {
			t.Errorf("%s has %d heads", id, n)
		}
	}
	if len(heads) != len(r.households) {
		t.Errorf("%d heads in %d households", len(heads), len(r.households))
	}
}

func TestHardNamesAreThereUnchanged(t *testing.T) {
	var names []string
	latin := 0
	single := false
	for _, row := range New().Residents() {
		names = append(names, row.Name.Text+row.FormerSurname.Text+row.Alias.Text)
		if row.Foreign != nil && row.Alias.Text != "" {
			latin = utf8.RuneCountInString(row.Name.Text)
		}
		single = single || utf8.RuneCountInString(row.Name.Text) == 1
	}
	all := strings.Join(names, "\n")
	for _, want := range []string{
		"\u8fbb\U000E0102", "\u8fbb\U000E0103", "\u845b\U000E0102", "\u845b\U000E0103", "\U00020BB7", "\u9ad9", "\ufa11",
		"\u9089\U000E010F", "\u9089\U000E0110", "\U0010DE92",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%+q is in no name", want)
		}
	}
	if latin != 60 || !single {
		t.Errorf("Latin name of %d letters, name of one character: %v", latin, single)
	}
}

func TestNoNumberCanBeALivingPersons(t *testing.T) {
	// 123456789018 is the example of the ministry's own papers: its check digit is right.
	if checkDigit("12345678901") != 8 {
		t.Fatal("the check digit is computed wrongly")
	}
	seen := map[string]bool{}
	for _, row := range New().Residents() {
		if len(row.MyNumber) != 12 || int(row.MyNumber[11]-'0') == checkDigit(row.MyNumber[:11]) {
			t.Errorf("%s: %s could be real", row.ID, row.MyNumber)
		}
		if len(row.ResidentCode) != 11 || seen[row.MyNumber] || seen[row.ResidentCode] {
			t.Errorf("%s: %s, %s", row.ID, row.MyNumber, row.ResidentCode)
		}
		seen[row.MyNumber], seen[row.ResidentCode] = true, true
	}
}

func TestX22_HoldsAreCommonEnoughToHideOne(t *testing.T) {
	kinds := map[Hold]bool{}
	for _, row := range New().Residents() {
		if row.Hold != NoHold && row.Hold != Protected {
			kinds[row.Hold] = true
		}
	}
	if len(kinds) < 4 {
		t.Errorf("%d other reasons", len(kinds))
	}
}

func TestCardsPointAtTheRowsTheySpeakOf(t *testing.T) {
	r := New()
	want := map[string]string{
		"hanako": "見本　花子", "tsuji": "辻\U000E0102　健一郎", "yoshida": "𠮷田　修", "omori": "大森　太一",
		"kaku": "葛\U000E0103城　豊", "leaver": "渡邉\U000E010F　一馬", "held": "佐保　静", "expired": "齋\U000E0102藤　勝",
		"revoked": "高橋　進", "blocked": "田中　実", "gaiji": "\U0010DE92田　学", "child": "小林　新", "moved": "藤井　直樹", "unknown": "森",
	}
	ids := map[string]bool{}
	for _, c := range TestCards() {
		if ids[c.ID] || c.What[domain.Japanese] == "" || c.What[domain.English] == "" {
			t.Errorf("%s: doubled, or says nothing", c.ID)
		}
		ids[c.ID] = true
		if c.Resident == "" {
			continue
		}
		row, ok := r.Resident(c.Resident)
		if !ok || row.Municipality != c.Municipality || c.PIN != "1234" || c.Root < 1 || c.Root > 2 {
			t.Errorf("%s: %+v", c.ID, c)
		}
		if name, named := want[c.ID]; named && name != row.Name.Text {
			t.Errorf("%s is the card of %s, want %s", c.ID, row.Name.Text, name)
		}
		delete(want, c.ID)
	}
	if len(want) != 0 {
		t.Errorf("cards are missing: %v", want)
	}
}
