//go:build debian && linux && !race

package pages

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/paper/raster"
	"github.com/kioskd/kioskd/pkg/printer"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// renderEnv makes this test program the renderer: it starts itself again.
const renderEnv = "KIOSKD_TEST_RENDER"

func init() {
	dir := os.Getenv(renderEnv)
	if dir == "" {
		return
	}
	if raster.ServeChild(context.Background(), os.Stdin, os.Stdout, dir) != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

type childEnds struct {
	io.ReadCloser
	io.WriteCloser
}

func (e childEnds) Close() error { return errors.Join(e.WriteCloser.Close(), e.ReadCloser.Close()) }

func rendered(t *testing.T) *Pages {
	dir := t.TempDir()
	return New(func(context.Context) (io.ReadWriteCloser, func() error, error) {
		cmd := exec.Command(os.Args[0])
		cmd.Env, cmd.Stderr = []string{renderEnv + "=" + dir}, os.Stderr
		in, err := cmd.StdinPipe()
		if err != nil {
			return nil, nil, err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, nil, err
		}
		return childEnds{out, in}, func() error { _ = cmd.Process.Kill(); return cmd.Wait() }, cmd.Start()
	})
}

// record makes a real certificate of one person.
func record(t *testing.T) [][]byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := time.Date(2026, 11, 25, 3, 1, 33, 0, time.UTC)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"TEST paper"}},
		NotBefore: made.AddDate(-1, 0, 0), NotAfter: made.AddDate(9, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if leaf, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	former, err := form.Open(form.Config{Keys: map[domain.MunicipalityCode]form.SigningKey{
		"990019": {Signer: key, Certificate: leaf},
	}})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := former.ResidentRecord(form.ResidentRecord{
		Municipality: form.Municipality{
			Code: "990019", Name: "見本市", Office: "見本市長", Head: "見本　一郎", Seal: "見本市長之印",
			Sentence: "この写しは、住民票の原本と相違ないことを証明する。",
		},
		Address: "見本県見本市中央二丁目3番4号", HeadName: "見本　太郎", Application: domain.ApplicationID{ID: domain.ID{1}},
		Issue: domain.IssueID{ID: domain.ID{2}}, Tally: "0123ABCD", Issued: domain.DateOf(made), Made: made, Sample: true,
		Persons: []form.Person{{
			Name: "山田　太郎", NameKana: "やまだ　たろう", Birth: "昭和55年4月2日", Sex: "男", Relation: "世帯主",
			BecameResident: "平成20年3月30日", AddressSince: "平成24年10月1日", Notified: "平成24年10月3日",
			MyNumber: form.Omitted, ResidentCode: form.Omitted,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var pdfs [][]byte
	for _, p := range pages {
		pdfs = append(pdfs, p.PDF)
	}
	return pdfs
}

// front decodes the first side of a document.
func front(t *testing.T, doc []byte) *image.Gray {
	t.Helper()
	r := pwg.NewReader(bytes.NewReader(doc))
	h, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, h.Width, h.Height))
	for y := range h.Height {
		line, err := r.Line()
		if err != nil {
			t.Fatal(err)
		}
		for x := range h.Width {
			img.SetGray(x, y, color.Gray{Y: 255 * (1 - line[x>>3]>>(7-x&7)&1)})
		}
	}
	return img
}

// TestPagesPrintARealCertificate takes a certificate through check, drawing, composition and raster.
func TestPagesPrintARealCertificate(t *testing.T) {
	p := rendered(t)
	pdfs := record(t)
	if err := p.renderer.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Check(t.Context(), pdfs); err != nil {
		t.Fatal(err)
	}
	if err := p.Check(t.Context(), [][]byte{pdfs[0][:2000]}); err == nil {
		t.Error("control: half a page is fit for printing")
	}
	var out bytes.Buffer
	if err := p.Write(t.Context(), &out, printer.Capabilities{Space: pwg.Black}, testCopy(pdfs)); err != nil {
		t.Fatal(err)
	}
	img := front(t, out.Bytes())
	ink := 0
	for _, g := range img.Pix {
		ink += 1 - int(g)/255
	}
	if part := float64(ink) / float64(len(img.Pix)); part < 0.01 || part > 0.2 {
		t.Errorf("%.3f of the front is ink", part)
	}
	f, err := os.Create(filepath.Join(t.ArtifactDir(), "front.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
