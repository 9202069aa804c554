package form

import (
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

// Cell is what one cell of the form says. "" leaves it blank.
type Cell string

// Omitted stands in a cell that was not asked for.
const Omitted Cell = "省略"

// PersonsPerPage is the number of persons on one sheet of the 世帯連記式.
const PersonsPerPage = 4

// MaxPersons bounds one document (signed.MaxPages sheets).
const MaxPersons = signed.MaxPages * PersonsPerPage

// PagesFor is the number of pages for a number of persons. It is known before a page is made, because the tally that
// stands on every page depends on it.
func PagesFor(persons int) int { return (persons + PersonsPerPage - 1) / PersonsPerPage }

// Municipality is what a municipality puts under its documents. Dated data of the issuing server (D-17).
type Municipality struct {
	Code     domain.MunicipalityCode
	Name     string // 見本市
	Office   string // 見本市長
	Head     string // the name of the head
	Seal     string // the characters of the seal: 見本市長之印
	Sentence string // この写しは、住民票の原本と相違ないことを証明する。
}

// ResidentRecord is one 住民票の写し in the 世帯連記式.
type ResidentRecord struct {
	Municipality Municipality
	Address      Cell
	HeadName     Cell     // 世帯主
	Persons      []Person // 1 to MaxPersons, in the order printed
	Application  domain.ApplicationID
	Issue        domain.IssueID
	Tally        string // signed.TallyOf
	Issued       domain.Date
	Made         time.Time // the instant of the signature; zero: noon of Issued
	Sample       bool      // 見本 on every page: always, outside production
}

// Person is one block of the form. Dates are written by the caller: era dates, Western for foreign residents.
type Person struct {
	Name              Cell // 氏名
	NameKana          Cell // 氏名の振り仮名
	FormerSurname     Cell // 旧氏
	FormerSurnameKana Cell
	Alias             Cell // 通称
	Birth             Cell // 生年月日
	Sex               Cell // 性別
	Relation          Cell // 続柄
	BecameResident    Cell // 住民となった日
	AddressSince      Cell // 住所を定めた日
	Notified          Cell // 届出日
	FormerAddress     Cell // 転入前住所
	Domicile          Cell // 本籍
	RegisterHead      Cell // 筆頭者
	MyNumber          Cell // 個人番号
	ResidentCode      Cell // 住民票コード
	Remarks           Cell // 備考
	Foreign           *Foreign
}

// Foreign are the cells that a foreign resident has instead of 本籍 and 筆頭者.
type Foreign struct {
	Nationality    Cell // 国籍・地域
	Status         Cell // 在留資格
	Period         Cell // 在留期間等
	Until          Cell // 在留期間の満了の日
	CardNumber     Cell // 在留カード等の番号
	Category       Cell // 第30条45規定区分
	BecameResident Cell // 外国人住民となった日; stands in the place of 住民となった日
}

// Page is one page: a signed one-page PDF.
type Page struct {
	PDF         []byte
	Orientation signed.Orientation
	Persons     []int // indices into ResidentRecord.Persons, in the order printed
}
