package domain

import (
	"testing"
	"time"
)

func TestD01_IdsAreRandomAndReadBack(t *testing.T) {
	seen := map[ID]bool{}
	for range 1000 {
		id := NewID()
		if seen[id] {
			t.Fatal("the same id twice")
		}
		seen[id] = true
		back, err := ParseID(id.String())
		if err != nil || back != id {
			t.Fatalf("%v reads back as %v, %v", id, back, err)
		}
		if id.String()[0] > '7' || len(id.String()) != IDLength {
			t.Fatalf("form of %v", id)
		}
	}
}

func TestIDRefusesEveryOtherForm(t *testing.T) {
	good := ID{255, 1}.String()
	for _, bad := range []string{
		"", good[:25], good + "0", "8" + good[1:], "I" + good[1:], " " + good[1:],
		good[:25] + "u", good[:25] + "l",
	} {
		if _, err := ParseID(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if got := (ID{}).String(); got != "00000000000000000000000000" {
		t.Errorf("zero id is %q", got)
	}
	ones := ID{}
	for i := range ones {
		ones[i] = 255
	}
	if got := ones.String(); got != "7ZZZZZZZZZZZZZZZZZZZZZZZZZ" {
		t.Errorf("all ones is %q", got)
	}
}

func TestCrockfordTakesLeadingBits(t *testing.T) {
	got, err := Crockford([]byte{0xff, 0x00, 0xff, 0x00, 0xff}, 8)
	if err != nil || got != "ZW0FY07Z" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := Crockford([]byte{1}, 2); err == nil {
		t.Error("10 bits came out of 8")
	}
}

func TestMoneyTimesRefusesOverflow(t *testing.T) {
	if got, err := Yen(200).Times(3); err != nil || got != 600 {
		t.Errorf("200×3 = %v, %v", got, err)
	}
	for _, n := range []int{-1, 1 << 62} {
		if _, err := Yen(200).Times(n); err == nil {
			t.Errorf("200×%d gave no error", n)
		}
	}
	c := Count{1, 2, 3, 4}
	if c.Total() != 10+100+300+2000 {
		t.Errorf("total %v", c.Total())
	}
	if c.Plus(c).Minus(c) != c {
		t.Error("plus and minus disagree")
	}
	if _, ok := DenominationOf(5); ok {
		t.Error("¥5 is taken")
	}
}

func TestMunicipalityCodeChecksTheDigit(t *testing.T) {
	// 千代田区, 札幌市, 横浜市, 大阪市.
	for _, good := range []string{"131016", "011002", "141003", "271004"} {
		if _, err := ParseMunicipalityCode(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
		bad := good[:5] + string('0'+(good[5]-'0'+1)%10)
		if _, err := ParseMunicipalityCode(bad); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestS08_EraIsRightOnEveryDayFrom1873To2100(t *testing.T) {
	day := time.Date(1873, 1, 1, 3, 0, 0, 0, time.UTC)
	era, year := "明治", 6
	for ; day.Year() < 2100; day = day.AddDate(0, 0, 1) {
		switch d := DateOf(day).String(); {
		case d == "1912-07-30":
			era, year = "大正", 1
		case d == "1926-12-25":
			era, year = "昭和", 1
		case d == "1989-01-08":
			era, year = "平成", 1
		case d == "2019-05-01":
			era, year = "令和", 1
		case d[5:] == "01-01" && d != "1873-01-01":
			year++
		}
		w, err := DateOf(day).Wareki()
		if err != nil || w.Era != era || w.Year != year {
			t.Fatalf("%v is %v, want %s %d (%v)", day, w, era, year, err)
		}
	}
	w, _ := Date{2019, time.May, 7}.Wareki()
	if w.String() != "令和元年5月7日" {
		t.Errorf("first year is written %s", w)
	}
	if _, err := (Date{1872, time.December, 31}).Wareki(); err == nil {
		t.Error("a lunar date was converted")
	}
}

func TestDateIsOfTokyoNotOfTheMachine(t *testing.T) {
	got := DateOf(time.Date(2026, 3, 31, 15, 0, 0, 0, time.UTC))
	if got.String() != "2026-04-01" || got.FiscalYear() != 2026 {
		t.Errorf("got %v, fiscal year %d", got, got.FiscalYear())
	}
	if got := DateOf(time.Date(2026, 3, 31, 14, 59, 59, 0, time.UTC)); got.FiscalYear() != 2025 {
		t.Errorf("got %v", got)
	}
	if _, err := ParseDate("2026-02-29"); err == nil {
		t.Error("29 February 2026 was read")
	}
}

func TestD15_ReasonsAreDistinctAndReadBack(t *testing.T) {
	for _, r := range Reasons() {
		back, ok := ParseReason(r.Code())
		if !ok || back != r {
			t.Errorf("%d reads back as %d", r, back)
		}
	}
	if r, ok := ParseReason("FromTheFuture"); ok || r != Unavailable {
		t.Errorf("an unknown reason became %v", r)
	}
}
