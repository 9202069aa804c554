package form

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"regexp"
	"time"

	"github.com/digitorus/pdf"
	"github.com/digitorus/pdfsign/sign"

	"github.com/kioskd/kioskd/internal/signed"
)

// CheckResidentRecord says whether a document can be made, without making it. Errors as of ResidentRecord.
func (f *Former) CheckResidentRecord(doc ResidentRecord) error {
	_, err := f.lay(&doc)
	return err
}

// ResidentRecord makes the pages of a 住民票の写し in the 世帯連記式: PagesFor(len(doc.Persons)) signed one-page PDFs.
// Errors: ErrCharacterPending, ErrTextTooLong, ErrDocument.
func (f *Former) ResidentRecord(doc ResidentRecord) ([]Page, error) {
	key, ok := f.keys[doc.Municipality.Code]
	if !ok {
		return nil, fmt.Errorf("%w: no PDF key of municipality %s", ErrDocument, doc.Municipality.Code)
	}
	layouts, err := f.lay(&doc)
	if err != nil {
		return nil, err
	}
	made := doc.Made
	if made.IsZero() {
		made = time.Date(doc.Issued.Year, doc.Issued.Month, doc.Issued.Day, 3, 0, 0, 0, time.UTC)
	}
	pages := make([]Page, len(layouts))
	for i := range layouts {
		page, err := f.page(&layouts[i], &doc, key, made)
		if err != nil {
			return nil, err
		}
		pages[i] = page
	}
	return pages, nil
}

func (f *Former) lay(doc *ResidentRecord) ([]layout, error) {
	for _, s := range doc.allTexts() {
		if err := f.CheckText(s); err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	face := f.font.Face(pt(1), ink)
	return doc.layouts(func(s string) float64 { return face.TextWidth(s) })
}

func (f *Former) page(l *layout, doc *ResidentRecord, key SigningKey, made time.Time) (Page, error) {
	f.mu.Lock()
	plain, err := f.drawPage(l, "住民票の写し")
	f.mu.Unlock()
	if err != nil {
		return Page{}, err
	}
	defer clear(plain)
	dated(plain, made)
	out, err := seal(plain, key, sign.SignDataSignatureInfo{
		Name: doc.Municipality.Office, Reason: doc.Municipality.Sentence, Date: made,
	})
	if err != nil {
		return Page{}, err
	}
	return Page{PDF: out, Orientation: signed.Portrait, Persons: l.persons}, nil
}

// seal adds a certification signature that allows no change (DocMDP 1), ECDSA with SHA-256.
func seal(plain []byte, key SigningKey, about sign.SignDataSignatureInfo) ([]byte, error) {
	in := bytes.NewReader(plain)
	reader, err := pdf.NewReader(in, int64(len(plain)))
	if err != nil {
		return nil, fmt.Errorf("form: read own PDF: %w", err)
	}
	var out bytes.Buffer
	chain := append([]*x509.Certificate{key.Certificate}, key.Chain...)
	err = sign.Sign(in, &out, reader, int64(len(plain)), sign.SignData{
		Signature: sign.SignDataSignature{
			CertType: sign.CertificationSignature, DocMDPPerm: sign.DoNotAllowAnyChangesPerms, Info: about,
		},
		Signer: key.Signer, DigestAlgorithm: crypto.SHA256,
		Certificate: key.Certificate, CertificateChains: [][]*x509.Certificate{chain},
	})
	if err != nil {
		return nil, fmt.Errorf("form: sign PDF: %w", err)
	}
	return out.Bytes(), nil
}

var creation = regexp.MustCompile(`/CreationDate\(D:\d{14}(Z|[+-]\d{4})\)`)

// dated puts the given instant where the PDF library put the machine's clock, in the same number of bytes.
func dated(b []byte, at time.Time) {
	where := creation.FindIndex(b)
	if where == nil {
		return
	}
	text := at.UTC().Format("/CreationDate(D:20060102150405Z)")
	if where[1]-where[0] != len(text) {
		text = at.UTC().Format("/CreationDate(D:20060102150405+0000)")
	}
	copy(b[where[0]:where[1]], text)
}
