//go:build !cgo

package cardpcsc

import (
	"context"
	"errors"

	"github.com/kioskd/kioskd/pkg/card"
)

var errNoCgo = errors.New("cardpcsc: built without cgo; build with CGO_ENABLED=1 and libpcsclite-dev to use readers")

// Backend cannot do anything in this build.
type Backend struct{}

// New makes a backend that cannot do anything.
func New() *Backend { return &Backend{} }

// Watch says that this build has no readers.
func (*Backend) Watch(context.Context, card.Watcher) error { return errNoCgo }

// Connect says that this build has no readers.
func (*Backend) Connect(context.Context, string) (card.Card, error) { return nil, errNoCgo }

type connection struct{}

func (*connection) Transmit(context.Context, []byte) ([]byte, error) { return nil, errNoCgo }

func (*connection) PowerOff(context.Context) error { return errNoCgo }
