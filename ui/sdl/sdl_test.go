//go:build judge && cgo

package sdl_test

import (
	"bufio"
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/ui"
	"github.com/kioskd/kioskd/ui/node"
	"github.com/kioskd/kioskd/ui/sdl"
)

// SDL wants the thread that the process started on, and tests run on others: TestMain keeps the main goroutine for
// the window and hands it what the test wants to run there.
var onMain = make(chan func())

func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	code := make(chan int, 1)
	go func() { code <- m.Run(); close(onMain) }()
	for run := range onMain {
		run()
	}
	os.Exit(<-code)
}

// display starts an X server of 400 × 300 and gives its name.
func display(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "400x300x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = r.Close()
	})
	_ = w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return ":" + strings.TrimSpace(line)
}

// TestWindowShowsTheBytesAndFeelsAMouse lets foreign programs judge: ImageMagick sees the pixels that Go painted,
// xdotool clicks a button.
func TestWindowShowsTheBytesAndFeelsAMouse(t *testing.T) {
	name := display(t)
	t.Setenv("DISPLAY", name)
	t.Setenv("SDL_VIDEODRIVER", "x11")
	_, had := os.LookupEnv("DBUS_SESSION_BUS_ADDRESS")
	app := ui.New(ui.Options{Size: image.Pt(400, 300), Measurer: noText{}})
	app.Show(&node.Tree{Screen: "one", Root: &node.Node{Style: node.Style{Pad: node.All(50)}, Children: []*node.Node{{
		ID: "key", Focusable: true, Enabled: true, Action: node.Action{Verb: "next"},
		Style: node.Style{Grow: 1, Fill: node.Primary, Radius: 20},
	}}}}, 0)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	start, done := time.Now(), make(chan error, 1)
	onMain <- func() {
		done <- sdl.Run(ctx, app, sdl.Options{
			Title: "kioskd", Since: func() time.Duration { return time.Hour + time.Since(start) },
		})
	}
	run(t, ctx, "xdotool", "search", "--sync", "--onlyvisible", "--name", "kioskd")
	want := app.Frame().Image.Pix
	for !bytes.Equal(root(t, ctx, name), want) { // bound: the context's minute
		if ctx.Err() != nil {
			t.Fatal("the window never showed the painted bytes")
		}
	}
	run(t, ctx, "xdotool", "mousemove", "200", "150", "click", "1")
	select {
	case e := <-app.Events():
		if e.Action.Verb != "next" {
			t.Errorf("the click was %v", e.Action)
		}
	case <-ctx.Done():
		t.Fatal("the click never came")
	}
	run(t, ctx, "xdotool", "key", "Tab", "Return")
	for verb := ui.ActionTouch.Verb; verb != "next"; { // that somebody moved the focus is an event too
		select {
		case e := <-app.Events():
			if verb = e.Action.Verb; verb != "next" && verb != ui.ActionTouch.Verb {
				t.Fatalf("the key was %v", e.Action)
			}
		case <-ctx.Done():
			t.Fatal("the key never came")
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if bus, is := os.LookupEnv("DBUS_SESSION_BUS_ADDRESS"); !is {
		t.Error("SDL may have started a session bus, and read its pipe")
	} else if t.Logf("session bus %q", bus); !had && bus != "disabled:" {
		t.Errorf("SDL was given the session bus %q", bus)
	}
}

type noText struct{}

func (noText) Break([]node.Run, node.Font, int) []node.Line { return nil }

func run(t *testing.T, ctx context.Context, name string, args ...string) []byte {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, errs.String())
	}
	return out
}

// root is what the X server shows, as RGBA bytes.
func root(t *testing.T, ctx context.Context, display string) []byte {
	t.Helper()
	shot := run(t, ctx, "import", "-display", display, "-window", "root", "-depth", "8", "png:-")
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	pix := make([]byte, 0, 400*300*4)
	for y := range 300 {
		for x := range 400 {
			r, g, b, _ := img.At(x, y).RGBA()
			pix = append(pix, byte(r>>8), byte(g>>8), byte(b>>8), 0xff)
		}
	}
	return pix
}
