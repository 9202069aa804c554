package main

import (
	"context"
	"fmt"
)

// stay runs everything until ctx ends.
func stay(ctx context.Context, s settings) error {
	fmt.Println("kioskbench: making test keys and devices …")
	w, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer w.close()
	fmt.Println("kioskbench: starting the servers and kioskd …")
	if err := w.start(ctx); err != nil {
		return err
	}
	if err := w.ready(ctx); err != nil {
		return err
	}
	where := "in its window and on the desk page"
	if w.headless {
		where = "on the desk page"
	}
	if s.rate > 1 {
		fmt.Printf("kioskbench: the coin vendor's line is %d times faster than 9600 baud\n", s.rate)
	}
	fmt.Printf(`
  The kiosk is ready.

    Desk:   %s
            Open it in a browser on this machine. The kiosk's screen is %s.
            1. Touch the screen (a click is a finger) and agree.
            2. Choose a test card; its PIN is 1234.
            3. Go on as the screen and the yellow line on the desk say.
    Logs:   %s
    End:    Ctrl-C

`, w.address, where, w.path("log"))
	<-ctx.Done()
	fmt.Println("kioskbench: ending …")
	return nil
}
