package form

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
)

const mihon = domain.MunicipalityCode("990019")

// made is the instant of every document of the tests.
var made = time.Date(2026, 11, 25, 3, 1, 33, 0, time.UTC)

// record is a household of n persons with the hard names of domain.md §9.
func record(n int) ResidentRecord {
	order := signed.HashOf([]byte("order"))
	issue := domain.IssueID{ID: domain.ID{2}}
	people := []Person{
		{
			Name: "辻\U000E0102　太郎", NameKana: "つじ　たろう", Birth: "昭和55年4月2日", Sex: "男", Relation: "世帯主",
			BecameResident: "平成20年3月30日", AddressSince: "平成24年10月1日", Notified: "平成24年10月3日",
			FormerAddress: "架空県架空町大字架空10番地", Domicile: "見本県見本市本町一丁目1番", RegisterHead: "辻\U000E0102　太郎",
			MyNumber: Omitted, ResidentCode: Omitted,
		},
		{
			Name: "𠮷田　葛\U000E0102子", NameKana: "よしだ　かつこ", FormerSurname: "髙﨑", FormerSurnameKana: "たかさき",
			Birth: "昭和57年12月31日", Sex: "女", Relation: "妻", BecameResident: "平成20年3月30日",
			AddressSince: "平成24年10月1日", Notified: "平成24年10月3日", Domicile: "見本県見本市本町一丁目1番",
			RegisterHead: "辻\U000E0102　太郎", MyNumber: Omitted, ResidentCode: Omitted,
		},
		{
			Name:     "MONTGOMERY FITZWILLIAM ALEXANDRIA CONSTANTINA WILHELMINA ROSE",
			NameKana: "", Alias: "山本　ローズ", Birth: "1990年1月2日", Sex: "女", Relation: "同居人", AddressSince: "令和5年6月1日",
			Notified: "令和5年6月10日", MyNumber: Omitted, ResidentCode: Omitted,
			Foreign: &Foreign{
				Nationality: "英国", Status: "永住者", Period: "＊＊＊", Until: "＊＊＊", CardNumber: "AB12345678CD",
				Category: "中長期在留者", BecameResident: "令和5年6月1日",
			},
		},
		{
			Name: "一", NameKana: "はじめ", Birth: "令和元年5月7日", Sex: "男", Relation: "子", BecameResident: "令和元年5月7日",
			AddressSince: "令和元年5月7日", Notified: "令和元年5月20日", Domicile: "見本県見本市本町一丁目1番",
			RegisterHead: "辻\U000E0102　太郎", MyNumber: Omitted, ResidentCode: Omitted,
		},
	}
	doc := ResidentRecord{
		Municipality: Municipality{
			Code: mihon, Name: "見本市", Office: "見本市長", Head: "見本　一郎", Seal: "見本市長之印",
			Sentence: "この写しは、住民票の原本と相違ないことを証明する。",
		},
		Address: "見本県見本市中央二丁目3番4号　見本ハイツ205号", HeadName: "辻\U000E0102　太郎",
		Application: domain.ApplicationID{ID: domain.ID{1}}, Issue: issue,
		Tally: signed.TallyOf(issue, order, PagesFor(n)), Issued: domain.DateOf(made), Made: made, Sample: true,
	}
	for i := range n {
		doc.Persons = append(doc.Persons, people[i%len(people)])
	}
	return doc
}

// testKey is a throw-away CA with one leaf for mihon.
type testKey struct {
	ca  *x509.Certificate
	key SigningKey
}

func newTestKey(t *testing.T) testKey {
	t.Helper()
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"TEST form"}, CommonName: "TEST form CA"},
		NotBefore: made.AddDate(-1, 0, 0), NotAfter: made.AddDate(9, 0, 0), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	ca = certify(t, ca, ca, caKey.Public(), caKey)
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{Organization: []string{"TEST form"}, CommonName: "TEST 見本市長"},
		NotBefore: made.AddDate(-1, 0, 0), NotAfter: made.AddDate(9, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature |
			x509.KeyUsageContentCommitment, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
	}
	leaf = certify(t, leaf, ca, leafKey.Public(), caKey)
	return testKey{ca, SigningKey{Signer: leafKey, Certificate: leaf, Chain: []*x509.Certificate{ca}}}
}

func certify(t *testing.T, c, parent *x509.Certificate, public any, by *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, parent, public, by)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
