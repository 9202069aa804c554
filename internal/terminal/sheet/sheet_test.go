package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/paper/raster"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/sheet/sheettest"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// source makes a document of n pages and two copies, with everything that was signed for it.
func source(n int) Source { return sourceOf(application(signed.EnvTest, n)) }

// sourceOf is the second copy of an application, a minute after everything was made.
func sourceOf(w *sheettest.World) Source {
	n := w.Notes()
	return Source{
		Manifest: w.Manifest, Delivery: w.Delivery, Copy: 2, PDFs: w.PDFs, Kiosk: sheettest.Kiosk,
		Proof: Proof{
			Assertion: n.Assertion, Choices: n.Choices, Order: n.Order, Manifest: n.Manifest, Delivery: n.Delivery,
			Application: w.Order.Application,
			Challenge:   w.Challenge, Anchors: w.Ring(), OwnName: w.Kiosk.Name(), Own: w.Kiosk.Key.Public,
			At: sheettest.Noon.Add(time.Minute),
		},
	}
}

func application(env signed.Env, n int) *sheettest.World {
	var pdfs [][]byte
	for i := range n {
		pdfs = append(pdfs, fmt.Appendf(nil, "page %d of %s", i+1, domain.NewID()))
	}
	return sheettest.New(env, pdfs...)
}

