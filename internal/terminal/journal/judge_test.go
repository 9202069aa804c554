//go:build judge

package journal

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestR09_AnotherSQLiteReadsTheFile: Debian's sqlite3, a program that nobody here wrote, finds the file whole.
func TestR09_AnotherSQLiteReadsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := openOf(t, path)
	owe(t, j, now)
	must(t, j.Close())
	for query, want := range map[string]string{
		"PRAGMA integrity_check":                            "ok\n",
		"PRAGMA foreign_key_check":                          "",
		"SELECT sum(yen) FROM claim WHERE account = 'owed'": "300\n",
	} {
		got, err := exec.CommandContext(t.Context(), "sqlite3", "-readonly", path, query).CombinedOutput()
		if err != nil || string(got) != want {
			t.Errorf("%s: %q (%v)", query, got, err)
		}
	}
}
