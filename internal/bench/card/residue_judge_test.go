//go:build judge && cgo

package card_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	benchcard "github.com/kioskd/kioskd/internal/bench/card"
	"github.com/kioskd/kioskd/pkg/card"
)

// needle is a VERIFY command's length byte and PIN, without what stands before: buffers may be overwritten in part. It
// is put together at run time, so that no program holds it as a constant.
func needle(pin string) []byte { return append([]byte{byte(len(pin))}, pin...) }

// holds counts a needle in a process's writable memory.
func holds(t *testing.T, pid int, needle []byte) int {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	found, size := 0, 0
	for line := range strings.Lines(string(maps)) {
		var from, to uint64
		var mode string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &mode); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(mode, "rw") {
			continue
		}
		b := make([]byte, to-from)
		n, _ := mem.ReadAt(b, int64(from)) // parts may not be there; what is there counts
		found += bytes.Count(b[:n], needle)
		size += n
	}
	if size < 100<<10 {
		t.Fatalf("only %d bytes of process %d could be read", size, pid)
	}
	return found
}

func TestX24_NoPINStaysInTheServiceOrTheChild(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pin   string
		fault benchcard.Fault
	}{
		"right_pin":                  {"1234", benchcard.Fault{}},
		"wrong_pin":                  {"7391", benchcard.Fault{}},
		"removed_during_verify":      {"1234", benchcard.Fault{Do: benchcard.ActRemove, INS: 0x20, Nth: 2}},
		"removed_at_signature":       {"1234", benchcard.Fault{Do: benchcard.ActRemove, INS: 0x2A}},
		"removed_at_select_of_key":   {"1234", benchcard.Fault{Do: benchcard.ActRemove, INS: 0xA4, Nth: 7}},
		"card_answers_error_to_sign": {"1234", benchcard.Fault{Do: benchcard.ActAnswer, INS: 0x2A, SW: 0x6F00}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := startKiosk(t)
			_, conn := k.lay(config())
			if tt.fault.Do != "" {
				k.r.AddFault(tt.fault)
			}
			s := card.NewSession(conn)
			if _, err := s.Identify(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, err := s.Authenticate(t.Context(), digits(tt.pin), [32]byte{})
			if (err == nil) != (name == "right_pin") {
				t.Fatal(err)
			}
			if err := conn.PowerOff(t.Context()); err != nil {
				t.Fatal(err)
			}
			for who, pid := range map[string]int{"pcscd": k.r.PID(), "the child": k.pid()} {
				if n := holds(t, pid, needle(tt.pin)); n != 0 {
					t.Errorf("%s holds the PIN %d times", who, n)
				}
			}
		})
	}
}

// Negative control: the scan finds a PIN that nothing was sent after.
func TestX24_TheScanFindsAPINThatWasLeft(t *testing.T) {
	t.Parallel()
	k := startKiosk(t)
	_, conn := k.lay(config())
	for _, c := range [][]byte{
		{0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01},
		{0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18},
		{0x00, 0x20, 0x00, 0x80, 0x04, '7', '3', '9', '1'},
	} {
		if _, err := conn.Transmit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if n := holds(t, k.r.PID(), needle("7391")); n == 0 {
		t.Error("the scan does not find the PIN that is there")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := conn.PowerOff(ctx); err != nil {
		t.Error(err)
	}
}
