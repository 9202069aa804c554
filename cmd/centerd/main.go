// Command centerd is the certificate issuing centre (証明書交付センター): api/openapi.yaml over mutual TLS 1.3 and HTTP/2
// for kiosks, and the centre's side of the issuing servers' interface. docs/center.md describes what it does and how it
// is configured.
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
)

func main() { os.Exit(run(os.Args[1:])) }

// hooks are set by the files of one build only: a bench build takes time and anchors from outside.
var hooks = struct {
	now     func() (func() time.Time, error)
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
		log.Error("centerd ends", "evt", "centerd.end", "err", err)
		return 1
	}
	return 0
}

func check(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: centerd config check FILE")
	}
	if _, err := readConfig(args[0]); err != nil {
		return err
	}
	_, err := fmt.Println("ok")
	return err
}

func serve(ctx context.Context, args []string, log *slog.Logger) error {
	flags := flag.NewFlagSet("centerd", flag.ContinueOnError)
	path := flags.String("config", "/etc/kioskd/centerd.toml", "configuration file")
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
