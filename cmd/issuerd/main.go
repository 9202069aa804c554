// Command issuerd is an issuing server (証明発行サーバ) for many municipalities: the SOAP interface of api/issuing.wsdl over
// mutual TLS 1.3. docs/issuing.md describes what it does and how it is configured.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/kioskd/kioskd/internal/office/issuing"
)

func main() { os.Exit(run(os.Args[1:])) }

// hooks are set by the files of one build only: a bench build takes time and anchors from outside.
var hooks = struct {
	now     func() (func() time.Time, error)
	former  func(issuing.Former) issuing.Former // nil: as it is
	anchors func(file string) ([]byte, error)
}{now: func() (func() time.Time, error) { return time.Now, nil }}

// run is the whole program; it gives the exit code.
func run(args []string) int {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(args) > 1 && args[0] == "config" && args[1] == "check" {
		err = check(args[2:])
	} else {
		err = serve(ctx, args, log)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		log.Error("issuerd ends", "evt", "issuerd.end", "err", err)
		return 1
	}
	return 0
}

func check(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: issuerd config check FILE")
	}
	if _, err := readConfig(args[0]); err != nil {
		return err
	}
	_, err := fmt.Println("ok")
	return err
}

func serve(ctx context.Context, args []string, log *slog.Logger) error {
	flags := flag.NewFlagSet("issuerd", flag.ContinueOnError)
	path := flags.String("config", "/etc/kioskd/issuerd.toml", "configuration file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	c, err := readConfig(*path)
	if err != nil {
		return err
	}
	now, err := hooks.now()
	if err != nil {
		return err
	}
	return c.serve(ctx, now, log)
}
