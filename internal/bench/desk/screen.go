package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/bench/port"
)

// settle is how long a touch by name waits after anything that can be touched has changed: for 150 ms the kiosk takes
// no touch on what is new, as a person's would still have been meant for what was there before.
const (
	settle     = 220 * time.Millisecond
	look       = 20 * time.Millisecond // from one look at the panel to the next
	paintLimit = 5 * time.Second       // until a state's screen is on the panel
)

// tagBytes is how much of a picture's hash names it to a browser.
const tagBytes = 12

func (d *Desk) kiosk() (Kiosk, error) {
	if d.parts.Kiosk == nil {
		return nil, notBuilt("kioskd")
	}
	return d.parts.Kiosk, nil
}

// serveFrame answers with what the panel shows. The entity tag is that of the picture: a digit or a coin changes it,
// and not the generation of what can be touched.
func (d *Desk) serveFrame(w http.ResponseWriter, r *http.Request) error {
	kiosk, err := d.kiosk()
	if err != nil {
		return err
	}
	png, _, err := kiosk.Frame(r.Context())
	if err != nil {
		return err
	}
	if len(png) == 0 {
		return fmt.Errorf("%w: kioskd has drawn no frame yet", ErrConflict)
	}
	hash := sha256.Sum256(png)
	tag := fmt.Sprintf("%q", hex.EncodeToString(hash[:tagBytes]))
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "no-cache")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	w.Header().Set("Content-Type", "image/png")
	_, err = w.Write(png)
	return err
}

func (d *Desk) serveTree(w http.ResponseWriter, r *http.Request) error {
	kiosk, err := d.kiosk()
	if err != nil {
		return err
	}
	tree, err := kiosk.Tree(r.Context())
	if err != nil {
		return err
	}
	return answer(w, json.RawMessage(tree))
}

// Node is one node of `GET /api/screen.json`, as far as the desk reads it.
type Node struct {
	ID       string `json:"id"`
	Role     string `json:"role"`
	Text     string `json:"text"`
	Rect     Rect   `json:"rect"`
	Enabled  bool   `json:"enabled"`
	Action   bool   `json:"action"`
	Spoken   string `json:"spoken"`
	Children []Node `json:"children"`
}

// Rect is in panel pixels.
type Rect struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Screen is `GET /api/screen.json`.
type Screen struct {
	Screen     string `json:"screen"`
	Generation uint64 `json:"generation"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	Nodes      []Node `json:"nodes"`
}

// Find looks for a node by its id.
func (s Screen) Find(id string) (Node, bool) {
	var found Node
	ok := false
	s.Walk(func(n Node) {
		if n.ID == id && !ok {
			found, ok = n, true
		}
	})
	return found, ok
}

// Walk visits every node.
func (s Screen) Walk(visit func(Node)) {
	var below func([]Node)
	below = func(nodes []Node) {
		for _, n := range nodes {
			visit(n)
			below(n.Children)
		}
	}
	below(s.Nodes)
}

// target finds where to touch for a node's id.
func (d *Desk) target(ctx context.Context, kiosk Kiosk, id string) (x, y int, err error) {
	screen, err := readScreen(ctx, kiosk)
	if err != nil {
		return 0, 0, err
	}
	node, ok := screen.Find(id)
	if !ok {
		var ids []string
		screen.Walk(func(n Node) {
			if n.ID != "" && n.Action {
				ids = append(ids, n.ID)
			}
		})
		return 0, 0, Error{
			"not_on_screen", fmt.Sprintf("%q is not on screen %s", id, screen.Screen),
			"what can be touched: " + strings.Join(ids, ", "),
		}
	}
	if !node.Enabled {
		return 0, 0, Error{"not_enabled", fmt.Sprintf("%q cannot be touched now", id), "GET /api/screen.json shows why"}
	}
	return node.Rect.X + node.Rect.W/2, node.Rect.Y + node.Rect.H/2, nil
}

// touch is one finger down and up, at a node or at a place.
func (d *Desk) touch(w http.ResponseWriter, r *http.Request) error {
	ask, err := read[struct {
		ID string `json:"id"`
		X  *int   `json:"x"`
		Y  *int   `json:"y"`
	}](r)
	if err != nil {
		return err
	}
	byPlace := ask.X != nil && ask.Y != nil
	if byPlace == (ask.ID != "") {
		return bad(`a touch is {"id":…} or {"x":…,"y":…}`)
	}
	kiosk, err := d.kiosk()
	if err != nil {
		return err
	}
	d.hand.Lock()
	defer d.hand.Unlock()
	var x, y int
	if byPlace {
		x, y = *ask.X, *ask.Y
	} else {
		if err := d.settled(r.Context(), kiosk); err != nil {
			return err
		}
		if x, y, err = d.target(r.Context(), kiosk, ask.ID); err != nil {
			return err
		}
	}
	for _, phase := range []string{port.PhaseDown, port.PhaseUp} {
		event := port.Pointer{Device: port.DeviceFinger, Phase: phase, Finger: 1, X: x, Y: y}
		if !event.Valid() {
			return bad("(%d, %d) is on no panel", x, y)
		}
		if err := kiosk.Pointer(r.Context(), event); err != nil {
			return err
		}
	}
	return answer(w, map[string]int{"x": x, "y": y})
}

// sight is what the panel offers: the change of screen that it shows, and the generation of its targets. A redraw that
// moves nothing keeps both.
type sight struct{ screened, generation uint64 }

// settled waits until the panel shows the screen that kioskd is on, and its targets have been there long enough to take
// a touch. It gives up waiting after paintLimit: then the touch meets whatever is there.
func (d *Desk) settled(ctx context.Context, kiosk Kiosk) error {
	ctx, cancel := context.WithTimeout(ctx, paintLimit)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for { // ends with ctx
		d.board.mu.Lock()
		screened, want := d.board.screened, d.board.kiosk.Screen
		d.board.mu.Unlock()
		screen, err := readScreen(ctx, kiosk)
		now := sight{screened, screen.Generation}
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case screen.Screen != want:
		case d.seen != now:
			d.seen, d.shownAt = now, time.Now()
		case time.Since(d.shownAt) >= settle:
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func readScreen(ctx context.Context, kiosk Kiosk) (screen Screen, err error) {
	tree, err := kiosk.Tree(ctx)
	if err != nil {
		return screen, err
	}
	if err := json.Unmarshal(tree, &screen); err != nil {
		return screen, fmt.Errorf("desk: read the screen's tree: %w", err)
	}
	return screen, nil
}

func (d *Desk) pointer(w http.ResponseWriter, r *http.Request) error {
	event, err := read[port.Pointer](r)
	if err != nil {
		return err
	}
	if !event.Valid() {
		return bad("device is finger or mouse, phase is down, move or up, and x and y lie on a panel")
	}
	kiosk, err := d.kiosk()
	if err != nil {
		return err
	}
	if err := kiosk.Pointer(r.Context(), event); err != nil {
		return err
	}
	return done(w)
}
