package issuing

import (
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/signed"
)

// order is an order in the words of the record: which rows, and which of the optional cells.
type order struct {
	app   domain.ApplicationID
	issue domain.IssueID
	tally string
	house registry.Household
	rows  []registry.Resident
	show  optional
}

// optional says which optional cells of 住民票の写し were asked for.
type optional struct{ headAndRelation, domicile, myNumber, residentCode bool }

var everything = optional{true, true, true, true}

func optionalOf(o signed.Order) optional {
	yes := func(c domain.OptionCode) bool { return o.Option(c) == domain.OptionYes }
	return optional{
		yes(domain.OptionShowHeadAndRelation), yes(domain.OptionShowDomicile), yes(domain.OptionShowMyNumber),
		yes(domain.OptionShowResidentCode),
	}
}

// document writes the cells of a 住民票の写し (世帯連記式): a cell that was not asked for says 省略, one without data is blank.
func (s *Server) document(o order, now time.Time) form.ResidentRecord {
	day := domain.DateOf(now)
	m, _ := s.Registry.Municipality(o.house.Municipality)
	doc := form.ResidentRecord{
		Municipality: form.Municipality{
			Code: m.Code, Name: m.Name, Office: m.Office, Head: m.Head, Seal: m.Seal, Sentence: m.CertificationOn(day),
		},
		Address: form.Cell(o.house.Address), HeadName: s.headOf(o.house), Application: o.app, Issue: o.issue, Tally: o.tally,
		Issued: day, Made: now, Sample: s.Env != signed.EnvProd,
	}
	if !o.show.headAndRelation {
		doc.HeadName = form.Omitted
	}
	for _, r := range o.rows {
		doc.Persons = append(doc.Persons, person(r, o.show))
	}
	return doc
}

// headOf gives the name of the household's head. Where the head left or died and no other is named yet, the cell is
// blank.
func (s *Server) headOf(h registry.Household) form.Cell {
	if len(h.Members) == 0 {
		return ""
	}
	head, ok := s.Registry.Resident(h.Members[0])
	if !ok || head.Standing == registry.Deceased || head.Standing == registry.MovedOut {
		return ""
	}
	return form.Cell(head.Name.Text)
}

func person(r registry.Resident, show optional) form.Person {
	p := form.Person{
		Name: form.Cell(r.Name.Text), NameKana: form.Cell(r.Name.Furigana),
		FormerSurname: form.Cell(r.FormerSurname.Text), FormerSurnameKana: form.Cell(r.FormerSurname.Furigana),
		Alias: form.Cell(r.Alias.Text), Birth: era(r.Birth), Sex: form.Cell(r.Sex), Relation: form.Cell(r.Relationship),
		BecameResident: era(r.Became), AddressSince: era(r.Settled), Notified: era(r.Notified),
		FormerAddress: form.Cell(r.Previous), Domicile: form.Cell(r.Domicile), RegisterHead: form.Cell(r.RegisterHead),
		MyNumber: form.Cell(r.MyNumber), ResidentCode: form.Cell(r.ResidentCode),
	}
	omit := func(asked bool, cells ...*form.Cell) {
		for _, c := range cells {
			if !asked {
				*c = form.Omitted
			}
		}
	}
	omit(show.headAndRelation, &p.Relation)
	omit(show.domicile, &p.Domicile, &p.RegisterHead)
	omit(show.myNumber, &p.MyNumber)
	omit(show.residentCode, &p.ResidentCode)
	if f := r.Foreign; f != nil {
		// The foreign residents' own options (国籍・地域 …) are not offered yet: every such cell says 省略.
		p.Birth, p.Domicile, p.RegisterHead = western(r.Birth), "", ""
		p.Foreign = &form.Foreign{
			Nationality: form.Omitted, Status: form.Omitted, Period: form.Omitted, Until: form.Omitted,
			CardNumber: form.Omitted, Category: form.Omitted, BecameResident: era(f.BecameForeign),
		}
	}
	return p
}

// era writes a date in the Japanese calendar. A date before 1873 has no Gregorian era date and is written as it is.
func era(d domain.Date) form.Cell {
	if d.IsZero() {
		return ""
	}
	w, err := d.Wareki()
	if err != nil {
		return western(d)
	}
	return form.Cell(w.String())
}

func western(d domain.Date) form.Cell {
	return form.Cell(fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day))
}
