package port

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Said is one thing that the kiosk's voice was told to do.
type Said struct {
	N    uint64 `json:"n"`    // counts from 1 at kioskd's start
	What string `json:"what"` // SaidNow, SaidThen, SaidChime, SaidStop
	// Text is what was said, private parts as "[private]"; or the name of a chime.
	Text string `json:"text"`
}

// Words of [Said].
const (
	SaidNow   = "say"  // in place of what was being said
	SaidThen  = "then" // after it
	SaidChime = "chime"
	SaidStop  = "stop"
)

// Speaker is a [Kiosk] with a voice. Said lists what it was told after the number after, oldest first; only the newest
// few hundred are kept.
type Speaker interface {
	Said(after uint64) []Said
}

func serveSaid(w http.ResponseWriter, r *http.Request, kiosk Kiosk) {
	after, err := strconv.ParseUint(r.FormValue("after"), 10, 64)
	if err != nil {
		after = 0
	}
	said := []Said{}
	if speaker, ok := kiosk.(Speaker); ok {
		said = append(said, speaker.Said(after)...)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(said)
}

// Said lists what the kiosk's voice was told after the number after.
func (c *Client) Said(ctx context.Context, after uint64) (said []Said, err error) {
	answer, _, err := c.do(ctx, http.MethodGet, fmt.Sprintf("/said?after=%d", after), nil)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		return nil, fmt.Errorf("bench/port: said: %w", err)
	}
	return said, nil
}