// drawn stands for the renderer: a bar of 100 rows whose width is the length of the PDF, and what it was asked for.
func drawn(asked *[]string) Draw {
	return func(pdf []byte) iter.Seq2[raster.Band, error] {
		*asked = append(*asked, string(pdf))
		return func(yield func(raster.Band, error) bool) {
			for y := 0; y < raster.Height; y += 512 {
				rows := make([]byte, min(512, raster.Height-y)*raster.RowBytes)
				for i := range 100 * boolInt(y == 512) {
					for x := range len(pdf) {
						rows[i*raster.RowBytes+x] = 0xFF
					}
				}
				if !yield(raster.Band{Y: y, Rows: rows}, nil) {
					return
				}
			}
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func assembled(t *testing.T, s Source) Document {
	t.Helper()
	d, err := Assemble(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// spoilt are the ways in which a source can be a mix of two.
var spoilt = map[string]func(s, other *Source){
	"page_of_another_person":        func(s, other *Source) { s.PDFs[1] = other.PDFs[1] },
	"pages_exchanged":               func(s, _ *Source) { s.PDFs[0], s.PDFs[1] = s.PDFs[1], s.PDFs[0] },
	"page_twice":                    func(s, _ *Source) { s.PDFs[1] = s.PDFs[0] },
	"one_changed_byte":              func(s, _ *Source) { s.PDFs[0][3] ^= 1 },
	"page_missing":                  func(s, _ *Source) { s.PDFs = s.PDFs[:1] },
	"page_too_many":                 func(s, other *Source) { s.PDFs = append(s.PDFs, other.PDFs[0]) },
	"no_page":                       func(s, _ *Source) { s.PDFs, s.Manifest.Pages, s.Delivery.Sheets = nil, nil, nil },
	"manifest_of_another_person":    func(s, other *Source) { s.Manifest = other.Manifest },
	"delivery_of_another_person":    func(s, other *Source) { s.Delivery = other.Delivery },
	"delivery_for_another_kiosk":    func(s, _ *Source) { s.Delivery.Kiosk = "K-000002" },
	"copy_that_was_not_ordered":     func(s, _ *Source) { s.Copy = 3 },
	"copy_zero":                     func(s, _ *Source) { s.Copy = 0 },
	"sheets_out_of_order":           func(s, _ *Source) { slices.Reverse(s.Delivery.Sheets) },
	"sheet_missing":                 func(s, _ *Source) { s.Delivery.Sheets = s.Delivery.Sheets[1:] },
	"back_that_is_not_known":        func(s, _ *Source) { s.Delivery.Back = "field/1" },
	"production_manifest_in_a_test": func(s, _ *Source) { s.Manifest.Env = signed.EnvProd },
	"page_that_lies_on_its_side":    func(s, _ *Source) { s.Manifest.Pages[0].Orientation = signed.Landscape },
	"application_without_any_number": func(s, _ *Source) {
		s.Manifest.Application, s.Delivery.Application = domain.ApplicationID{}, domain.ApplicationID{}
	},
}

func TestD02_AMixOfTwoApplicationsIsRefused(t *testing.T) {
	if _, err := Assemble(source(2)); err != nil {
		t.Fatalf("control: %v", err)
	}
	for name, spoil := range spoilt {
		t.Run(name, func(t *testing.T) {
			s, other := source(2), source(2)
			spoil(&s, &other)
			_, err := Assemble(s)
			if _, ok := errors.AsType[*MixError](err); !ok {
				t.Errorf("not refused: %v", err)
			}
		})
	}
}

func TestD02_NoByteLeavesOfAMixThatCameLater(t *testing.T) {
	for name, spoil := range map[string]func(d, other *Document){
		"page_of_another_application": func(d, other *Document) { d.pages[1] = other.pages[1] },
		"pages_exchanged":             func(d, _ *Document) { d.pages[0], d.pages[1] = d.pages[1], d.pages[0] },
		"wrong_count":                 func(d, _ *Document) { d.pages = d.pages[:1] },
		"no_page":                     func(d, _ *Document) { d.pages = nil },
		"changed_digest":              func(d, _ *Document) { d.pages[1].Digest[0] ^= 1 },
		"changed_pdf":                 func(d, _ *Document) { d.pages[1].PDF[0] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			d, other := assembled(t, source(2)), assembled(t, source(2))
			spoil(&d, &other)
			var out bytes.Buffer
			var asked []string
			err := d.Write(pwg.NewWriter(&out, pwg.Params{Sheets: 2}), drawn(&asked))
			if _, ok := errors.AsType[*MixError](err); !ok || out.Len() != 0 || len(asked) != 0 {
				t.Errorf("%v; %d bytes left, %d pages were drawn", err, out.Len(), len(asked))
			}
		})
	}
}

// A page that changes while the sheet before it is printed stops the copy before its own bytes leave.
func TestD02_DigestIsTakenAgainJustBeforeEachPage(t *testing.T) {
	d := assembled(t, source(2))
	var out bytes.Buffer
	var asked []string
	draw := drawn(&asked)
	err := d.Write(pwg.NewWriter(&out, pwg.Params{Sheets: 2}), func(pdf []byte) iter.Seq2[raster.Band, error] {
		d.pages[1].PDF[0] ^= 1
		return draw(pdf)
	})
	if mix, ok := errors.AsType[*MixError](err); !ok || mix.Page != 2 || mix.Field != "digest" || len(asked) != 1 {
		t.Errorf("%v after %d pages", err, len(asked))
	}
	if _, pages := read(t, &out); len(pages) != 2 {
		t.Errorf("%d sides left, want those of the first sheet", len(pages))
	}
}

func TestUnwholePageStopsTheCopy(t *testing.T) {
	broken := errors.New("broken")
	for name, draw := range map[string]Draw{
		"error": func([]byte) iter.Seq2[raster.Band, error] {
			return func(yield func(raster.Band, error) bool) { yield(raster.Band{}, broken) }
		},
		"no_rows": func([]byte) iter.Seq2[raster.Band, error] { return func(func(raster.Band, error) bool) {} },
		"too_many_rows": func([]byte) iter.Seq2[raster.Band, error] {
			return func(yield func(raster.Band, error) bool) {
				yield(raster.Band{Rows: make([]byte, (raster.Height+1)*raster.RowBytes)}, nil)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			err := assembled(t, source(1)).Write(pwg.NewWriter(&out, pwg.Params{Sheets: 1}), draw)
			if err == nil || out.Len() != 0 {
				t.Errorf("%v, %d bytes", err, out.Len())
			}
		})
	}
}

// read decodes a document into whole sides.
func read(t *testing.T, r io.Reader) (heads []pwg.Header, sides [][]byte) {
	t.Helper()
	d := pwg.NewReader(r)
	for {
		h, err := d.Next()
		if errors.Is(err, io.EOF) {
			return heads, sides
		}
		if err != nil {
			t.Fatal(err)
		}
		var side []byte
		for range h.Height {
			l, err := d.Line()
			if err != nil {
				t.Fatal(err)
			}
			side = append(side, l...)
		}
		heads, sides = append(heads, h), append(sides, side)
	}
}

func TestCopyGoesThroughPWGAndBack(t *testing.T) {
	d := assembled(t, source(2))
	for _, p := range []pwg.Params{
		{Sheets: 2}, {Sheets: 2, SheetBack: pwg.BackRotated}, {Sheets: 2, Space: pwg.SGray},
	} {
		t.Run(fmt.Sprint(p.Space.Keyword(), p.SheetBack), func(t *testing.T) {
			var out bytes.Buffer
			var asked []string
			if err := d.Write(pwg.NewWriter(&out, p), drawn(&asked)); err != nil {
				t.Fatal(err)
			}
			if len(asked) != 2 || asked[0] != string(d.pages[0].PDF) || asked[1] != string(d.pages[1].PDF) {
				t.Errorf("drawn: %q", asked)
			}
			_, sides := read(t, &out)
			if len(sides) != 4 {
				t.Fatalf("%d sides", len(sides))
			}
			for n := range 2 {
				s, err := d.Compose(n+1, drawn(&asked))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(sides[2*n], lines(t, &s.Front, len(sides[0])/raster.Height)) {
					t.Errorf("front %d differs", n+1)
				}
				back := bytes.Equal(sides[2*n+1], lines(t, &s.Back, len(sides[0])/raster.Height))
				if back != (p.SheetBack == pwg.BackNormal) {
					t.Errorf("back %d is stored as it is seen: %t", n+1, back)
				}
			}
			if bytes.Equal(sides[0], sides[2]) || bytes.Equal(sides[1], sides[3]) {
				t.Error("two sheets look alike")
			}
		})
	}
}

func lines(t *testing.T, p *Picture, width int) (all []byte) {
	t.Helper()
	for y := range raster.Height {
		dst := make([]byte, width)
		if err := p.Line(y, dst); err != nil {
			t.Fatal(err)
		}
		all = append(all, dst...)
	}
	return all
}

func TestNothingOfOursLeavesTheSafeZone(t *testing.T) {
	s, err := assembled(t, source(1)).Compose(1, func([]byte) iter.Seq2[raster.Band, error] {
		return func(yield func(raster.Band, error) bool) {
			yield(raster.Band{Rows: make([]byte, raster.Height*raster.RowBytes)}, nil)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	const edge = 118 // 5 mm
	for name, p := range map[string]*Picture{"front": &s.Front, "back": &s.Back} {
		ink := 0
		for y := range raster.Height {
			for x := range raster.Width {
				if p.row(y)[x>>3]>>(7-x&7)&1 == 0 {
					continue
				}
				ink++
				if x < edge || y < edge || x >= raster.Width-edge || y >= raster.Height-edge ||
					name == "front" && y < 284*600*10/254 {
					t.Fatalf("%s: ink at %d, %d", name, x, y)
				}
			}
		}
		if ink == 0 {
			t.Errorf("%s: no ink at all", name)
		}
	}
}

// A production sheet has no 見本, a test sheet always has.
func TestX26_TestSheetIsMarkedOnBothSides(t *testing.T) {
	var asked []string
	test, prod := source(1), sourceOf(application(signed.EnvProd, 1))
	a, err := assembled(t, test).Compose(1, drawn(&asked))
	b, err2 := assembled(t, prod).Compose(1, drawn(&asked))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	if bytes.Equal(a.Front.rows, b.Front.rows) || bytes.Equal(a.Back.under.rows, b.Back.under.rows) {
		t.Error("a test sheet looks like a production sheet")
	}
}

func TestWipedSheetHoldsNothing(t *testing.T) {
	var asked []string
	s, err := assembled(t, source(1)).Compose(1, drawn(&asked))
	if err != nil {
		t.Fatal(err)
	}
	front, back := s.Front.rows, s.Back.rows
	if !bytes.ContainsFunc(front, func(r rune) bool { return r != 0 }) {
		t.Fatal("control: nothing was drawn")
	}
	s.Wipe()
	for _, rows := range [][]byte{front, back} {
		if bytes.Count(rows, []byte{0}) != len(rows) {
			t.Error("ink remains")
		}
	}
}
