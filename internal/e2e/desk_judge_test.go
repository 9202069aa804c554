//go:build judge

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kioskd/kioskd/internal/bench/resident"
)

// visitor is a person, and what the test looks at on the way.
type visitor struct {
	script resident.Script
	tree   func(resident.State, map[string]node) // with the screen that is on the panel
	ends   string                                // the state in which the visit ends, if it is not Attract
}

// errEnded ends a visit that is not to come back to Attract.
var errEnded = errors.New("the visit is where it should end")

// visit lets a person go, and demands what every visit before Confirm must leave: no outcome but nothing, a card
// without power, an empty escrow.
func (w *world) visit(t *testing.T, v *visitor) resident.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	v.script.Patience = patience / 2
	r, err := resident.Run(ctx, w.desk, v.script, resident.Watch{Arrived: func(s resident.State) error {
		if v.ends != "" && s.Session == v.ends {
			return errEnded
		}
		if v.tree != nil {
			v.tree(s, w.panel(t, s))
		}
		return nil
	}})
	if err != nil && (v.ends == "" || !errors.Is(err, errEnded)) {
		text := w.log(t)
		w.anew(t) // so that the next test meets a free kiosk
		t.Fatalf("%v\npassed %v, refusals %v\n%s", err, r.Passed(), r.Refusals, text)
	}
	w.leftNothing(t)
	return r
}

// leftNothing looks at the machine after a visit, and takes a card that still lies on the reader.
func (w *world) leftNothing(t *testing.T) {
	t.Helper()
	if !w.soon(t, func() bool { return !w.devices(t).Reader.Powered }) {
		t.Error("the card has power after the visit")
	}
	var trays struct{ Escrow, Flying map[string]int }
	if err := w.desk.Trays(t.Context(), &trays); err != nil || len(trays.Escrow)+len(trays.Flying) != 0 {
		t.Errorf("coins left: %+v, %v", trays, err)
	}
	w.post(t, "/api/card/remove", map[string]string{})
}

// soon looks many times whether something is so.
func (w *world) soon(t *testing.T, so func() bool) bool {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 200 {
		if so() {
			return true
		}
		<-tick.C
	}
	return false
}

func (w *world) devices(t *testing.T) (s seen) {
	t.Helper()
	if err := w.desk.Devices(t.Context(), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) tries(t *testing.T, card string) int { return w.devices(t).Reader.TriesLeft[card] }

// node is one node of GET /api/screen.json.
type node struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Enabled  bool   `json:"enabled"`
	Rect     struct{ X, Y, W, H int }
	Spoken   string `json:"spoken"`
	Children []node `json:"children"`
}

// says reports whether a text stands in a node or below it.
func (n node) says(text string) bool {
	if strings.Contains(n.Text, text) || strings.Contains(n.Spoken, text) {
		return true
	}
	for _, c := range n.Children {
		if c.says(text) {
			return true
		}
	}
	return false
}

// panel waits until the panel shows the screen of a state, and gives its nodes by id; under "" stands the whole tree.
func (w *world) panel(t *testing.T, s resident.State) map[string]node {
	t.Helper()
	all := map[string]node{}
	var screen struct {
		Screen string
		Nodes  []node
	}
	shown := w.soon(t, func() bool {
		body, err := w.desk.Bytes(t.Context(), "/api/screen.json")
		if err != nil || json.Unmarshal(body, &screen) != nil {
			return false
		}
		now, err := w.desk.State(t.Context(), 0, 0)
		return err == nil && (screen.Screen == s.Screen || now.Session != s.Session)
	})
	if !shown {
		t.Errorf("the panel shows %s, not %s", screen.Screen, s.Screen)
	}
	var walk func([]node)
	walk = func(nodes []node) {
		for _, n := range nodes {
			all[n.ID] = n
			walk(n.Children)
		}
	}
	walk(screen.Nodes)
	all[""] = node{Children: screen.Nodes}
	return all
}

// fault arms a fault and gives its id.
func (w *world) fault(t *testing.T, part string, fault any) string {
	t.Helper()
	var made struct{ ID any }
	w.call(t, http.MethodPost, "/api/fault", map[string]any{"part": part, "fault": fault}, &made)
	return fmt.Sprint(made.ID)
}

func (w *world) repair(t *testing.T, fault string) {
	t.Helper()
	w.call(t, http.MethodDelete, "/api/fault/"+fault, nil, nil)
}

// post asks the desk to do something.
func (w *world) post(t *testing.T, path string, body any) {
	t.Helper()
	w.call(t, http.MethodPost, path, body, nil)
}

// call asks the desk and reads its answer into v.
func (w *world) call(t *testing.T, method, path string, body, v any) {
	t.Helper()
	code, text := w.try(t, method, path, body)
	if code >= http.StatusBadRequest {
		t.Fatalf("%s %s: %d %s", method, path, code, text)
	}
	if v != nil {
		if err := json.Unmarshal(text, v); err != nil {
			t.Fatal(err)
		}
	}
}

// try asks the desk for what it may refuse.
func (w *world) try(t *testing.T, method, path string, body any) (code int, text []byte) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, w.address+path, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err = io.ReadAll(io.LimitReader(answer.Body, 1<<20)); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, text
}

func (w *world) state(t *testing.T) resident.State {
	t.Helper()
	s, err := w.desk.State(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// anew kills kioskd, waits for the next one, and takes away what the last person left.
func (w *world) anew(t *testing.T) resident.State {
	t.Helper()
	before := w.state(t).Boot
	w.power(t, "kioskd", "kill")
	s := w.untilBoot(t, before)
	w.leftNothing(t)
	return s
}

// untilBoot waits for a kioskd that is not the one of before and is free.
func (w *world) untilBoot(t *testing.T, before string) (now resident.State) {
	t.Helper()
	if !w.soon(t, func() bool {
		s, err := w.desk.State(t.Context(), 0, 0)
		now = s
		return err == nil && s.Kioskd == "running" && s.Boot != before && s.Session == "Attract"
	}) {
		t.Fatalf("kioskd did not come back: %+v\n%s", now, w.log(t))
	}
	return now
}
