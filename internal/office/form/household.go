package form

import (
	"fmt"
	"strings"
)

// The 世帯連記式: A4 portrait, one to four persons a sheet, the same foot on every sheet (server.md §8).
const (
	titleTop    = 13.0
	headTop     = 26.0
	headRow     = 7.6
	personsTop  = 43.5
	blockHeight = 47.1
	nameRow     = 11.4
	kanaRow     = 3.6
	numberWidth = 6.0
)

// householdPage lays out one page.
type householdPage struct {
	layout
	doc     *ResidentRecord
	number  int
	pages   int
	measure measure
}

// column is a label with its value inside a row; widths in mm.
type column struct {
	label      string
	labelWidth float64
	valueWidth float64
	cell       Cell
}

func (p *householdPage) lay(from, to int) error {
	p.sample = p.doc.Sample
	if err := p.head(); err != nil {
		return err
	}
	for i := from; i < to; i++ {
		top := personsTop + blockHeight*float64(i-from)
		if err := p.person(i, top); err != nil {
			return err
		}
		p.persons = append(p.persons, i)
	}
	if n := to - from; n < PersonsPerPage {
		y := personsTop + blockHeight*float64(n) + 8
		p.text(pageWidth/2, y, 3.2, toCenter, "― 以 下 余 白 ―")
	}
	p.foot()
	return nil
}

// head: title, 住所, 世帯主.
func (p *householdPage) head() error {
	p.text(pageWidth/2, titleTop+7, 7.4, toCenter, "住　民　票")
	p.text(right, titleTop+9.5, 2.6, toRight, p.doc.Municipality.Name+"　（世帯連記式）")
	p.frame(box{left, headTop, right - left, 2 * headRow}, thick)
	rows := []column{
		{"住　　所", 24, right - left - 24, p.doc.Address},
		{"世 帯 主", 24, right - left - 24, p.doc.HeadName},
	}
	for i, c := range rows {
		rest := p.row(box{left, headTop + headRow*float64(i), right - left, headRow}, []column{c}, 4.2)
		if len(rest) != 0 { // the head of the form has no 備考
			return ErrTextTooLong
		}
	}
	return nil
}

// row sets the columns of one row, its lower rule and the rules between, and gives what has to go on in 備考.
func (p *householdPage) row(b box, columns []column, size float64) (rest []string) {
	x := b.x
	p.rules = append(p.rules, rule{x0: b.x, y0: b.y + b.h, x1: b.x + b.w, y1: b.y + b.h, width: thin})
	for i, c := range columns {
		if i > 0 {
			p.rules = append(p.rules, rule{x0: x, y0: b.y, x1: x, y1: b.y + b.h, width: thin})
		}
		p.label(box{x, b.y, c.labelWidth, b.h}, c.label, p.measure)
		x += c.labelWidth
		p.rules = append(p.rules, rule{x0: x, y0: b.y, x1: x, y1: b.y + b.h, width: thin})
		if more := p.value(box{x, b.y, c.valueWidth, b.h}, c.cell, size, p.measure); more != "" {
			rest = append(rest, continued+strings.ReplaceAll(strings.ReplaceAll(c.label, "　", ""), " ", "")+"：…"+more)
		}
		x += c.valueWidth
	}
	return rest
}

// person sets one block.
func (p *householdPage) person(i int, top float64) error {
	who := &p.doc.Persons[i]
	p.frame(box{left, top, right - left, blockHeight}, thick)
	inner := left + numberWidth
	p.rules = append(p.rules, rule{x0: inner, y0: top, x1: inner, y1: top + blockHeight, width: thin})
	p.text(left+numberWidth/2, midline(top, blockHeight, 3.6), 3.6, toCenter, fmt.Sprint(i+1))

	rest := p.name(box{inner, top, right - inner, nameRow}, who)
	rows := who.rows()
	height := (blockHeight - nameRow) / float64(len(rows)+1)
	y := top + nameRow
	for _, columns := range rows {
		rest = append(rest, p.row(box{inner, y, right - inner, height}, columns, valueSize)...)
		y += height
	}
	return p.remarks(box{inner, y, right - inner, height}, who.Remarks, rest)
}

