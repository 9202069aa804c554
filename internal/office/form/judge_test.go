//go:build judge

package form

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Programs that nobody here wrote judge the PDFs: poppler, qpdf, tesseract. Debian: poppler-utils qpdf libnss3-tools
// tesseract-ocr tesseract-ocr-jpn.

func judge(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// files writes the pages of a record and gives their paths.
func files(t *testing.T, pages []Page) []string {
	t.Helper()
	var out []string
	for i, p := range pages {
		path := filepath.Join(t.TempDir(), string(rune('1'+i))+".pdf")
		if err := os.WriteFile(path, p.PDF, 0o600); err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}

func made5(t *testing.T) (paths []string, key testKey) {
	t.Helper()
	f, key := newFormer(t)
	pages, err := f.ResidentRecord(record(5))
	if err != nil {
		t.Fatal(err)
	}
	return files(t, pages), key
}

func TestJudgePdfsigTrustsTheSignatureAndSeesOneChangedByte(t *testing.T) {
	paths, key := made5(t)
	nss, ca := t.TempDir(), filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: key.ca.Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	judge(t, "certutil", "-N", "-d", "sql:"+nss, "--empty-password")
	judge(t, "certutil", "-A", "-d", "sql:"+nss, "-n", "ca", "-t", "CT,C,C", "-i", ca)
	for _, path := range paths {
		got := judge(t, "pdfsig", "-nssdir", nss, path)
		for _, want := range []string{
			"Signature is Valid", "Certificate is Trusted", "Total document signed", "SHA-256", "TEST 見本市長",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("pdfsig does not say %q:\n%s", want, got)
			}
		}
	}
	b, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/3] ^= 1
	bad := filepath.Join(t.TempDir(), "bad.pdf")
	if err := os.WriteFile(bad, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := judge(t, "pdfsig", "-nssdir", nss, bad); !strings.Contains(got, "Digest Mismatch") {
		t.Errorf("one changed byte:\n%s", got)
	}
}

func TestJudgePopplerAndQpdfAcceptThePages(t *testing.T) {
	paths, _ := made5(t)
	for _, path := range paths {
		if got := judge(t, "qpdf", "--check", path); !strings.Contains(got, "No syntax or stream encoding errors") {
			t.Error(got)
		}
		info := judge(t, "pdfinfo", path)
		for _, want := range []string{
			`Pages: +1\n`, `Page size: .*A4`, `JavaScript: +no`, `Encrypted: +no`, `Form: +AcroForm`,
		} {
			if !regexp.MustCompile(want).MatchString(info) {
				t.Errorf("pdfinfo does not say %q:\n%s", want, info)
			}
		}
		fonts := strings.Split(strings.TrimSpace(judge(t, "pdffonts", path)), "\n")[2:]
		if len(fonts) == 0 {
			t.Error("no font at all")
		}
		for _, line := range fonts {
			if !regexp.MustCompile(`Identity-H +yes yes yes`).MatchString(line) {
				t.Errorf("a font is not an embedded subset with a text layer: %s", line)
			}
		}
	}
}

func TestJudgePdftotextFindsEveryField(t *testing.T) {
	paths, _ := made5(t)
	doc := record(5)
	var text string
	for i, path := range paths {
		page := squeezed(judge(t, "pdftotext", "-raw", path, "-"))
		text += page
		for _, want := range []string{
			doc.Application.String(), doc.Issue.String(), doc.Tally, string(rune('1'+i)) + "/2", "令和8年11月25日", "見本市長",
			"見本一郎", "SAMPLE",
		} {
			if !strings.Contains(page, squeezed(want)) {
				t.Errorf("page %d does not say %q", i+1, want)
			}
		}
		if last := i == len(paths)-1; strings.Contains(page, doc.Municipality.Sentence) != last {
			t.Errorf("page %d: the certification stands on the last page only", i+1)
		}
	}
	for _, s := range doc.allTexts()[5:] {
		// The text layer knows no selectors: a name is never read back from a PDF.
		want := squeezed(regexp.MustCompile(`[\x{E0100}-\x{E01EF}]`).ReplaceAllString(s, ""))
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(text, "�") {
		t.Error("a character has no reading")
	}
}

func squeezed(s string) string {
	return strings.NewReplacer(" ", "", "　", "", "\n", "", "\r", "", "\f", "").Replace(s)
}

func TestJudgeTesseractReadsTheNameThatStandsThere(t *testing.T) {
	f, _ := newFormer(t)
	people := []string{"見本花子", "山田太郎"}
	for _, name := range append(people, "") { // the control: a blank cell reads as nobody
		doc := record(1)
		doc.Persons[0].Name = Cell(name)
		pages, err := f.ResidentRecord(doc)
		if err != nil {
			t.Fatal(err)
		}
		got := readName(t, files(t, pages)[0])
		for _, other := range people {
			if strings.Contains(got, other) != (other == name) {
				t.Errorf("the name cell of %q reads %q", name, got)
			}
		}
	}
}

// readName reads the name cell of the first person as one line, from 300 dpi.
func readName(t *testing.T, pdf string) string {
	t.Helper()
	const inside = 0.5 // mm off the rules
	px := func(mm float64) string { return strconv.Itoa(int(mm * 300 / 25.4)) }
	out := strings.TrimSuffix(pdf, ".pdf")
	judge(t, "pdftoppm", "-r", "300", "-gray", "-png", "-singlefile",
		"-x", px(left+numberWidth+labelWidth+inside), "-y", px(personsTop+kanaRow+inside),
		"-W", px(twoFields-2*inside), "-H", px(nameRow-kanaRow-2*inside), pdf, out)
	return squeezed(judge(t, "tesseract", out+".png", "-", "-l", "jpn", "--psm", "7"))
}

// TestJudgeDottedRuleIsEvenAt600DPI looks at the rule under 振り仮名 as a printer would: no piece and no gap may fall
// between the pixels.
func TestJudgeDottedRuleIsEvenAt600DPI(t *testing.T) {
	f, _ := newFormer(t)
	pages, err := f.ResidentRecord(record(1))
	if err != nil {
		t.Fatal(err)
	}
	path := files(t, pages)[0]
	px := func(mm float64) string { return strconv.Itoa(int(mm * 600 / 25.4)) }
	out := strings.TrimSuffix(path, ".pdf")
	const width, pixels = 40.0, 944 // mm, clear of the reading
	judge(t, "pdftoppm", "-r", "600", "-gray", "-singlefile", "-x", px(left+numberWidth+labelWidth+1),
		"-y", px(personsTop+kanaRow), "-W", px(width), "-H", "1", path, out)
	pgm, err := os.ReadFile(out + ".pgm")
	if err != nil {
		t.Fatal(err)
	}
	row := pgm[len(pgm)-pixels:]
	runs, shortest, length := 0, len(row), 0
	for i := range row {
		length++
		if i+1 < len(row) && (row[i] < 112) == (row[i+1] < 112) {
			continue
		}
		if runs++; runs > 1 && i+1 < len(row) {
			shortest = min(shortest, length)
		}
		length = 0
	}
	if runs < 90 || runs > 110 || shortest < 7 { // 0.4 mm each: 100 runs of 9 or 10 pixels
		t.Errorf("%d runs in %g mm, the shortest of %d pixels", runs, width, shortest)
	}
}
