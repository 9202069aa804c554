// Package registry is a municipality's resident record (住民基本台帳) as the issuing server reads it: residents,
// households, names, and what stands in the way of a certificate.
//
// The data are made up: two municipalities that do not exist and people who never lived, among them the hard names of
// docs/glossary.md §9. A 個人番号 carries a wrong check digit on purpose, so that none can be a living person's. The
// issuing server reads it, the bench makes its test cards from TestCards. A Registry never changes after
// New; it knows no clock and has no effects. Names are never normalised, split or counted by code points.
package registry

import (
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// ResidentID is the stable id of one row, such as 990019-000001. It never leaves the issuing server; the kiosk sees a
// tag of it that changes with every visit.
type ResidentID string

// HouseholdID is the stable id of a household, such as 990019-H01.
type HouseholdID string

// Name is a name with its reading. Furigana is "" where none was notified yet.
type Name struct {
	Text     string
	Furigana string
}

// Sex as it stands in the record.
type Sex string

// The values of Sex, as printed.
const (
	Male   Sex = "男"
	Female Sex = "女"
)

// Foreign is what a foreign resident's row has beside the rest (住民基本台帳法 30条の45).
type Foreign struct {
	Nationality   string // 国籍・地域
	Category      string // 30条45区分
	Status        string // 在留資格
	Period        string // 在留期間等
	Until         domain.Date
	CardNumber    string // 在留カード等の番号
	BecameForeign domain.Date
}

// Resident is one row.
type Resident struct {
	ID            ResidentID
	Municipality  domain.MunicipalityCode
	Household     HouseholdID
	Name          Name
	FormerSurname Name // 旧氏; zero: none
	Alias         Name // 通称; zero: none
	Birth         domain.Date
	Sex           Sex
	Relationship  string // 続柄
	Became        domain.Date
	Settled       domain.Date
	Notified      domain.Date // 届出日; zero: none
	Previous      string      // 転入前住所
	Domicile      string      // 本籍; "" for a foreign resident
	RegisterHead  string      // 筆頭者
	Foreign       *Foreign    // nil for a Japanese national
	MyNumber      string      // 12 digits, the last one wrong
	ResidentCode  string      // 11 digits, beginning with 99999
	SealKept      bool        // 印鑑登録
	Standing      Standing
	Since         domain.Date // day of death, of moving out, or of the planned move; zero while Present
	Hold          Hold
}

// Standing is whether the person lives here.
type Standing uint8

// The standings.
const (
	Present Standing = iota
	Leaving          // 転出予定
	MovedOut
	Deceased
)

// Hold is an administrative reason that a certificate of this household is made at the counter only. All of them leave
// the issuing server as one and the same refusal.
type Hold uint8

// The holds.
const (
	NoHold           Hold = iota
	Protected             // 支援措置
	UnderCorrection       // 職権修正中
	ChangeInProgress      // 異動処理中
	UnderSurvey           // 居住実態調査中
	NotConverted          // 標準様式へ移行未済
	StoppedByHolder       // 本人の申出による停止
)

// Household is a 世帯. Members stand in the order of the record, the head first.
type Household struct {
	ID           HouseholdID
	Municipality domain.MunicipalityCode
	Address      string
	Members      []ResidentID
}

// Registry is the record of every municipality of this process. It is safe for use from any goroutine.
type Registry struct {
	municipalities []Municipality
	residents      []Resident
	byID           map[ResidentID]int
	households     map[HouseholdID]Household
}

// Municipalities gives all of them in the order of their codes.
func (r *Registry) Municipalities() []Municipality {
	return append([]Municipality(nil), r.municipalities...)
}

// Municipality gives one by its code.
func (r *Registry) Municipality(code domain.MunicipalityCode) (Municipality, bool) {
	for _, m := range r.municipalities {
		if m.Code == code {
			return m, true
		}
	}
	return Municipality{}, false
}

// Residents gives every row in the order of the ids.
func (r *Registry) Residents() []Resident { return append([]Resident(nil), r.residents...) }

// Resident gives one row.
func (r *Registry) Resident(id ResidentID) (Resident, bool) {
	i, ok := r.byID[id]
	if !ok {
		return Resident{}, false
	}
	return r.residents[i], true
}

// Household gives one household with its rows, the head first. Those who moved out or died are not among them.
func (r *Registry) Household(id HouseholdID) (Household, []Resident, bool) {
	h, ok := r.households[id]
	if !ok {
		return Household{}, nil, false
	}
	var rows []Resident
	for _, m := range h.Members {
		if row := r.residents[r.byID[m]]; row.Standing == Present || row.Standing == Leaving {
			rows = append(rows, row)
		}
	}
	return h, rows, true
}

// feedEvery is how often the feed from the resident system arrives in this made-up municipality.
const feedEvery = 5 * time.Minute

// DataAsOf says of what instant the data are that are used at the given one (D-08).
func (r *Registry) DataAsOf(at time.Time) time.Time { return at.UTC().Truncate(feedEvery) }
