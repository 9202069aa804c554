package registry

import (
	"fmt"

	"github.com/kioskd/kioskd/internal/domain"
)

// home is a household as the tables of this package write it down.
type home struct {
	address  string // without the municipality's name
	domicile string // 本籍 of its Japanese members, without the municipality's name
	people   []person
}

// person is one member as the tables write it down; the methods below add what is out of the ordinary.
type person struct {
	row   Resident
	since string // 住民となった日, where it is not the day of birth
}

// p writes an ordinary member: name, reading, day of birth, sex, relationship to the head.
func p(name, kana, born string, sex Sex, as string) person {
	return person{row: Resident{
		Name: Name{name, kana}, Birth: day(born), Sex: sex, Relationship: as, SealKept: as == head,
	}}
}

func (m person) formerly(surname, kana string) person {
	m.row.FormerSurname = Name{surname, kana}
	return m
}

func (m person) called(alias, kana string) person {
	m.row.Alias = Name{alias, kana}
	return m
}

func (m person) alien(f Foreign) person {
	m.row.Foreign = &f
	return m
}

func (m person) cameFrom(previous, on string) person {
	m.row.Previous, m.since = previous, on
	return m
}

func (m person) now(s Standing, since string) person {
	m.row.Standing, m.row.Since = s, day(since)
	return m
}

func (m person) held(h Hold) person {
	m.row.Hold = h
	return m
}

const head = "世帯主"

// day reads a date of the tables. A wrong one is a broken table, which the first test of this package finds.
func day(s string) domain.Date {
	d, err := domain.ParseDate(s)
	if err != nil {
		panic("registry: table: " + err.Error() + ": " + s)
	}
	return d
}

// New builds the registry of both municipalities. It does no I/O and always gives the same rows with the same ids.
func New() *Registry {
	r := &Registry{
		municipalities: municipalities(), byID: map[ResidentID]int{}, households: map[HouseholdID]Household{},
	}
	r.settle(Mihon, mihonHomes())
	r.settle(Kaku, kakuHomes())
	return r
}

func (r *Registry) settle(code domain.MunicipalityCode, homes []home) {
	m, _ := r.Municipality(code)
	place := m.Prefecture + m.Name
	n := 0
	for i, h := range homes {
		house := Household{
			ID: HouseholdID(fmt.Sprintf("%s-H%02d", code, i+1)), Municipality: code, Address: place + h.address,
		}
		for _, member := range h.people {
			n++
			row := complete(member, h, place)
			row.ID = rowID(code, n)
			row.Municipality, row.Household = code, house.ID
			row.MyNumber, row.ResidentCode = numbers(code, n)
			r.byID[row.ID] = len(r.residents)
			r.residents = append(r.residents, row)
			house.Members = append(house.Members, row.ID)
		}
		r.households[house.ID] = house
	}
}

// complete fills in what follows from the rest: dates, 本籍 and 筆頭者.
func complete(m person, h home, place string) Resident {
	row := m.row
	row.Became = row.Birth
	if m.since != "" {
		row.Became = day(m.since)
		row.Notified = row.Became
	}
	row.Settled = row.Became
	if row.Foreign != nil {
		return row
	}
	row.Domicile = place + h.domicile
	row.RegisterHead = h.people[0].row.Name.Text
	return row
}

// numbers makes a 個人番号 whose check digit is the right one plus one, so that it cannot be a living person's, and a
// 住民票コード that begins with 99999.
func numbers(code domain.MunicipalityCode, n int) (myNumber, residentCode string) {
	my := fmt.Sprintf("9%s%04d", code, n)
	return my + fmt.Sprint((checkDigit(my)+1)%10), fmt.Sprintf("99999%s%04d", code[4:], n)
}

// checkDigit is that of a 個人番号 of eleven digits: 11 − (Σ Pₙ×Qₙ mod 11), 0 where the remainder is 0 or 1; Pₙ is the
// n-th digit from the right, Qₙ is n+1 up to the sixth and n−5 from the seventh on (平成26年総務省令第85号 5条).
func checkDigit(eleven string) int {
	sum := 0
	for i := range 11 {
		n := 11 - i
		q := n + 1
		if n > 6 {
			q = n - 5
		}
		sum += int(eleven[i]-'0') * q
	}
	if sum%11 <= 1 {
		return 0
	}
	return 11 - sum%11
}

func rowID(code domain.MunicipalityCode, n int) ResidentID {
	return ResidentID(fmt.Sprintf("%s-%06d", code, n))
}
