package domain

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Date is a civil date in Asia/Tokyo; never an instant.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ErrDate says that a text is no civil date.
var ErrDate = errors.New("domain: not a date: want YYYY-MM-DD")

// tokyo has had no summer time since 1951; the service knows no other zone (domain §4).
var tokyo = time.FixedZone("Asia/Tokyo", 9*60*60)

// DateOf is the civil date in Tokyo at an instant.
func DateOf(t time.Time) Date {
	y, m, d := t.In(tokyo).Date()
	return Date{y, m, d}
}

// ParseDate reads YYYY-MM-DD and refuses a day that does not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, ErrDate
	}
	y, m, d := t.Date()
	return Date{y, m, d}, nil
}

func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// IsZero reports whether the date is unset.
func (d Date) IsZero() bool { return d == Date{} }

// Compare gives −1, 0 or +1 as d is before, equal to or after o.
func (d Date) Compare(o Date) int { return strings.Compare(d.String(), o.String()) }

// AddYears moves by whole years; 29 February becomes 1 March where the year has none.
func (d Date) AddYears(n int) Date {
	y, m, day := time.Date(d.Year+n, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Date()
	return Date{y, m, day}
}

// FiscalYear is the 年度 of the date: April to March.
func (d Date) FiscalYear() int {
	if d.Month < time.April {
		return d.Year - 1
	}
	return d.Year
}

// MarshalText gives YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	got, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = got
	return nil
}

// Wareki is a date in the Japanese calendar. Year 1 is written 元 (domain §9).
type Wareki struct {
	Era   string // 明治 … 令和
	Year  int    // 1 …
	Month time.Month
	Day   int
}

// ErrWareki says that a date lies before the table of eras, which begins with the Gregorian calendar in Meiji 6.
var ErrWareki = errors.New("domain: date before 1873-01-01 has no Gregorian era date")

// eras is compiled into the program: no terminal has a setting of its own (S-08). Newest first.
var eras = []struct {
	name  string
	start Date
}{
	{"令和", Date{2019, time.May, 1}},
	{"平成", Date{1989, time.January, 8}},
	{"昭和", Date{1926, time.December, 25}},
	{"大正", Date{1912, time.July, 30}},
	{"明治", Date{1868, time.January, 1}},
}

// Wareki gives the era date.
func (d Date) Wareki() (Wareki, error) {
	if d.Compare(Date{1873, time.January, 1}) < 0 {
		return Wareki{}, ErrWareki
	}
	for _, e := range eras {
		if d.Compare(e.start) >= 0 {
			return Wareki{e.name, d.Year - e.start.Year + 1, d.Month, d.Day}, nil
		}
	}
	return Wareki{}, ErrWareki
}

// String gives 令和8年11月25日; the first year is 元年.
func (w Wareki) String() string {
	year := fmt.Sprint(w.Year)
	if w.Year == 1 {
		year = "元"
	}
	return fmt.Sprintf("%s%s年%d月%d日", w.Era, year, w.Month, w.Day)
}
