package form

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// square measures every unit one em wide.
func square(s string) float64 { return float64(len(units(s))) }

func TestUnitsKeepSelectorsAndMarksWithTheirBase(t *testing.T) {
	got := units("辻\U000E0102𠮷か\u3099A")
	if diff := cmp.Diff([]string{"辻\U000E0102", "𠮷", "か\u3099", "A"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFitShrinksThenWrapsThenContinues(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want fitted
	}{
		"as_it_is":  {"一二三四五", fitted{size: 2, lines: []string{"一二三四五"}}},
		"shrunk":    {"一二三四五六", fitted{size: 1.6, lines: []string{"一二三四五六"}}},
		"smallest":  {"一二三四五六七", fitted{size: 1.4, lines: []string{"一二三四五六七"}}},
		"two_lines": {"一二三四五六七八", fitted{size: 1.4, lines: []string{"一二三四五六七", "八"}}},
		"words":     {"ANNA MARIA", fitted{size: 1.4, lines: []string{"ANNA", "MARIA"}}},
		"continued": {
			"一二三四五六七八九十一二三四五",
			fitted{size: 1.4, lines: []string{"一二三四五六七", "八九十一二三※"}, rest: "四五"},
		},
		"selector_never_split": {
			"一二三四五六辻\U000E0102八", fitted{size: 1.4, lines: []string{"一二三四五六辻\U000E0102", "八"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := fit(c.text, 10, 2, square)
			got.size = float64(int(got.size*100+0.5)) / 100
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(fitted{})); diff != "" {
				t.Error(diff)
			}
			whole := strings.ReplaceAll(strings.Join(got.lines, "")+got.rest, continued, "")
			if strings.ReplaceAll(c.text, " ", "") != strings.ReplaceAll(whole, " ", "") {
				t.Errorf("cut: %q", whole)
			}
		})
	}
}

func TestLongNameGoesOnInRemarksOfItsOwnBlock(t *testing.T) {
	doc := record(4)
	doc.Persons[1].Name = Cell(strings.Repeat("長", 60))
	pages, err := doc.layouts(square)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(pages[0].texts, func(m textMark) bool { return strings.HasPrefix(m.text, "※氏名：…長") })
	if i < 0 {
		t.Fatal("the name does not go on in 備考")
	}
	if y := pages[0].texts[i].y; y < personsTop+blockHeight || y > personsTop+2*blockHeight {
		t.Errorf("it goes on at %v, outside the block of its person", y)
	}
	doc.Persons[1].Remarks = Cell(strings.Repeat("備", 120))
	if _, err := doc.layouts(square); !errors.Is(err, ErrTextTooLong) {
		t.Errorf("no room left: %v", err)
	}
}

func TestNothingStandsOutsideThePicture(t *testing.T) {
	for n := 1; n <= 9; n++ {
		doc := record(n)
		pages, err := doc.layouts(square)
		if err != nil {
			t.Fatal(err)
		}
		if len(pages) != PagesFor(n) {
			t.Errorf("%d persons: %d pages", n, len(pages))
		}
		for _, p := range pages {
			for _, m := range p.texts {
				// The last 10 mm are the kiosk's (printer.md §6).
				if m.y-m.size < 10 || m.y > pageHeight-10 || m.x < 10 || m.x > pageWidth-10 {
					t.Errorf("%q stands at %v, %v", m.text, m.x, m.y)
				}
			}
		}
	}
}

func TestD02_EveryPageNamesApplicationAndNumberOutsideThePicture(t *testing.T) {
	doc := record(9)
	pages, err := doc.layouts(square)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pages {
		var foot []string
		for _, m := range p.texts {
			if m.y == smallPrint {
				foot = append(foot, m.text)
			}
		}
		want := []string{
			"申請番号 " + doc.Application.String(), "発行番号 " + doc.Issue.String(), string(rune('1'+i)) + "/3",
		}
		if diff := cmp.Diff(want, foot); diff != "" {
			t.Error(diff)
		}
	}
}

func TestOmittedAndBlankCellsAreTwoThings(t *testing.T) {
	doc := record(1)
	count := func() (n int) {
		pages, err := doc.layouts(square)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pages[0].texts {
			if m.text == string(Omitted) {
				n++
			}
		}
		return n
	}
	if got := count(); got != 2 {
		t.Errorf("%d cells are 省略, want 個人番号 and 住民票コード", got)
	}
	doc.Persons[0].MyNumber, doc.HeadName, doc.Persons[0].Relation = "", Omitted, Omitted
	if got := count(); got != 3 {
		t.Errorf("%d cells are 省略, want three", got)
	}
}

func TestEveryRowFillsTheGrid(t *testing.T) {
	for _, who := range []Person{{}, {Foreign: &Foreign{}}} {
		for _, columns := range who.rows() {
			width := 0.0
			for _, c := range columns {
				width += c.labelWidth + c.valueWidth
			}
			if math.Abs(width-(right-left-numberWidth)) > 1e-9 {
				t.Errorf("the row of %s is %v mm wide", columns[0].label, width)
			}
		}
	}
}

func TestUnusedBlocksAreStruck(t *testing.T) {
	pages, err := new(record(7)).layouts(square)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true} {
		said := slices.ContainsFunc(pages[i].texts, func(m textMark) bool { return m.text == "以　下　余　白" })
		struck := slices.ContainsFunc(pages[i].rules, func(r rule) bool { return r.x0 != r.x1 && r.y0 != r.y1 })
		if said != want || struck != want {
			t.Errorf("page %d: 以下余白 %v, struck %v, want %v", i+1, said, struck, want)
		}
	}
}

func FuzzFitNeverCuts(f *testing.F) {
	f.Add("辻\U000E0102太郎", 12.0)
	f.Add("MONTGOMERY FITZWILLIAM", 5.0)
	f.Fuzz(func(t *testing.T, s string, width float64) {
		if s == "" || width < 4 || width > 300 || strings.ContainsAny(s, continued) {
			return
		}
		got := fit(s, width, 2, square)
		whole := strings.Join(got.lines, "")
		if got.rest != "" {
			whole = strings.TrimSuffix(whole, continued) + got.rest
		}
		if strings.ReplaceAll(s, " ", "") != strings.ReplaceAll(whole, " ", "") {
			t.Errorf("%q became %q", s, whole)
		}
	})
}
