//go:build judge

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// read is what tesseract reads on a sheet, without spaces. The sheet is halved: 300 dpi is what it was trained for.
func read(t *testing.T, png []byte) string {
	t.Helper()
	dir := t.TempDir()
	whole, half := filepath.Join(dir, "whole.png"), filepath.Join(dir, "half.png")
	if err := os.WriteFile(whole, png, 0o600); err != nil {
		t.Fatal(err)
	}
	// With a thread for each core ImageMagick spins in their barriers for minutes where the cores are busy.
	shrink := exec.Command("convert", "-limit", "thread", "1", whole, "-resize", "50%", half)
	shrink.Env = append(os.Environ(), "OMP_NUM_THREADS=1")
	if out, err := shrink.CombinedOutput(); err != nil {
		t.Fatalf("convert (Debian package imagemagick): %v\n%s", err, out)
	}
	c := exec.Command("tesseract", half, "-", "-l", "jpn", "--psm", "6")
	c.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	text, err := c.Output()
	if err != nil {
		t.Fatalf("tesseract (Debian package tesseract-ocr-jpn): %v", err)
	}
	return strings.Join(strings.Fields(string(text)), "")
}

// TestJudgeTheNameOnThePaperIsTheResidents: the sheet is the one that the simulated printer serves.
func TestJudgeTheNameOnThePaperIsTheResidents(t *testing.T) {
	w := shared(t)
	r := w.play(t, resident.Self("hanako", 100, 100))
	if len(r.Sheets) != 1 {
		t.Fatalf("%d sheets, %s", len(r.Sheets), r.Outcome)
	}
	front, back := read(t, r.Sheets[0].Front), read(t, r.Sheets[0].Back)
	if !strings.Contains(front, "見本花子") {
		t.Errorf("nobody reads her name in %q", front)
	}
	if strings.Contains(back, "花子") {
		t.Errorf("her name is on the back: %q", back)
	}
}
