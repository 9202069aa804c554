package form

import "fmt"

// The foot, on every page: date of issue in the era, office and name of the head, seal, 電子契印, page and application.
const (
	footTop  = 238.0
	sealSize = 22.0
	markTop  = 263.0
	// smallPrint is the baseline of the line outside the picture (D-02); the kiosk's own foot stands below it.
	smallPrint = 284.5
)

// sealMark is the place of the seal picture.
type sealMark struct {
	box
	text string
}

func (p *householdPage) foot() {
	m := p.doc.Municipality
	if p.number == p.pages {
		p.text(left+6, footTop+5, 4.2, toLeft, m.Sentence)
	} else {
		p.text(left+6, footTop+5, 3.6, toLeft, "（次頁に続く）")
	}
	p.text(left+14, footTop+14, 4.2, toLeft, p.issued())
	seal := box{right - sealSize - 2, footTop + 6, sealSize, sealSize}
	p.seal = &sealMark{seal, m.Seal}
	p.signature(seal)
	p.tally(box{left, markTop, 72, 12})
	id := p.doc.Application.String()
	p.text(left, smallPrint, 2.1, toLeft, fmt.Sprintf("申請番号 %s", id))
	p.text(pageWidth/2, smallPrint, 2.1, toCenter, fmt.Sprintf("発行番号 %s", p.doc.Issue))
	p.text(right, smallPrint, 2.1, toRight, fmt.Sprintf("%d/%d", p.number, p.pages))
}

// issued is the era date of issue. A date before the eras cannot be: the issuing server dates today.
func (p *householdPage) issued() string {
	w, err := p.doc.Issued.Wareki()
	if err != nil {
		return p.doc.Issued.String()
	}
	return w.String()
}

// signature: office and head, ending left of the seal; shrunk as one where they are long.
func (p *householdPage) signature(seal box) {
	m := p.doc.Municipality
	text := m.Office + "　　" + m.Head
	size, room := 5.4, seal.x-4-(left+60)
	if w := p.measure(text) * size; w > room {
		size *= room / w
	}
	p.text(seal.x-4, midline(seal.y, seal.h, size), size, toRight, text)
}

// tally: the 電子契印 with n/N, so that the sheets of one certificate can be matched by eye.
func (p *householdPage) tally(b box) {
	p.frame(b, 0.3)
	inset := box{b.x + 0.8, b.y + 0.8, b.w - 1.6, b.h - 1.6}
	p.frame(inset, 0.1)
	p.text(b.x+3, midline(b.y, b.h, 2.8), 2.8, toLeft, "電子契印")
	p.text(b.x+18, midline(b.y, b.h, 6), 6, toLeft, p.doc.Tally)
	p.text(b.x+b.w-3.2, midline(b.y, b.h, 4), 4, toRight, fmt.Sprintf("%d / %d", p.number, p.pages))
}
