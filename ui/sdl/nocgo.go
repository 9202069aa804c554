//go:build !cgo

package sdl

import (
	"context"
	"errors"

	"github.com/kioskd/kioskd/ui"
)

// ErrNoCgo is what Run answers in a build without cgo.
var ErrNoCgo = errors.New("sdl: built without cgo: build with CGO_ENABLED=1 and libsdl2-dev, or run without a display")

// Run shows nothing: see ErrNoCgo.
func Run(context.Context, *ui.App, Options) error { return ErrNoCgo }
