package raster

import (
	"bytes"
	"fmt"
	"testing"
)

// a4 is the usual page dictionary; the content is object 4.
const a4 = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.276 841.89] /Contents 4 0 R /Resources << >> >>"

// pdf makes a file of objects 1 … with a right cross-reference table.
func pdf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

// onePage makes a page with a content stream and more objects from number 5 on.
func onePage(page, content string, more ...string) []byte {
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page,
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
	}
	return pdf(append(objects, more...)...)
}

// corner is a page whose only mark is a black square of 72 points, its upper left corner at 72, 72 from the upper left.
func corner() []byte { return onePage(a4, "0 g 72 697.89 72 72 re f") }

func finding(t *testing.T, err error) Finding {
	t.Helper()
	if r, ok := err.(*RefusedError); ok {
		return r.Finding
	}
	if err != nil {
		t.Fatalf("not a finding: %v", err)
	}
	return 0
}

func TestScanRefusesWhatIsActiveOrHidden(t *testing.T) {
	for name, tt := range map[string]struct {
		pdf  []byte
		want Finding
	}{
		"plain_page":              {corner(), 0},
		"open_action":             {pdf("<< /Type /Catalog /OpenAction 2 0 R >>"), Active},
		"script":                  {pdf("<< /S /JavaScript /JS (app.alert) >>"), Active},
		"escaped_name":            {pdf("<< /S /J#61vaScript >>"), Active},
		"attachment":              {pdf("<< /Names << /EmbeddedFiles 3 0 R >> >>"), Active},
		"xfa":                     {pdf("<</AcroForm<</XFA 1 0 R>>>>"), Active},
		"encrypted":               {pdf("<< /Encrypt 3 0 R >>"), Encrypted},
		"object_stream":           {pdf("<< /Type /ObjStm >>"), Hidden},
		"after_a_stream":          {onePage(a4, "", "<< /Launch 1 >>"), Active},
		"after_a_string":          {pdf(`<< /T (\)) /AA 1 0 R >>`), Active},
		"word_in_a_string":        {pdf(`<< /T (a (b) /AA \( /JS) >>`), 0},
		"word_in_a_comment":       {pdf("% /JS\n<< >>"), 0},
		"word_in_a_stream":        {onePage(a4, "/JS /AA"), 0},
		"longer_name":             {pdf("<< /JSX 1 /AAPL:Keywords 2 >>"), 0},
		"not_a_pdf":               {[]byte("hello"), Unreadable},
		"empty":                   {nil, Unreadable},
		"string_without_end":      {pdf("(((("), Unreadable},
		"stream_without_end":      {[]byte("%PDF-1.4\n<< >>stream /JS"), Unreadable},
		"stream_of_no_dictionary": {pdf("<< /A stream /OpenAction 2 0 R endstream >>"), Unreadable},
		"name_cut_in_its_code":    {[]byte("%PDF-1.4\n/J#"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := finding(t, scan(tt.pdf)); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func FuzzScan(f *testing.F) {
	f.Add(corner())
	f.Add([]byte("%PDF-1.7 /#4"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := scan(b); err != nil {
			finding(t, err)
		}
		// A refused name is found whatever stands before it, unless that opens a string, a stream or a comment.
		if !bytes.ContainsAny(b, "(%s") && finding(t, scan(append([]byte("%PDF-1.7\n"), append(b, " /JS "...)...))) == 0 {
			t.Error("a name was passed over")
		}
	})
}
