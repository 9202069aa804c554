//go:build cgo

package sdl

import (
	"context"
	"fmt"
	"image"
	"os"
	"runtime"
	"unsafe"

	"github.com/veandco/go-sdl2/sdl"

	"github.com/kioskd/kioskd/ui"
)

// hints are set before SDL starts. Without the first one X11 would go through software GL (47 ms instead of 3 ms a
// picture); the touch hints keep SDL from making a mouse of a finger; signals belong to the daemon (ui.md §0 U2, §1).
var hints = map[string]string{
	"SDL_FRAMEBUFFER_ACCELERATION": "0",
	"SDL_TOUCH_MOUSE_EVENTS":       "0",
	"SDL_MOUSE_TOUCH_EVENTS":       "0",
	"SDL_VIDEO_ALLOW_SCREENSAVER":  "0",
	"SDL_NO_SIGNAL_HANDLERS":       "1",
}

// waitMs is how long the loop sleeps without an event before it looks at the context again.
const waitMs = 1000

// window is one open window with the app's picture wrapped for SDL.
type window struct {
	app     *ui.App
	options Options
	window  *sdl.Window
	turned  *image.RGBA  // the app's pixels as the panel wants them; nil where it is not turned
	source  *sdl.Surface // turned, or the app's own pixels, not a copy
	pin     runtime.Pinner
	size    image.Point // of the window
	wake    uint32      // number of the wake-up event
}

// Run opens the window and shows the app until the context ends or the window is closed. It must be called on the
// main goroutine: SDL wants the thread that it started on.
func Run(ctx context.Context, app *ui.App, o Options) error {
	for name, value := range hints {
		sdl.SetHint(name, value)
	}
	if err := noSessionBus(); err != nil {
		return err
	}
	if err := sdl.Init(sdl.INIT_VIDEO); err != nil {
		return fmt.Errorf("sdl: start: %w (is there a display?)", err)
	}
	defer sdl.Quit()
	w := &window{app: app, options: o}
	if err := w.open(); err != nil {
		return err
	}
	defer w.close()
	stop := context.AfterFunc(ctx, w.push)
	defer stop()
	app.OnChange(w.push)
	defer app.OnChange(nil)
	app.Expose()
	return w.loop(ctx)
}

// noSessionBus keeps SDL from starting a desktop's message bus where there is none: libdbus would fork a program and
// read its pipe to the end, which a child process that was started at the same moment keeps open as long as it lives.
// A kiosk has no use for that bus.
func noSessionBus() error {
	const name = "DBUS_SESSION_BUS_ADDRESS"
	if _, is := os.LookupEnv(name); is {
		return nil
	}
	if err := os.Setenv(name, "disabled:"); err != nil {
		return fmt.Errorf("sdl: no session bus: %w", err)
	}
	return nil
}

func (w *window) open() error {
	size := w.options.Rotate.Size(w.app.Size())
	if w.options.Scale > 0 {
		size = size.Mul(w.options.Scale).Div(100)
	}
	flags := uint32(sdl.WINDOW_SHOWN)
	if w.options.Fullscreen {
		flags |= sdl.WINDOW_FULLSCREEN_DESKTOP
	}
	win, err := sdl.CreateWindow(w.options.Title, sdl.WINDOWPOS_CENTERED, sdl.WINDOWPOS_CENTERED,
		int32(size.X), int32(size.Y), flags)
	if err != nil {
		return fmt.Errorf("sdl: open window: %w", err)
	}
	w.window = win
	w.wake = sdl.RegisterEvents(1)
	return nil
}

func (w *window) close() {
	if w.source != nil {
		w.source.Free()
	}
	w.pin.Unpin()
	_ = w.window.Destroy() // nothing can be done about it, and the process ends
}

// push wakes the loop. It may be called from any goroutine; the event carries nothing.
func (w *window) push() {
	// A full queue already holds a reason to wake up.
	_, _ = sdl.PushEvent(&sdl.UserEvent{Type: w.wake})
}

func (w *window) loop(ctx context.Context) error {
	for ctx.Err() == nil { // until the context ends or the window is closed
		_, generation := w.app.Revision()
		if err := w.app.Present(w.present); err != nil {
			return err
		}
		if generation > 0 && w.options.Shown != nil {
			w.options.Shown()
			w.options.Shown = nil
		}
		for e := sdl.WaitEventTimeout(w.wait()); e != nil; e = sdl.PollEvent() { // bound: SDL's queue
			if !w.event(e) {
				return nil
			}
		}
	}
	return nil
}

// wait is how many milliseconds the loop may sleep: no longer than until something is due by time alone.
func (w *window) wait() int {
	now := w.options.Since()
	next, waits := w.app.Poll(now)
	if !waits {
		return waitMs
	}
	return int(min(max((next-now).Milliseconds()+1, 1), waitMs))
}

// present copies what changed into the window. It runs with the app's lock held.
func (w *window) present(picture *image.RGBA, changed image.Rectangle) error {
	if w.options.Rotate != Upright {
		if w.turned == nil {
			w.turned = image.NewRGBA(image.Rectangle{Max: w.options.Rotate.Size(picture.Rect.Size())})
		}
		changed = w.options.Rotate.Turn(w.turned, picture, changed)
		picture = w.turned
	}
	if w.source == nil {
		w.pin.Pin(&picture.Pix[0]) // SDL keeps the address as long as source lives
		source, err := sdl.CreateRGBSurfaceWithFormatFrom(unsafe.Pointer(&picture.Pix[0]),
			int32(picture.Rect.Dx()), int32(picture.Rect.Dy()), 32, int32(picture.Stride), uint32(sdl.PIXELFORMAT_ABGR8888))
		if err != nil {
			return fmt.Errorf("sdl: wrap picture: %w", err)
		}
		if err := source.SetBlendMode(sdl.BLENDMODE_NONE); err != nil {
			return fmt.Errorf("sdl: blend mode: %w", err)
		}
		w.source = source
	}
	target, err := w.window.GetSurface()
	if err != nil {
		return fmt.Errorf("sdl: window surface: %w", err)
	}
	w.size = image.Pt(int(target.W), int(target.H))
	if w.size != picture.Rect.Size() {
		if err := w.source.BlitScaled(nil, target, nil); err != nil {
			return fmt.Errorf("sdl: scale picture: %w", err)
		}
		return w.window.UpdateSurface()
	}
	r := rect(changed)
	if err := w.source.Blit(&r, target, &r); err != nil {
		return fmt.Errorf("sdl: copy picture: %w", err)
	}
	r = rect(changed) // Blit may have clipped it
	return w.window.UpdateSurfaceRects([]sdl.Rect{r})
}

func rect(r image.Rectangle) sdl.Rect {
	return sdl.Rect{X: int32(r.Min.X), Y: int32(r.Min.Y), W: int32(r.Dx()), H: int32(r.Dy())}
}
