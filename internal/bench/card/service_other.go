//go:build !linux

package card

import (
	"context"
	"errors"
	"net"
	"os/exec"
)

// A service cannot run here: there are no namespaces.
type service struct{ command *exec.Cmd }

func startService(context.Context, Config) (*service, error) {
	return nil, errors.New("the private reader service needs Linux")
}

func (s *service) dial(context.Context) (net.Conn, error) { return nil, ErrStopped }

func (s *service) stop() error { return nil }
