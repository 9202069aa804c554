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
	blockHeight = 47.6
	nameRow     = 12.4
	kanaRow     = 4.0
	numberWidth = 5.0
)

// The grid: right of the number, a block is three equal fields, each a label and a value, so that the rules of all rows
// stand under each other. A wide value runs over two fields.
const (
	labelWidth = 19.0
	oneField   = (right-left-numberWidth)/3 - labelWidth
	twoFields  = oneField + labelWidth + oneField
	allFields  = twoFields + labelWidth + oneField
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
		top := personsTop + blockHeight*float64(n)
		p.strike(box{left, top, right - left, blockHeight * float64(PersonsPerPage-n)})
	}
	p.foot()
	return nil
}

// strike closes the room of the blocks that are not used, so that nothing can be written into it afterwards.
func (p *householdPage) strike(b box) {
	const lineTop = 14.0 // below 以下余白
	p.frame(b, thick)
	p.text(pageWidth/2, midline(b.y, lineTop, 3.6), 3.6, toCenter, "以　下　余　白")
	p.rules = append(p.rules, rule{x0: b.x + b.w, y0: b.y + lineTop, x1: b.x, y1: b.y + b.h, width: thin})
}

// head: title, 住所, 世帯主.
func (p *householdPage) head() error {
	p.text(pageWidth/2, titleTop+7, 7.4, toCenter, "住　民　票")
	p.text(right, titleTop+9.5, 2.6, toRight, p.doc.Municipality.Name+"　（世帯連記式）")
	p.frame(box{left, headTop, right - left, 2 * headRow}, thick)
	const label = numberWidth + labelWidth // its right rule goes on in the blocks
	rows := []column{
		{"住　　所", label, right - left - label, p.doc.Address},
		{"世 帯 主", label, right - left - label, p.doc.HeadName},
	}
	for i, c := range rows {
		rest := p.row(box{left, headTop + headRow*float64(i), right - left, headRow}, []column{c}, 4.2)
		if len(rest) != 0 { // the head of the form has no 備考
			return ErrTextTooLong
		}
	}
	return nil
}

// spaces are what labels are set wide with, or broken at.
var spaces = strings.NewReplacer("　", "", " ", "", "\n", "")

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
			rest = append(rest, continued+spaces.Replace(c.label)+"：…"+more)
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
	const valueWidth = twoFields
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
	birth := column{"生年月日", labelWidth, oneField, who.Birth}
	return append(rest, p.row(box{x, b.y, b.x + b.w - x, b.h}, []column{birth}, valueSize+0.2)...)
}

// field and wide are the columns of the grid.
func field(label string, c Cell) column { return column{label, labelWidth, oneField, c} }
func wide(label string, c Cell) column  { return column{label, labelWidth, twoFields, c} }

// rows are the rows between the name and 備考. Each fills the grid.
func (p *Person) rows() [][]column {
	became := field("住民となった日", p.BecameResident)
	if p.Foreign != nil {
		became = field("外国人住民と\nなった日", p.Foreign.BecameResident)
	}
	rows := [][]column{
		{
			field("旧　　氏", withReading(p.FormerSurname, p.FormerSurnameKana)), field("通　　称", p.Alias),
			{"性別", 10, 13, p.Sex},
			{"続柄", 10, labelWidth + oneField - 33, p.Relation}, // one field halved
		},
		{became, field("住所を定めた日", p.AddressSince), field("届 出 日", p.Notified)},
		{{"転入前住所", labelWidth, allFields, p.FormerAddress}},
	}
	if f := p.Foreign; f != nil {
		rows = append(rows,
			[]column{field("国籍・地域", f.Nationality), field("在留資格", f.Status), field("在留期間等", f.Period)},
			[]column{
				field("満 了 日", f.Until), field("在留カード\n等の番号", f.CardNumber), field("第30条45区分", f.Category),
			})
	} else {
		rows = append(rows, []column{wide("本　　籍", p.Domicile), field("筆 頭 者", p.RegisterHead)})
	}
	return append(rows, []column{wide("個人番号", p.MyNumber), field("住民票コード", p.ResidentCode)})
}

func withReading(surname, kana Cell) Cell {
	if kana == "" || surname == "" || surname == Omitted {
		return surname
	}
	return surname + "（" + kana + "）"
}

// remarks sets 備考 with everything that goes on there. What does not fit here fits nowhere.
func (p *householdPage) remarks(b box, own Cell, rest []string) error {
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
