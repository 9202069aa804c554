// Command centerd is the certificate issuing centre (証明書交付センター): api/openapi.yaml over mutual TLS 1.3 and HTTP/2
// for kiosks, and the centre's side of the issuing servers' interface. docs/center.md describes what it does and how it
// is configured.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/kioskd/kioskd/internal/office/daemon"
)

func main() { os.Exit(program.Run(os.Args[1:])) }

// hooks are set by the files of one build only: a bench build takes time and anchors from outside.
var hooks = struct {
	now     func() (func() time.Time, error)
	anchors daemon.Anchors
}{now: func() (func() time.Time, error) { return time.Now, nil }}

var program = daemon.Program{
	Name: "centerd",
	Check: func(file string) error {
		_, err := readConfig(file)
		return err
	},
	Serve: func(ctx context.Context, file string, log *slog.Logger) error {
		c, err := readConfig(file)
		if err != nil {
			return err
		}
		now, err := hooks.now()
		if err != nil {
			return err
		}
		return c.serve(ctx, now, log)
	},
}
