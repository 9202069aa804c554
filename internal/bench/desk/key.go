package desk

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
)

// dotsLimit is how long Enter waits for the last digit of a PIN to be seen, as a person does.
const dotsLimit = time.Second

// key presses a key of the tactile pad once the panel takes it.
func (d *Desk) key(w http.ResponseWriter, r *http.Request) error {
	key, err := read[port.Key](r)
	if err != nil {
		return err
	}
	if !key.Valid() {
		return bad("key is one of %s", strings.Join(port.Keys, ", "))
	}
	kiosk, err := d.kiosk()
	if err != nil {
		return err
	}
	d.hand.Lock()
	defer d.hand.Unlock()
	if err := d.settled(r.Context(), kiosk); err != nil {
		return err
	}
	if key.Name == "enter" {
		if err := d.dots(r.Context(), kiosk); err != nil {
			return err
		}
	}
	if err := kiosk.Key(r.Context(), key); err != nil {
		return err
	}
	return done(w)
}

// dots waits until a PIN pad, if there is one, can be submitted. A PIN that is too short stays so: then Enter does
// nothing.
func (d *Desk) dots(ctx context.Context, kiosk Kiosk) error {
	ctx, cancel := context.WithTimeout(ctx, dotsLimit)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for { // ends with ctx
		screen, err := readScreen(ctx, kiosk)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if submit, ok := screen.Find("pin.submit"); !ok || submit.Enabled {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
