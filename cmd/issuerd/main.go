// Command issuerd is an issuing server (証明発行サーバ) for many municipalities: the SOAP interface of api/issuing.wsdl over
// mutual TLS 1.3. docs/issuing.md describes what it does and how it is configured.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/kioskd/kioskd/internal/office/daemon"
	"github.com/kioskd/kioskd/internal/office/issuing"
)

func main() { os.Exit(program.Run(os.Args[1:])) }

// hooks are set by the files of one build only: a bench build takes time and anchors from outside.
var hooks = struct {
	now     func() (func() time.Time, error)
	former  func(issuing.Former) issuing.Former // nil: as it is
	anchors daemon.Anchors
}{now: func() (func() time.Time, error) { return time.Now, nil }}

var program = daemon.Program{
	Name: "issuerd",
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
