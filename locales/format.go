package locales

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// Number writes a whole number with the language's digit groups: 1,200, in Spanish and Portuguese 1.200.
func (l *Localizer) Number(n int64) string {
	sign, digits := "", strconv.FormatInt(n, 10)
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	mark := ","
	if l.lang == domain.Spanish || l.lang == domain.Portuguese {
		mark = "."
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(mark)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Money writes an amount as the language's readers expect it. It is a table of ours: x/text writes "JP¥ 1,200".
func (l *Localizer) Money(y domain.Yen) string {
	n := l.Number(int64(y))
	switch l.lang {
	case domain.English:
		return "¥" + n
	case domain.SimplifiedChinese:
		return n + "日元"
	case domain.TraditionalChinese:
		return n + "日圓"
	case domain.Korean:
		return n + "엔"
	case domain.Spanish:
		return n + "\u00a0" + plural(y, "yen", "yenes")
	case domain.Portuguese:
		return n + "\u00a0" + plural(y, "iene", "ienes")
	case domain.Japanese:
	}
	return n + "円"
}

func plural(y domain.Yen, one, other string) string {
	if y == 1 {
		return one
	}
	return other
}

// Date writes a civil date in the language's long form; in Japanese by the era, with the Western year
// beside it: 令和8年（2026年）12月1日.
func (l *Localizer) Date(d domain.Date) string {
	switch l.lang {
	case domain.English:
		return fmt.Sprintf("%s %d, %d", d.Month, d.Day, d.Year)
	case domain.SimplifiedChinese, domain.TraditionalChinese:
		return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
	case domain.Korean:
		return fmt.Sprintf("%d년 %d월 %d일", d.Year, int(d.Month), d.Day)
	case domain.Spanish:
		return fmt.Sprintf("%d de %s de %d", d.Day, monthsES[d.Month-time.January], d.Year)
	case domain.Portuguese:
		return fmt.Sprintf("%d de %s de %d", d.Day, monthsPT[d.Month-time.January], d.Year)
	case domain.Japanese:
		if w, err := d.Wareki(); err == nil {
			return strings.Replace(w.String(), "年", fmt.Sprintf("年（%d年）", d.Year), 1)
		}
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
}

var (
	monthsES = [12]string{
		"enero", "febrero", "marzo", "abril", "mayo", "junio",
		"julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
	}
	monthsPT = [12]string{
		"janeiro", "fevereiro", "março", "abril", "maio", "junho",
		"julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
	}
)
