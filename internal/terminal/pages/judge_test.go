//go:build judge && debian && linux && !race

package pages

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/pkg/printer"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// TestJudgeTesseractReadsTheNameOnThePrintedFront reads the raster that goes to the printer.
func TestJudgeTesseractReadsTheNameOnThePrintedFront(t *testing.T) {
	var out bytes.Buffer
	err := rendered(t).Write(t.Context(), &out, printer.Capabilities{Space: pwg.Black}, testCopy(record(t)))
	if err != nil {
		t.Fatal(err)
	}
	page := front(t, out.Bytes())
	cell := image.Rect(930, 1130, 1830, 1280) // 氏名, without its frame
	if got := readLine(t, page, cell); got != "山田太郎" {
		t.Errorf("the name is read as %q", got)
	}
	if got := readLine(t, page, cell.Add(image.Pt(0, 3000))); strings.Contains(got, "山田") {
		t.Errorf("control: empty paper is read as %q", got)
	}
}

// readLine reads one line of Japanese at 300 dpi, with white around it.
func readLine(t *testing.T, page *image.Gray, cell image.Rectangle) string {
	t.Helper()
	const margin = 40
	img := image.NewGray(image.Rect(0, 0, cell.Dx()/2+2*margin, cell.Dy()/2+2*margin))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	for y := range cell.Dy() / 2 {
		for x := range cell.Dx() / 2 {
			sum := 0
			for i := range 4 {
				sum += int(page.GrayAt(cell.Min.X+2*x+i%2, cell.Min.Y+2*y+i/2).Y)
			}
			img.SetGray(margin+x, margin+y, color.Gray{Y: byte(sum / 4)})
		}
	}
	path := filepath.Join(t.TempDir(), "line.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("tesseract", path, "-", "-l", "jpn", "--psm", "7").Output()
	if err != nil {
		t.Fatalf("tesseract (Debian package tesseract-ocr-jpn): %v", err)
	}
	return strings.Join(strings.Fields(string(text)), "")
}
