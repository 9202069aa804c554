package registry

import (
	"slices"

	"github.com/kioskd/kioskd/internal/domain"
)

// The two municipalities. Their codes have right check digits and belong to no prefecture.
const (
	Mihon domain.MunicipalityCode = "990019" // 見本市
	Kaku  domain.MunicipalityCode = "990027" // 架空町
)

// Municipality holds the texts that a municipality prints and shows. They are dated data (D-17): Certification is the
// list of sentences with the first day of each.
type Municipality struct {
	Code          domain.MunicipalityCode
	Name          string // 見本市
	NameIn        map[domain.Lang]string
	Prefecture    string
	Office        string // 見本市長
	Head          string // the name of the head of the office
	Seal          string // the letters of the seal, read in columns from the right
	Certification []DatedText
}

// DatedText is a sentence valid from a day on.
type DatedText struct {
	From domain.Date
	Text string
}

// CertificationOn is the sentence valid on a day; "" before the first.
func (m Municipality) CertificationOn(day domain.Date) string {
	text := ""
	for _, t := range m.Certification {
		if day.Compare(t.From) >= 0 {
			text = t.Text
		}
	}
	return text
}

var sentence = []DatedText{
	{domain.Date{Year: 2012, Month: 7, Day: 9}, "この写しは、住民票の原本と相違ないことを証明する。"},
}

func municipalities() []Municipality {
	all := []Municipality{
		{
			Code: Mihon, Name: "見本市", Prefecture: "見本県", Office: "見本市長", Head: "見本　正", Seal: "見本市長之印",
			NameIn: map[domain.Lang]string{
				domain.Japanese: "見本市", domain.English: "Mihon City", domain.SimplifiedChinese: "见本市",
				domain.TraditionalChinese: "見本市", domain.Korean: "미혼시",
				domain.Spanish: "Ciudad de Mihon", domain.Portuguese: "Cidade de Mihon",
			},
			Certification: sentence,
		},
		{
			Code: Kaku, Name: "架空町", Prefecture: "見本県", Office: "架空町長", Head: "架空　誠", Seal: "架空町長之印",
			NameIn: map[domain.Lang]string{
				domain.Japanese: "架空町", domain.English: "Kakū Town", domain.SimplifiedChinese: "架空町",
				domain.TraditionalChinese: "架空町", domain.Korean: "가쿠정",
				domain.Spanish: "Villa de Kakū", domain.Portuguese: "Vila de Kakū",
			},
			Certification: sentence,
		},
	}
	slices.SortFunc(all, func(a, b Municipality) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	return all
}
