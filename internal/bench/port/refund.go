package port

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// Refund is what a clerk says of an amount that is owed, at a machine that the word "open" has opened.
type Refund struct {
	Key   string   `json:"key"`            // "clerk" or "service"
	Slip  string   `json:"slip"`           // its number
	Code  string   `json:"code,omitempty"` // as the resident says it
	Staff []string `json:"staff"`          // one or two ids, never names
	From  string   `json:"from"`           // "machine", "custody", "cash" or "off"
}

// Valid reports whether it uses the words and names somebody.
func (r Refund) Valid() bool {
	return Staff{Key: r.Key}.Valid() && r.Slip != "" && len(r.Staff) > 0 && len(r.Staff) <= 2 &&
		slices.Contains([]string{"machine", "custody", "cash", "off"}, r.From)
}

// Refunded is what came of a refund, in yen.
type Refunded struct {
	Paid int64  `json:"paid"`          // by the machine, or to be handed over now; of a write-off: not owed now
	Left int64  `json:"left"`          // still owed
	Why  string `json:"why,omitempty"` // why something is left
}

// Refund closes a slip, or pays a part of it. ErrNotNow says why nothing was paid.
func (c *Client) Refund(ctx context.Context, r Refund) (done Refunded, err error) {
	body, err := json.Marshal(r)
	if err != nil {
		return done, fmt.Errorf("bench/port: encode: %w", err)
	}
	answer, _, err := c.do(ctx, http.MethodPost, "/refund", body)
	if err != nil {
		return done, err
	}
	if err := json.Unmarshal(answer, &done); err != nil {
		return done, fmt.Errorf("bench/port: refund: %w", err)
	}
	return done, nil
}

func serveRefund(w http.ResponseWriter, r *http.Request, kiosk Kiosk) {
	ask, ok := decode[Refund](w, r)
	if !ok {
		return
	}
	done, err := kiosk.Refund(r.Context(), ask)
	if err != nil && done.Paid == 0 {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	if err != nil {
		done.Why = err.Error()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(done)
}
