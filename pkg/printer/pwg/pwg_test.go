package pwg

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readAll decodes a document into lines per page.
func readAll(r io.Reader) (heads []Header, pages [][][]byte, err error) {
	d := NewReader(r)
	for {
		h, err := d.Next()
		if errors.Is(err, io.EOF) {
			return heads, pages, nil
		}
		if err != nil {
			return heads, pages, err
		}
		var page [][]byte
		for range h.Height {
			l, err := d.Line()
			if err != nil {
				return heads, pages, err
			}
			page = append(page, bytes.Clone(l))
		}
		heads, pages = append(heads, h), append(pages, page)
	}
}

// write makes a document of one sheet whose two sides come from one function.
func write(t testing.TB, p Params, line func(s Side, y int, dst []byte)) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, p)
	for _, s := range []Side{Front, Back} {
		if err := w.WritePage(s, func(y int, dst []byte) error { line(s, y, dst); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestHeaderOffsets(t *testing.T) {
	doc := write(t, Params{Sheets: 1, SheetBack: BackRotated}, func(Side, int, []byte) {})
	if string(doc[:4]) != "RaS2" || string(doc[4:14]) != "PwgRaster\x00" {
		t.Fatalf("the document starts with %q", doc[:14])
	}
	front := doc[4:]
	for offset, want := range map[int]uint32{ // printer reference §4, from PWG 5102.4
		272: 1, 276: 600, 280: 600, 340: 1, 344: 0, 352: 595, 356: 842, 368: 0, 372: 4961, 376: 7016, 384: 1, 388: 1,
		392: 621, 396: 0, 400: 3, 420: 1, 452: 2, 456: 1, 460: 1, 464: 0, 468: 0, 472: 4961, 476: 7016, 480: 0xFFFFFF,
		484: 5, 508: 0, 512: 0,
	} {
		if got := binary.BigEndian.Uint32(front[offset:]); got != want {
			t.Errorf("offset %d is %d, not %d", offset, got, want)
		}
	}
	if got := string(front[1732:1748]); got != "iso_a4_210x297mm" {
		t.Errorf("page size name %q", got)
	}
	// 7016 equal lines are 27 groups of 256 and one of 104; a white line of 621 bytes is 4 runs of 128 and one of 109.
	body := front[1796:]
	if got := hex.EncodeToString(body[:11]); got != "ff7f007f007f007f006c00" {
		t.Errorf("the first group is %s", got)
	}
	back := body[28*11:]
	if got := hex.EncodeToString(back[456:464]); got != "ffffffffffffffff" {
		t.Errorf("transforms of a rotated back: %s", got)
	}
	if len(back) != 1796+28*11 {
		t.Errorf("the document is %d bytes too long", len(back)-1796-28*11)
	}
}

func TestLineCode(t *testing.T) {
	tests := []struct{ line, want string }{
		{"00000000", "00" + "0300"},
		{"01020304", "00" + "fd01020304"},
		{"01010203", "00" + "0101" + "ff0203"},
		{"01020202", "00" + "0001" + "0202"},
		{"010203 0303", "00" + "ff0102" + "0203"},
	}
	for _, tt := range tests {
		line, err := hex.DecodeString(strings.ReplaceAll(tt.line, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		doc := write(t, Params{Width: len(line), Height: 1, Resolution: 600, Space: SGray, Sheets: 1},
			func(_ Side, _ int, dst []byte) { copy(dst, line) })
		if got := hex.EncodeToString(doc[4+1796 : 4+1796+len(tt.want)/2]); got != tt.want {
			t.Errorf("%s is written as %s, not %s", tt.line, got, tt.want)
		}
	}
}

// noise is a page that hardly compresses but has runs and equal lines too.
func noise(s Side, y int, dst []byte) {
	seed := uint32(y/3)*2654435761 + uint32(s)
	for i := range dst {
		seed = seed*1664525 + 1013904223
		if dst[i] = byte(seed >> 24); seed>>20&7 == 0 && i > 0 {
			dst[i] = dst[i-1]
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, space := range []ColorSpace{Black, SGray} {
		for _, width := range []int{1, 7, 8, 9, 300, 1031} {
			p := Params{Width: width, Height: 700, Resolution: 600, Space: space, Sheets: 1}
			doc := write(t, p, noise)
			if bytes.Contains(doc[4+1796:], []byte("PwgRaster\x00")) != true {
				t.Fatal("the back's header is missing")
			}
			heads, pages, err := readAll(bytes.NewReader(doc))
			if err != nil || len(pages) != 2 {
				t.Fatalf("%d pages, %v", len(pages), err)
			}
			for n, page := range pages {
				for y, got := range page {
					want := make([]byte, heads[n].BytesPerLine())
					noise(Side(n), y, want)
					if !bytes.Equal(got, want) {
						t.Fatalf("width %d, side %d, line %d differs", width, n, y)
					}
				}
			}
		}
	}
}

func TestEveryTruncationIsNoticed(t *testing.T) {
	doc := write(t, Params{Width: 20, Height: 9, Resolution: 600, Sheets: 1}, noise)
	page := (len(doc) - 4) / 2
	for n := range doc {
		_, _, err := readAll(bytes.NewReader(doc[:n]))
		if whole := n == 4 || n == 4+page; whole != (err == nil) {
			t.Fatalf("cut at %d of %d: %v", n, len(doc), err)
		}
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	doc := write(t, Params{Width: 8, Height: 2, Resolution: 600, Sheets: 1}, func(Side, int, []byte) {})
	change := func(offset int, b ...byte) []byte {
		out := bytes.Clone(doc)
		copy(out[offset:], b)
		return out
	}
	for name, bad := range map[string][]byte{
		"cups_raster":           change(0, []byte("RaS3")...),
		"urf":                   []byte("UNIRAST\x00\x00\x00\x00\x01"),
		"code_128":              change(4+1796+1, 128),
		"run_crosses_line":      change(4+1796+1, 1),
		"group_crosses_page":    change(4+1796, 2),
		"bytes_per_line":        change(4+392, 0, 0, 0, 9),
		"width_zero":            change(4+372, 0, 0, 0, 0),
		"colour":                change(4+400, 0, 0, 0, 19),
		"transform_of_nonsense": change(4+456, 0, 0, 0, 7),
	} {
		if _, _, err := readAll(bytes.NewReader(bad)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestWriterRefusesAnIncompleteDocument(t *testing.T) {
	blank := func(int, []byte) error { return nil }
	p := Params{Width: 8, Height: 1, Resolution: 600, Sheets: 1}
	w := NewWriter(io.Discard, p)
	if err := w.WritePage(Back, blank); err == nil {
		t.Error("a back came first")
	}
	if err := errors.Join(w.WritePage(Front, blank)); err != nil || w.Close() == nil {
		t.Errorf("half a sheet: %v", err)
	}
	if err := w.WritePage(Back, blank); err != nil || w.Close() != nil || w.WritePage(Front, blank) == nil {
		t.Errorf("a second sheet where one was announced: %v", err)
	}
	boom := errors.New("boom")
	if err := NewWriter(io.Discard, p).WritePage(Front, func(int, []byte) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("the source's error is lost: %v", err)
	}
}

// arrow is a picture without any symmetry, 5 wide and 7 high.
var arrow = []string{
	"..#..",
	".###.",
	"#.#.#",
	"..#..",
	"..#..",
	"..###",
	"....#",
}

// turned is the arrow turned a quarter to the left: how a landscape page lies on a portrait sheet.
func turned(a []string) []string {
	var out []string
	for x := len(a[0]) - 1; x >= 0; x-- {
		row := ""
		for y := range a {
			row += string(a[y][x])
		}
		out = append(out, row)
	}
	return out
}

// set draws a picture's line.
func set(pic []string, space ColorSpace) func(Side, int, []byte) {
	return func(_ Side, y int, dst []byte) {
		for x, c := range pic[y] {
			switch {
			case c == '#' && space == Black:
				dst[x/8] |= 0x80 >> (x % 8)
			case c != '#' && space == SGray:
				dst[x] = 255
			}
		}
	}
}

// show draws a decoded page as text.
func show(h Header, page [][]byte) []string {
	var out []string
	for _, line := range page {
		row := ""
		for x := range h.Width {
			ink := h.Space == SGray && line[x%len(line)] == 0 && x < len(line)
			if h.Space == Black {
				ink = line[x/8]>>(7-x%8)&1 == 1
			}
			row += map[bool]string{true: "#", false: "."}[ink]
		}
		out = append(out, row)
	}
	return out
}

// TestSheetBackArrow checks the stored backs, written out by hand, for keyword × edge × orientation, in both types.
func TestSheetBackArrow(t *testing.T) {
	flipX := func(a []string) (out []string) {
		for _, r := range a {
			row := ""
			for i := len(r) - 1; i >= 0; i-- {
				row += string(r[i])
			}
			out = append(out, row)
		}
		return out
	}
	flipY := func(a []string) (out []string) {
		for i := len(a) - 1; i >= 0; i-- {
			out = append(out, a[i])
		}
		return out
	}
	same := func(a []string) []string { return a }
	both := func(a []string) []string { return flipX(flipY(a)) }
	stored := map[string][2]func([]string) []string{ // long edge, short edge
		"normal": {same, same}, "flipped": {flipY, flipX}, "rotated": {both, same}, "manual-tumble": {same, both},
	}
	for keyword, want := range stored {
		for tumble := range 2 {
			for landscape, pic := range [][]string{arrow, turned(arrow)} {
				for _, space := range []ColorSpace{Black, SGray} {
					t.Run(fmt.Sprintf("%s_%d_%d_%s", keyword, tumble, landscape, space.Keyword()), func(t *testing.T) {
						back, err := ParseSheetBack(keyword)
						if err != nil || back.String() != keyword {
							t.Fatal(err)
						}
						doc := write(t, Params{
							Width: len(pic[0]), Height: len(pic), Resolution: 600, Space: space, Tumble: tumble == 1,
							SheetBack: back, Sheets: 1,
						}, set(pic, space))
						heads, pages, err := readAll(bytes.NewReader(doc))
						if err != nil {
							t.Fatal(err)
						}
						if d := cmp.Diff(pic, show(heads[0], pages[0])); d != "" {
							t.Errorf("front: %s", d)
						}
						if d := cmp.Diff(want[tumble](pic), show(heads[1], pages[1])); d != "" {
							t.Errorf("back: %s", d)
						}
						if heads[1].Tumble != (tumble == 1) {
							t.Error("the header does not say the edge")
						}
					})
				}
			}
		}
	}
	if _, err := ParseSheetBack("upside-down"); err == nil {
		t.Error("an unknown keyword was accepted")
	}
}

func FuzzReader(f *testing.F) {
	f.Add(write(f, Params{Width: 20, Height: 9, Resolution: 600, Sheets: 1}, noise))
	f.Add([]byte("RaS2"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d := NewReader(bytes.NewReader(b))
		for range 4 {
			h, err := d.Next()
			if err != nil {
				return
			}
			if l, err := d.Line(); err == nil && len(l) != h.BytesPerLine() {
				t.Errorf("a line of %d bytes, not %d", len(l), h.BytesPerLine())
			}
		}
	})
}

func BenchmarkWriteA4(b *testing.B) {
	for b.Loop() {
		w := NewWriter(io.Discard, Params{Sheets: 1})
		if err := w.WritePage(Front, func(y int, dst []byte) error { noise(Front, y, dst); return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