// name sets the row of the name with its reading above, and 生年月日 beside it.
func (p *householdPage) name(b box, who *Person) (rest []string) {
	const labelWidth, valueWidth, birthLabel = 18.0, 92.0, 18.0
	upper := box{b.x, b.y, labelWidth, kanaRow}
	p.label(upper, "振り仮名", p.measure)
	kana := who.NameKana
	if more := p.value(box{b.x + labelWidth, b.y, valueWidth, kanaRow}, kana, kanaSize, p.measure); more != "" {
		rest = append(rest, continued+"振り仮名：…"+more)
	}
	p.rules = append(p.rules, rule{
		x0: b.x, y0: b.y + kanaRow, x1: b.x + labelWidth + valueWidth, y1: b.y + kanaRow, width: thin, dotted: true,
	})
	lower := box{b.x, b.y + kanaRow, labelWidth, b.h - kanaRow}
	p.label(lower, "氏　　名", p.measure)
	nameBox := box{b.x + labelWidth, lower.y, valueWidth, lower.h}
	if more := p.value(nameBox, who.Name, nameSize, p.measure); more != "" {
		rest = append(rest, continued+"氏名：…"+more)
	}
	p.rules = append(p.rules,
		rule{x0: b.x + labelWidth, y0: b.y, x1: b.x + labelWidth, y1: b.y + b.h, width: thin})
	x := b.x + labelWidth + valueWidth
	p.rules = append(p.rules, rule{x0: x, y0: b.y, x1: x, y1: b.y + b.h, width: thin})
	p.rules = append(p.rules, rule{x0: b.x, y0: b.y + b.h, x1: x, y1: b.y + b.h, width: thin})
	birth := column{"生年月日", birthLabel, b.x + b.w - x - birthLabel, who.Birth}
	return append(rest, p.row(box{x, b.y, b.x + b.w - x, b.h}, []column{birth}, valueSize+0.4)...)
}

// rows are the rows between the name and 備考. Each is 174 mm wide.
func (p *Person) rows() [][]column {
	became := column{"住民となった日", 23, 35, p.BecameResident}
	if p.Foreign != nil {
		became = column{"外国人住民となった日", 23, 35, p.Foreign.BecameResident}
	}
	rows := [][]column{
		{
			{"旧　　氏", 18, 46, withReading(p.FormerSurname, p.FormerSurnameKana)},
			{"通　称", 14, 46, p.Alias},
			{"性別", 10, 12, p.Sex},
			{"続柄", 10, 18, p.Relation},
		},
		{became, {"住所を定めた日", 23, 35, p.AddressSince}, {"届 出 日", 18, 40, p.Notified}},
		{{"転入前住所", 23, 151, p.FormerAddress}},
	}
	if f := p.Foreign; f != nil {
		rows = append(rows,
			[]column{{"国籍・地域", 18, 36, f.Nationality}, {"在留資格", 18, 42, f.Status}, {"在留期間等", 22, 38, f.Period}},
			[]column{
				{"満 了 日", 18, 36, f.Until},
				{"在留カード等の番号", 26, 34, f.CardNumber},
				{"第30条45区分", 22, 38, f.Category},
			})
	} else {
		rows = append(rows, []column{{"本　　籍", 18, 96, p.Domicile}, {"筆 頭 者", 18, 42, p.RegisterHead}})
	}
	return append(rows, []column{{"個人番号", 18, 62, p.MyNumber}, {"住民票コード", 23, 71, p.ResidentCode}})
}

func withReading(surname, kana Cell) Cell {
	if kana == "" || surname == "" || surname == Omitted {
		return surname
	}
	return surname + "（" + kana + "）"
}

// remarks sets 備考 with everything that goes on there. What does not fit here fits nowhere.
func (p *householdPage) remarks(b box, own Cell, rest []string) error {
	const labelWidth = 18.0
	p.label(box{b.x, b.y, labelWidth, b.h}, "備　　考", p.measure)
	x := b.x + labelWidth
	p.rules = append(p.rules, rule{x0: x, y0: b.y, x1: x, y1: b.y + b.h, width: thin})
	if own != "" && own != Omitted {
		rest = append([]string{string(own)}, rest...)
	} else if len(rest) == 0 {
		rest = []string{string(own)}
	}
	all := Cell(strings.Join(rest, "　"))
	if p.value(box{x, b.y, b.w - labelWidth, b.h}, all, valueSize, p.measure) != "" {
		return ErrTextTooLong
	}
	return nil
}
