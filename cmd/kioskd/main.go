// Command kioskd is the daemon of one kiosk: it shows the screens, reads the card, takes the coins and prints. It also
// holds its own children, `kioskd card` (the reader service, behind a pipe) and `kioskd render` (one page's renderer).
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
	_ "time/tzdata" // a minimal machine has no zone files

	"github.com/kioskd/kioskd/internal/config"
)

func main() { os.Exit(run(os.Args[1:])) }

// run is the whole program; it gives the exit code. It must be called on the main goroutine: SDL wants that thread.
func run(args []string) int {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := closed()
	switch {
	case err != nil:
	case len(args) > 0 && args[0] == "card":
		err = cardChild(ctx)
	case len(args) > 0 && args[0] == "render":
		err = renderChild(ctx, args[1:])
	case len(args) > 0 && args[0] == "devices":
		err = showDevices(args[1:])
	case len(args) > 0 && args[0] == "coin":
		err = coinTool(ctx, args[1:])
	case len(args) > 1 && args[0] == "config" && args[1] == "check":
		err = checkConfig(args[2:])
	case len(args) > 0 && args[0] == "ledger":
		err = ledgerCommand(ctx, args[1:])
	default:
		err = serve(ctx, args, log)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		log.Error("kioskd ends", "evt", "kioskd.end", "err", err)
		return 1
	}
	return 0
}

func checkConfig(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: kioskd config check FILE")
	}
	if _, err := config.Read(args[0]); err != nil {
		return err
	}
	_, err := fmt.Println("ok")
	return err
}

func serve(ctx context.Context, args []string, log *slog.Logger) error {
	flags := flag.NewFlagSet("kioskd", flag.ContinueOnError)
	path := flags.String("config", "/etc/kioskd/kioskd.toml", "configuration file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	c, err := config.Read(*path)
	if err != nil {
		return err
	}
	k, err := newKiosk(c, log)
	if err != nil {
		return err
	}
	return k.run(ctx)
}
