//go:build judge && cgo

package printer

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/usb"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// ippUSB starts Debian's ipp-usb, unmodified, on the bus and returns the address that it serves. It keeps its state
// under /var: a mount namespace of its own gives it an empty one, so that runs do not meet.
func ippUSB(t *testing.T, b *usb.Bus) string {
	t.Helper()
	dir := t.TempDir()
	binary, err := os.ReadFile("/usr/sbin/ipp-usb")
	if err != nil {
		t.Fatal(err)
	}
	conf := "[network]\nhttp-min-port = 20000\nhttp-max-port = 59999\ndns-sd = disable\ninterface = loopback\n" +
		"ipv6 = disable\n[logging]\ndevice-log = error\nmain-log = error\nconsole-log = debug\nconsole-color = disable\n"
	err = errors.Join(os.WriteFile(filepath.Join(dir, "ipp-usb"), binary, 0o755),
		os.WriteFile(filepath.Join(dir, "ipp-usb.conf"), []byte(conf), 0o644))
	if err != nil {
		t.Fatal(err)
	}
	script := `set -e
mkdir -p /var/ipp-usb /var/log/ipp-usb
mount -t tmpfs none /var/ipp-usb
mount -t tmpfs none /var/log/ipp-usb
exec env ` + strings.Join(b.Env(), " ") + " " + dir + `/ipp-usb debug`
	c := exec.Command("unshare", "-m", "--propagation", "private", "sh", "-c", script)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = c.Stdout
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	found, ended := make(chan string, 1), make(chan string, 1)
	go func() { ended <- readLog(out, found) }()
	t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		<-ended
		_ = c.Wait()
	})
	select {
	case port := <-found:
		return "ipp://127.0.0.1:" + port + "/ipp/print"
	case text := <-ended:
		ended <- text
		t.Fatalf("ipp-usb does not serve the machine:\n%s", text)
	case <-time.After(20 * time.Second):
		t.Fatal("ipp-usb does not become ready")
	}
	return ""
}

// readLog reads what ipp-usb says to its end, and tells the port when its set-up of the machine is over.
func readLog(r io.Reader, found chan<- string) string {
	var text strings.Builder
	port, told := "", false
	ready := regexp.MustCompile(`POST http://localhost:(\d+)/ipp/print - 200 OK`)
	for lines := bufio.NewScanner(r); lines.Scan(); {
		text.WriteString(lines.Text() + "\n")
		if m := ready.FindStringSubmatch(lines.Text()); m != nil {
			port = m[1]
		}
		if !told && port != "" && strings.Contains(lines.Text(), "_ipp-usb._tcp TXT record") {
			found <- port
			told = true
		}
	}
	return text.String()
}

// ipptool runs Debian's ipptool and returns its report.
func ipptool(t *testing.T, args ...string) (string, error) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	out, err := exec.CommandContext(ctx, "ipptool", append([]string{"-t", "-T", "20"}, args...)...).CombinedOutput()
	return string(out), err
}

// pageFile writes a two-sided A4 document for tools.
func pageFile(t *testing.T, p pwg.Params) string {
	t.Helper()
	p.Width, p.Height = pwg.A4Width, pwg.A4Height
	path := filepath.Join(t.TempDir(), "page.pwg")
	if err := os.WriteFile(path, document(t, p).Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestJudgeIpptoolThroughIppUSB(t *testing.T) {
	b, p := plugged(t, Options{})
	address := ippUSB(t, b)
	if out, err := ipptool(t, address, "get-printer-attributes.test"); err != nil {
		t.Errorf("get-printer-attributes: %v\n%s", err, out)
	}
	changed := p.Changed()
	if out, err := ipptool(t, "-f", pageFile(t, pwg.Params{Sheets: 1}), address, "print-job.test"); err != nil {
		t.Errorf("print-job: %v\n%s", err, out)
	}
	for late := time.After(20 * time.Second); p.Levels().Sheets == 0; changed = p.Changed() {
		select {
		case <-changed:
		case <-late:
			t.Fatalf("nothing was printed: %+v", p.Levels())
		}
	}
	if l := p.Levels(); l.Refused != 0 || l.Operations["Print-Job"] != 1 {
		t.Errorf("the machine says %+v", l)
	}
	// Negative controls: an attribute that is not there, and a document that is none.
	wrong := filepath.Join(t.TempDir(), "wrong.test")
	text := "{\nOPERATION get-printer-attributes\nGROUP operation\nATTR charset attributes-charset utf-8\n" +
		"ATTR language attributes-natural-language en\nATTR uri printer-uri $uri\nSTATUS successful-ok\n" +
		"EXPECT printer-sends-flowers\n}\n"
	if err := os.WriteFile(wrong, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := ipptool(t, address, wrong); err == nil || !strings.Contains(out, "[FAIL]") {
		t.Errorf("ipptool passes anything:\n%s", out)
	}
	if out, err := ipptool(t, "-f", wrong, "-d", "filetype=image/pwg-raster", address, "print-job.test"); err == nil {
		t.Errorf("a text was printed:\n%s", out)
	}
}
