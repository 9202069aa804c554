// Command kioskbench is everything around a kiosk that is not there: test keys, an OCSP responder, a card reader, a
// coin vendor and a printer without hardware, a display, the two servers, and the desk at which a person or a script
// plays the resident. It starts kioskd and restarts it as systemd would.
//
//	kioskbench run  [-dir var] [-hoppers 50,20,50,10] [-coin-rate N] [-- bin/kioskd]   stays until Ctrl-C
//	kioskbench demo [-dir var/demo] [-out out/demo] [-- bin/kioskd]   a scripted resident goes the whole way
//	kioskbench pki DIR                                            makes the test keys only
//
// Nothing of it is part of a kiosk. The reader service needs namespaces: root makes them, a plain user where the kernel
// allows user namespaces.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/kioskd/kioskd/internal/bench/coin"
	"github.com/kioskd/kioskd/internal/bench/pki"
)

const usage = `usage:
  kioskbench run  [-dir var] [-hoppers 50,20,50,10] [-coin-rate N] [-- bin/kioskd]
  kioskbench demo [-dir var/demo] [-out out/demo] [-- bin/kioskd]
  kioskbench pki DIR
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "kioskbench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return errors.New("say what to do")
	}
	switch args[0] {
	case "pki":
		if len(args) != 2 {
			return errors.New("say where the keys go: kioskbench pki DIR")
		}
		return pki.Make(args[1], time.Now())
	case "run":
		s, err := parse("run", args[1:])
		if err != nil {
			return err
		}
		if err := enterNamespace(); err != nil {
			return err
		}
		return stay(ctx, s)
	case "demo":
		s, err := parse("demo", args[1:])
		if err != nil {
			return err
		}
		if err := enterNamespace(); err != nil {
			return err
		}
		return demo(ctx, s)
	}
	fmt.Fprint(os.Stderr, usage)
	return fmt.Errorf("%q is nothing that kioskbench does", args[0])
}

// settings are what the command line says.
type settings struct {
	dir      string     // state and keys, absolute
	out      string     // what a demo leaves, absolute
	kioskd   string     // program, absolute
	programs string     // folder of centerd and issuerd, absolute
	headless bool       // never use a display that is there
	fresh    bool       // begin with empty databases
	play     string     // of a demo
	rate     int        // of the coin vendor's line, in times 9600 baud
	stock    coin.Coins // what the hoppers hold when everything begins; nil is the reference machine's
}

// maxRate is a line of 960,000 baud: beyond it a byte takes no time that anybody could measure.
const maxRate = 100

func parse(name string, args []string) (settings, error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	dir, out := "var", "out/demo"
	if name == "demo" {
		dir = "var/demo"
	}
	flags.StringVar(&dir, "dir", dir, "folder of state and keys")
	flags.StringVar(&out, "out", out, "folder of what a demo leaves")
	headless := flags.Bool("headless", name == "demo", "do not use this machine's display")
	hoppers := flags.String("hoppers", "", "pieces of ¥10, ¥50, ¥100 and ¥500 in the hoppers, such as 50,20,50,10")
	rate := flags.Int("coin-rate", 1, fmt.Sprintf("the coin vendor's line is so many times faster than 9600 baud, "+
		"1 to %d; coins fall as they do", maxRate))
	play := flags.String("play", defaultPlay, "what a demo's resident does: "+playNames())
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	kioskd := "bin/kioskd"
	if flags.NArg() > 0 {
		kioskd = flags.Arg(0)
	}
	if _, ok := plays[*play]; !ok {
		return settings{}, fmt.Errorf("there is no play %q; there are %s", *play, playNames())
	}
	if *rate < 1 || *rate > maxRate {
		return settings{}, fmt.Errorf("-coin-rate %d: say 1 to %d, in times 9600 baud", *rate, maxRate)
	}
	stock, err := pieces(*hoppers)
	if err != nil {
		return settings{}, err
	}
	s := settings{headless: *headless, fresh: name == "demo", play: *play, stock: stock, rate: *rate}
	var errs []error
	absolute := func(to *string, path string) {
		var err error
		*to, err = filepath.Abs(path)
		errs = append(errs, err)
	}
	absolute(&s.dir, dir)
	absolute(&s.out, out)
	absolute(&s.kioskd, kioskd)
	s.programs = filepath.Dir(s.kioskd)
	if err := errors.Join(errs...); err != nil {
		return s, err
	}
	if _, err := os.Stat(s.kioskd); err != nil {
		return s, fmt.Errorf("%w; make build makes it", err)
	}
	return s, nil
}
