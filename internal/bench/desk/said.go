package desk

import (
	"net/http"
	"strconv"
)

// serveSaid lists what the kiosk's voice was told after a number.
func (d *Desk) serveSaid(w http.ResponseWriter, r *http.Request) error {
	after := uint64(0)
	if text := r.FormValue("after"); text != "" {
		var err error
		if after, err = strconv.ParseUint(text, 10, 64); err != nil {
			return bad("after is a number of a line")
		}
	}
	kiosk, err := d.kiosk()
	if err != nil {
		return err
	}
	said, err := kiosk.Said(r.Context(), after)
	if err != nil {
		return err
	}
	return answer(w, map[string]any{"said": said})
}
