// Command coin is an example of a program of one's own over pkg/coin: it takes coins up to a price through a terminal
// device and gives the same coins back, with every event on the screen. It sells nothing.
//
//	go run ./examples/coin -tty /dev/serial/by-id/… -price 200
//
// The hoppers are not used, so that nothing but the coins of this run moves.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/kioskd/kioskd/pkg/coin"
	"github.com/kioskd/kioskd/pkg/coin/tty"
)

func main() {
	path := flag.String("tty", "/dev/ttyUSB0", "terminal device of the coin vendor's adapter")
	price := flag.Int("price", 200, "yen, a multiple of 10")
	echo := flag.Bool("echo", false, "the adapter gives back what is sent")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cfg := coin.DefaultConfig()
	cfg.Bus.Echo = *echo
	if err := take(ctx, tty.Dial(*path), cfg, *price); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// endLimit bounds the way back of the coins; it is waited for also after an interrupt.
const endLimit = time.Minute

// take opens a deposit, waits until the price is there, and repays it.
func take(ctx context.Context, dial coin.Dialer, cfg coin.Config, price int) (err error) {
	m := coin.NewConnection(dial, cfg, coin.ConnectionOptions{
		Patience: endLimit, Refused: func(err error) { fmt.Println("not opened again:", err) },
	})
	if err := m.Open(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	if err := m.BeginDeposit(ctx, coin.Limits{Price: price, ExactOnly: true}); err != nil {
		return err
	}
	fmt.Printf("insert ¥%d; interrupt to get your coins back\n", price)
	wait(ctx, m, price)

	// From here the coins go back whatever happens to ctx.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	in, err := m.Settle(ctx) // waits for a coin in flight
	if err != nil {
		fmt.Println("the counts disagree; the deposit can only be repaid:", err)
	}
	fmt.Printf("¥%d in %d coins; giving them back\n", in.Total(), in.Pieces())
	return m.EndDeposit(ctx, coin.Repay)
}

// wait shows what happens until the price is there, coins are in doubt, or ctx ends.
func wait(ctx context.Context, m *coin.Connection, price int) {
	for m.Deposited().Total() < price {
		select {
		case <-ctx.Done():
			return
		case e := <-m.Events():
			fmt.Printf("%T %+v\n", e, e)
			switch e.(type) {
			case coin.Doubtful, coin.Lever:
				return
			}
		}
	}
}
