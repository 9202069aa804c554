package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"

	"github.com/kioskd/kioskd/internal/paper/raster"
)

// renderChild is `kioskd render CACHE`: one document's renderer behind a pipe.
func renderChild(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: kioskd render CACHE")
	}
	return raster.ServeChild(ctx, os.Stdin, os.Stdout, args[0])
}

// startRenderChild starts this program again as `kioskd render`, with an empty environment: it needs nothing of ours.
func startRenderChild(cache string) raster.Start {
	return func(context.Context) (io.ReadWriteCloser, func() error, error) {
		path, err := os.Executable()
		if err != nil {
			return nil, nil, err
		}
		return startChild(&exec.Cmd{Path: path, Args: []string{path, "render", cache}, Env: []string{}})
	}
}
