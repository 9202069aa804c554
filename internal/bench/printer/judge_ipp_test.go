//go:build judge && cgo

package printer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	client "github.com/kioskd/kioskd/pkg/printer"
	"github.com/kioskd/kioskd/pkg/printer/pwg"
)

// background runs a program until the test ends.
func background(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
}

// await asks every 20 ms until f succeeds.
func await(t *testing.T, f func() error) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(15 * time.Second)
	for err := f(); err != nil; err = f() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal(err)
		}
	}
}

// freePort finds a port that nobody listens on now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// evePrinter starts Debian's ippeveprinter with the attributes of our own machine; what it prints lands in the file.
// It speaks to D-Bus even when it shall not announce itself: it gets a bus of its own.
func evePrinter(t *testing.T) (address, printed string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "keve")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	attrs := filepath.Join(dir, "attributes.conf")
	ours := "ipp://" + listen(t, New(Options{})).Host() + "/ipp/print"
	if out, err := ipptool(t, "--ippserver", attrs, ours, "get-printer-attributes.test"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	bus := "unix:path=" + filepath.Join(dir, "bus")
	background(t, exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+bus))
	await(t, func() error { _, err := os.Stat(filepath.Join(dir, "bus")); return err })
	printed = filepath.Join(dir, "printed.pwg")
	command := filepath.Join(dir, "print")
	script := "#!/bin/sh\ncp \"$1\" " + printed + ".part && mv " + printed + ".part " + printed + "\n"
	if err := os.WriteFile(command, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	c := exec.Command("ippeveprinter", "-r", "off", "-n", "localhost", "-p", port, "-a", attrs, "-k", "-d", dir,
		"-c", command, "eve")
	c.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS="+bus)
	background(t, c)
	await(t, func() error {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			err = conn.Close()
		}
		return err
	})
	return "ipp://127.0.0.1:" + port, printed
}

func TestJudgeIppeveprinterTakesOurJob(t *testing.T) {
	address, printed := evePrinter(t)
	tr, err := client.OverTCP(address)
	if err != nil {
		t.Fatal(err)
	}
	d, err := client.Open(t.Context(), tr)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := d.Ready(t.Context()); err != nil || s.State != client.PrinterIdle {
		t.Fatalf("%+v, %v", s, err)
	}
	job, err := d.CreateJob(t.Context(), client.Ticket{Name: "token"})
	if err != nil {
		t.Fatal(err)
	}
	if id, ok, err := d.FindJob(t.Context(), "token"); id != job || !ok || err != nil {
		t.Errorf("FindJob: %d, %v, %v", id, ok, err)
	}
	var doc bytes.Buffer
	if err := writePage(&doc, d.Capabilities().Params(1, false)); err != nil {
		t.Fatal(err)
	}
	if err := d.SendDocument(t.Context(), job, bytes.NewReader(doc.Bytes())); err != nil {
		t.Fatal(err)
	}
	o := client.Observation{Expected: 1, Created: true, Sent: true, Trusted: true}
	await(t, func() error {
		j, err := d.Follow(t.Context(), job)
		if o.Job = j; err == nil && !j.State.Final() {
			err = fmt.Errorf("the job is not final: %+v", j)
		}
		return err
	})
	if o.Job.State != client.JobCompleted {
		t.Errorf("%+v", o.Job)
	}
	got, err := os.ReadFile(printed)
	if err != nil || !bytes.Equal(got, doc.Bytes()) {
		t.Errorf("%d of %d bytes arrived, %v", len(got), doc.Len(), err)
	}
	// It tells no sheets: however well it looks, that is no proof.
	if e := client.Judge(o); o.Job.Sheets.Known || e.Outcome != client.Unknown {
		t.Errorf("%+v: %+v", o.Job, e)
	}
	// Negative control: it judges.
	if err := d.SendDocument(t.Context(), job+100, bytes.NewReader(doc.Bytes())); err == nil {
		t.Error("a document for a job that is not there was taken")
	}
}

var verdict = regexp.MustCompile(`(?m)^\s+(.*?)\s+\[(PASS|FAIL|SKIP)\]`)

// TestJudgeIpptoolSuites runs CUPS's own suites: no test may fail. Skipped are those of operations that the machine
// does not offer (Print-URI, Send-URI) and of copies above one.
func TestJudgeIpptoolSuites(t *testing.T) {
	for _, suite := range []string{"ipp-1.1.test", "ipp-2.0.test"} {
		t.Run(suite, func(t *testing.T) {
			p := New(Options{})
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan error, 1)
			go func() { served <- p.Serve(ctx, l) }()
			out, _ := ipptool(t, "-I", "-f", pageFile(t, pwg.Params{Sheets: 1}), "-d", "NOPRINT=0",
				"ipp://"+l.Addr().String()+"/ipp/print", suite)
			count := map[string]int{}
			for _, m := range verdict.FindAllStringSubmatch(out, -1) {
				count[m[2]]++
				if m[2] == "FAIL" {
					t.Errorf("fails: %s", m[1])
				}
			}
			if count["PASS"] < 10 {
				t.Errorf("only %v\n%s", count, out)
			}
			if t.Failed() {
				t.Log(out)
			}
			t.Log(strings.TrimSpace(fmt.Sprint(count)))
			stop()
			if err := <-served; err != nil && err != io.EOF {
				t.Error(err)
			}
		})
	}
}
