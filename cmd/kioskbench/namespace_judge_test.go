//go:build judge

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// namespaceChild makes this test program one that only enters its namespace and says what it is there.
const namespaceChild = "KIOSKBENCH_TEST_NAMESPACE"

func TestMain(m *testing.M) {
	if os.Getenv(namespaceChild) == "" {
		os.Exit(m.Run())
	}
	err := enterNamespace()
	fmt.Println("user", os.Geteuid(), "able", able(), "error", err)
}

// plainUser runs this test program as a user without rights. A user who has none already is as good.
func plainUser(t *testing.T, environment ...string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "kbns")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	program, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "program")
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := show(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), path)
	c.Dir, c.Env = dir, append(environment, namespaceChild+"=1")
	if os.Geteuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// Where the kernel lets no plain user make a namespace (in a chroot it never does), as unshare(1) itself finds, the
// sentence must come; everywhere else the user becomes root.
func TestJudge_a_plain_user_becomes_root_of_a_namespace(t *testing.T) {
	c := exec.CommandContext(t.Context(), "unshare", "--user", "--map-root-user", "--mount", "--net", "true")
	if os.Geteuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	said, err := c.CombinedOutput()
	want := "user 0 able true error <nil>"
	if err != nil {
		t.Logf("unshare as a plain user: %v %s", err, said)
		want = "able false error " + errNamespaces.Error()
	}
	if got := plainUser(t, "PATH="+os.Getenv("PATH")); !strings.HasSuffix(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}

// The negative control: where there is no unshare(1), as where the kernel says no, one sentence says what to do.
func TestJudge_a_user_who_cannot_is_told_what_to_do(t *testing.T) {
	got := plainUser(t, "PATH=/nowhere")
	if !strings.HasSuffix(got, "able false error "+errNamespaces.Error()) || strings.HasPrefix(got, "user 0") {
		t.Error(got)
	}
}
