// Package daemon is what the office's servers have in common as processes: flags and a strict configuration file, the
// folder of keys, mutual TLS, and a listener that is answered until a signal comes. cmd/centerd and cmd/issuerd are
// made of it; what they serve is none of its business.
package daemon

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// Program is one server as its command line knows it.
type Program struct {
	Name  string                  // centerd
	Check func(file string) error // says everything that is wrong with a configuration file
	// Serve runs the server until ctx ends; nil after a good end.
	Serve func(ctx context.Context, file string, log *slog.Logger) error
}

// Run is a whole process: "config check FILE", or the server until SIGINT or SIGTERM. It logs JSON to standard error
// and gives the exit code.
func (p Program) Run(args []string) int {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(args) > 1 && args[0] == "config" && args[1] == "check" {
		err = p.check(args[2:])
	} else {
		err = p.serve(ctx, args, log)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		log.Error(p.Name+" ends", "evt", p.Name+".end", "err", err)
		return 1
	}
	return 0
}

func (p Program) check(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: %s config check FILE", p.Name)
	}
	if err := p.Check(args[0]); err != nil {
		return err
	}
	_, err := os.Stdout.WriteString("ok\n")
	return err
}

func (p Program) serve(ctx context.Context, args []string, log *slog.Logger) error {
	flags := flag.NewFlagSet(p.Name, flag.ContinueOnError)
	file := flags.String("config", "/etc/kioskd/"+p.Name+".toml", "configuration file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return p.Serve(ctx, *file, log)
}
