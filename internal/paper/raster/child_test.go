//go:build debian && linux && !race

package raster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestMain is also the child: the test starts its own program again.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "render" {
		if ServeChild(context.Background(), os.Stdin, os.Stdout, os.Args[2]) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) > 1 && os.Args[1] == "leave" {
		os.Exit(leave(os.Args[2] == "sealed"))
	}
	dir, err := os.MkdirTemp("", "raster")
	if err != nil {
		panic(err)
	}
	cache = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// cache is compiled into once for all tests.
var cache string

type ends struct {
	io.ReadCloser
	io.WriteCloser
}

func (e ends) Close() error { return errors.Join(e.WriteCloser.Close(), e.ReadCloser.Close()) }

func startSelf(context.Context) (io.ReadWriteCloser, func() error, error) {
	cmd := exec.Command(os.Args[0], "render", cache)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	return ends{out, in}, func() error { _ = cmd.Process.Kill(); return cmd.Wait() }, cmd.Start()
}

// ink counts the black pixels of a page and gives their bounds.
func ink(t *testing.T, pdf []byte) (n int, box [4]int) {
	t.Helper()
	c, err := New(startSelf).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	box = [4]int{Width, Height, 0, 0}
	for b, err := range c.Page(pdf) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range len(b.Rows) * 8 {
			if b.Rows[i/8]>>(7-i%8)&1 == 0 {
				continue
			}
			x, y := i%(RowBytes*8), b.Y+i/(RowBytes*8)
			n++
			box = [4]int{min(box[0], x), min(box[1], y), max(box[2], x), max(box[3], y)}
		}
	}
	return n, box
}

func TestChildDrawsAtTheRightPlaceAcrossBands(t *testing.T) {
	n, box := ink(t, corner())
	for i, want := range [4]int{600, 600, 1199, 1199} { // a pixel that is touched is drawn whole
		if box[i] < want || box[i] > want+1 {
			t.Errorf("%d pixels in %v", n, box)
		}
	}
	if w, h := box[2]-box[0]+1, box[3]-box[1]+1; n != w*h {
		t.Errorf("%d pixels in %v: the bands leave gaps", n, box)
	}
	if n, _ := ink(t, onePage(a4, "0.5 g 72 72 72 72 re f")); n != 0 {
		t.Errorf("%d pixels of a mid grey are ink", n)
	}
}

func TestChildRefuses(t *testing.T) {
	font := `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.276 841.89] /Contents 4 0 R
		/Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> >>`
	helvetica := "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
	form := `<< /Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /Font << /F 5 0 R >> >> /Length 28 >>
stream
BT /F 20 Tf 9 9 Td (a) Tj ET
endstream`
	for name, tt := range map[string]struct {
		pdf  []byte
		want Finding
	}{
		"a4":                  {corner(), 0},
		"letter":              {onePage(sized("612 792"), ""), PageSize},
		"landscape":           {onePage(sized("841.89 595.276"), ""), PageSize},
		"two_pages":           {pdf("<</Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>", a4), PageCount},
		"font_not_embedded":   {onePage(font, "BT /F 20 Tf 99 99 Td (a) Tj ET", helvetica, form), ForeignFont},
		"font_inside_a_form":  {onePage(font, "/X Do", helvetica, form), ForeignFont},
		"font_that_sleeps":    {onePage(font, "0 g 9 9 9 9 re f", helvetica, form), 0},
		"script_of_the_names": {pdf("<< /Type /Catalog /Names << /JavaScript 2 0 R >> >>"), Active},
		"truncated":           {corner()[:60], Unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			err := New(startSelf).Check(t.Context(), tt.pdf)
			got := Finding(0)
			if r, ok := errors.AsType[*RefusedError](err); ok {
				got, err = r.Finding, nil
			}
			if got != tt.want || err != nil {
				t.Errorf("finding %d, want %d; %v", got, tt.want, err)
			}
		})
	}
}

func sized(box string) string {
	return "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 " + box + "] /Contents 4 0 R >>"
}

// A small file of nested forms would draw for minutes and fill the memory.
func TestBombIsStopped(t *testing.T) {
	objects := []string{}
	for n := range 9 {
		content := ""
		for range 10 {
			content += "/X Do "
		}
		objects = append(objects, formOf(content, n+6))
	}
	objects = append(objects, formOf("0 g 0 0 300 300 re f", 5))
	page := `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.276 841.89] /Contents 4 0 R
		/Resources << /XObject << /X 5 0 R >> >> >>`
	began := time.Now()
	err := New(startSelf).Check(t.Context(), onePage(page, "/X Do", objects...))
	if err == nil || time.Since(began) > startLimit {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}

func formOf(content string, next int) string {
	return fmt.Sprintf("<< /Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /XObject << /X %d 0 R >> >> "+
		"/Length %d >>\nstream\n%s\nendstream", next, len(content), content)
}

// leave tries to get out of the process in three ways; it gives the number of ways that were open.
func leave(sealed bool) (open int) {
	if sealed && limitSelf() != nil {
		return 100
	}
	tries := make(chan error, 3)
	go func() { // on another thread than the one that was sealed first, more often than not
		l, err := net.Listen("tcp", "127.0.0.1:0")
		tries <- err
		if err == nil {
			_ = l.Close()
		}
		_, err = net.ListenPacket("udp", "127.0.0.1:0")
		tries <- err
		tries <- exec.Command("/bin/true").Run()
	}()
	for range 3 {
		if err := <-tries; err == nil {
			open++
		} else if !errors.Is(err, os.ErrPermission) {
			return 50
		}
	}
	return open
}

func TestSealedChildReachesNoNetworkAndNoProgram(t *testing.T) {
	for how, want := range map[string]int{"open": 3, "sealed": 0} {
		cmd := exec.Command(os.Args[0], "leave", how)
		_ = cmd.Run() // the code is the answer
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("%s: %d ways out, want %d", how, got, want)
		}
	}
}
