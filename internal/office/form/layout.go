package form

import (
	"strings"

	"github.com/kioskd/kioskd/internal/domain"
)

// A layout is what stands on one page, as values: texts, rules and the few drawn things. It is made without a font file
// (only widths are asked for), so that whether a document fits is known before anything is drawn.
//
// Unit: mm from the left and the top edge of an A4 portrait page; a text's y is its baseline.
type layout struct {
	texts   []textMark
	rules   []rule
	seal    *sealMark
	sample  bool
	persons []int
}

// Page measures.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	left       = 15.0
	right      = pageWidth - left
)

type align int

const (
	toLeft align = iota
	toCenter
	toRight
)

type textMark struct {
	x, y, size float64
	align      align
	text       string
}

// rule is a straight line; width in mm.
type rule struct {
	x0, y0, x1, y1, width float64
	dotted                bool
}

// Rule widths in mm: 0.15 is 3.5 pixels at 600 dpi.
const (
	thin  = 0.15
	thick = 0.45
)

// box is a rectangle: left, top, width, height.
type box struct{ x, y, w, h float64 }

// midline is the baseline at which a text of a size stands in the middle of a height that begins at top.
func midline(top, height, size float64) float64 { return top + height/2 + size*0.38 }

func (l *layout) frame(b box, width float64) {
	l.rules = append(l.rules,
		rule{x0: b.x, y0: b.y, x1: b.x + b.w, y1: b.y, width: width},
		rule{x0: b.x, y0: b.y + b.h, x1: b.x + b.w, y1: b.y + b.h, width: width},
		rule{x0: b.x, y0: b.y, x1: b.x, y1: b.y + b.h, width: width},
		rule{x0: b.x + b.w, y0: b.y, x1: b.x + b.w, y1: b.y + b.h, width: width})
}

func (l *layout) text(x, y, size float64, a align, s string) {
	if s != "" {
		l.texts = append(l.texts, textMark{x: x, y: y, size: size, align: a, text: s})
	}
}

// padding is the space between a rule and a text.
const padding = 1.2

// Nominal sizes of texts in mm.
const (
	labelSize = 2.55
	valueSize = 3.4
	nameSize  = 5.0
	kanaSize  = 2.5
)

// label sets a label in the middle of its box, on two lines where it has a line break. A long one is set smaller:
// labels are ours and always fit so.
func (l *layout) label(b box, s string, m measure) {
	lines := strings.Split(s, "\n")
	size := min(labelSize, b.h*0.6)
	if len(lines) > 1 {
		size = min(size, b.h*0.4)
	}
	for _, line := range lines {
		if w := m(line) * size; w > b.w-1.6 {
			size *= (b.w - 1.6) / w
		}
	}
	pitch := size * 1.12
	top := b.y + (b.h-pitch*float64(len(lines)))/2
	for i, line := range lines {
		l.text(b.x+b.w/2, midline(top+pitch*float64(i), pitch, size), size, toCenter, line)
	}
}

// value sets a cell into its box and gives what has to go on in 備考.
func (l *layout) value(b box, c Cell, size float64, m measure) (rest string) {
	if c == "" {
		return ""
	}
	if c == Omitted {
		l.text(b.x+b.w/2, midline(b.y, b.h, valueSize), valueSize, toCenter, string(c))
		return ""
	}
	f := fit(string(c), b.w-2*padding, size, m)
	pitch := b.h / float64(len(f.lines))
	if len(f.lines) == mostLines {
		pitch = min(pitch, f.size*1.12)
	}
	top := b.y + (b.h-pitch*float64(len(f.lines)))/2
	for i, line := range f.lines {
		l.text(b.x+padding, midline(top+pitch*float64(i), pitch, f.size), f.size, toLeft, line)
	}
	return f.rest
}

// layouts lays the whole document out. Errors: ErrDocument, ErrTextTooLong.
func (d *ResidentRecord) layouts(m measure) ([]layout, error) {
	if err := d.complete(); err != nil {
		return nil, err
	}
	n := PagesFor(len(d.Persons))
	out := make([]layout, n)
	for i := range out {
		from := i * PersonsPerPage
		to := min(from+PersonsPerPage, len(d.Persons))
		p := householdPage{doc: d, number: i + 1, pages: n, measure: m}
		if err := p.lay(from, to); err != nil {
			return nil, err
		}
		out[i] = p.layout
	}
	return out, nil
}

// complete refuses a document that lacks what every page must carry.
func (d *ResidentRecord) complete() error {
	m := d.Municipality
	_, err := domain.ParseMunicipalityCode(string(m.Code))
	if err != nil || m.Name == "" || m.Office == "" || m.Head == "" || m.Seal == "" || m.Sentence == "" {
		return ErrDocument
	}
	if d.Application.IsZero() || d.Issue.IsZero() || d.Tally == "" || d.Issued.IsZero() {
		return ErrDocument
	}
	if len(d.Persons) == 0 || len(d.Persons) > MaxPersons {
		return ErrDocument
	}
	return nil
}

// allTexts are the texts of a document that come from outside, for the check against the font.
func (d *ResidentRecord) allTexts() []string {
	m := d.Municipality
	out := []string{m.Name, m.Office, m.Head, m.Seal, m.Sentence, d.Tally, string(d.Address), string(d.HeadName)}
	for i := range d.Persons {
		for _, c := range d.Persons[i].cells() {
			out = append(out, string(c))
		}
	}
	return out
}

func (p *Person) cells() []Cell {
	out := []Cell{
		p.Name, p.NameKana, p.FormerSurname, p.FormerSurnameKana, p.Alias, p.Birth, p.Sex, p.Relation,
		p.BecameResident, p.AddressSince, p.Notified, p.FormerAddress, p.Domicile, p.RegisterHead, p.MyNumber,
		p.ResidentCode, p.Remarks,
	}
	if f := p.Foreign; f != nil {
		out = append(out, f.Nationality, f.Status, f.Period, f.Until, f.CardNumber, f.Category, f.BecameResident)
	}
	return out
}
