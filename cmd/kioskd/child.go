package main

import (
	"context"
	"io"
	"os"
	"os/exec"

	"github.com/kioskd/kioskd/pkg/card/cardpcsc"
	"github.com/kioskd/kioskd/pkg/card/cardpipe"
)

// cardChild is `kioskd card`: the reader service behind a pipe, because a stalled reader poisons every PC/SC call of
// its process.
func cardChild(ctx context.Context) error {
	return cardpipe.Serve(ctx, os.Stdin, os.Stdout, cardpcsc.New())
}

// pipes are both ends of a child's standard input and output.
type pipes struct {
	io.ReadCloser
	io.WriteCloser
}

func (p pipes) Close() error {
	_ = p.WriteCloser.Close() // the reading end's error is the one that says what happened
	return p.ReadCloser.Close()
}

// startCardChild starts this program again as `kioskd card`.
func startCardChild(context.Context) (io.ReadWriteCloser, func() error, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	return startChild(exec.Command(path, "card"))
}

// startChild starts a program with both ends of its pipe here, and gives what kills it and waits for its end.
func startChild(cmd *exec.Cmd) (io.ReadWriteCloser, func() error, error) {
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	return pipes{out, in}, func() error {
		_ = cmd.Process.Kill() // it may have ended by itself
		return cmd.Wait()
	}, nil
}
