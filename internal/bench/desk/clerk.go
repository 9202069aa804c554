package desk

import (
	"net/http"
	"strings"

	"github.com/kioskd/kioskd/internal/bench/port"
)

// staff turns a clerk's key. Staff cards come with the maintenance mode.
func (d *Desk) staff(w http.ResponseWriter, r *http.Request) error {
	ask, err := read[struct {
		port.Staff
		Card string `json:"card"`
	}](r)
	switch {
	case err != nil:
		return err
	case ask.Card != "":
		return notBuilt("staff cards")
	case !ask.Valid():
		return bad(`key is "clerk" or "service", says is "good", "none", "open" or left out`)
	case d.parts.Kiosk == nil:
		return port.ErrNoKiosk
	}
	ended, err := d.parts.Kiosk.Staff(r.Context(), ask.Staff)
	if err != nil {
		return err
	}
	d.log.add("staff", strings.TrimSpace(ask.Key+" "+ask.Says))
	d.Changed()
	return answer(w, map[string]any{"cleared": ended})
}

// refund is a clerk's word of an amount that is owed. The event log names the slip, never its code.
func (d *Desk) refund(w http.ResponseWriter, r *http.Request) error {
	ask, err := read[port.Refund](r)
	switch {
	case err != nil:
		return err
	case !ask.Valid():
		return bad(`a refund has key, slip, one or two staff ids, and is from "machine", "custody", "cash" or "off"`)
	case d.parts.Kiosk == nil:
		return port.ErrNoKiosk
	}
	done, err := d.parts.Kiosk.Refund(r.Context(), ask)
	if err != nil {
		return err
	}
	d.log.add("refund", ask.Slip+" "+ask.From)
	d.Changed()
	return answer(w, done)
}
