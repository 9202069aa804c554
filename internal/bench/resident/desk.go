package resident

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	maxPoll    = 25 * time.Second
	shortPoll  = 100 * time.Millisecond
	maxAnswer  = 64 << 20
	actTimeout = 30 * time.Second // of one call that is no long poll
)

// Desk is the client's end of the desk's API.
type Desk struct {
	base   string
	client *http.Client
}

// NewDesk makes a client of the desk at base, such as http://127.0.0.1:40123.
func NewDesk(base string) *Desk {
	return &Desk{base, &http.Client{Timeout: maxPoll + actTimeout}}
}

// Refusal is what the desk answers when it does not do something.
type Refusal struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

func (r *Refusal) Error() string { return fmt.Sprintf("desk: %s (%s): %s", r.Message, r.Code, r.Hint) }

// State is the part of `GET /api/state` that a person lives by.
type State struct {
	Revision   uint64 `json:"revision"`
	Kioskd     string `json:"kioskd"`
	Screen     string `json:"screen"`
	Session    string `json:"session"`
	Entered    uint64 `json:"entered"`
	Generation uint64 `json:"generation"`
	Boot       string `json:"boot"`
	Visits     uint64 `json:"visits"`
	Outcome    string `json:"outcome"`
	Refusal    string `json:"refusal"`
	Money      struct {
		Accepting bool `json:"accepting"`
	} `json:"money"`
}

// sameStay reports whether both are of one stay in one state.
func (s State) sameStay(o State) bool {
	return s.Session == o.Session && s.Entered == o.Entered && s.Boot == o.Boot
}

// State waits at most wait for a revision above after.
func (d *Desk) State(ctx context.Context, after uint64, wait time.Duration) (State, error) {
	var s State
	err := d.get(ctx, fmt.Sprintf("/api/state?after=%d&wait=%.2f", after, max(wait, 0).Seconds()), &s)
	return s, err
}

// Touch puts a finger on a node.
func (d *Desk) Touch(ctx context.Context, id string) error {
	return d.post(ctx, "/api/touch", map[string]string{"id": id}, nil)
}

// node is one part of the screen, as far as a person has to see it.
type node struct {
	ID       string `json:"id"`
	Enabled  bool   `json:"enabled"`
	Children []node `json:"children"`
}

// find gives the node with an id.
func (n node) find(id string) (node, bool) {
	if n.ID == id {
		return n, true
	}
	for _, c := range n.Children { // the screen's tree: a few dozen nodes, no deeper than its design
		if found, ok := c.find(id); ok {
			return found, true
		}
	}
	return node{}, false
}

// Dim reports whether a node is on the screen and takes no touch. The screen may need a moment to show what was
// touched; it is looked at until it does, at most dimLooks times.
func (d *Desk) Dim(ctx context.Context, id string) (bool, error) {
	for range dimLooks {
		var screen struct {
			Nodes []node `json:"nodes"`
		}
		if err := d.get(ctx, "/api/screen.json", &screen); err != nil {
			return false, err
		}
		if n, ok := (node{Children: screen.Nodes}).find(id); !ok || n.Enabled {
			return false, nil
		}
		if _, err := d.State(ctx, ^uint64(0), shortPoll); err != nil {
			return false, err
		}
	}
	return true, nil
}

const dimLooks = 5

// InsertCoin drops one coin.
func (d *Desk) InsertCoin(ctx context.Context, yen int) error {
	return d.post(ctx, "/api/coin/insert", map[string]int{"yen": yen}, nil)
}

// TakeCoins empties the return tray and gives its worth.
func (d *Desk) TakeCoins(ctx context.Context) (yen int, err error) {
	var taken struct{ Yen int }
	err = d.post(ctx, "/api/coin/take", nil, &taken)
	return taken.Yen, err
}

// TakePaper empties the output tray and gives its sheets.
func (d *Desk) TakePaper(ctx context.Context) ([]Sheet, error) {
	var list struct {
		Sheets []struct{ ID, Front, Back string }
	}
	if err := d.get(ctx, "/api/printer/sheets", &list); err != nil {
		return nil, err
	}
	var sheets []Sheet
	for _, links := range list.Sheets {
		s := Sheet{ID: links.ID}
		for path, to := range map[string]*[]byte{links.Front: &s.Front, links.Back: &s.Back} {
			if path == "" {
				continue
			}
			var err error
			if *to, err = d.Bytes(ctx, path); err != nil {
				return nil, err
			}
		}
		sheets = append(sheets, s)
	}
	return sheets, d.post(ctx, "/api/paper/take", nil, nil)
}

// Devices reads what the devices saw into v.
func (d *Desk) Devices(ctx context.Context, v any) error { return d.get(ctx, "/api/devices", v) }

// Trays reads where the coins are into v.
func (d *Desk) Trays(ctx context.Context, v any) error { return d.get(ctx, "/api/coin/trays", v) }

// Bytes reads any path of the desk, such as /api/screen.png.
func (d *Desk) Bytes(ctx context.Context, path string) ([]byte, error) {
	return d.do(ctx, http.MethodGet, path, nil)
}

// plain does the acts that are one call without an answer.
func (d *Desk) plain(ctx context.Context, act Act) error {
	switch {
	case act.Insert != "":
		return d.post(ctx, "/api/card/insert", map[string]string{"card": act.Insert}, nil)
	case act.Remove:
		return d.post(ctx, "/api/card/remove", nil, nil)
	case act.Lever:
		return d.post(ctx, "/api/coin/lever", nil, nil)
	case act.Power[0] != "":
		return d.post(ctx, "/api/power", map[string]string{"what": act.Power[0], "do": act.Power[1]}, nil)
	case act.ClockMs != 0:
		return d.post(ctx, "/api/clock", map[string]int64{"offset_ms": act.ClockMs}, nil)
	case act.Fault != nil:
		return d.post(ctx, "/api/fault", act.Fault, nil)
	}
	return errors.New("an act without anything to do")
}

func (d *Desk) get(ctx context.Context, path string, v any) error {
	answer, err := d.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, v)
}

func (d *Desk) post(ctx context.Context, path string, body, v any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if body == nil {
		b = nil
	}
	answer, err := d.do(ctx, http.MethodPost, path, b)
	if err != nil || v == nil {
		return err
	}
	return json.Unmarshal(answer, v)
}

func (d *Desk) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, d.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	response, err := d.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		refused := &Refusal{Status: response.StatusCode}
		if err := json.Unmarshal(answer, refused); err != nil {
			return nil, fmt.Errorf("desk: %s %s: %s", method, path, response.Status)
		}
		return nil, refused
	}
	return answer, nil
}
