//go:build judge

package signed

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpensslAgreesWithTheVectors(t *testing.T) {
	out, err := exec.Command("../../api/vectors/check.sh").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "7 vectors agree") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestOpensslSeesAChangedVector is the negative control.
func TestOpensslSeesAChangedVector(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../api/vectors")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "manifest.note")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte("fee 400"), []byte("fee 200"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("bash", filepath.Join(dir, "check.sh")).CombinedOutput(); err == nil {
		t.Errorf("a changed manifest passed\n%s", out)
	}
}
