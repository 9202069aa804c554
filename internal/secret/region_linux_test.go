package secret

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unsafe"
)

// flagsOf returns the VmFlags line of the mapping that holds b (proc(5), smaps).
func flagsOf(t *testing.T, b []byte) []string {
	t.Helper()
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	start := fmt.Sprintf("%x-", uintptr(unsafe.Pointer(unsafe.SliceData(b))))
	m := regexp.MustCompile(`(?ms)^0*` + start + `.*?^VmFlags: ([^\n]*)$`).FindSubmatch(smaps)
	if m == nil {
		t.Fatalf("no mapping begins at %s", start)
	}
	return strings.Fields(string(m[1]))
}

func TestR24_the_page_is_locked_and_never_dumped_or_forked(t *testing.T) {
	p := filledPIN(t)
	flags := " " + strings.Join(flagsOf(t, p.page.memory.bytes), " ") + " "
	want := []string{"dd", "dc"} // do not dump, do not copy on fork
	if p.Locked() {
		want = append(want, "lo")
	}
	for _, flag := range want {
		if !strings.Contains(flags, " "+flag+" ") {
			t.Errorf("the page lacks flag %s: %s", flag, flags)
		}
	}
}
