// Package sdl puts a ui.App on a panel: a window, its picture, fingers, mouse and keys. It is the only importer of
// SDL (design §2); built without cgo, Run says so.
//
// SDL neither draws nor decides: the app's pixels are copied as they are, or turned where the panel is mounted turned,
// and raw events enter the app where those of the bench socket do.
package sdl

import "time"

// Options say how the window is made.
type Options struct {
	Title      string
	Fullscreen bool
	// Scale shrinks the window to so many percent of the panel (developers' displays); 0 and 100 mean pixel for pixel.
	Scale int
	// Rotate turns the picture for a panel that is mounted turned; fingers and mouse are turned back.
	Rotate Rotation
	// Since is the time since the start of the process, the same that the caller of App.Show uses.
	Since func() time.Duration
	// Shown is called once, when the first screen is on the panel; may be nil.
	Shown func()
}
