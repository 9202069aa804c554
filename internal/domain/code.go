package domain

import (
	"errors"
	"regexp"
)

// Kind is the code name of a certificate family. An open list: kinds come and go as data (domain §3, D-17), so no
// screen enumerates them.
type Kind string

// The kinds that code of ours names.
const (
	ResidentRecord   Kind = "ResidentRecord"   // 住民票の写し
	SealRegistration Kind = "SealRegistration" // 印鑑登録証明書
)

// OptionCode names an option of a kind; OptionValue its value. Both are NMTOKENs of at most 64 characters.
type (
	OptionCode  string
	OptionValue string
)

// The options of 住民票の写し (domain §3).
const (
	OptionScope               OptionCode = "Scope"
	OptionShowHeadAndRelation OptionCode = "ShowHeadAndRelation" // 世帯主・続柄
	OptionShowDomicile        OptionCode = "ShowDomicile"        // 本籍・筆頭者
	OptionShowMyNumber        OptionCode = "ShowMyNumber"        // 個人番号
	OptionShowResidentCode    OptionCode = "ShowResidentCode"    // 住民票コード
)

// The values of those options.
const (
	ScopeWhole OptionValue = "whole"
	ScopePart  OptionValue = "part"
	ScopeSelf  OptionValue = "self"
	OptionYes  OptionValue = "true"
	OptionNo   OptionValue = "false"
)

// Option is one chosen option of an order.
type Option struct {
	Code  OptionCode
	Value OptionValue
}

// Lang is one of the seven languages of the screens, as a BCP 47 tag.
type Lang string

// The seven languages (D-19). The first is the default.
const (
	Japanese           Lang = "ja"
	English            Lang = "en"
	SimplifiedChinese  Lang = "zh-Hans"
	TraditionalChinese Lang = "zh-Hant"
	Korean             Lang = "ko"
	Spanish            Lang = "es"
	Portuguese         Lang = "pt"
)

// Langs are the seven in the order of the language screen.
var Langs = [...]Lang{
	Japanese, English, SimplifiedChinese, TraditionalChinese, Korean, Spanish, Portuguese,
}

// MunicipalityCode is a 全国地方公共団体コード of six digits, the last one a check digit.
type MunicipalityCode string

// ErrMunicipalityCode says that a text is no municipality code.
var ErrMunicipalityCode = errors.New("domain: not a municipality code: want six digits with a right check digit")

// ParseMunicipalityCode checks the six digits: the last is 11 − (Σ d₁…d₅ × 6…2 mod 11), of which the last digit counts.
func ParseMunicipalityCode(s string) (MunicipalityCode, error) {
	if len(s) != 6 {
		return "", ErrMunicipalityCode
	}
	sum := 0
	for i := range 6 {
		if s[i] < '0' || s[i] > '9' {
			return "", ErrMunicipalityCode
		}
		if i < 5 {
			sum += int(s[i]-'0') * (6 - i)
		}
	}
	if (11-sum%11)%10 != int(s[5]-'0') {
		return "", ErrMunicipalityCode
	}
	return MunicipalityCode(s), nil
}

// KioskID names a kiosk, such as K-000001. CenterID names a centre, such as test-center.
type (
	KioskID  string
	CenterID string
)

var tokenForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ValidToken reports whether s may stand as a kiosk id, centre id or key id: 1 to 64 letters, digits, dots,
// underscores and hyphens.
func ValidToken(s string) bool { return tokenForm.MatchString(s) }
